/** The design's table of what is the same step, row by row, in both directions. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asked, Workshop } from "./workshop.ts";

let workshop: Workshop;
beforeEach(() => {
  workshop = new Workshop();
});
afterEach(() => workshop.close());

/** Starts a program with this body and answers its first steps. */
async function begun(body: string, replies: unknown[], more: Parameters<Workshop["program"]>[2] = {}) {
  workshop.program("p", body, more);
  const id = await workshop.start("p");
  await workshop.reply(id, ...replies);
  return id;
}

const DONE = `return yield* instruct("The last question.");`;

describe("an instruction that was answered", () => {
  const first = (options: string, text = '"The first question."') =>
    `const first = yield* instruct(${text}, ${options}); const last = yield* instruct("The last question."); return { first, last };`;
  const A = "{ reply: z.object({ a: z.number() }) }";

  test("is the same after an edit that it does not see: a comment, a branch not taken", async () => {
    const id = await begun(first(A), [{ a: 1 }]);
    workshop.program("p", `// A comment.\nif (params.never) yield* instruct("Never asked.");\n${first(A)}`);
    expect(asked(await workshop.expectAdopted(id))).toEqual([[2, "The last question."]]);
    expect((await workshop.reply(id, "end")).last_yield).toMatchObject({
      summary: { first: { a: 1 }, last: "end" },
    });
  });

  test("is another one with another wording", async () => {
    const id = await begun(first(A), [{ a: 1 }]);
    workshop.program("p", first(A, '"The first question!"'));
    const { message, details } = await workshop.expectRefused(id);
    expect(message).toContain("another text");
    expect(details).toMatchObject({ hint: "step 1 was changed, and what follows is the same" });
  });

  test("is the same with another wording and the same id", async () => {
    const id = await begun(first('{ id: "first" }'), [1]);
    workshop.program("p", first('{ id: "first" }', '"The first question, in other words."'));
    await workshop.expectAdopted(id);
  });

  test("is another one with another id, whatever its wording", async () => {
    const id = await begun(first('{ id: "first" }'), [1]);
    workshop.program("p", first('{ id: "other" }'));
    expect((await workshop.expectRefused(id)).message).toContain("another id");
  });

  test("is the same when it gets an id and keeps its wording", async () => {
    const id = await begun(first("{}"), [1]);
    workshop.program("p", first('{ id: "first" }'));
    await workshop.expectAdopted(id);
  });

  test("is the same with a changed schema that its reply fits, and the reply is parsed anew", async () => {
    const id = await begun(first(A), [{ a: 1 }]);
    workshop.program(
      "p",
      first('{ reply: z.object({ a: z.number().transform((n) => n * 10), b: z.string().default("b") }) }'),
    );
    await workshop.expectAdopted(id);
    expect((await workshop.adoption(id))?.values).toEqual({ 1: { a: 10, b: "b" } });
    expect((await workshop.reply(id, "end")).last_yield).toMatchObject({
      summary: { first: { a: 10, b: "b" } },
    });
  });

  test("is not the same with a changed schema that its reply does not fit", async () => {
    const id = await begun(first(A), [{ a: 1 }]);
    workshop.program("p", first("{ reply: z.object({ a: z.string() }) }"));
    const { message, details } = await workshop.expectRefused(id);
    expect(message).toMatch(/recorded reply is not valid .* \$\.a must be a string, got 1/);
    // The line is that of the reply.
    expect(details).toMatchObject({ step_no: 1, line: 3, seq: 2 });
  });

  test("is not the same with a refinement that JSON Schema cannot say and its reply fails", async () => {
    const id = await begun(first(A), [{ a: 1 }]);
    workshop.program(
      "p",
      first('{ reply: z.object({ a: z.number().refine((n) => n > 5, "must be above five") }) }'),
    );
    expect((await workshop.expectRefused(id)).message).toContain("must be above five");
  });

  test("may change in what it says to the agent beside text and schema", async () => {
    const id = await begun(first("{ maxAttempts: 2 }"), [1]);
    workshop.program("p", first('{ maxAttempts: 9, expected: "60m", tools: { deny: ["Bash"] } }'));
    await workshop.expectAdopted(id);
  });

  test("that was asked again after an invalid reply keeps its verdicts", async () => {
    const id = await begun(first(A), ["no", { a: 1 }]);
    workshop.program("p", first("{ reply: z.object({ a: z.int() }) }"));
    expect(asked(await workshop.expectAdopted(id))).toEqual([[3, "The last question."]]);
  });

  test("that failed is the same, however its schema changed", async () => {
    const body = (schema: string) =>
      `try { yield* instruct("The first question.", { reply: ${schema}, maxAttempts: 1 }); } catch {} ${DONE}`;
    const id = await begun(body("z.number()"), ["no"]);
    workshop.program("p", body("z.string()"));
    expect(asked(await workshop.expectAdopted(id))).toEqual([[2, "The last question."]]);
  });

  test("is not a question to a person", async () => {
    const id = await begun(first("{ reply: z.string() }"), ["yes"]);
    workshop.program("p", `yield* ask("The first question."); ${DONE}`);
    expect((await workshop.expectRefused(id)).message).toContain("another kind of step");
  });
});

