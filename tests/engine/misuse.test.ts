import { describe, expect, test } from "vitest";
import { z } from "zod";
import { all } from "../../src/program/group.ts";
import { Instruction, instruct } from "../../src/program/instruction.ts";
import { program, Run } from "./run.ts";

async function errorOf(run: (context: any) => any): Promise<{ type: string; message: string }> {
  const { type, message } = (await Run.start(run)).error;
  return { type, message };
}

describe("a yield of something that is no step says what to yield", () => {
  async function* other() {
    yield* instruct("x");
  }
  test.each<[string, unknown, string]>([
    ["5 (number)", 5, "Yield a step: `yield* instruct(text, { reply })`."],
    ["undefined", undefined, "Yield a step: `yield* instruct(text, { reply })`."],
    ["null", null, "Yield a step: `yield* instruct(text, { reply })`."],
    ['"Do it" (string)', "Do it", 'Ask the agent with `yield* instruct("Do it")`.'],
    ["an array", [], "Wait for several steps with `yield* all([...])`."],
    ["a generator", other(), "Run another generator with `yield* other()`, the star included."],
    ["a function (other)", other, "Yield a step: `yield* instruct(text, { reply })`."],
    ['{"reply":1} (object)', { reply: 1 }, "Yield a step: `yield* instruct(text, { reply })`."],
    ["Symbol(s) (symbol)", Symbol("s"), "Yield a step: `yield* instruct(text, { reply })`."],
    ["10 (bigint)", 10n, "Yield a step: `yield* instruct(text, { reply })`."],
  ])("%s", async (what, yielded, advice) => {
    expect(
      await errorOf(async function* () {
        yield yielded;
      }),
    ).toEqual({ type: "NotAStep", message: `The program yielded ${what}, which is not a step. ${advice}` });
  });

  test("a promise, where a plain function* cannot await it", async () => {
    expect(
      await errorOf(function* () {
        yield Promise.resolve(5);
      }),
    ).toEqual({
      type: "NotAStep",
      message:
        "The program yielded a promise, which is not a step. Programs wait for steps only; what touches the world goes into `yield* sideEffect(label, fn)`.",
    });
  });

  test("an object that cannot be shown in any way", async () => {
    const hostile = Object.assign(Object.create(null), { cycle: 1n });
    const { type } = await errorOf(async function* () {
      yield hostile;
    });
    expect(type).toBe("NotAStep");
  });

  test("the program may catch it and go on", async () => {
    const run = await Run.start(async function* (): AsyncGenerator<any, unknown, any> {
      try {
        yield 5;
      } catch (error) {
        return yield* instruct(`Repair: ${(error as Error).name}`);
      }
    });
    expect(run.step).toMatchObject({ text: "Repair: NotAStep", step_no: 1, ordinal: 1 });
  });

  test("a generator that is no generator function's, an iterator, is no generator", async () => {
    const { message } = await Run.start(program((() => [1, 2].values()) as any)).then(({ error }) => error);
    expect(message).toMatch(/not a generator/);
  });
});

