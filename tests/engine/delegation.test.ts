import { describe, expect, test } from "vitest";
import { z } from "zod";
import "../../src/engine/delegation.ts";
import { race } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import { Run } from "./run.ts";

const text = (name: string) => instruct(name, { reply: z.string() });

async function* withWorktree(work: AsyncGenerator<any, unknown, any>): AsyncGenerator<any, unknown, any> {
  yield* text("add worktree");
  try {
    return yield* work;
  } finally {
    yield* text("remove worktree");
  }
}

describe("a helper that cleans up with steps", () => {
  test("hands the cancellation on to whoever called it", async () => {
    const went: string[] = [];
    const run = await Run.start(async function* () {
      try {
        yield* withWorktree(
          (async function* () {
            yield* text("work");
            went.push("on in the work");
          })(),
        );
        went.push("on after the helper");
        yield* text("never");
      } finally {
        went.push("finally");
        yield* text("last");
      }
    });
    await run.reply("x");
    await run.cancel("enough");
    expect(run.texts).toEqual(["remove worktree"]);
    await run.restart();
    await run.reply("x");
    expect(run.texts).toEqual(["last"]);
    await run.reply("x");
    expect(run.state.ended).toMatchObject({ state: "cancelled" });
    expect(run.state.ended).not.toHaveProperty("error");
    expect(new Set(went)).toEqual(new Set(["finally"]));
    await run.replayed();
  });

  test("in helpers of helpers, each cleaning up, from the innermost", async () => {
    async function* level(n: number): AsyncGenerator<any, void, any> {
      try {
        if (n === 0) yield* text("work");
        else yield* level(n - 1);
        yield* text(`never ${n}`);
      } finally {
        yield* text(`clean ${n}`);
      }
    }
    const run = await Run.start(async function* () {
      yield* level(3);
      yield* text("never");
    });
    await run.cancel();
    const cleaned: unknown[] = [];
    while (run.state.ended === undefined) {
      cleaned.push(run.step.text);
      await run.reply("x");
    }
    expect(cleaned).toEqual(["clean 0", "clean 1", "clean 2", "clean 3"]);
  });

  test("in a plain function* too", async () => {
    function* helper() {
      try {
        yield* text("work");
      } finally {
        yield* text("clean up");
      }
    }
    const run = await Run.start(function* () {
      yield* helper();
      yield* text("never");
    });
    await run.cancel();
    await run.reply("x");
    expect(run.state.ended?.state).toBe("cancelled");
  });

  test("as the loser of a race: the program goes on only where the race is", async () => {
    async function* loser() {
      yield* withWorktree(
        (async function* () {
          return yield* text("slow");
        })(),
      );
      yield* text("never");
    }
    const run = await Run.start(async function* () {
      return yield* race([loser(), text("quick")]);
    });
    await run.reply("x", 1);
    await run.reply("won", 2);
    expect(run.texts).toEqual(["remove worktree"]);
    await run.reply("x");
    expect(run.summary).toBe("won");
  });

  test("whose cleanup fails fails whoever called it", async () => {
    const run = await Run.start(async function* () {
      yield* withWorktree(
        (async function* () {
          yield* text("work");
        })(),
      );
    });
    await run.reply("x");
    await run.cancel("enough");
    await run.fail("cannot remove it");
    expect(run.state.ended).toMatchObject({ state: "cancelled", error: { type: "StepFailed" } });
  });

  test("that is not cancelled returns as ever", async () => {
    const run = await Run.start(async function* () {
      const result = yield* withWorktree(
        (async function* () {
          return yield* text("work");
        })(),
      );
      return [result, yield* text("after")];
    });
    for (const reply of ["added", "worked", "removed", "x"]) await run.reply(reply);
    expect(run.summary).toEqual(["worked", "x"]);
  });
});

describe("generators that have nothing to do with steps", () => {
  function* numbers() {
    try {
      yield 1;
      yield 2;
      yield 3;
    } finally {
      closed.push("numbers");
    }
  }
  async function* later() {
    try {
      yield* numbers();
    } finally {
      closed.push("later");
    }
  }
  const closed: string[] = [];

  async function use() {
    const found: unknown[] = [[...numbers()], Array.from(numbers()), Math.max(...numbers())];
    const [first] = numbers();
    for (const n of numbers()) if (n === 2) break;
    const collected: number[] = [];
    for await (const n of later()) collected.push(n);
    for await (const n of later()) if (n === 2) break;
    const bySteps = numbers();
    return [
      ...found,
      first,
      collected,
      bySteps.next(),
      bySteps.return(undefined as never),
      new Set(numbers()).size,
    ];
  }

  test("are in a program what they are anywhere else", async () => {
    closed.length = 0;
    const outside = await use();
    const closedOutside = closed.splice(0);
    const run = await Run.start(async function* () {
      return await use();
    });
    expect(run.summary).toEqual(JSON.parse(JSON.stringify(outside)));
    expect(closed).toEqual(closedOutside);
  });

  test("are themselves their iterators, outside of programs", () => {
    const sync = numbers();
    const async = later();
    expect(sync[Symbol.iterator]()).toBe(sync);
    expect(async[Symbol.asyncIterator]()).toBe(async);
  });
});
