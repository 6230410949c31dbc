import { basename } from "node:path";
import { expect, test } from "vitest";
import { evaluateVersion } from "../../src/host/evaluate.ts";
import { formatAuthorStack, positionOf } from "../../src/host/stack.ts";
import { evaluate, failureOf, makeWorkspace, provide } from "../catalog/workspace.ts";

async function linked(files: { [path: string]: string }) {
  const at = makeWorkspace();
  for (const [path, content] of Object.entries(files)) at.program(path, content);
  return at.link(basename(Object.keys(files)[0]!).replace(/\..*$/, ""));
}

test("each evaluation has module state of its own", async () => {
  const version = await linked({
    "main.ts": `import { next } from "./_count.ts"; import list from "./_list.json"; export default { next, list };`,
    "_count.ts": `let n = 0; export const next = () => ++n;`,
    "_list.json": "[]",
  });
  const [one, two] = [evaluate(version), evaluate(version)];
  one.list.push(1);
  expect([one.next(), one.next(), two.next(), two.list.length]).toEqual([1, 2, 1, 0]);
});

test("a version that went to another thread as data evaluates the same", async () => {
  const version = await linked({
    "main.ts": `import { a } from "./_a.ts"; export default a;`,
    "_a.ts": "export const a = 1;",
  });
  expect(evaluate(structuredClone(version))).toBe(1);
});

test("every way to import what the server provides gives the same things", async () => {
  const version = await linked({
    "main.ts": `import { z } from "zod"; import zDefault from "zod"; import * as zAll from "zod";
import * as s from "agent-sequencer"; import { Abort, defineProgram as define } from "agent-sequencer";
export default { same: z === zDefault && zAll.z === z && s.Abort === Abort && s.defineProgram === define, parsed: z.object({ a: z.number() }).parse({ a: 1 }) };`,
  });
  expect(evaluate(version)).toEqual({ same: true, parsed: { a: 1 } });
});

test("instances of the server's classes are the same inside and outside", async () => {
  const { Abort } = await import("../../src/index.ts");
  const version = await linked({
    "main.ts": `import { Abort } from "agent-sequencer"; export default new Abort("x");`,
  });
  expect(evaluate(version)).toBeInstanceOf(Abort);
});

test("a program without default export gives undefined", async () => {
  expect(evaluate(await linked({ "main.ts": "export const a = 1;" }))).toBeUndefined();
  expect(evaluate(await linked({ "main.cjs": "const a = 1;" }))).toBeUndefined();
});

test("CommonJS programs have require, module, exports, __filename and __dirname", async () => {
  const version = await linked({
    "main.cjs": `const { a } = require("./_a.cjs"); const path = require("path"); const json = require("./_x.json");
module.exports = { a, json, text: require("./_t.md"), name: path.basename(__filename), dir: __dirname, self: exports === module.exports, at: require.resolve("./_a.cjs") };`,
    "_a.cjs": `exports.a = 1; exports.b = this === exports;`,
    "_x.json": `{"x": 1}`,
    "_t.md": "text",
  });
  const { storedAt } = version.modules["main.cjs"]!;
  expect(evaluate(version)).toEqual({
    a: 1,
    json: { x: 1 },
    text: "text",
    name: "main.cjs",
    dir: storedAt.replace("/main.cjs", ""),
    self: true,
    at: storedAt.replace("main.cjs", "_a.cjs"),
  });
});

test("modules that import each other in a circle work as in Node", async () => {
  const version = await linked({
    "main.ts": `import { isEven } from "./_even.ts"; export default isEven(10);`,
    "_even.ts": `import { isOdd } from "./_odd.ts"; export function isEven(n: number): boolean { return n === 0 || isOdd(n - 1); }`,
    "_odd.ts": `import { isEven } from "./_even.ts"; export function isOdd(n: number): boolean { return n !== 0 && isEven(n - 1); }`,
  });
  expect(evaluate(version)).toBe(true);
});

test("a program may import itself", async () => {
  const version = await linked({
    "main.ts": `import * as me from "./main.ts"; export const a = 1; export default () => me.a;`,
  });
  expect(evaluate(version)()).toBe(1);
});

