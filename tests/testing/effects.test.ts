import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { all, command, instruct, race, type StepFailed, sideEffect } from "agent-sequencer";
import { drive, type EffectCall } from "agent-sequencer/testing";
import { expect, onTestFinished, test } from "vitest";
import { programOf } from "./programs.ts";

const readAndTest = programOf(function* () {
  const text = yield* sideEffect("read", () => "really read");
  const { exit_code, stdout, stderr, signal } = yield* command("npm", ["test"]);
  return { text, exit_code, stdout, stderr, signal };
});

const retried = (attempts: number, backoff?: string) =>
  programOf(function* () {
    const effect = sideEffect("fetch", () => "never", { retry: { attempts, ...(backoff && { backoff }) } });
    try {
      return yield* effect;
    } catch (error) {
      return (error as StepFailed).reason;
    }
  });

test("effects wait for the test, which gives their results", async () => {
  const run = await drive(readAndTest);
  expect(run.state).toBe("waiting");
  expect(run.step).toMatchObject({ kind: "effect", label: "read" });
  await run.effect("given");
  expect(run.step).toMatchObject({ kind: "command", label: "npm", args: ["test"], text: "npm test" });
  await run.effect({ exit_code: 1 });
  expect(run.summary).toEqual({ text: "given", exit_code: 1, stdout: "", stderr: "", signal: null });
});

test("the events of an effect are those of a log: it began, it ended", async () => {
  const run = await drive(readAndTest, {}, { effects: { read: "x", npm: {} } });
  expect(run.events.map(({ type }) => type)).toEqual([
    "started",
    "step_issued",
    "effect_started",
    "effect_finished",
    "step_issued",
    "effect_started",
    "effect_finished",
    "ended",
  ]);
  await run.replay();
});

test("an Error as the result fails the step", async () => {
  const run = await drive(readAndTest);
  await run.effect(new RangeError("no such file"));
  expect(run.state).toBe("failed");
  expect(run.error?.message).toContain("RangeError: no such file");
});

test("stand-ins do effects by label, commands by their line or their file", async () => {
  const byLine = await drive(readAndTest, {}, { effects: { read: "a", "npm test": { stdout: "line" } } });
  expect(byLine.summary).toMatchObject({ text: "a", stdout: "line", exit_code: 0 });
  const byFile = await drive(readAndTest, {}, { effects: { read: "b", npm: { exit_code: null } } });
  expect(byFile.summary).toMatchObject({ text: "b", exit_code: null });
});

test("a stand-in may be a function, also one that throws or waits", async () => {
  const calls: EffectCall[] = [];
  const run = await drive(
    readAndTest,
    {},
    {
      effects: {
        read: async (call: EffectCall) => {
          calls.push(call);
          await new Promise((resolve) => setTimeout(resolve, 5));
          return "waited";
        },
        npm: (call: EffectCall) => {
          calls.push(call);
          throw new Error("not installed");
        },
      },
    },
  );
  expect(calls).toEqual([
    { label: "read", args: [], stepNo: 1, attempt: 1 },
    { label: "npm", args: ["test"], stepNo: 2, attempt: 1 },
  ]);
  expect(run.error?.message).toContain("Error: not installed");
});

test("effects that no stand-in does still wait", async () => {
  const run = await drive(readAndTest, {}, { effects: { npm: {} } });
  expect(run.step.label).toBe("read");
});

test("a result that is not JSON fails the effect, as the server would", async () => {
  const run = await drive(readAndTest);
  await run.effect({ at: new Date(0) });
  expect(run.error?.message).toContain("ResultNotJson: the result is not JSON: $.at is a Date");
});

test("an effect that gives nothing gives null, as the log would", async () => {
  const nothing = programOf(function* () {
    return { got: yield* sideEffect("nothing", () => {}) };
  });
  expect((await drive(nothing, {}, { run: true })).summary).toEqual({ got: null });
});

test("a failed try is tried again after its pause, which doubles, in the run's own time", async () => {
  let tries = 0;
  const run = await drive(
    retried(3, "10s"),
    {},
    {
      now: 0,
      effects: {
        fetch: ({ attempt }: EffectCall) => {
          tries++;
          if (attempt < 3) throw new Error(`try ${attempt}`);
          return `done by try ${attempt}`;
        },
      },
    },
  );
  expect(run.summary).toBe("done by try 3");
  expect([tries, run.now]).toEqual([3, "1970-01-01T00:00:30.000Z"]);
});

test("tries by hand are counted, and the last one fails the step", async () => {
  const run = await drive(retried(2));
  expect(run.step.attempt).toBe(1);
  await run.effect(new Error("one"));
  expect(run.step).toMatchObject({ stepNo: 1, attempt: 2 });
  await run.effect(new Error("two"));
  expect(run.summary).toBe("Error: two");
});

test("with run: true side effects and commands are really done", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "drive-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "a.txt"), "from the file");
  const program = programOf(async function* () {
    const { pid } = yield* sideEffect("who", () => ({ pid: process.pid }));
    const cat = yield* command("cat", ["a.txt"]);
    const echo = yield* command("sh", ["-c", "cat; echo $NAME >&2; exit 3"], {
      input: "to stdin",
      env: { NAME: "Ada" },
    });
    return { pid, cat: cat.stdout, echo };
  });
  const run = await drive(program, {}, { run: true, projectDir: folder });
  expect(run.summary).toEqual({
    pid: process.pid,
    cat: "from the file",
    echo: { exit_code: 3, signal: null, stdout: "to stdin", stderr: "Ada\n" },
  });
});

test("stand-ins go before the real thing", async () => {
  const run = await drive(readAndTest, {}, { run: true, effects: { npm: { exit_code: 7 } } });
  expect(run.summary).toMatchObject({ text: "really read", exit_code: 7 });
});

test("a command that cannot be started fails its step", async () => {
  const program = programOf(function* () {
    yield* command("no-such-command-at-all");
  });
  const run = await drive(program, {}, { run: true });
  expect(run.error?.message).toContain("ENOENT");
});

test("a timeout ends an effect that is really done, and it is told", async () => {
  let aborted = false;
  const program = programOf(function* () {
    try {
      yield* sideEffect(
        "hang",
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              aborted = true;
              reject(signal.reason);
            });
          }),
        { timeout: "20ms" },
      );
    } catch (error) {
      return (error as StepFailed).code;
    }
    return "ended";
  });
  const run = await drive(program, {}, { run: true, now: 0 });
  expect(run.summary).toBe("timeout");
  expect([aborted, run.now]).toEqual([true, "1970-01-01T00:00:00.020Z"]);
  await run.replay();
});

test("in an effect that is really done, clock and chance are real", async () => {
  const program = programOf(function* () {
    return yield* sideEffect("now", () => Date.now());
  });
  const run = await drive(program, {}, { run: true, now: 0 });
  expect(run.summary).toBeGreaterThan(1.7e12);
});

test("an effect beside an instruction leaves the instruction to the test", async () => {
  const program = programOf(function* () {
    return yield* all([instruct("Write."), sideEffect("read", () => 1)]);
  });
  const run = await drive(program, {}, { run: true });
  expect(run.steps.map(({ kind }) => kind)).toEqual(["instruction"]);
  await run.reply("written");
  expect(run.summary).toEqual(["written", 1]);
});

test("an effect that lost a race is not pending any more", async () => {
  const program = programOf(function* () {
    return yield* race([instruct("Write."), sideEffect("slow", () => 1)]);
  });
  const run = await drive(program);
  await run.reply(1, "first");
  expect(run.summary).toBe("first");
  await run.replay();
});
