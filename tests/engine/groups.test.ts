import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Event } from "../../src/engine/event.ts";
import { MAX_CLEANUP_STEPS } from "../../src/engine/scheduler.ts";
import { all, allSettled, type Branch, race } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import { Abort, type StepFailed } from "../../src/program/outcome.ts";
import { Run, timeAt } from "./run.ts";

const text = (name: string) => instruct(name, { reply: z.string() });

async function* twoSteps(name: string) {
  const one = yield* text(`${name}1`);
  const two = yield* text(`${name}2`);
  return one + two;
}

/** A branch that says when it is cleaned up. */
async function* cleaning(name: string) {
  try {
    return yield* text(name);
  } finally {
    yield* text(`clean ${name}`);
  }
}

/** Replies to pending steps with their own texts, the given ones first, until the run has ended. */
async function answerAll(run: Run, pick: (steps: Run["steps"]) => number = () => 0): Promise<void> {
  while (run.state.ended === undefined) {
    const step = run.steps[pick(run.steps)]!;
    await run.reply(step.text!.toLowerCase(), step.step_no);
  }
}

describe("all", () => {
  test("starts every branch and gives the results in the order of the branches", async () => {
    const run = await Run.start(async function* () {
      return yield* all([text("A"), twoSteps("B"), text("C")]);
    });
    expect(run.steps).toMatchObject([
      { text: "A", step_no: 1, scope: "1.0", ordinal: 1 },
      { text: "B1", step_no: 2, scope: "1.1", ordinal: 1 },
      { text: "C", step_no: 3, scope: "1.2", ordinal: 1 },
    ]);
    await answerAll(run, (steps) => steps.length - 1);
    expect(run.summary).toEqual(["a", "b1b2", "c"]);
    await run.replayed();
  });

  test("of nothing is an empty array at once", async () => {
    const run = await Run.start(async function* () {
      return [yield* all([]), yield* allSettled([])];
    });
    expect(run.summary).toEqual([[], []]);
  });

  test("takes plain function* branches and branches that end without a step", async () => {
    const run = await Run.start(async function* () {
      return yield* all([
        (function* () {
          return yield* text("A");
        })(),
        (async function* () {
          return "at once";
        })(),
      ]);
    });
    await answerAll(run);
    expect(run.summary).toEqual(["a", "at once"]);
  });

  test("may be yielded without a star", async () => {
    const run = await Run.start(async function* (): AsyncGenerator<any, unknown, any> {
      return yield all([text("A"), text("B")]);
    });
    await answerAll(run);
    expect(run.summary).toEqual(["a", "b"]);
  });

  test("steps have an ordinal in their own scope: what one branch does moves no other", async () => {
    const run = await Run.start(async function* () {
      yield* text("before");
      yield* all([twoSteps("A"), twoSteps("B")]);
      yield* text("after");
    });
    await run.reply("x");
    await run.reply("b1", 3);
    await run.reply("b2", 4);
    await run.reply("a1", 2);
    await run.reply("a2", 5);
    expect(
      run.eventsOf("step_issued").map(({ text, scope, ordinal }) => `${scope}#${ordinal} ${text}`),
    ).toEqual(["#1 before", "2.0#1 A1", "2.1#1 B1", "2.1#2 B2", "2.0#2 A2", "#3 after"]);
  });

  test("a branch that fails cancels its siblings, lowest first, and fails the whole", async () => {
    const run = await Run.start(async function* () {
      yield* all([text("A"), text("B"), text("C"), text("D")]);
    });
    await run.fail("cannot", 3);
    expect(run.derived).toMatchObject([
      { type: "step_cancelled", step_no: 1, reason: "a sibling branch failed" },
      { type: "step_cancelled", step_no: 2 },
      { type: "step_cancelled", step_no: 4 },
      { type: "ended", state: "failed", error: { message: "step 3 failed (agent_failure): cannot" } },
    ]);
    await run.replayed();
  });

  test("the failure of a branch may be caught around the group", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* all([text("A"), text("B")]);
      } catch (error) {
        return yield* text(`caught ${(error as StepFailed).reason}`);
      }
    });
    await run.fail("cannot", 2);
    expect(run.texts).toEqual(["caught cannot"]);
  });

  test("a branch may catch its own failure", async () => {
    const run = await Run.start(async function* () {
      async function* careful() {
        try {
          return yield* text("A");
        } catch {
          return "failed";
        }
      }
      return yield* all([careful(), text("B")]);
    });
    await run.fail("cannot", 1);
    await run.reply("b", 2);
    expect(run.summary).toEqual(["failed", "b"]);
  });

  test("cancelled siblings run their finally, and the parent waits for it", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* all([cleaning("A"), text("B"), cleaning("C")]);
      } catch (error) {
        return (error as StepFailed).reason;
      }
    });
    await run.fail("cannot", 2);
    expect(run.derived).toMatchObject([
      { type: "step_cancelled", step_no: 1 },
      { type: "step_cancelled", step_no: 3 },
      { type: "step_issued", text: "clean A", scope: "1.0", ordinal: 2 },
      { type: "step_issued", text: "clean C", scope: "1.2", ordinal: 2 },
    ]);
    await answerAll(run);
    expect(run.summary).toBe("cannot");
    await run.replayed();
  });

  test("catch does not see a cancellation", async () => {
    const caught: unknown[] = [];
    const run = await Run.start(async function* () {
      async function* stubborn() {
        for (;;) {
          try {
            yield* text("Go on.");
          } catch (error) {
            caught.push(error);
          }
        }
      }
      try {
        yield* all([stubborn(), text("B")]);
      } catch {
        return "over";
      }
    });
    await run.fail("cannot", 2);
    expect(run.summary).toBe("over");
    expect(caught).toEqual([]);
  });

  test("a branch that has not started is never started", async () => {
    const started: number[] = [];
    const run = await Run.start(async function* () {
      async function* branch(i: number) {
        started.push(i);
        yield* text(`${i}`);
      }
      yield* all([branch(0), branch(1), branch(2), branch(3)], { concurrency: 2 });
    });
    await run.fail("cannot", 1);
    expect(started).toEqual([0, 1]);
    expect(run.state.ended?.state).toBe("failed");
  });

  test("what cleanup throws does not hide why the group failed", async () => {
    const run = await Run.start(async function* () {
      async function* messy() {
        try {
          yield* text("A");
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: cleanup that throws is what is tested.
          throw new Error("cleanup failed");
        }
      }
      yield* all([messy(), text("B")]);
    });
    await run.fail("the reason", 2);
    expect(run.error.message).toContain("the reason");
  });

  test("a failure while siblings are cleaned up does not hide the first", async () => {
    const run = await Run.start(async function* () {
      yield* all([cleaning("A"), text("B")]);
    });
    await run.fail("the first", 2);
    await run.fail("the second", 3);
    expect(run.error.message).toContain("the first");
  });

  test("a step that cannot be issued fails the group; those before it are cancelled", async () => {
    const run = await Run.start(async function* () {
      yield* all([text("A"), instruct("B", { reply: { type: "strin" } }), text("C")]);
    });
    expect(run.derived).toMatchObject([
      { type: "step_issued", step_no: 1, text: "A" },
      { type: "step_failed", step_no: 2, scope: "1.1", ordinal: 1 },
      { type: "step_cancelled", step_no: 1 },
      { type: "ended", state: "failed", error: { type: "InvalidSchema" } },
    ]);
    await run.replayed();
  });

  test("a reply that is asked again stays in its branch", async () => {
    const run = await Run.start(async function* () {
      return yield* all([instruct("A", { reply: z.int() }), text("B")]);
    });
    await run.reply("x", 1);
    expect(run.steps).toMatchObject([
      { step_no: 2, text: "B" },
      { step_no: 3, text: "A", attempt: 2, scope: "1.0", ordinal: 1 },
    ]);
    await run.reply(1, 3);
    await run.reply("b", 2);
    expect(run.summary).toEqual([1, "b"]);
    await run.replayed();
  });

  test("a generator that is given twice is refused: it runs only once", async () => {
    const run = await Run.start(async function* () {
      const branch = twoSteps("A");
      yield* all([branch, branch]);
    });
    expect(run.error).toMatchObject({
      type: "NotAStep",
      message: "A generator was given as a branch a second time; a generator runs only once.",
    });
  });

  test("a group that is yielded a second time with its generators is refused", async () => {
    const run = await Run.start(async function* () {
      const group = all([twoSteps("A")]);
      yield* group;
      yield* group;
    });
    await answerAll(run);
    expect(run.state.ended).toMatchObject({ state: "failed", error: { type: "NotAStep" } });
  });
});

