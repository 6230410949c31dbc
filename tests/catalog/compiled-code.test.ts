import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { TRANSFORMER_VERSION, type Transform } from "../../src/catalog/compiled-code.ts";
import { evaluate, makeWorkspace, type Workspace } from "./workspace.ts";

/** A catalog like another server process's: nothing in memory, and it counts what the transformer does. */
function freshCatalog(at: Workspace) {
  const counts = { loaded: 0, transformed: 0 };
  const catalog = at.anotherCatalog({
    loadTransform: async () => {
      counts.loaded++;
      const { transform } = await import("../../src/catalog/transformer.ts");
      return ((source, dialect) => {
        counts.transformed++;
        return transform(source, dialect);
      }) satisfies Transform;
    },
  });
  return { counts, link: async () => evaluate(await catalog.link(at.found("main"))), catalog };
}

const entries = (at: Workspace) =>
  readdirSync(at.path("state/compiled")).map((name) => at.path("state/compiled", name));

function program(): Workspace {
  const at = makeWorkspace();
  at.program("main.ts", `import { a } from "./_lib.ts"; export default a as number;`);
  at.program("_lib.ts", `export const a: number = 1;`);
  return at;
}

test("the second process links without loading the transformer", async () => {
  const at = program();
  const first = freshCatalog(at);
  expect(await first.link()).toBe(1);
  expect(first.counts).toEqual({ loaded: 1, transformed: 2 });
  const second = freshCatalog(at);
  expect(await second.link()).toBe(1);
  expect(second.counts).toEqual({ loaded: 0, transformed: 0 });
});

test("the linked version is the same with and without the cache, imports and all", async () => {
  const at = program();
  const first = await freshCatalog(at).catalog.link(at.found("main"));
  expect(await freshCatalog(at).catalog.link(at.found("main"))).toEqual(first);
});

test("only what was changed is compiled again", async () => {
  const at = program();
  await freshCatalog(at).link();
  at.program("_lib.ts", `export const a: number = 2;`);
  const { counts, link } = freshCatalog(at);
  expect(await link()).toBe(2);
  expect(counts).toEqual({ loaded: 1, transformed: 1 });
});

test("the same text in another dialect is another entry", async () => {
  const at = makeWorkspace();
  at.program("two.cjs", "module.exports = typeof this;");
  at.program("three.ts", "module.exports = typeof this;");
  await at.link("two");
  await at.link("three");
  expect(entries(at)).toHaveLength(2);
});

test.each([
  ["cut short", (path: string) => truncateSync(path, 100)],
  ["empty", (path: string) => truncateSync(path, 0)],
  [
    "changed in one character",
    (path: string) => writeFileSync(path, readFileSync(path, "utf8").replace("exports", "exportz")),
  ],
])("an entry that is %s is compiled again and repaired", async (_what, damage) => {
  const at = program();
  await freshCatalog(at).link();
  entries(at).forEach(damage);
  const { counts, link } = freshCatalog(at);
  expect(await link()).toBe(1);
  expect(counts.transformed).toBe(2);
  const after = freshCatalog(at);
  await after.link();
  expect(after.counts.transformed).toBe(0);
});

test("a cache folder that cannot be made does not keep programs from being linked", async () => {
  const at = program();
  at.write("state/compiled", "in the way");
  expect(await freshCatalog(at).link()).toBe(1);
});

test("entries are readable by their owner only, and nothing else is left beside them", async () => {
  const at = program();
  await freshCatalog(at).link();
  expect(entries(at)).toHaveLength(2);
  for (const path of entries(at)) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(at.path("state/compiled")).mode & 0o777).toBe(0o700);
});

test("entries that are old are pruned, and what is not an entry is left alone", async () => {
  const at = program();
  await freshCatalog(at).link();
  utimesSync(entries(at)[0]!, 1, 1);
  mkdirSync(at.path("state/compiled/somebody-elses"));
  utimesSync(at.path("state/compiled/somebody-elses"), 1, 1);
  expect(at.catalog.pruneCompiled(60_000)).toBe(1);
  expect(entries(at)).toHaveLength(2);
});

test("the transformer's version in the keys is that of the package", () => {
  const manifest = createRequire(import.meta.url)("jiti/package.json") as { version: string };
  expect(TRANSFORMER_VERSION).toMatch(new RegExp(`^jiti-${manifest.version}/\\d+$`));
});
