import { expect, test } from "vitest";
import { z } from "zod";
import { Instruction, instruct } from "../../src/program/instruction.ts";
import { Abort, StepFailed } from "../../src/program/outcome.ts";
import { program, Run, rejected } from "./run.ts";

test("a program runs to its first step and waits", async () => {
  const run = await Run.start(async function* () {
    yield* instruct("Count the files.", { reply: { type: "integer" }, expected: "30m" });
  });
  expect(run.step).toEqual({
    type: "step_issued",
    at: "2026-01-01T00:00:00.000Z",
    step_no: 1,
    scope: "",
    ordinal: 1,
    kind: "instruction",
    text: "Count the files.",
    schema: { type: "integer" },
    on_invalid: "retry",
    attempt: 1,
    max_attempts: 5,
    expected_minutes: 30,
  });
});

test("a reply arrives in the program, and what run returns is the summary", async () => {
  const run = await Run.start(async function* () {
    const count = yield* instruct("Count the files.", { reply: z.int() });
    return { twice: count * 2 };
  });
  await run.reply(21);
  expect(run.summary).toEqual({ twice: 42 });
  await run.replayed();
});

test("what is derived has the time of the event that led to it", async () => {
  const run = await Run.start(async function* () {
    yield* instruct("One.");
    yield* instruct("Two.");
  });
  await run.reply("x");
  expect(run.step).toMatchObject({ at: "2026-01-01T00:00:01.000Z", step_no: 2, ordinal: 2 });
});

test("`yield new Instruction` without a star waits just the same", async () => {
  const run = await Run.start(async function* (): AsyncGenerator<Instruction, unknown, any> {
    const { n } = yield new Instruction("Count.", { reply: z.object({ n: z.int() }) });
    return n;
  });
  await run.reply({ n: 3 });
  expect(run.summary).toBe(3);
});

test("a program may be a plain function*", async () => {
  const run = await Run.start(function* () {
    const one = yield* instruct("One.", { reply: z.int() });
    const two: number = yield new Instruction("Two.", { reply: z.int() });
    return one + two;
  });
  await run.reply(1);
  await run.reply(2);
  expect(run.summary).toBe(3);
  await run.replayed();
});

test("helpers and other generators are called with yield* at any depth", async () => {
  async function* deep(level: number): AsyncGenerator<any, number, any> {
    if (level === 0) return yield* instruct("Deep down.", { reply: z.int() });
    return (yield* deep(level - 1)) + 1;
  }
  const run = await Run.start(async function* () {
    return yield* deep(20);
  });
  await run.reply(1);
  expect(run.summary).toBe(21);
});

test("a run that returns nothing has null as its summary", async () => {
  const run = await Run.start(async function* () {});
  expect(run.summary).toBeNull();
});

test("params arrive as they stand in the started event", async () => {
  const run = await Run.start(
    async function* ({ params }) {
      return { params };
    },
    { names: ["a"] },
  );
  expect(run.summary).toEqual({ params: { names: ["a"] } });
});

test("the context names the instance", async () => {
  const run = await Run.start(async function* ({ instance }) {
    return { ...instance, startedAt: instance.startedAt.toISOString() };
  });
  expect(run.summary).toEqual({
    id: "01JTESTTESTTESTTESTTESTTES",
    program: "tested",
    version: "v1",
    startedAt: "2026-01-01T00:00:00.000Z",
    projectDir: "/project",
  });
});

test("an invalid reply is asked again under a new number, with the problems and the attempt", async () => {
  const run = await Run.start(async function* () {
    return yield* instruct("Count.", { id: "count", reply: z.object({ n: z.int() }), timeout: "1h" });
  });
  await run.reply({ n: "three" });
  const [first, second] = run.eventsOf("step_issued");
  expect(second).toEqual({
    ...first,
    at: "2026-01-01T00:00:01.000Z",
    step_no: 2,
    attempt: 2,
    validation_error: {
      step_no: 1,
      problems: [{ path: "$.n", message: 'must be an integer, got "three"' }],
    },
  });
  await run.reply({ n: 3 });
  expect(run.summary).toEqual({ n: 3 });
  await run.replayed();
});

test("the problems of the last reply only are shown", async () => {
  const run = await Run.start(async function* () {
    return yield* instruct("Count.", { reply: { type: "integer" } });
  });
  await run.reply("one");
  await run.reply(null);
  expect(run.step).toMatchObject({
    attempt: 3,
    validation_error: { step_no: 2, problems: [{ path: "$", message: "must be an integer, got null" }] },
  });
});

test("a step asked again carries nothing that the log added to the line of the first one", async () => {
  const run = await Run.start(async function* () {
    return yield* instruct("Count.", { reply: { type: "integer" } });
  });
  const lines = run.log.map((event, seq) => ({ ...event, seq, off: seq * 100, w: "abc", crc: "00000000" }));
  const other = await run.replayed();
  other.execution["pending"].set(1, { ...other.execution["pending"].get(1)!, issued: lines[1] as any });
  await other.execution.feed([rejected(1, "retry")]);
  expect(Object.keys(other.execution.drafts[0]!)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(seq|off|w|crc)$/)]),
  );
});

test("after max_attempts invalid replies the step fails in the program", async () => {
  const run = await Run.start(async function* () {
    try {
      yield* instruct("Count.", { reply: z.int(), maxAttempts: 2 });
    } catch (error) {
      const { code, stepNo, reason } = error as StepFailed;
      return { code, stepNo, reason };
    }
  });
  await run.reply("one");
  await run.reply("two");
  expect(run.summary).toEqual({
    code: "invalid_replies",
    stepNo: 2,
    reason: '2 invalid replies; 1 problem in the reply to step 2, first: $ must be an integer, got "two"',
  });
  await run.replayed();
});