describe("allSettled", () => {
  test("waits for all, failed or not", async () => {
    const run = await Run.start(async function* () {
      const [a, b, c] = yield* allSettled([text("A"), twoSteps("B"), text("C")]);
      return [a, b, c].map((each) =>
        each!.status === "fulfilled" ? each!.value : (each!.reason as StepFailed).reason,
      );
    });
    await run.fail("no A", 1);
    await run.reply("b1", 2);
    await run.fail("no B2", 4);
    await run.reply("c", 3);
    expect(run.summary).toEqual(["no A", "no B2", "c"]);
    await run.replayed();
  });

  test("an Abort thrown in a branch is a failure like others", async () => {
    const run = await Run.start(async function* () {
      async function* aborting() {
        yield* text("A");
        throw new Abort("enough");
      }
      const [a] = yield* allSettled([aborting()]);
      return a!.status;
    });
    await answerAll(run);
    expect(run.summary).toBe("rejected");
  });
});

describe("race", () => {
  test("the first to end decides; the others are cancelled", async () => {
    const run = await Run.start(async function* () {
      return yield* race([text("A"), twoSteps("B"), text("C")]);
    });
    await run.reply("b1", 2);
    await run.reply("b2", 4);
    expect(run.derived).toMatchObject([
      { type: "step_cancelled", step_no: 1, reason: "another branch of the race ended first" },
      { type: "step_cancelled", step_no: 3 },
      { type: "ended", summary: "b1b2" },
    ]);
    await run.replayed();
  });

  test("the first to fail decides too", async () => {
    const run = await Run.start(async function* () {
      return yield* race([text("A"), text("B")]);
    });
    await run.fail("cannot", 2);
    expect(run.error.message).toContain("cannot");
  });

  test("losers clean up before the race is over", async () => {
    const run = await Run.start(async function* () {
      const winner = yield* race([cleaning("A"), text("B")]);
      return [winner, yield* text("after")];
    });
    await run.reply("b", 2);
    expect(run.texts).toEqual(["clean A"]);
    await answerAll(run);
    expect(run.summary).toEqual(["b", "after"]);
  });

  test("what a loser's cleanup throws fails the race", async () => {
    const run = await Run.start(async function* () {
      return yield* race([cleaning("A"), text("B")]);
    });
    await run.reply("b", 2);
    await run.fail("cannot clean up");
    expect(run.error.message).toContain("cannot clean up");
    await run.replayed();
  });

  test("a branch that ends without a step wins over steps that are asked already", async () => {
    const run = await Run.start(async function* () {
      return yield* race([
        text("A"),
        (async function* () {
          return "at once";
        })(),
      ]);
    });
    expect(run.derived.map(({ type }) => type)).toEqual(["step_issued", "step_cancelled", "ended"]);
    expect(run.summary).toBe("at once");
  });

  test("of nothing is refused where it is written", async () => {
    const run = await Run.start(async function* () {
      yield* race([]);
    });
    expect(run.error).toMatchObject({
      type: "TypeError",
      message: "race([]) would wait forever: give it at least one branch",
    });
  });
});

