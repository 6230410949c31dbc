import { describe, expect, test } from "vitest";
import { z } from "zod";
import { all, race } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import { Abort, type StepFailed } from "../../src/program/outcome.ts";
import { program, Run } from "./run.ts";

const text = (name: string) => instruct(name, { reply: z.string() });
const strict = (name: string) => instruct(name, { reply: z.int(), onInvalid: "abort" });

describe("an invalid reply to a step with onInvalid: abort", () => {
  test("ends the run as aborted, with what was wrong", async () => {
    const run = await Run.start(async function* () {
      yield* strict("Count.");
    });
    await run.reply("three");
    expect(run.eventsOf("reply_rejected")[0]!.then).toBe("abort");
    expect(run.derived).toEqual([
      {
        type: "ended",
        at: "2026-01-01T00:00:01.000Z",
        state: "aborted",
        reason: 'invalid reply: 1 problem in the reply to step 1, first: $ must be an integer, got "three"',
      },
    ]);
    await run.replayed();
  });

  test("is not swallowed by catch", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* strict("Count.");
      } catch {
        return "swallowed";
      }
    });
    await run.reply("three");
    expect(run.state.ended?.state).toBe("aborted");
  });

  test("runs finally, which may still take steps", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* strict("Count.");
      } finally {
        yield* text("Clean up.");
      }
    });
    await run.reply("three");
    expect(run.step).toMatchObject({ text: "Clean up.", step_no: 2, ordinal: 2 });
    await run.restart();
    await run.reply("done");
    expect(run.state.ended).toMatchObject({
      state: "aborted",
      reason: expect.stringMatching(/^invalid reply/),
    });
    await run.replayed();
  });

  test("what finally throws stands beside the reason", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* strict("Count.");
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: cleanup that throws is what is tested.
        throw new Error("cleanup failed");
      }
    });
    await run.reply("three");
    expect(run.state.ended).toMatchObject({ state: "aborted", error: { message: "cleanup failed" } });
  });

  test("what finally returns does not complete the run", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* strict("Count.");
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a return that overrides is what is tested.
        return "completed";
      }
    });
    await run.reply("three");
    expect(run.state.ended?.state).toBe("aborted");
    expect(run.state.ended).not.toHaveProperty("summary");
  });

  test("in a branch cancels all branches and ends the run, whoever catches", async () => {
    const run = await Run.start(async function* () {
      async function* branch(name: string) {
        try {
          yield* text(name);
        } finally {
          yield* text(`clean ${name}`);
        }
      }
      try {
        yield* all([branch("A"), strict("B"), branch("C")]);
      } catch {
        yield* text("swallowed");
      } finally {
        yield* text("last");
      }
    });
    await run.reply("x", 2);
    expect(run.derived.map((event: any) => `${event.type} ${event.text ?? event.step_no}`)).toEqual([
      "step_cancelled 1",
      "step_cancelled 3",
      "step_issued clean A",
      "step_issued clean C",
    ]);
    await run.reply("x", 4);
    await run.reply("x", 5);
    expect(run.texts).toEqual(["last"]);
    await run.reply("x");
    expect(run.state.ended?.state).toBe("aborted");
    await run.replayed();
  });

  test("during cleanup stops that cleanup; what is around it goes on", async () => {
    const run = await Run.start(async function* () {
      try {
        try {
          yield* text("work");
        } finally {
          yield* strict("Clean up.");
          yield* text("never");
        }
      } finally {
        yield* text("outer");
      }
    });
    await run.cancel("enough");
    await run.reply("not an integer");
    expect(run.texts).toEqual(["outer"]);
    await run.reply("x");
    expect(run.state.ended).toMatchObject({ state: "cancelled", reason: "enough" });
    await run.replayed();
  });

  test("a valid one is accepted", async () => {
    const run = await Run.start(async function* () {
      return yield* strict("Count.");
    });
    await run.reply(3);
    expect(run.summary).toBe(3);
  });
});

