import { instruct, sideEffect, sleep } from "agent-sequencer";
import { drive } from "agent-sequencer/testing";
import { expect, test } from "vitest";
import hello from "../../programs/hello.ts";
import { programOf } from "./programs.ts";

async function ended() {
  const run = await drive(hello);
  await run.reply({ message: "Hello!" });
  return run;
}

const sleeping = programOf(function* () {
  yield* sleep("1h");
});
const broken = programOf(function* run() {
  yield* instruct("Go on.");
  throw new RangeError("out of range");
});

test("what needs a pending step says that the run has ended", async () => {
  const run = await ended();
  expect(() => run.step).toThrow("run.step: the program waits for nothing. The run has completed.");
  await expect(run.reply({})).rejects.toThrow(
    "run.reply: the program does not wait for an instruction or a question. The run has completed.",
  );
  await expect(run.fail("no")).rejects.toThrow("run.fail: ");
  await expect(run.effect(1)).rejects.toThrow("run.effect: ");
  await expect(run.signal("go")).rejects.toThrow("run.signal: the run has ended");
  await expect(run.cancel("late")).rejects.toThrow("run.cancel: the run has ended");
});

test("a reply to a program that waits for something else names that", async () => {
  const run = await drive(sleeping);
  expect(run.state).toBe("waiting");
  await expect(run.reply({})).rejects.toThrow("Pending: step 1 (sleep).");
});

test("a reply to a step that is not pending names those that are", async () => {
  const run = await drive(hello);
  await expect(run.reply(7, {})).rejects.toThrow(
    /step 7 is not pending as an instruction or a question\. Pending: step 1 \(instruction "Write a one-line/,
  );
  await expect(run.effect(1, {})).rejects.toThrow("step 1 is not pending as a side effect or a command");
});

test("a reply to a side effect is refused", async () => {
  const run = await drive(
    programOf(function* () {
      return yield* sideEffect("read", () => 1);
    }),
  );
  await expect(run.reply(1)).rejects.toThrow('Pending: step 1 (effect "read").');
});

test("the summary of a run that has not completed tells what it does instead", async () => {
  const run = await drive(broken);
  expect(() => run.summary).toThrow("run.summary: the run has not completed. Pending: step 1");
  await run.reply({});
  expect(() => run.summary).toThrow(
    /The run has failed: RangeError: out of range\nat run \(misuse\.test\.ts:\d+:\d+\)/,
  );
});

test("the summary of a cancelled run tells why", async () => {
  const run = await drive(sleeping);
  await run.cancel("changed my mind");
  expect(() => run.summary).toThrow("The run was cancelled: changed my mind");
});

test("misuse changes nothing", async () => {
  const run = await drive(hello);
  const before = JSON.stringify(run.events);
  await run.reply(2, {}).catch(() => {});
  await run.signal("none").catch(() => {});
  await run.fork(9).catch(() => {});
  expect(JSON.stringify(run.events)).toBe(before);
  await run.reply({ message: "Hello!" });
  expect(run.state).toBe("completed");
});