describe("concurrency", () => {
  test("so many branches run at a time, and the next starts when one ends", async () => {
    const run = await Run.start(async function* () {
      return yield* all(["A", "B", "C", "D", "E"].map(text), { concurrency: 2 });
    });
    expect(run.texts).toEqual(["A", "B"]);
    await run.reply("b", 2);
    expect(run.texts).toEqual(["A", "C"]);
    await run.reply("c", 3);
    await run.reply("a", 1);
    expect(run.texts).toEqual(["D", "E"]);
    await answerAll(run);
    expect(run.summary).toEqual(["a", "b", "c", "d", "e"]);
    await run.replayed();
  });

  test("of one is one after the other", async () => {
    const run = await Run.start(async function* () {
      return yield* all([twoSteps("A"), twoSteps("B")], { concurrency: 1 });
    });
    const texts: unknown[] = [];
    while (run.state.ended === undefined) {
      texts.push(run.step.text);
      await run.reply(run.step.text!);
    }
    expect(texts).toEqual(["A1", "A2", "B1", "B2"]);
  });

  test("ten thousand branches, fifty at a time", async () => {
    const run = await Run.start(async function* () {
      let sum = 0;
      const branches = Array.from({ length: 10_000 }, async function* (_, i) {
        sum += yield* instruct(`${i}`, { reply: z.int() });
      });
      yield* all(branches, { concurrency: 50 });
      return sum;
    });
    const execution = run.execution;
    let most = 0;
    for (let no = 1; no <= 10_000; no++) {
      await execution.feed([{ type: "reply_accepted", at: timeAt(1), step_no: no, reply: 1 }]);
      most = Math.max(most, execution["pending"].size);
      await execution.feed([...execution.drafts] as Event[]);
    }
    expect(most).toBe(50);
    expect(execution["ended"]).toBe(true);
  });

  test("ten thousand branches at once, and one that fails", async () => {
    const run = await Run.start(async function* () {
      yield* all(Array.from({ length: 10_000 }, (_, i) => text(`${i}`)));
    });
    await run.fail("cannot", 5_000);
    expect(run.eventsOf("step_cancelled")).toHaveLength(9_999);
    expect(run.state.ended?.state).toBe("failed");
  });

  test("ten thousand branches that cannot be issued are no recursion", async () => {
    const run = await Run.start(async function* () {
      const settled = yield* allSettled(
        Array.from({ length: 10_000 }, () => instruct("x", { reply: { type: "strin" } })),
        { concurrency: 3 },
      );
      return settled.length;
    });
    expect(run.summary).toBe(10_000);
  });
});