test("import() of a module that is named in plain text gives it, without leaving the thread", async () => {
  const version = await linked({
    "main.ts": `export default { ts: () => import("./_lib.ts"), json: () => import(\`./_x.json\`), fs: () => import("node:path"), zod: () => import("zod") };`,
    "_lib.ts": `export const a = 1; export default 2;`,
    "_x.json": `{"x": 1}`,
  });
  const program = evaluate(version);
  let microtasksOnly = false;
  program.ts().then(() => (microtasksOnly = true));
  for (let i = 0; i < 10; i++) await undefined;
  expect(microtasksOnly).toBe(true);
  expect(await program.ts()).toMatchObject({ a: 1, default: 2 });
  expect((await program.json()).default).toEqual({ x: 1 });
  expect((await program.fs()).basename("/a/b")).toBe("b");
  expect((await program.zod()).z.string().parse("x")).toBe("x");
});

test("import() of a computed name fails where it is called, with the way to write it", async () => {
  const version = await linked({ "main.ts": `\nexport default (name: string) => import(name);` });
  const error = await failureOf(evaluate(version)("./_lib.ts"));
  expect(error).toMatchObject({ code: "ProgramNotLoadable", fix: expect.stringContaining("plain string") });
});

test("a misspelt import is refused at evaluation, at the import", async () => {
  const version = await linked({
    "main.ts": `import { z } from "zod";\nimport { instrct } from "agent-sequencer";\nexport default () => [z, instrct];`,
  });
  const error = await failureOf(() => evaluate(version));
  expect(error.message).toBe("'agent-sequencer' has no export named 'instrct'.");
  expect(positionOf(error.stack, version)).toMatchObject({ id: "main.ts", line: 2 });
});

test("a misspelt import from a file of the program's own is refused; types and circles are not", async () => {
  const lib = { "_lib.ts": `import { a } from "./main.ts"; export type T = 1; export const b = () => a;` };
  const broken = await linked({
    "main.ts": `import { b, c } from "./_lib.ts"; export const a = 1; export default [b, c];`,
    ...lib,
  });
  expect((await failureOf(() => evaluate(broken))).message).toBe("'./_lib.ts' has no export named 'c'.");
  const fine = await linked({
    "main.ts": `import { T, b } from "./_lib.ts"; export { T }; export const a = 1 as T; export default b;`,
    ...lib,
  });
  expect(evaluate(fine)()).toBe(1);
});

test("an import that only the server lacks is named", async () => {
  const version = await linked({ "main.ts": `import { x } from "zod/none"; export default x;` });
  expect((await failureOf(() => evaluate(version))).message).toBe("The server has no module 'zod/none'.");
});

test("modules of Node, of the program and of its packages, come from one place", async () => {
  const version = await linked({
    "main.ts": `import { hello } from "fs"; import * as os from "node:os"; import pkg from "pkg"; export default [hello, os.hello, pkg];`,
    "node_modules/pkg/package.json": `{"name": "pkg"}`,
    "node_modules/pkg/index.js": `module.exports = require("crypto").hello;`,
  });
  const asked: string[] = [];
  const requireBuiltin = (specifier: string) => {
    asked.push(specifier);
    return { hello: specifier };
  };
  expect(evaluateVersion(version, provide, { requireBuiltin })).toEqual([
    "node:fs",
    "node:os",
    "node:crypto",
  ]);
  expect(asked).toEqual(["node:fs", "node:os", "node:crypto"]);
});

test("import.meta gives the places in the version store", async () => {
  const version = await linked({
    "main.ts": `import "./_lib.ts"; export default { ...import.meta, lib: import.meta.resolve("./_lib.ts") };`,
    "_lib.ts": "",
  });
  const { storedAt } = version.modules["main.ts"]!;
  expect(evaluate(version)).toMatchObject({
    filename: storedAt,
    dirname: storedAt.replace("/main.ts", ""),
    url: `file://${storedAt}`,
    lib: `file://${storedAt.replace("main.ts", "_lib.ts")}`,
  });
});