test("the agent's failure is a StepFailed that the program may catch", async () => {
  const run = await Run.start(async function* () {
    try {
      yield* instruct("Deploy.");
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      return { code: error.code, reason: error.reason };
    }
  });
  await run.fail("no permission");
  expect(run.summary).toEqual({ code: "agent_failure", reason: "no permission" });
  await run.replayed();
});

test("a failure that nobody catches fails the run, with the place of the step", async () => {
  const run = await Run.start(async function* () {
    yield* instruct("Deploy.");
  });
  await run.fail("no permission");
  expect(run.error).toEqual({
    type: "StepFailed",
    message: "step 1 failed (agent_failure): no permission",
    stack: expect.stringMatching(/^steps\.test\.ts:\d+:\d+/),
  });
});

test("a failure after a restart still has the place of the step", async () => {
  const run = await Run.start(async function* () {
    yield* instruct("One.");
    yield* instruct("Deploy.");
  });
  await run.reply("x");
  await run.restart();
  await run.fail("no permission");
  expect(run.error.stack).toMatch(/^steps\.test\.ts:\d+:\d+/);
});

test("a step whose timeout comes fails with code timeout", async () => {
  const run = await Run.start(async function* () {
    try {
      yield* instruct("Wait.", { timeout: "90s" });
    } catch (error) {
      return { code: (error as StepFailed).code, reason: (error as StepFailed).reason };
    }
  });
  expect(run.step.timeout_at).toBe("2026-01-01T00:01:30.000Z");
  await run.happen({ type: "timer_fired", step_no: 1 });
  expect(run.summary).toEqual({ code: "timeout", reason: "nothing came before 2026-01-01T00:01:30.000Z" });
});

test("the deadline stays where it was when a step is asked again", async () => {
  const run = await Run.start(async function* () {
    yield* instruct("Count.", { reply: { type: "integer" }, timeout: 90_000 });
  });
  await run.reply("x");
  expect(run.step.timeout_at).toBe("2026-01-01T00:01:30.000Z");
});

test("Abort ends the run as aborted, from any depth", async () => {
  async function* helper() {
    yield* instruct("Look.");
    throw new Abort("there are no tests");
  }
  const run = await Run.start(async function* () {
    yield* helper();
  });
  await run.reply("x");
  expect(run.state.ended).toEqual({
    type: "ended",
    at: "2026-01-01T00:00:01.000Z",
    state: "aborted",
    reason: "there are no tests",
  });
});

test("any other throw fails the run, with the author's own line", async () => {
  const run = await Run.start(async function* () {
    yield* instruct("Look.");
    throw new RangeError("out of range");
  });
  await run.reply("x");
  expect(run.error).toEqual({
    type: "RangeError",
    message: "out of range",
    stack: expect.stringMatching(/^steps\.test\.ts:/),
  });
});

test.each([[undefined], [null], ["a text"], [42], [{ a: 1 }]])("a program may throw %j", async (thrown) => {
  const run = await Run.start(async function* () {
    throw thrown;
  });
  expect(run.error).toEqual({ type: typeof thrown, message: String(thrown) });
});

test("a throw before the first step fails the run", async () => {
  const run = await Run.start(async function* () {
    throw new Error("at once");
  });
  expect(run.error.message).toBe("at once");
});

test("run that throws before it gives a generator fails the run", async () => {
  const run = await Run.start(() => {
    throw new Error("no generator");
  });
  expect(run.error.message).toBe("no generator");
});

test.each([
  ["a promise", async () => 5],
  ["undefined", () => undefined],
  ["an array", () => []],
  ['{"a":1} (object)', () => ({ a: 1 })],
  ["an array", () => [1]],
])("run that gives %s and no generator says how to declare it", async (what, run: any) => {
  const { error } = await Run.start(program(run));
  expect(error).toMatchObject({
    type: "NotAStep",
    message: `run of program 'tested' gave ${what}, not a generator. Declare it with a star: async *run({ params }) { ... }.`,
  });
});

test("progress stands in the next step, and again only when it has changed", async () => {
  const run = await Run.start(async function* ({ progress }) {
    progress(1, 3, "first");
    yield* instruct("One.");
    yield* instruct("Two.");
    progress(3, 3);
  });
  expect(run.step.progress).toEqual({ current: 1, of: 3, label: "first" });
  await run.reply("x");
  expect(run.step.progress).toBeUndefined();
  expect(run.state.progress).toEqual({ current: 1, of: 3, label: "first" });
  await run.reply("x");
  expect(run.state.progress).toEqual({ current: 3, of: 3, label: "" });
  await run.replayed();
});

test.each([
  [Number.NaN, 3],
  ["1", 3],
  [1, undefined],
  [1, Number.POSITIVE_INFINITY],
])("progress(%j, %j) is refused at the author's line", async (current: any, of: any) => {
  const run = await Run.start(async function* ({ progress }) {
    progress(current, of);
  });
  expect(run.error).toMatchObject({
    type: "TypeError",
    message: `progress(current, of, label?) takes two numbers, got ${current} and ${of}`,
    stack: expect.stringMatching(/^steps\.test\.ts:/),
  });
});

test("a program may ask thousands of steps without growing what is pending", async () => {
  const run = await Run.start(async function* () {
    let sum = 0;
    for (let i = 0; i < 2_000; i++) sum += yield* instruct(`Step ${i}`, { reply: z.int() });
    return sum;
  });
  for (let i = 0; i < 2_000; i++) await run.reply(1);
  expect(run.summary).toBe(2_000);
});
