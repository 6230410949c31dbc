import { instruct, sideEffect, sleep } from "agent-sequencer";
import { drive } from "agent-sequencer/testing";
import { expect, test, vi } from "vitest";
import hello from "../../programs/hello.ts";
import { programOf } from "./programs.ts";

const drawn = programOf(async function* () {
  const first = { now: Date.now(), date: `${new Date()}`, chance: Math.random(), id: crypto.randomUUID() };
  yield* instruct("Go on.");
  return { first, second: { now: new Date().toISOString(), chance: Math.random() } };
});

test("the program sees the run's own time, and chance that is the same in every run", async () => {
  const one = await drive(drawn, {}, { now: "2027-01-02T03:04:05Z" });
  const two = await drive(drawn, {}, { now: "2027-01-02T03:04:05Z" });
  for (const run of [one, two]) {
    await run.advance("1h");
    await run.reply(null);
  }
  const { first, second } = one.summary;
  expect(first.now).toBe(Date.parse("2027-01-02T03:04:05Z"));
  expect(second.now).toBe("2027-01-02T04:04:05.000Z");
  expect(first.chance).not.toBe(second.chance);
  expect(two.summary).toEqual(one.summary);
  await one.replay();
});

test("another seed gives other chance", async () => {
  const runs = [await drive(drawn, {}, { seed: "a" }), await drive(drawn, {}, { seed: "b" })];
  for (const run of runs) await run.reply(null);
  const [a, b] = runs.map(({ summary }) => summary.first.chance);
  expect(a).not.toBe(b);
});

test("between turns the globals are those of the test", async () => {
  const before = [Date, Math.random, setTimeout, globalThis.crypto, performance, fetch];
  const run = await drive(drawn);
  await run.reply(null);
  expect([Date, Math.random, setTimeout, globalThis.crypto, performance, fetch]).toEqual(before);
  expect(Date.now()).toBeGreaterThan(Date.parse("2026-01-02"));
});

test("fake timers of the test runner do not stop a run, nor reach into it", async () => {
  vi.useFakeTimers({ now: 1000 });
  try {
    const run = await drive(drawn);
    await run.reply(null);
    expect(run.summary.first.now).toBe(Date.parse("2026-01-01"));
    expect(Date.now()).toBe(1000);
  } finally {
    vi.useRealTimers();
  }
});

test("what waits for the world is refused at its line, with the fix", async () => {
  const timers = programOf(async function* () {
    setTimeout(() => {}, 1);
  });
  const fetching = programOf(async function* () {
    await fetch("http://localhost");
  });
  for (const program of [timers, fetching]) {
    const run = await drive(program);
    expect(run.error).toMatchObject({
      type: "NondeterministicCall",
      message: expect.stringMatching(/determinism\.test\.ts:\d+:\d+/),
    });
  }
});

test("a foreign await is told, and does not stop other runs", async () => {
  const program = programOf(async function* () {
    await new Promise(() => {});
    yield* instruct("Never asked.");
  });
  await expect(drive(program)).rejects.toMatchObject({ code: "ProgramStalled" });
  expect((await drive(hello)).step.stepNo).toBe(1);
});

test("replay finds a program that remembers more than its run", async () => {
  let runs = 0;
  const program = programOf(function* () {
    runs++;
    yield* instruct(`This is run ${runs}.`);
  });
  const run = await drive(program);
  await expect(run.replay()).rejects.toThrow(
    /step 1 \(instruction "This is run 1\."\): text was "This is run 1\.", is now "This is run 2\."/,
  );
});

test("replay finds an end that is another", async () => {
  const list: number[] = [];
  const run = await drive(
    programOf(function* () {
      yield* sleep(1);
      list.push(1);
      return { length: list.length };
    }),
  );
  await run.advance(1);
  await expect(run.replay()).rejects.toThrow(
    'the end (completed): summary was {"length":1}, is now {"length":2}',
  );
});

test("replay finds steps that are asked no more, and those that are new", async () => {
  let quick = false;
  const program = programOf(function* () {
    if (!quick) yield* instruct("Think.");
    return 1;
  });
  const slow = await drive(program);
  quick = true;
  await expect(slow.replay()).rejects.toThrow("Before: step 1 (instruction");
  const fast = await drive(program);
  quick = false;
  await expect(fast.replay()).rejects.toMatchObject({ code: "ProgramDiverged" });
});

test("replay takes the results of effects from the history", async () => {
  let done = 0;
  const program = programOf(function* () {
    return yield* sideEffect("count", () => ++done);
  });
  const run = await drive(program, {}, { run: true });
  await run.replay();
  await run.replay();
  expect([run.summary, done]).toEqual([1, 1]);
});

test("a changed program is replayed over the same history", async () => {
  const before = programOf(function* () {
    return yield* instruct("Count the files.");
  });
  const reworded = programOf(function* () {
    return yield* instruct("Count all the files.");
  });
  const run = await drive(before);
  await run.reply(3);
  await run.replay(before);
  await expect(run.replay(reworded)).rejects.toMatchObject({ code: "ProgramDiverged" });
});