describe("groups in groups", () => {
  test("to a depth of fifty", async () => {
    const nested = (depth: number): Branch<any> =>
      depth === 0
        ? text("deep")
        : depth % 2 === 0
          ? all([nested(depth - 1), text(`side ${depth}`)])
          : (async function* () {
              return yield* all([nested(depth - 1)]);
            })();
    const run = await Run.start(async function* () {
      return yield* nested(50) as any;
    });
    await answerAll(run);
    let depth = 0;
    for (let value: any = run.summary; Array.isArray(value); value = value[0]) depth++;
    expect(depth).toBe(50);
    await run.replayed();
  });

  test("a failure deep down cancels everything around it, and catch at any level sees it", async () => {
    const run = await Run.start(async function* () {
      async function* inner() {
        yield* all([text("A"), cleaning("B")]);
      }
      async function* outer() {
        try {
          yield* all([inner(), text("C")]);
        } catch (error) {
          throw new Error("outer", { cause: error });
        }
      }
      try {
        yield* all([outer(), cleaning("D")]);
      } catch (error) {
        return [(error as Error).message, ((error as Error).cause as StepFailed).reason];
      }
    });
    expect(run.texts).toEqual(["D", "C", "A", "B"]);
    await run.fail("deep", 3);
    expect(run.derived.map(({ step_no, type }: any) => `${type} ${step_no}`)).toEqual([
      "step_cancelled 4",
      "step_issued 5",
    ]);
    await run.reply("x", 5);
    expect(run.texts).toEqual(["clean D"]);
    await run.reply("x");
    expect(run.summary).toEqual(["outer", "deep"]);
    await run.replayed();
  });

  test("scopes name the way to a step", async () => {
    const run = await Run.start(async function* () {
      yield* text("first");
      yield* all([all([text("A"), text("B")]), race([twoSteps("C")])]);
    });
    await run.reply("x");
    expect(run.steps.map(({ scope, ordinal, text }) => `${scope}#${ordinal} ${text}`)).toEqual([
      "2.0/1.0#1 A",
      "2.0/1.1#1 B",
      "2.1/1.0#1 C1",
    ]);
  });
});