describe("a path into the version's folder", () => {
  const body = (more = "") =>
    `${more}yield* instruct(\`Follow \${import.meta.dirname}/p/rules.md and \${import.meta.dirname}/p/more.md.\`); ${DONE}`;

  test("counts as the program's folder, whichever version it belongs to", async () => {
    workshop.write("p/rules.md", "Be kind.");
    const id = await begun(body(), [1]);
    workshop.write("p/rules.md", "Be kinder.");
    await workshop.expectAdopted(id);
  });

  test("counts as the program's folder after the state folder was moved", async () => {
    const id = await begun(body(), [1]);
    await workshop.moveState("state moved to a place with spaces");
    workshop.program("p", body("/* edited */ "));
    await workshop.expectAdopted(id);
  });

  test("counts as the program's folder when a module from outside of it makes the version's root another one", async () => {
    const id = await begun(body(), [1]);
    workshop.write("../shared/words.ts", 'export const WORD = "word";');
    workshop.program("p", body(), { imports: 'import { WORD } from "../shared/words.ts"; void WORD;' });
    await workshop.expectAdopted(id);
    workshop.program("p", body("/* edited */ "));
    await workshop.expectAdopted(id);
  });

  test("is another text when it leads to another file", async () => {
    const id = await begun(body(), [1]);
    workshop.program("p", body().replace("rules.md", "other.md"));
    const { message, details } = await workshop.expectRefused(id);
    expect(message).toContain("another text");
    expect(details?.["diff"]).toContain("- text: Follow {program_dir}/p/rules.md");
    expect(details?.["diff"]).toContain("+ text: Follow {program_dir}/p/other.md");
  });
});

describe("a question to a person that was answered", () => {
  const body = (question: string, options: string) =>
    `const answer = yield* ask(${question}, ${options}); yield* instruct("The last question."); return answer;`;

  test("is the same with the same question, or with the same id", async () => {
    const id = await begun(body('"Which branch?"', '{ id: "branch", choices: ["main", "next"] }'), ["main"]);
    workshop.program(
      "p",
      body('"Which branch is it?"', '{ id: "branch", choices: ["main", "next", "old"] }'),
    );
    await workshop.expectAdopted(id);
  });

  test("is another one with another question", async () => {
    const id = await begun(body('"Which branch?"', "{}"), ["main"]);
    workshop.program("p", body('"Which tag?"', "{}"));
    expect((await workshop.expectRefused(id)).message).toContain("another text");
  });

  test("is not the same when its answer is no choice any more", async () => {
    const id = await begun(body('"Which branch?"', '{ choices: ["main", "next"] }'), ["main"]);
    workshop.program("p", body('"Which branch?"', '{ choices: ["next"] }'));
    expect((await workshop.expectRefused(id)).message).toContain("recorded reply is not valid");
  });
});

describe("a side effect that has ended", () => {
  const body = (label: string, fn: string) =>
    `const got = yield* sideEffect("${label}", ${fn}); yield* instruct("The last question."); return got;`;

  test("is the same by its label, whatever its function became", async () => {
    const id = await begun(body("read", "() => 1"), []);
    workshop.program("p", body("read", "async () => 2"));
    await workshop.expectAdopted(id);
    expect((await workshop.reply(id, "end")).last_yield).toMatchObject({ summary: 1 });
  });

  test("is another one by another label", async () => {
    const id = await begun(body("read", "() => 1"), []);
    workshop.program("p", body("write", "() => 1"));
    expect((await workshop.expectRefused(id)).message).toContain("another name");
  });
});