describe("a request to cancel", () => {
  test("ends a run without finally at once", async () => {
    const run = await Run.start(async function* () {
      yield* text("work");
    });
    await run.cancel("enough");
    expect(run.derived).toMatchObject([
      { type: "step_cancelled", step_no: 1, reason: "enough" },
      { type: "ended", state: "cancelled", reason: "enough" },
    ]);
    await run.replayed();
  });

  test("is not swallowed by catch, and seen by finally", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* text("work");
      } catch {
        yield* text("swallowed");
      } finally {
        yield* text("clean up");
      }
    });
    await run.cancel();
    expect(run.texts).toEqual(["clean up"]);
    await run.reply("x");
    expect(run.state.ended?.state).toBe("cancelled");
    await run.replayed();
  });

  test("a second one changes nothing", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* text("work");
      } finally {
        yield* text("clean up");
      }
    });
    await run.cancel("first");
    await run.cancel("second");
    expect(run.texts).toEqual(["clean up"]);
    await run.reply("x");
    expect(run.state.ended?.reason).toBe("first");
  });

  test("reaches every branch, the innermost first", async () => {
    const order: string[] = [];
    async function* branch(name: string, inner?: any): AsyncGenerator<any, void, any> {
      try {
        if (inner === undefined) yield* text(name);
        else yield* inner;
      } finally {
        order.push(name);
      }
    }
    const run = await Run.start(async function* () {
      yield* branch("root", all([branch("A", all([branch("A1"), branch("A2")])), branch("B")]));
    });
    await run.cancel();
    expect(run.state.ended?.state).toBe("cancelled");
    expect(order.indexOf("A1")).toBeLessThan(order.indexOf("A"));
    expect(order.indexOf("A2")).toBeLessThan(order.indexOf("A"));
    expect(order.at(-1)).toBe("root");
    expect(order).toHaveLength(5);
  });

  test("finds branches that are already cleaning up and lets them finish", async () => {
    const run = await Run.start(async function* () {
      async function* slow() {
        try {
          yield* text("A");
        } finally {
          yield* text("clean 1");
          yield* text("clean 2");
        }
      }
      yield* race([slow(), text("B")]);
      yield* text("never");
    });
    await run.reply("b", 2);
    await run.cancel("enough");
    expect(run.texts).toEqual(["clean 1"]);
    await run.reply("x");
    await run.reply("x");
    expect(run.state.ended).toMatchObject({ state: "cancelled", reason: "enough" });
    await run.replayed();
  });

  test("a failure in cleanup stands beside the reason", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* text("work");
      } finally {
        yield* text("clean up");
      }
    });
    await run.cancel("enough");
    await run.fail("cannot");
    expect(run.state.ended).toMatchObject({
      state: "cancelled",
      reason: "enough",
      error: { type: "StepFailed", message: expect.stringContaining("cannot") },
    });
  });

  test("a step made in cleanup and not yielded does not hide the cancellation", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* text("work");
      } finally {
        instruct("Forgotten.");
      }
    });
    await run.cancel("enough");
    expect(run.state.ended).toMatchObject({ state: "cancelled" });
  });
});

describe("a summary", () => {
  const cyclic: any = {};
  cyclic.self = cyclic;
  test.each<[string, unknown, string]>([
    ["a Date", new Date(0), "$ is a Date, not a plain object"],
    ["a Map inside", { a: { "b c": new Map() } }, '$.a["b c"] is a Map, not a plain object'],
    ["an array with a hole", new Array(2), "$[0] is undefined"],
    ["NaN", { a: [Number.NaN] }, "$.a[0] is NaN, which JSON has not"],
    ["Infinity", Number.POSITIVE_INFINITY, "$ is Infinity, which JSON has not"],
    ["a bigint", 10n, "$ is a bigint"],
    ["a function", () => 1, "$ is a function"],
    ["a symbol", Symbol("s"), "$ is a symbol"],
    ["an instance of a class", new (class Report {})(), "$ is a Report, not a plain object"],
    ["an instance of no name", new (class {})(), "$ is an instance of a class, not a plain object"],
    ["an error", { error: new Error("x") }, "$.error is an Error, not a plain object"],
    ["a cycle", cyclic, "$.self refers back to itself (a cycle)"],
    [
      "a getter that throws",
      {
        get a() {
          throw new Error("boom");
        },
      },
      "$.a throws when it is read: boom",
    ],
    [
      "an abyss",
      Array.from({ length: 300 }).reduce((inner) => [inner], 1),
      "is nested more than 200 levels deep",
    ],
  ])("that is not JSON fails the run, naming the place: %s", async (_, value, what) => {
    const run = await Run.start(async function* () {
      return value;
    });
    expect(run.error.type).toBe("SummaryNotJson");
    expect(run.error.message).toContain(what);
    await run.replayed();
  });

  test("may hold undefined members, shared objects and objects without a prototype", async () => {
    const shared = { n: -0 };
    const run = await Run.start(async function* () {
      return { a: shared, b: shared, gone: undefined, bare: Object.assign(Object.create(null), { x: 1 }) };
    });
    expect(run.summary).toEqual({ a: { n: 0 }, b: { n: 0 }, bare: { x: 1 } });
    await run.replayed();
  });

  test("that holds a key __proto__ keeps it as a key", async () => {
    const run = await Run.start(async function* () {
      return JSON.parse('{"__proto__":{"x":1}}');
    });
    expect(JSON.stringify(run.summary)).toBe('{"__proto__":{"x":1}}');
  });
});