describe("a step that is made and not yielded", () => {
  const advice = "was never yielded, so nothing happened: write `yield*` in front of it.";

  test("awaited instead: found at the next yield, with its place", async () => {
    const { type, message } = await errorOf(async function* () {
      await instruct("Count.");
      yield* instruct("Next.");
    });
    expect(type).toBe("StepNotYielded");
    expect(message).toMatch(/^The instruction "Count\." made at misuse\.test\.ts:\d+:\d+ was never yielded/);
  });

  test("awaited instead: the step after it is not asked", async () => {
    const run = await Run.start(async function* () {
      await instruct("Count.");
      yield* instruct("Next.");
    });
    expect(run.eventsOf("step_issued")).toEqual([]);
  });

  test("awaited instead, and nothing after it: found at the end", async () => {
    expect(
      (
        await errorOf(async function* () {
          await instruct("Count.");
        })
      ).message,
    ).toContain(advice);
  });

  test("not even awaited: found at the end", async () => {
    const run = await Run.start(async function* () {
      instruct("Forgotten.");
      yield* instruct("Next.");
      return "done";
    });
    await run.reply("x");
    expect(run.error.message).toMatch(/^The instruction "Forgotten\." made at .*never yielded/);
  });

  test("Promise.all over steps is found", async () => {
    expect(
      (
        await errorOf(async function* () {
          await Promise.all([instruct("One."), instruct("Two.")]);
          yield* instruct("Next.");
        })
      ).type,
    ).toBe("StepNotYielded");
  });

  test("returned instead of yielded: found at the end", async () => {
    expect(
      (
        await errorOf(async function* () {
          return instruct("Count.");
        })
      ).message,
    ).toMatch(/^The instruction "Count\."/);
  });

  test("returned from a plain function*: found at the end", async () => {
    expect(
      (
        await errorOf(function* () {
          return instruct("Count.");
        })
      ).type,
    ).toBe("StepNotYielded");
  });

  test("taken apart instead: the TypeError that follows is blamed on it, and still told", async () => {
    const run = await Run.start(async function* () {
      const { files } = instruct("List.", { reply: z.object({ files: z.array(z.string()) }) }) as any;
      return files.length;
    });
    expect(run.error.type).toBe("StepNotYielded");
    expect(run.error.message).toMatch(
      /^The instruction "List\." made at misuse\.test\.ts:\d+:\d+ was never yielded, .* It led to TypeError: Cannot read properties of undefined/,
    );
    expect(run.error.stack).toMatch(/^misuse\.test\.ts:/);
  });

  test("inside a helper function it is found too", async () => {
    async function helper() {
      await instruct("In a helper.");
      return 1;
    }
    expect(
      (
        await errorOf(async function* () {
          await helper();
          yield* instruct("Next.");
        })
      ).message,
    ).toMatch(/^The instruction "In a helper\."/);
  });

  test("inside a sub-generator it is found too", async () => {
    async function* sub() {
      yield* instruct("First.");
      instruct("Forgotten in a sub-generator.");
    }
    const run = await Run.start(async function* () {
      yield* sub();
    });
    await run.reply("x");
    expect(run.error.message).toMatch(/^The instruction "Forgotten in a sub-generator\."/);
  });

  test("inside a branch it fails the branch", async () => {
    async function* branch() {
      instruct("Forgotten in a branch.");
      yield* instruct("First.");
    }
    const run = await Run.start(async function* () {
      yield* all([branch()]);
    });
    await run.reply("x");
    expect(run.error.message).toMatch(/^The instruction "Forgotten in a branch\."/);
  });

  test("a group that is awaited is found", async () => {
    expect(
      (
        await errorOf(async function* () {
          await all([instruct("One.")]);
          yield* instruct("Next.");
        })
      ).message,
    ).toMatch(/^The group made at/);
  });

  test("it is told once: a program that caught it goes on", async () => {
    const run = await Run.start(async function* () {
      try {
        await instruct("Forgotten.");
        yield* instruct("Next.");
      } catch {
        yield* instruct("Caught.");
      }
      return "done";
    });
    expect(run.step.text).toBe("Caught.");
    await run.reply("x");
    expect(run.summary).toBe("done");
  });

  test("a step that was made before a restart and never yielded is still named", async () => {
    const run = await Run.start(async function* () {
      instruct("Forgotten.");
      yield* instruct("One.");
      yield* instruct("Two.");
    });
    await run.reply("x");
    await run.restart();
    await run.reply("x");
    expect(run.error.message).toMatch(/^The instruction "Forgotten\." .*was never yielded/);
  });
});

describe("what is no mistake", () => {
  test("a step made early and yielded later", async () => {
    const run = await Run.start(async function* () {
      const later = instruct("Later.", { reply: z.int() });
      yield* instruct("First.");
      return yield* later;
    });
    await run.reply("x");
    await run.reply(7);
    expect(run.summary).toBe(7);
  });

  test("a step made in one branch and yielded in another", async () => {
    const run = await Run.start(async function* () {
      const shared = instruct("Shared.", { reply: z.int() });
      async function* branch() {
        return yield* shared;
      }
      return yield* all([branch()]);
    });
    await run.reply(7);
    expect(run.summary).toEqual([7]);
  });

  test("the same step yielded twice asks twice", async () => {
    const run = await Run.start(async function* () {
      const again = instruct("Again.", { reply: z.int() });
      return [yield* again, yield* again];
    });
    await run.reply(1);
    await run.reply(2);
    expect(run.summary).toEqual([1, 2]);
  });

  test("a step made outside of any run", async () => {
    const shared = new Instruction("Made at load.", { reply: z.int() });
    const tested = program(async function* () {
      return yield* shared as Instruction<number>;
    });
    for (const reply of [1, 2]) {
      const run = await Run.start(tested);
      await run.reply(reply);
      expect(run.summary).toBe(reply);
    }
  });

  test("a wrong argument is the argument's fault: the half-made step is not blamed", async () => {
    expect(
      await errorOf(async function* () {
        yield* instruct("");
      }),
    ).toMatchObject({ type: "TypeError", message: expect.stringContaining("takes the text") });
  });

  test("a wrong argument that was caught does not haunt the end", async () => {
    const run = await Run.start(async function* () {
      try {
        instruct("");
      } catch {
        return "caught";
      }
    });
    expect(run.summary).toBe("caught");
  });

  test("a run that ends by its own error keeps that error, whatever was not yielded", async () => {
    expect(
      (
        await errorOf(async function* () {
          instruct("Forgotten.");
          throw new RangeError("mine");
        })
      ).type,
    ).toBe("RangeError");
  });

  test("ten thousand steps made in advance and yielded one by one", async () => {
    const run = await Run.start(async function* () {
      const steps = Array.from({ length: 10_000 }, (_, i) => instruct(`Step ${i}`));
      for (const step of steps) yield* step;
      return "done";
    });
    const events = [];
    for (let i = 1; i <= 10_000; i++) {
      events.push({ type: "reply_accepted", at: run.log[0]!.at, step_no: i, reply: 1 } as const);
    }
    // Drafts of all turns but the last are replayed as if they had been appended.
    for (const event of events) {
      await run.execution.feed([event, ...[]]);
      if (run.execution.drafts[0]?.type === "ended") break;
      await run.execution.feed([...run.execution.drafts]);
    }
    expect(run.execution.drafts).toMatchObject([{ type: "ended", state: "completed", summary: "done" }]);
  });
});