describe("a command that has ended", () => {
  const body = (call: string) => `yield* ${call}; ${DONE}`;

  test("is the same by file and arguments, whatever its other options became", async () => {
    const id = await begun(body('command("true", ["a"])'), []);
    workshop.program("p", body('command("true", ["a"], { env: { X: "1" }, onInterrupted: "fail" })'));
    await workshop.expectAdopted(id);
  });

  test("is the same when an argument is a file of the bundle folder", async () => {
    const run = 'command("true", [import.meta.dirname + "/p/check.sh"])';
    const id = await begun(body(run), []);
    workshop.program("p", `/* edited */ ${body(run)}`);
    await workshop.expectAdopted(id);
  });

  test("is another one with other arguments", async () => {
    const id = await begun(body('command("true", ["a"])'), []);
    workshop.program("p", body('command("true", ["a", "b"])'));
    expect((await workshop.expectRefused(id)).message).toContain("other arguments");
  });

  test("is another one with another file", async () => {
    const id = await begun(body('command("true")'), []);
    workshop.program("p", body('command("false")'));
    expect((await workshop.expectRefused(id)).message).toContain("another name");
  });
});

describe("a sleep", () => {
  const body = (duration: string) => `yield* sleep("${duration}"); ${DONE}`;

  test("that is over is the same by its duration", async () => {
    const id = await begun(body("10m"), []);
    workshop.now += 11 * 60_000;
    expect(asked(await workshop.current(id))).toEqual([[2, "The last question."]]);
    workshop.program("p", body("600s"));
    await workshop.expectAdopted(id);
  });

  test("that is over is another one by another duration", async () => {
    const id = await begun(body("10m"), []);
    workshop.now += 11 * 60_000;
    await workshop.current(id);
    workshop.program("p", body("9m"));
    expect((await workshop.expectRefused(id)).message).toContain("another duration");
  });

  test("that is not over keeps its recorded deadline", async () => {
    const id = await begun(body("10m"), []);
    workshop.now += 4 * 60_000;
    workshop.program("p", `/* edited */ ${body("10m")}`);
    expect((await workshop.expectAdopted(id)).last_yield).toMatchObject({
      waiting_for: [{ step_no: 1, until: "2026-03-01T12:10:00.000Z" }],
    });
  });

  test("that is not over is slept anew with another duration", async () => {
    const id = await begun(body("10m"), []);
    workshop.now += 4 * 60_000;
    workshop.program("p", body("3m"));
    expect((await workshop.expectAdopted(id)).last_yield).toMatchObject({
      waiting_for: [{ step_no: 2, until: "2026-03-01T12:07:00.000Z" }],
    });
  });
});

describe("the timeout of an answered step", () => {
  const body = (timeout: string) => `yield* instruct("Quick.", { timeout: "${timeout}" }); ${DONE}`;

  test("is the same by its duration", async () => {
    const id = await begun(body("10m"), [1]);
    workshop.program("p", body("600s"));
    await workshop.expectAdopted(id);
  });

  test("is another one by another duration", async () => {
    const id = await begun(body("10m"), [1]);
    workshop.program("p", body("5m"));
    expect((await workshop.expectRefused(id)).message).toContain("another duration");
  });
});

