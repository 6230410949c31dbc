import { all, instruct, race, type StepFailed, signal, sleep } from "agent-sequencer";
import { drive } from "agent-sequencer/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { programOf } from "./programs.ts";

test("time stands still until the test lets it pass", async () => {
  const run = await drive(
    programOf(async function* () {
      const before = Date.now();
      yield* sleep("90s");
      return Date.now() - before;
    }),
  );
  expect(run.step).toMatchObject({ kind: "sleep", timeoutAt: "2026-01-01T00:01:30.000Z" });
  await run.advance("89s");
  expect(run.state).toBe("waiting");
  await run.advance(1000);
  expect(run.summary).toBe(90_000);
});

test("what is due fires in its order, each at its time, also what is asked meanwhile", async () => {
  const run = await drive(
    programOf(async function* () {
      const seen: [string, number][] = [];
      const napper = async function* (name: string, nap: string, times: number) {
        for (let i = 0; i < times; i++) {
          yield* sleep(nap);
          seen.push([name, Date.now()]);
        }
      };
      yield* all([napper("a", "3s", 2), napper("b", "2s", 3)]);
      return seen;
    }),
    {},
    { now: 0 },
  );
  await run.advance("1m");
  expect(run.summary).toEqual([
    ["b", 2000],
    ["a", 3000],
    ["b", 4000],
    ["a", 6000],
    ["b", 6000],
  ]);
  expect(run.now).toBe("1970-01-01T00:01:00.000Z");
});

test("a timeout fails its step, and the reply comes too late", async () => {
  const run = await drive(
    programOf(function* () {
      try {
        return yield* instruct("Hurry.", { timeout: "10m" });
      } catch (error) {
        return (error as StepFailed).code;
      }
    }),
  );
  await run.advance("10m");
  expect(run.summary).toBe("timeout");
  await expect(run.reply(1, "late")).rejects.toThrow("step 1 is not pending");
});

test("signals are judged, kept while nobody waits, and taken in order", async () => {
  const run = await drive(
    programOf(
      function* () {
        yield* instruct("First this.");
        return [yield* signal("go"), yield* signal("go")];
      },
      { signals: { go: z.object({ n: z.int() }) } },
    ),
  );
  await run.signal("go", { n: 1 });
  await expect(run.signal("go", { n: "x" })).rejects.toMatchObject({ code: "InvalidSignal" });
  await expect(run.signal("stop")).rejects.toThrow("It declares: go");
  await run.reply(null);
  expect(run.step).toMatchObject({ kind: "signal", label: "go" });
  await run.signal("go", { n: 2 });
  expect(run.summary).toEqual([{ n: 1 }, { n: 2 }]);
});

test("cancelling runs finally blocks, which may ask for steps", async () => {
  const run = await drive(
    programOf(function* () {
      try {
        yield* instruct("Work.");
      } finally {
        yield* instruct("Clean up.");
      }
    }),
  );
  await run.cancel("no longer needed");
  expect(run.step.text).toBe("Clean up.");
  await run.reply(null);
  expect([run.state, run.reason]).toEqual(["cancelled", "no longer needed"]);
  await run.replay();
});

test("the loser of a race with the clock is cancelled", async () => {
  const run = await drive(
    programOf(function* () {
      return (yield* race([instruct("Answer."), sleep("5m")])) ?? "nobody answered";
    }),
  );
  await run.advance("5m");
  expect(run.summary).toBe("nobody answered");
});

test("a duration that is none is refused", async () => {
  const run = await drive(
    programOf(() =>
      (function* () {
        yield* sleep(1);
      })(),
    ),
  );
  await expect(run.advance("soon")).rejects.toThrow("is not a duration");
});