describe("cleaning up is bounded", () => {
  async function* endless() {
    try {
      yield* text("work");
    } finally {
      for (let i = 0; ; i++) yield* text(`clean ${i}`);
    }
  }

  test("a branch that cleans up without end is given up, and its parent goes on", async () => {
    const run = await Run.start(async function* () {
      return yield* race([endless(), text("B")]);
    });
    await run.reply("b", 2);
    for (let i = 0; i < MAX_CLEANUP_STEPS; i++) await run.reply("x");
    expect(run.error).toMatchObject({
      type: "CleanupTooLong",
      message: `The cancelled branch 1.0 took more than ${MAX_CLEANUP_STEPS} steps to clean up.`,
    });
  });

  test("a run that cleans up without end is given up", async () => {
    const run = await Run.start(endless);
    await run.cancel("enough");
    for (let i = 0; i < MAX_CLEANUP_STEPS; i++) await run.reply("x");
    expect(run.state.ended).toMatchObject({
      state: "cancelled",
      reason: "enough",
      error: { type: "CleanupTooLong" },
    });
  });

  test("so is one that starts branches in order to go on", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* text("work");
      } finally {
        yield* all([endless()]);
      }
    });
    await run.cancel("enough");
    let steps = 0;
    for (; run.state.ended === undefined; steps++) await run.reply("x");
    expect(steps).toBeLessThanOrEqual(MAX_CLEANUP_STEPS);
    expect(run.state.ended).toMatchObject({ state: "cancelled", error: { type: "CleanupTooLong" } });
  });

  test("so is one that asks for many at once", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* text("work");
      } finally {
        yield* all(Array.from({ length: 100 }, (_, i) => text(`${i}`)));
      }
    });
    await run.cancel("enough");
    expect(run.state.ended).toMatchObject({ state: "cancelled", error: { type: "CleanupTooLong" } });
    expect(run.eventsOf("step_issued").length).toBeLessThanOrEqual(MAX_CLEANUP_STEPS + 1);
  });

  test("so is one that catches its mistakes forever", async () => {
    const run = await Run.start(async function* (): AsyncGenerator<any, void, any> {
      try {
        yield* text("work");
      } finally {
        for (;;) {
          try {
            yield 5;
          } catch {}
        }
      }
    });
    await run.cancel("enough");
    expect(run.state.ended).toMatchObject({ state: "cancelled", error: { type: "CleanupTooLong" } });
  });

  test("so is one that goes on by `continue` in finally", async () => {
    const run = await Run.start(async function* () {
      outer: for (;;) {
        for (;;) {
          try {
            yield* text("work");
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: swallowing the return is what is tested.
            continue outer;
          }
        }
      }
    });
    await run.cancel("enough");
    while (run.state.ended === undefined) await run.reply("x");
    expect(run.state.ended).toMatchObject({ state: "cancelled", error: { type: "CleanupTooLong" } });
    await run.replayed();
  });

  test("each branch that is cancelled has its own bound", async () => {
    const run = await Run.start(async function* () {
      async function* tidy(name: string) {
        try {
          yield* text(name);
        } finally {
          for (let i = 0; i < MAX_CLEANUP_STEPS; i++) yield* text(`${name} ${i}`);
        }
      }
      try {
        yield* all([tidy("A"), tidy("B"), text("C")]);
      } catch {
        return "over";
      }
    });
    await run.fail("cannot", 3);
    await answerAll(run);
    expect(run.summary).toBe("over");
  });
});