describe("a signal that came", () => {
  const signals = (schema: string) => ({ definition: `signals: { go: ${schema}, stop: z.any() },` });
  const body = (name = "go") =>
    `const got = yield* signal("${name}"); yield* instruct("The last question."); return got;`;
  const send = (id: string, value: unknown) =>
    workshop.sequencer.signal({ instanceId: id, name: "go", value });

  test("is the same by its name, while its value is valid", async () => {
    const id = await begun(body(), [], signals("z.object({ n: z.number() })"));
    await send(id, { n: 1 });
    workshop.program("p", body(), signals("z.object({ n: z.int() })"));
    await workshop.expectAdopted(id);
  });

  test("is another one by another name", async () => {
    const id = await begun(body(), [], signals("z.any()"));
    await send(id, 1);
    workshop.program("p", body("stop"), signals("z.any()"));
    expect((await workshop.expectRefused(id)).message).toContain("another name");
  });

  test("is not the same when its value is not valid any more", async () => {
    const id = await begun(body(), [], signals("z.any()"));
    await send(id, { n: "one" });
    workshop.program("p", body(), signals("z.object({ n: z.number() })"));
    expect((await workshop.expectRefused(id)).message).toMatch(/value of signal 'go' is not valid/);
  });

  test("is parsed anew from what was sent", async () => {
    const id = await begun(body(), [], signals("z.object({ n: z.number().transform(String) })"));
    await send(id, { n: 1 });
    workshop.program("p", body(), signals("z.object({ n: z.number().transform((n) => n + 1) })"));
    await workshop.expectAdopted(id);
    expect((await workshop.adoption(id))?.signal_values).toEqual({ 1: { n: 2 } });
    expect((await workshop.reply(id, "end")).last_yield).toMatchObject({ summary: { n: 2 } });
  });

  test("before anybody waited for it is judged as well, and waits on", async () => {
    const early = `yield* instruct("Wait."); const got = yield* signal("go"); return got;`;
    const id = await begun(early, [], signals("z.any()"));
    await send(id, 5);
    workshop.program("p", early, signals("z.string()"));
    expect((await workshop.expectRefused(id)).message).toMatch(/value of signal 'go' is not valid/);
    workshop.program("p", early, signals("z.number().transform((n) => n * 2)"));
    await workshop.expectAdopted(id);
    expect((await workshop.reply(id, 1)).last_yield).toMatchObject({ kind: "done", summary: 10 });
  });
});

describe("a call that was made", () => {
  const imports = { imports: 'import helper from "./helper.ts"; import other from "./other.ts";' };
  const body = (call: string) =>
    `const got = yield* ${call}; yield* instruct("The last question."); return got;`;
  const callee = (name: string, definition = "", more = "") =>
    workshop.program(name, `${more}return yield* instruct("Ask " + params.n);`, { definition });
  beforeEach(() => {
    callee("helper");
    callee("other");
  });

  test("is the same by the program's name and its params", async () => {
    const id = await begun(body("helper.call({ n: 1 })"), ["a"], imports);
    callee("helper", "", "/* edited */ ");
    await workshop.expectAdopted(id);
    expect((await workshop.reply(id, "end")).last_yield).toMatchObject({ kind: "done", summary: "a" });
  });

  test("is another one with other params", async () => {
    const id = await begun(body("helper.call({ n: 1 })"), ["a"], imports);
    workshop.program("p", body("helper.call({ n: 1, m: 2 })"), imports);
    expect((await workshop.expectRefused(id)).message).toContain("other params");
  });

  test("is another one with params that a changed schema parses otherwise", async () => {
    const id = await begun(body("helper.call({ n: 1 })"), ["a"], imports);
    callee("helper", "params: z.object({ n: z.number(), m: z.number().default(3) }),");
    expect((await workshop.expectRefused(id)).message).toContain("other params");
  });

  test("is another one with another program", async () => {
    const id = await begun(body("helper.call({ n: 1 })"), ["a"], imports);
    workshop.program("p", body("other.call({ n: 1 })"), imports);
    expect((await workshop.expectRefused(id)).message).toContain("another name");
  });
});

describe("the params that the run was started with", () => {
  test("get the defaults of params that a version adds", async () => {
    const body = `yield* instruct("Go."); return params;`;
    workshop.program("p", body, {
      definition: "params: z.object({ a: z.string().transform((s) => s + '!') }),",
    });
    const id = await workshop.start("p", { a: "x" });
    workshop.program("p", body, {
      definition: "params: z.object({ a: z.string().transform((s) => s + '!'), b: z.number().default(7) }),",
    });
    await workshop.expectAdopted(id);
    expect((await workshop.reply(id, 1)).last_yield).toMatchObject({ summary: { a: "x!", b: 7 } });
  });

  test("do not do for a version that requires more", async () => {
    workshop.program("p", DONE, { definition: "params: z.object({ a: z.string() })," });
    const id = await workshop.start("p", { a: "x" });
    workshop.program("p", DONE, { definition: "params: z.object({ a: z.string(), b: z.number() })," });
    expect((await workshop.expectRefused(id)).message).toMatch(/now require: b/);
  });
});
