import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CallFailed } from "../../src/program/call.ts";
import { all, race } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import { Abort } from "../../src/program/outcome.ts";
import { defineProgram, type Program } from "../../src/program/program.ts";
import { Run } from "./run.ts";

const review = defineProgram({
  name: "review",
  description: "Reviews a file.",
  params: z.object({ file: z.string(), depth: z.int().default(1) }),
  async *run({ params }) {
    const finding = yield* instruct(`Review ${params.file} to depth ${params.depth}.`, { reply: z.string() });
    return { file: params.file, finding };
  },
});

function calling(child: Program<any, any>, params: unknown = {}) {
  return async function* () {
    return yield* child.call(params as any);
  };
}

function child(name: string, run: any, more: object = {}): Program<any, any> {
  return defineProgram({ name, description: "A called program.", ...more, run }) as Program<any, any>;
}

test("a called program is part of the run: its steps stand in its own scope", async () => {
  const run = await Run.start(async function* () {
    const report = yield* review.call({ file: "a.ts" });
    return { report, after: yield* instruct("After.", { reply: z.string() }) };
  });
  expect(run.derived).toMatchObject([
    {
      type: "step_issued",
      step_no: 1,
      kind: "call",
      scope: "",
      ordinal: 1,
      label: "review",
      options: { file: "a.ts", depth: 1 },
    },
    {
      type: "step_issued",
      step_no: 2,
      kind: "instruction",
      scope: "1",
      ordinal: 1,
      text: "Review a.ts to depth 1.",
    },
  ]);
  await run.reply("fine");
  expect(run.step).toMatchObject({ scope: "", ordinal: 2, text: "After." });
  await run.reply("x");
  expect(run.summary).toEqual({ report: { file: "a.ts", finding: "fine" }, after: "x" });
  await run.replayed();
});

test("several at once", async () => {
  const run = await Run.start(async function* () {
    return yield* all([review.call({ file: "a.ts" }), review.call({ file: "b.ts" })]);
  });
  expect(run.steps.map(({ scope, text }) => `${scope} ${text}`)).toEqual([
    "1.0/1 Review a.ts to depth 1.",
    "1.1/1 Review b.ts to depth 1.",
  ]);
  for (const step of run.steps) await run.reply("ok", step.step_no);
  expect(run.summary).toMatchObject([{ file: "a.ts" }, { file: "b.ts" }]);
  await run.replayed();
});

test("params are judged once: replay takes them as they were parsed", async () => {
  let parsed = 0;
  const tested = child(
    "tested",
    async function* ({ params }: any) {
      return yield* instruct(`${params}`);
    },
    { params: z.string().transform((s) => `${s}${++parsed}`) },
  );
  const run = await Run.start(calling(tested, "p"));
  expect(run.step.text).toBe("p1");
  await run.restart();
  await run.reply("x");
  expect(parsed).toBe(1);
});

describe("params that cannot be accepted fail the call", () => {
  test.each<[string, Program<any, any>, unknown, string]>([
    [
      "invalid ones",
      review as any,
      { depth: "x" },
      "review: InvalidParams: the params of 'review' are not valid: $.file is missing; $.depth must be an integer, got \"x\"",
    ],
    [
      "ones that are not JSON",
      review as any,
      { file: new Date(0) },
      "review: InvalidParams: the params of 'review' are not JSON: $.file is a Date, not a plain object",
    ],
    [
      "a schema that is none",
      child("broken", async function* () {}, { params: { type: "strin" } }),
      {},
      "broken: InvalidParams: The params schema of program 'broken' is not a valid JSON Schema: $.type fits none of the forms that the schema allows, got \"strin\".",
    ],
    [
      "a schema that gives no JSON",
      child("dated", async function* () {}, { params: z.object({}).transform(() => new Date(0)) }),
      {},
      "dated: InvalidParams: The params schema of program 'dated' is at fault: the schema's output is not JSON: $ is a Date, not a plain object",
    ],
  ])("%s", async (_, called, params, message) => {
    const run = await Run.start(calling(called, params));
    expect(run.error).toMatchObject({ type: "CallFailed", message });
    expect(run.derived).toMatchObject([
      {
        type: "step_failed",
        step_no: 1,
        scope: "",
        ordinal: 1,
        code: "invalid_schema",
        error: "InvalidParams",
      },
      { type: "ended" },
    ]);
    await run.replayed();
  });
});

