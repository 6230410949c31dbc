import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { evaluate, failureOf, makeWorkspace, problemsOf, type Workspace } from "./workspace.ts";

function withPackage(at: Workspace, name: string, manifest: object, files: { [path: string]: string }): void {
  const folder = `node_modules/${name}`;
  at.program(`${folder}/package.json`, JSON.stringify({ name, version: "1.0.0", ...manifest }));
  for (const [path, content] of Object.entries(files)) at.program(`${folder}/${path}`, content);
}

function withCounter(version = "1.0.0"): Workspace {
  const at = makeWorkspace();
  withPackage(
    at,
    "counter",
    { version, main: "lib/index.js" },
    {
      "lib/index.js": `const part = require("./part"); let n = 0; module.exports = { next: () => ++n, part, json: require("../package.json").version };`,
      "lib/part.js": `exports.value = "part"; exports.path = require("path").basename(__filename);`,
    },
  );
  at.program(
    "main.ts",
    `import counter from "counter"; import { next } from "counter"; export default { counter, next };`,
  );
  return at;
}

test("a CommonJS package of the program's own folder works", async () => {
  const at = withCounter();
  const version = await at.link("main");
  expect(version.modules["main.ts"]!.imports.counter).toEqual({
    file: `${at.programs}/node_modules/counter/lib/index.js`,
    name: "counter",
    version: "1.0.0",
  });
  const { counter } = evaluate(version);
  expect(counter).toMatchObject({ part: { value: "part", path: "part.js" }, json: "1.0.0" });
});

test("each evaluation has the state of its packages to itself", async () => {
  const version = await withCounter().link("main");
  const [one, two] = [evaluate(version), evaluate(version)];
  expect([one.next(), one.next(), two.next()]).toEqual([1, 2, 1]);
});

test("a package of ES modules only is linked, state of its own included", async () => {
  const at = makeWorkspace();
  withPackage(
    at,
    "@scope/esm",
    { type: "module", exports: { ".": { import: "./src/index.js" }, "./sub/*": { import: "./src/*.js" } } },
    {
      "src/index.js": `import { basename } from "node:path"; import { step } from "./step.js"; import cjs from "inner";
let n = 0; export const next = () => (n += step); export default basename("/a/b") + cjs.inner; export const where = import.meta.url;`,
      "src/step.js": `export const step = 10;`,
    },
  );
  withPackage(at, "inner", {}, { "index.js": `exports.inner = "!";` });
  at.program(
    "main.ts",
    `import esm, { next, where } from "@scope/esm"; import { step } from "@scope/esm/sub/step"; export default { esm, next, where, step };`,
  );
  const version = await at.link("main");
  expect(version.modules["main.ts"]!.imports["@scope/esm"]).toEqual({
    module: "npm:@scope/esm@1.0.0/src/index.js",
  });
  const [one, two] = [evaluate(version), evaluate(version)];
  expect([one.next(), one.next(), two.next()]).toEqual([10, 20, 10]);
  expect(one).toMatchObject({
    esm: "b!",
    step: 10,
    where: `file://${at.programs}/node_modules/@scope/esm/src/index.js`,
  });
});

test("a package that offers both is taken as CommonJS", async () => {
  const at = makeWorkspace();
  withPackage(
    at,
    "dual",
    { exports: { import: "./esm.mjs", require: "./cjs.cjs" } },
    {
      "esm.mjs": "export const kind = 'esm';",
      "cjs.cjs": "exports.kind = 'cjs';",
    },
  );
  at.program("main.ts", `import { kind } from "dual"; export default kind;`);
  expect(evaluate(await at.link("main"))).toBe("cjs");
});

test("a package that shares steps gets the server's agent-sequencer, and its own zod", async () => {
  const at = makeWorkspace();
  withPackage(
    at,
    "steps",
    {},
    { "index.js": `exports.Abort = require("agent-sequencer").Abort; exports.zod = require("zod");` },
  );
  withPackage(at, "zod", {}, { "index.js": `module.exports = "its own";` });
  at.program(
    "main.ts",
    `import { Abort as server } from "agent-sequencer"; import { Abort, zod } from "steps"; export default { same: Abort === server, zod };`,
  );
  expect(evaluate(await at.link("main"))).toEqual({ same: true, zod: "its own" });
});

test("packages are part of the version by name and version, not by content", async () => {
  const at = withCounter();
  const { version } = await at.link("main");
  at.program("node_modules/counter/lib/part.js", "exports.value = 1;");
  expect((await at.link("main")).version).toBe(version);
  withPackage(at, "counter", { version: "1.0.1", main: "lib/index.js" }, {});
  expect((await at.link("main")).version).not.toBe(version);
});

test("a stored version finds its packages where the author kept the program", async () => {
  const at = withCounter();
  const linked = await at.link("main");
  await at.catalog.store(linked);
  rmSync(`${at.programs}/main.ts`);
  expect(evaluate(await at.anotherCatalog().load(linked.version, "main")).next()).toBe(1);
});

test("a changed package of a stored version is PackagesChanged, with both versions", async () => {
  const at = withCounter();
  const linked = await at.link("main");
  await at.catalog.store(linked);
  withPackage(at, "counter", { version: "2.0.0", main: "lib/index.js" }, {});
  const error = await failureOf(at.anotherCatalog().load(linked.version, "main"));
  expect(error).toMatchObject({
    code: "PackagesChanged",
    message: expect.stringContaining("counter 1.0.0 is now 2.0.0"),
  });
});

test("a missing package of a stored version is PackagesChanged", async () => {
  const at = withCounter();
  const linked = await at.link("main");
  await at.catalog.store(linked);
  rmSync(`${at.programs}/node_modules`, { recursive: true });
  const error = await failureOf(at.anotherCatalog().load(linked.version, "main"));
  expect(error).toMatchObject({
    code: "PackagesChanged",
    message: expect.stringContaining("counter 1.0.0 is now missing"),
  });
});

test("two installed copies of one package version are two modules", async () => {
  const at = makeWorkspace();
  const esm = { type: "module", exports: { import: "./index.js" } };
  withPackage(at, "outer", esm, { "index.js": `export { id } from "leaf"; export const who = "outer";` });
  withPackage(
    at,
    "outer/node_modules/leaf",
    { ...esm, name: "leaf" },
    { "index.js": "export const id = 'inner leaf';" },
  );
  withPackage(at, "leaf", esm, { "index.js": "export const id = 'leaf';" });
  at.program(
    "main.ts",
    `import { id } from "leaf"; import { id as inner } from "outer"; export default [id, inner];`,
  );
  expect(evaluate(await at.link("main"))).toEqual(["leaf", "inner leaf"]);
});

test("an import by a name of the program's own manifest (#name) is refused, with the way to write it", async () => {
  const at = makeWorkspace();
  at.program("package.json", JSON.stringify({ name: "programs", imports: { "#lib": "./_lib.ts" } }));
  at.program("_lib.ts", "");
  at.program("main.ts", `import lib from "#lib"; export default lib;`);
  expect((await problemsOf(at.link("main")))[0]!.message).toContain("write the path to the file");
});