describe("limits end the run as aborted before one step too many is asked", () => {
  const limited = (limits: object) =>
    program(
      async function* () {
        try {
          for (let i = 1; ; i++) yield* instruct(`Step ${i}`, { reply: z.int() });
        } catch {
          return "swallowed";
        } finally {
          yield* text("clean up");
        }
      },
      { limits },
    );

  test("steps", async () => {
    const run = await Run.start(limited({ steps: 2 }));
    await run.reply(1);
    await run.reply(2);
    expect(run.texts).toEqual(["clean up"]);
    await run.reply("x");
    expect(run.state.ended).toMatchObject({ state: "aborted", reason: "limit of 2 steps reached" });
    await run.replayed();
  });

  test("asking again is no further step", async () => {
    const run = await Run.start(limited({ steps: 1 }));
    await run.reply("x");
    await run.reply("y");
    expect(run.step).toMatchObject({ text: "Step 1", attempt: 3 });
  });

  test("invalid replies", async () => {
    const run = await Run.start(limited({ invalidReplies: 1 }));
    await run.reply("x");
    expect(run.step.attempt).toBe(2);
    await run.reply("y");
    expect(run.texts).toEqual(["clean up"]);
    await run.reply("x");
    expect(run.state.ended).toMatchObject({
      state: "aborted",
      reason: "limit of 1 invalid replies exceeded",
    });
    await run.replayed();
  });

  test("minutes", async () => {
    const run = await Run.start(limited({ minutes: 2 / 60 }));
    await run.reply(1);
    await run.reply(2);
    expect(run.texts).toEqual(["clean up"]);
    await run.reply("x");
    expect(run.state.ended).toMatchObject({
      state: "aborted",
      reason: expect.stringContaining("minutes reached"),
    });
  });

  test("in the middle of a group: what was asked of it is cancelled", async () => {
    const run = await Run.start(
      program(
        async function* () {
          try {
            yield* all([text("A"), text("B"), text("C"), all([text("D"), text("E")])]);
          } finally {
            yield* text("clean up");
          }
        },
        { limits: { steps: 2 } },
      ),
    );
    expect(run.derived.map((event: any) => `${event.type} ${event.step_no}`)).toEqual([
      "step_issued 1",
      "step_issued 2",
      "step_cancelled 1",
      "step_cancelled 2",
      "step_issued 3",
    ]);
    await run.reply("x");
    expect(run.state.ended).toMatchObject({ state: "aborted", reason: "limit of 2 steps reached" });
    await run.replayed();
  });
});

test("an Abort in a branch cancels its siblings and aborts the run", async () => {
  const run = await Run.start(async function* () {
    async function* aborting() {
      yield* text("A");
      throw new Abort("no tests");
    }
    yield* all([aborting(), text("B")]);
  });
  await run.reply("a", 1);
  expect(run.derived).toMatchObject([
    { type: "step_cancelled", step_no: 2 },
    { type: "ended", state: "aborted", reason: "no tests" },
  ]);
});

test("an Abort may be caught like any error", async () => {
  const run = await Run.start(async function* () {
    try {
      throw new Abort("no tests");
    } catch (error) {
      return (error as Abort).reason;
    }
  });
  expect(run.summary).toBe("no tests");
});

test("an Abort without a reason is refused at its line", async () => {
  const run = await Run.start(async function* () {
    throw new (Abort as any)();
  });
  expect(run.error).toMatchObject({ type: "TypeError", stack: expect.stringMatching(/^endings\.test\.ts/) });
});

test("finally runs on a failure too, and what it throws wins", async () => {
  const run = await Run.start(async function* () {
    try {
      yield* text("work");
    } catch (error) {
      throw new Error("wrapped", { cause: error as StepFailed });
    } finally {
      yield* text("clean up");
    }
  });
  await run.fail("cannot");
  expect(run.texts).toEqual(["clean up"]);
  await run.fail("cannot clean up either");
  expect(run.error.message).toContain("cannot clean up either");
  await run.replayed();
});
