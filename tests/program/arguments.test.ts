import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../../src/program/ask.ts";
import { parseDuration } from "../../src/program/duration.ts";
import { command, sideEffect } from "../../src/program/effect.ts";
import { all, allSettled, race } from "../../src/program/group.ts";
import { Instruction, instruct } from "../../src/program/instruction.ts";
import { defineProgram, isProgram } from "../../src/program/program.ts";
import { isStep } from "../../src/program/step.ts";
import { signal, sleep } from "../../src/program/wait.ts";

const typeError = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    return error instanceof TypeError ? error.message : error;
  }
  return "nothing was thrown";
};

describe("a duration", () => {
  test.each<[any, number]>([
    [0, 0],
    [1500, 1500],
    ["90s", 90_000],
    ["1h 30m", 5_400_000],
    ["1h30m", 5_400_000],
    [" 2 d ", 172_800_000],
    ["1.5s", 1500],
    ["250ms", 250],
  ])("%j is %d ms", (duration, expected) => {
    expect(parseDuration(duration)).toBe(expected);
  });

  test.each<[any]>([
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [""],
    ["90"],
    ["s"],
    ["-1s"],
    ["1x"],
    ["1s x"],
    [null],
    [["90s"]],
    [{}],
    ["99999999d"],
  ])("%j is none", (duration) => {
    expect(typeError(() => parseDuration(duration))).toMatch(/is not a duration: use milliseconds, or text/);
  });

  test("that is undefined is refused by name", () => {
    expect(typeError(() => sleep(undefined as any))).toMatch(/^undefined is not a duration/);
  });
});

describe("wrong arguments of a step are named where they are written", () => {
  test.each<[string, () => unknown, string]>([
    ["instruct: no text", () => (instruct as any)(), "takes the text"],
    ["instruct: blank text", () => instruct("  "), "takes the text"],
    ["instruct: options that are none", () => instruct("x", null as any), "options must be an object"],
    [
      "instruct: an option that is not one",
      () => instruct("x", { schema: z.string() } as any),
      'instruct has no option "schema"; it takes reply, id, maxAttempts, onInvalid, expected, timeout, tools',
    ],
    [
      "instruct: an option in snake_case",
      () => instruct("x", { on_invalid: "abort" } as any),
      'no option "on_invalid"',
    ],
    [
      "instruct: maxAttempts 0",
      () => instruct("x", { maxAttempts: 0 }),
      "maxAttempts must be a whole number from 1, got 0",
    ],
    ["instruct: maxAttempts 1.5", () => instruct("x", { maxAttempts: 1.5 }), "got 1.5"],
    [
      "instruct: onInvalid",
      () => instruct("x", { onInvalid: "fail" as any }),
      'onInvalid must be "retry" or "abort", got fail',
    ],
    ["instruct: expected", () => instruct("x", { expected: "soon" }), '"soon" is not a duration'],
    ["instruct: timeout", () => instruct("x", { timeout: -1 }), "-1 is not a duration"],
    ["instruct: id", () => instruct("x", { id: 5 as any }), "id must be a text that names the step, got 5"],
    ["instruct: empty id", () => instruct("x", { id: "" }), "id must be a text"],
    [
      "instruct: tools",
      () => instruct("x", { tools: { allow: "Read" as any } }),
      "tools must be { allow?: [...], deny?: [...] }",
    ],
    ["all: no array", () => all(5 as any), "all([...]) takes an array"],
    [
      "all: a promise",
      () => all([Promise.resolve(1) as any]),
      "all: branch 0 is a promise; give it a step, instruct(...), or a generator that you call, branch(...)",
    ],
    [
      "all: a function not called",
      () => all([instruct("x"), async function* review() {} as any]),
      "all: branch 1 is a function (review) that was not called",
    ],
    ["all: undefined", () => all([undefined as any]), "branch 0 is undefined"],
    ["all: a hole", () => all(new Array(1)), "branch 0 is undefined"],
    ["all: an array", () => all([[instruct("x")] as any]), "branch 0 is an array"],
    ["all: a number", () => all([5 as any]), "branch 0 is of type number"],
    ["all: an iterator", () => all([[1].values() as any]), "branch 0 is of type object"],
    [
      "all: concurrency 0",
      () => all([], { concurrency: 0 }),
      "concurrency must be a whole number from 1, got 0",
    ],
    ["all: concurrency 1.5", () => all([], { concurrency: 1.5 }), "got 1.5"],
    [
      "allSettled: an option that is not one",
      () => allSettled([], { limit: 5 } as any),
      'allSettled has no option "limit"',
    ],
    ["race: of nothing", () => race([]), "would wait forever"],
    ["ask: no question", () => ask(""), "takes the question"],
    [
      "ask: no choices",
      () => ask("Which?", { choices: [] }),
      "choices must be an array of texts, at least one",
    ],
    [
      "ask: choices and a schema",
      () => ask("Which?", { choices: ["a"], reply: z.string() } as any),
      "not both",
    ],
    ["sideEffect: no label", () => sideEffect("", () => 1), "a label"],
    ["sideEffect: no function", () => sideEffect("x", 5 as any), "takes the function to run"],
    [
      "sideEffect: retry",
      () => sideEffect("x", () => 1, { retry: { attempts: 0 } }),
      "retry.attempts must be a whole number from 1",
    ],
    ["command: a command line", () => command("npm", "test" as any), "array of texts; there is no shell"],
    ["command: a NUL", () => command("npm", ["a\0b"]), "NUL character"],
    ["signal: no name", () => signal(""), "name of a declared signal"],
    ["sleep: a date", () => sleep("tomorrow"), "is not a duration"],
  ])("%s", (_, make, message) => {
    expect(typeError(make)).toContain(message);
  });
});

