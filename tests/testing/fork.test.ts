import { all, instruct, sideEffect, sleep } from "agent-sequencer";
import { drive } from "agent-sequencer/testing";
import { expect, test } from "vitest";
import { programOf } from "./programs.ts";

const three = programOf(async function* () {
  const seen = [];
  for (const name of ["one", "two", "three"]) seen.push(yield* instruct(`Say ${name}.`));
  return seen;
});

test("a fork waits for the step it was made before, and leaves the old run alone", async () => {
  const run = await drive(three);
  for (const reply of [1, 2, 3]) await run.reply(reply);
  const fork = await run.fork(2);
  expect(fork.step).toMatchObject({ stepNo: 2, text: "Say two." });
  await fork.reply("other");
  await fork.reply(3);
  expect(fork.summary).toEqual([1, "other", 3]);
  expect(run.summary).toEqual([1, 2, 3]);
  await fork.replay();
});

test("a fork after the last step retries the end with a corrected program", async () => {
  const broken = programOf(async function* () {
    const list = (yield* instruct("List.")) as string[];
    const longer = yield* all([instruct("Longer?"), instruct("Shorter?")]);
    return (longer as unknown as { missing: { length: number } }).missing.length + list.length;
  });
  const corrected = programOf(async function* () {
    const list = (yield* instruct("List.")) as string[];
    const longer = yield* all([instruct("Longer?"), instruct("Shorter?")]);
    return [list.length, longer];
  });
  const run = await drive(broken);
  await run.reply(["a"]);
  await run.reply(2, "yes");
  await run.reply("no");
  expect(run.state).toBe("failed");
  const fork = await run.fork(4, corrected);
  expect(fork.summary).toEqual([1, ["yes", "no"]]);
});

test("a fork of a cancelled run goes on where it was cancelled", async () => {
  const run = await drive(three);
  await run.reply(1);
  await run.cancel("a mistake");
  const fork = await run.fork(3);
  expect(fork.step.text).toBe("Say two.");
});

test("a fork among parallel steps keeps those that were asked before", async () => {
  const run = await drive(
    programOf(function* () {
      return yield* all([instruct("A"), instruct("B"), instruct("C")]);
    }),
  );
  await run.reply(1, "a");
  const fork = await run.fork(2);
  expect(fork.steps.map(({ text }) => text)).toEqual(["A", "B", "C"]);
});

test("effects that had ended stay; those under way are done anew", async () => {
  const program = programOf(function* () {
    const first = yield* sideEffect("first", () => "x");
    const second = yield* sideEffect("second", () => "x", { retry: { attempts: 2 } });
    return [first, second];
  });
  const run = await drive(program);
  await run.effect("kept");
  await run.effect(new Error("one try"));
  const fork = await run.fork(3);
  expect(fork.step).toMatchObject({ stepNo: 2, label: "second", attempt: 1 });
  await fork.effect("anew");
  expect(fork.summary).toEqual(["kept", "anew"]);
});

test("time goes on from where the fork begins", async () => {
  const run = await drive(
    programOf(function* () {
      yield* sleep("1h");
      yield* instruct("Go on.");
      yield* sleep("1h");
    }),
    {},
    { now: 0 },
  );
  await run.advance("1h");
  await run.advance("1h");
  const fork = await run.fork(2);
  expect(fork.now).toBe("1970-01-01T01:00:00.000Z");
});

test("a fork with a program that did something else before is refused", async () => {
  const run = await drive(three);
  await run.reply(1);
  const other = programOf(function* () {
    yield* sleep(1);
  });
  await expect(run.fork(2, other)).rejects.toMatchObject({ code: "ProgramDiverged" });
});

test("a step that there is not cannot be forked before", async () => {
  const run = await drive(three);
  for (const no of [0, -1, 3, 1.5]) {
    await expect(run.fork(no)).rejects.toThrow("fork before one of them, or before 2");
  }
});
