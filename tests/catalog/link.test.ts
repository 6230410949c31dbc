import { mkdirSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { evaluate, makeWorkspace, problemsOf } from "./workspace.ts";

test("a program outside any node_modules is linked, with agent-sequencer and zod from the server", async () => {
  const at = makeWorkspace();
  at.program(
    "hello.ts",
    `import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";
export default defineProgram({
  name: "hello",
  description: "Greets.",
  params: z.object({ name: z.string() }),
  async *run({ params }) { yield* instruct(\`Greet \${params.name}.\`); },
});`,
  );
  const version = await at.link("hello");
  expect(version).toMatchObject({
    name: "hello",
    entry: "hello.ts",
    version: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(version.modules["hello.ts"]!.imports).toEqual({
    "agent-sequencer": { provided: "agent-sequencer" },
    zod: { provided: "zod" },
  });
  expect(structuredClone(version)).toEqual(version);
  expect(evaluate(version).name).toBe("hello");
});

test("local imports are found by every way to write them", async () => {
  const at = makeWorkspace();
  at.program(
    "main.ts",
    `
import a from "./_a"; import b from "./_b.ts"; import c from "./_c.js"; import d from "./dir"; import e from "./_e.mjs";
import f from "./_f.js"; import g from "../shared/g.ts"; import h from "file://${at.path("shared/h.ts")}";
export default [a, b, c, d, e, f, g, h].join("");`,
  );
  for (const letter of ["a", "b", "c"]) at.program(`_${letter}.ts`, `export default "${letter}" as string;`);
  at.program("dir/index.ts", `export default "d";`);
  at.program("_e.mts", `export default "e";`);
  at.program("_f.js", `export default "f";`);
  at.program("_f.ts", `export default "not this one";`);
  at.program("../shared/g.ts", `export default "g";`);
  at.write("shared/h.ts", `export default "h";`);
  expect(evaluate(await at.link("main"))).toBe("abcdefgh");
});

test("ids are relative to the innermost folder that holds everything", async () => {
  const at = makeWorkspace();
  at.program("main.ts", `import "../lib/a.ts"; import "./main/b.ts";`);
  at.program("../lib/a.ts", "");
  at.program("main/b.ts", "");
  at.program("main/prompt.md", "Do.");
  const version = await at.link("main");
  expect(version.entry).toBe("programs/main.ts");
  expect(Object.keys(version.modules).sort()).toEqual(["lib/a.ts", "programs/main.ts", "programs/main/b.ts"]);
});

test("json, md and txt files are imported as data", async () => {
  const at = makeWorkspace();
  at.program(
    "data.ts",
    `import list from "./data/list.json" with { type: "json" };
import { size } from "./data/shape.json";
import prompt from "./data/prompt.md";
import note from "./data/note.txt";
import none from "./data/null.json";
export default { list, size, prompt, note, none };`,
  );
  at.program("data/list.json", `[1, {"a": 2}]`);
  at.program("data/shape.json", `{"size": 3}`);
  at.program("data/prompt.md", "# Do\n\n`it`");
  at.program("data/note.txt", "note\n");
  at.program("data/null.json", "null");
  expect(evaluate(await at.link("data"))).toEqual({
    list: [1, { a: 2 }],
    size: 3,
    prompt: "# Do\n\n`it`",
    note: "note\n",
    none: null,
  });
});

test("TypeScript's own constructs work", async () => {
  const at = makeWorkspace();
  at.program(
    "types.ts",
    `import type { Nothing } from "./does-not-exist.ts";
import { type Alias, value, OnlyAType } from "./_lib.ts";
enum Level { Low = 1, High = "x".length + 4 }
const enum Fixed { A = 7 }
namespace Shapes { export const round = 1; export namespace Deep { export const square = 2 } }
function tag(target: any) { target.tagged = true; }
function twice(_target: any, _key: string, descriptor: PropertyDescriptor) {
  const of = descriptor.value; descriptor.value = function () { return of.call(this) * 2; };
}
@tag class Counter { constructor(private readonly start: number) {} #one = 1; declare ghost: string;
  @twice count() { return this.start + this.#one; } }
const all = { low: Level.Low, high: Level.High, back: Level[1], fixed: Fixed.A, deep: Shapes.Deep.square } satisfies object;
const used: OnlyAType | Alias | Nothing | undefined = undefined;
export default { ...all, count: new Counter(2).count(), tagged: (Counter as any).tagged, value: value!, used };`,
  );
  at.program(
    "_lib.ts",
    `export type Alias = string; export interface OnlyAType { a: 1 } export const value = <number>5;`,
  );
  expect(evaluate(await at.link("types"))).toEqual({
    low: 1,
    high: 5,
    back: "Low",
    fixed: 7,
    deep: 2,
    count: 6,
    tagged: true,
    value: 5,
    used: undefined,
  });
});

test("async generators, classes and spread are left to Node", async () => {
  const at = makeWorkspace();
  at.program(
    "plain.ts",
    `export default class { static async *run(...a: number[]) { const b = { ...a }; yield* [b?.[0] ?? 1]; } }`,
  );
  const { code } = (await at.link("plain")).modules["plain.ts"]!;
  expect(code).toContain("async *run(...a) {");
  expect(code).toContain("{ ...a }");
  expect(code).toContain("b?.[0] ?? 1");
});

test("a syntax error is a problem with its place, and hides no other program", async () => {
  const at = makeWorkspace();
  const file = at.program("broken.ts", `const a = 1;\nconst b: number = ;\n`);
  at.program("fine.ts", "export default 1;");
  expect(await problemsOf(at.link("broken"))).toEqual([
    { name: "broken", file, line: 2, column: 19, message: "Unexpected token." },
  ]);
  expect(evaluate(await at.link("fine"))).toBe(1);
});

test("what only Node refuses is a problem with its line", async () => {
  const at = makeWorkspace();
  at.program("regexp.js", `export default 1;\n\nconst twice = /(?<a>x)(?<a>y)/;\n`);
  const [problem] = await problemsOf(at.link("regexp"));
  expect(problem).toMatchObject({ line: 3, message: expect.stringContaining("regular expression") });
});

test("a broken import is a problem of the imported file", async () => {
  const at = makeWorkspace();
  at.program("main.ts", `import "./_lib.ts";`);
  const file = at.program("_lib.ts", `\n  export const = 1;`);
  expect(await problemsOf(at.link("main"))).toMatchObject([{ name: "main", file, line: 2, column: 16 }]);
});

test("top-level await is refused with its place and the reason", async () => {
  const at = makeWorkspace();
  at.program(
    "waits.ts",
    `const a = 1;\nexport const b = await fetch("x");\nexport default async () => { await b; };`,
  );
  const [problem] = await problemsOf(at.link("waits"));
  expect(problem).toMatchObject({ line: 2, column: 18, message: expect.stringContaining("top level") });
});

test("imports that do not exist are all reported, each with its place", async () => {
  const at = makeWorkspace();
  const file = at.program(
    "main.ts",
    `import a from "./gone.ts";
import b from "no-such-package/part";
export * from "@scope/none";
import c from "./_picture.png";
const d = () => import("./later.ts");
import e from "agent-sequencer/internals";
import f from "node:nothing";
export default [a, b, c, d, e, f];`,
  );
  at.program("_picture.png", "");
  const problems = await problemsOf(at.link("main"));
  expect(problems.every((each) => each.file === file)).toBe(true);
  const lines = Object.fromEntries(problems.map((each) => [each.line, each.message]));
  expect(lines).toEqual({
    1: expect.stringContaining("'./gone.ts' does not exist"),
    2: expect.stringContaining("npm install no-such-package"),
    3: expect.stringContaining("npm install @scope/none"),
    4: expect.stringContaining("cannot be imported"),
    5: expect.stringContaining("'./later.ts' does not exist"),
    6: expect.stringContaining("agent-sequencer/testing"),
    7: expect.stringContaining("'node:nothing' cannot be imported"),
  });
});

test("a require that the program can do without is no problem", async () => {
  const at = makeWorkspace();
  at.program(
    "main.cjs",
    `let a = "none"; try { a = require("no-such-package"); } catch {} module.exports = a;`,
  );
  expect(evaluate(await at.link("main"))).toBe("none");
});

test("JSON that is not valid is a problem of its file", async () => {
  const at = makeWorkspace();
  at.program("main.ts", `import x from "./_x.json"; export default x;`);
  const file = at.program("_x.json", `{\n  "a": 1,\n  b: 2\n}`);
  expect(await problemsOf(at.link("main"))).toMatchObject([
    { file, message: expect.stringContaining("not valid JSON") },
  ]);
});

test("a file that is gone when it is linked is a problem, not a crash", async () => {
  const at = makeWorkspace();
  at.program("hello.ts", "export default 1;");
  const file = { ...at.found("hello"), realpath: at.path("gone/hello.ts") };
  expect((await problemsOf(at.catalog.link(file)))[0]!.message).toContain("it does not exist");
});

test("a script of 10 MB is refused, data of 10 MB is fine, and more than 32 MB in all is refused", async () => {
  const at = makeWorkspace();
  at.program("large.ts", `export default "${"x".repeat(10 << 20)}";`);
  expect((await problemsOf(at.link("large")))[0]!.message).toContain(
    "10.0 MB; a script may have at most 2 MB",
  );
  at.program("data.ts", `import text from "./data/text.txt"; export default text.length;`);
  at.program("data/text.txt", "x".repeat(10 << 20));
  expect(evaluate(await at.link("data"))).toBe(10 << 20);
  at.program("data/more.bin", Buffer.alloc(25 << 20));
  expect((await problemsOf(at.link("data")))[0]!.message).toContain("more than 32 MB");
});

test("a bundle folder of 10,000 files is refused", async () => {
  const at = makeWorkspace();
  at.program("many.ts", "export default 1;");
  mkdirSync(`${at.programs}/many`);
  for (let i = 0; i < 10_000; i++) at.program(`many/${i}`, "");
  expect((await problemsOf(at.link("many")))[0]!.message).toContain("more than 2,000 files");
});

test("a symbolic link out of the bundle folder is refused; one within it is taken as a file", async () => {
  const at = makeWorkspace();
  at.program("main.ts", "export default 1;");
  at.program("main/a.md", "a");
  symlinkSync("a.md", `${at.programs}/main/b.md`);
  await at.link("main");
  const secret = at.write("secret.txt", "s");
  symlinkSync(secret, `${at.programs}/main/c.md`);
  const [problem] = await problemsOf(at.link("main"));
  expect(problem).toMatchObject({
    file: `${at.programs}/main/c.md`,
    message: expect.stringContaining(secret),
  });
});

test("a symbolic link to a folder, or in a circle, in a bundle folder is refused", async () => {
  const at = makeWorkspace();
  at.program("main.ts", "export default 1;");
  at.program("main/deep/a.md", "a");
  symlinkSync("..", `${at.programs}/main/deep/up`);
  expect((await problemsOf(at.link("main")))[0]!.message).toMatch(/leads out|leads to a folder/);
});

test("a linked program file takes its imports and its bundle folder from where it really lies", async () => {
  const at = makeWorkspace();
  const real = at.write("repo/hello.ts", `import text from "./hello/a.md"; export default text;`);
  at.write("repo/hello/a.md", "from the repository");
  mkdirSync(at.programs, { recursive: true });
  symlinkSync(real, `${at.programs}/hello.ts`);
  expect(evaluate(await at.link("hello"))).toBe("from the repository");
});

test("a bundle folder may itself be a symbolic link", async () => {
  const at = makeWorkspace();
  at.program("main.ts", `import text from "./main/a.md"; export default text;`);
  at.write("assets/a.md", "linked");
  symlinkSync(at.path("assets"), `${at.programs}/main`);
  const version = await at.link("main");
  expect(evaluate(version)).toBe("linked");
  await at.catalog.store(version);
  expect(evaluate(await at.anotherCatalog().load(version.version, "main"))).toBe("linked");
});

test("an import that no file system could have is a problem, not a crash", async () => {
  const at = makeWorkspace();
  at.program(
    "main.ts",
    `import "./\\0.ts";\nimport "./${"x".repeat(5000)}.ts";\nimport "file://elsewhere/x.ts";\nimport "";\nimport "./main.ts/x.ts";`,
  );
  const problems = await problemsOf(at.link("main"));
  expect(problems.map((each) => each.line).sort()).toEqual([1, 2, 3, 4, 5]);
});