describe("a step", () => {
  test("is a plain value: what it asks, and nothing of how far it came", () => {
    const step = new Instruction("Count.", { id: "count" });
    expect(Object.keys(step).sort()).toEqual(["kind", "options", "text"]);
    expect(JSON.parse(JSON.stringify(step))).toEqual({
      kind: "instruction",
      text: "Count.",
      options: { id: "count" },
    });
  });

  test("yields itself", () => {
    const step = instruct("Count.");
    const iterator = step[Symbol.iterator]();
    expect(iterator.next()).toEqual({ value: step, done: false });
    expect(iterator.next(7)).toEqual({ value: 7, done: true });
  });

  test("is told from everything else", () => {
    expect(isStep(instruct("x"))).toBe(true);
    expect(isStep(all([]))).toBe(true);
    for (const other of [null, undefined, 5, "x", {}, [], () => 1]) expect(isStep(other)).toBe(false);
  });

  test("is not a promise, whoever asks", async () => {
    const step = instruct("x");
    expect(await (step as any)).toBe(step);
    expect((Object.getPrototypeOf(step) as any).then).toBeUndefined();
  });

  test("knows where it was made", () => {
    expect(instruct("x").trace.made?.stack).toContain("arguments.test.ts");
  });
});

describe("defineProgram", () => {
  const run = async function* () {};
  const good = { name: "good", description: "A good one.", run };

  test("gives a program that keeps what was defined and cannot be changed", () => {
    const defined = defineProgram({ ...good, params: z.object({ a: z.int() }) });
    expect(isProgram(defined)).toBe(true);
    expect(defined).toMatchObject(good);
    expect(Object.isFrozen(defined)).toBe(true);
    for (const other of [null, undefined, 5, good]) expect(isProgram(other)).toBe(false);
  });

  test.each<[string, any, string]>([
    ["nothing", undefined, "defineProgram takes an object"],
    ["null", null, "defineProgram takes an object"],
    ["no name", { ...good, name: undefined }, "name must be kebab-case"],
    ["CamelCase", { ...good, name: "CamelCase" }, "name must be kebab-case"],
    ["a name with a path", { ...good, name: "../x" }, "name must be kebab-case"],
    ["two hyphens", { ...good, name: "a--b" }, "name must be kebab-case"],
    ["a name too long", { ...good, name: "a".repeat(65) }, "at most 64 characters"],
    ["no description", { ...good, description: " " }, "needs a description"],
    [
      "params that are no schema",
      { ...good, params: "string" },
      "params of 'good' must be a zod schema or a JSON Schema object",
    ],
    ["params null", { ...good, params: null }, "params of 'good' must be"],
    ["no run", { ...good, run: undefined }, "needs run, an async generator method"],
    [
      "a signal without a schema",
      { ...good, signals: { go: true } },
      "signal 'go' of 'good' needs a zod schema",
    ],
    ["an unknown limit", { ...good, limits: { hours: 1 } }, "unknown limit 'hours'"],
    [
      "a limit of 0",
      { ...good, limits: { steps: 0 } },
      "limit steps of 'good' must be a number above 0, got 0",
    ],
  ])("refuses %s", (_, definition, message) => {
    expect(typeError(() => defineProgram(definition))).toContain(message);
  });
});