test("a module that failed is evaluated again when it is asked for again", async () => {
  const version = await linked({
    "main.cjs": `let first; try { require("./_lib.cjs"); } catch (error) { first = error.message; }
let second; try { second = require("./_lib.cjs"); } catch (error) { second = error.message; } module.exports = [first, second];`,
    "_lib.cjs": `exports.half = true; throw new Error("no");`,
  });
  expect(evaluate(version)).toEqual(["no", "no"]);
});

const FAILING = `import { z } from "zod";
interface Wide { a: string; b: Array<Record<string, number>> }

function helper(wide:    Wide | undefined): never {
  const x: number = 1;   throw new TypeError("boom\\n    at nowhere (main.ts:1:1)" + x + typeof z + wide);
}

export default {
  plain(): never { return helper(undefined); },
  async *run(): AsyncGenerator<number> {
    yield 1;
    await undefined;
    helper(undefined);
  },
};
`;

test("an error's stack is reduced to the author's lines, with columns as written", async () => {
  const version = await linked({ "main.ts": FAILING });
  const error = await failureOf(() => evaluate(version).plain());
  expect(formatAuthorStack(error, version)).toBe("at helper (main.ts:5:32)\nat plain (main.ts:9:27)");
  expect(positionOf(error.stack, version)).toEqual({
    file: version.modules["main.ts"]!.filename,
    id: "main.ts",
    line: 5,
    column: 32,
  });
});

test("so is that of an error thrown inside an async generator", async () => {
  const version = await linked({ "main.ts": FAILING });
  const run = evaluate(version).run();
  await run.next();
  const error = await failureOf(run.next());
  expect(formatAuthorStack(error, version)).toBe("at helper (main.ts:5:32)\nat run (main.ts:13:5)");
});

test("an error at the top level of a module has its place, on the first line too", async () => {
  const version = await linked({
    "main.ts": `import "./main/lib.ts";`,
    "main/lib.ts": `throw new Error("at once");`,
  });
  const error = await failureOf(() => evaluate(version));
  expect(formatAuthorStack(error, version)).toBe("at main/lib.ts:1:7\nat main.ts:1:1");
});

test("places are right after enums, decorators, imports and long types", async () => {
  const version = await linked({
    "main.ts": `import type {
  Something,
  Other,
} from "./_types.ts";
enum Level {
  Low,
  High,
}
/* a comment
   of two lines */
function mark(_t: unknown) {}
@mark
class Thing<
  T extends { a: 1 },
> {
  constructor(private readonly value?: T) {}
  fail(): never {
    throw new Error(\`\${Level.Low} \${this.value}\`);
  }
}
export default (_: Something | Other) => new Thing().fail();
`,
  });
  const error = await failureOf(() => evaluate(version)());
  expect(formatAuthorStack(error, version)).toBe("at Thing.fail (main.ts:18:11)\nat default (main.ts:21:54)");
});

test("a stack of the store's version names the author's file, after its deletion too", async () => {
  const at = makeWorkspace();
  at.program("main.ts", FAILING);
  const version = await at.link("main");
  await at.catalog.store(version);
  const loaded = await at.anotherCatalog().load(version.version, "main");
  const error = await failureOf(() => evaluate(loaded).plain());
  expect(error.stack).toContain(`${at.programs}/main.ts:5:`);
  expect(formatAuthorStack(error, loaded)).toContain("at helper (main.ts:5:32)");
});

test("an error that never met the program has no author's lines", async () => {
  const version = await linked({ "main.ts": "export default 1;" });
  expect(formatAuthorStack(new Error("ours"), version)).toBe("");
  expect(formatAuthorStack("a string", version)).toBe("");
  expect(formatAuthorStack(null, version)).toBe("");
  expect(positionOf(new Error("ours").stack!, version)).toBeUndefined();
});

test("a syntax error that Node finds first has its place", async () => {
  const version = await linked({ "main.ts": "export default 1;" });
  const { filename } = version.modules["main.ts"]!;
  const stack = `${filename}:3\nconst = 1;\n      ^\n\nSyntaxError: Unexpected token\n    at new Script (node:vm:117:7)`;
  expect(positionOf(stack, version)).toMatchObject({ id: "main.ts", line: 3 });
});