describe("a called program that does not succeed", () => {
  test("throws CallFailed with the way to it, which the caller may catch", async () => {
    const lint = child("lint", async function* () {
      yield* instruct("Lint.");
    });
    const outer = child("outer", calling(lint));
    const run = await Run.start(async function* () {
      try {
        yield* outer.call();
      } catch (error) {
        const { path, aborted, message } = error as CallFailed;
        return { isCallFailed: error instanceof CallFailed, path, aborted, message };
      }
    });
    await run.fail("no linter");
    expect(run.summary).toEqual({
      isCallFailed: true,
      path: ["outer", "lint"],
      aborted: false,
      message: "outer > lint: StepFailed: step 3 failed (agent_failure): no linter",
    });
    await run.replayed();
  });

  test("fails the run with the place of what went wrong", async () => {
    const run = await Run.start(
      calling(
        child("failing", async function* () {
          throw new RangeError("out of range");
        }),
      ),
    );
    expect(run.error).toEqual({
      type: "CallFailed",
      message: "failing: RangeError: out of range",
      stack: expect.stringMatching(/^calls\.test\.ts:\d+:\d+/),
    });
  });

  test("aborts the whole run by Abort", async () => {
    const run = await Run.start(
      calling(
        child("aborting", async function* () {
          throw new Abort("no tests");
        }),
      ),
    );
    expect(run.state.ended).toMatchObject({ state: "aborted", reason: "aborting: no tests" });
  });

  test.each<[string, any, RegExp]>([
    [
      "a forgotten star",
      async function* () {
        instruct("Forgotten.");
      },
      /StepNotYielded: The instruction "Forgotten\."/,
    ],
    [
      "a step taken apart",
      async function* () {
        const { a } = instruct("Apart.") as any;
        return a.b;
      },
      /StepNotYielded: The instruction "Apart\." .* It led to TypeError/,
    ],
    [
      "a yield of something else",
      async function* () {
        yield 5;
      },
      /NotAStep: The program yielded 5/,
    ],
    ["run that is no generator", async () => 1, /NotAStep: run of program 'wrong' gave a promise/],
  ])("by a mistake in it: %s", async (_, run, message) => {
    const { error } = await Run.start(calling(child("wrong", run)));
    expect(error.type).toBe("CallFailed");
    expect(error.message).toMatch(message);
  });
});

test("a called plain function* works too", async () => {
  const run = await Run.start(
    calling(
      child("plain", function* () {
        return yield* instruct("Work.", { reply: z.int() });
      }),
    ),
  );
  await run.reply(1);
  expect(run.summary).toBe(1);
});

test("a called program is cancelled with the branch that called it, finally included", async () => {
  const tidy = child("tidy", async function* () {
    try {
      yield* instruct("Work.");
    } finally {
      yield* instruct("Clean up.");
    }
  });
  const run = await Run.start(async function* () {
    return yield* race([tidy.call(), instruct("Quick.", { reply: z.string() })]);
  });
  const quick = run.steps.find(({ text }) => text === "Quick.")!;
  await run.reply("won", quick.step_no);
  expect(run.texts).toEqual(["Clean up."]);
  await run.reply("x");
  expect(run.summary).toBe("won");
  await run.replayed();
});

test("a call that is awaited and not yielded is found", async () => {
  const run = await Run.start(async function* () {
    await review.call({ file: "a.ts" });
  });
  expect(run.error.message).toMatch(/^The call made at .* was never yielded/);
});
