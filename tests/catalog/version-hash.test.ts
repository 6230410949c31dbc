import { cpSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { makeWorkspace, type Workspace } from "./workspace.ts";

function bundledProgram(): Workspace {
  const at = makeWorkspace();
  at.program("main.ts", `import { a } from "./_lib.ts"; export default a;`);
  at.program("_lib.ts", `export const a = 1;`);
  at.program("main/prompt.md", "Do it.");
  return at;
}

const hash = async (at: Workspace) => (await at.link("main")).version;

test("the version is the same each time, whatever the files' times", async () => {
  const at = bundledProgram();
  const before = await hash(at);
  utimesSync(`${at.programs}/main.ts`, 1, 1);
  expect(await hash(at)).toBe(before);
});

test("the version is the same in another place, with another state folder", async () => {
  const at = bundledProgram();
  const before = await hash(at);
  cpSync(at.path("project"), at.path("moved/far/away"), { recursive: true });
  const there = createCatalog({
    projectDir: at.path("moved/far/away"),
    home: at.path("home"),
    programDirs: [],
    stateDir: at.path("other-state"),
  });
  expect((await there.link(there.find().files[0]!)).version).toBe(before);
});

test.each([
  ["the program", "main.ts", `import { a } from "./_lib.ts"; export default a + 1;`],
  ["a comment", "main.ts", `import { a } from "./_lib.ts"; export default a; // here`],
  ["an import", "_lib.ts", `export const a = 2;`],
  ["a file of the bundle folder that nothing imports", "main/prompt.md", "Do it now."],
  ["a new file in the bundle folder", "main/deep/new.sh", ""],
])("a change of %s is another version", async (_what, file, content) => {
  const at = bundledProgram();
  const before = await hash(at);
  at.program(file, content);
  expect(await hash(at)).not.toBe(before);
});

test("a renamed file of the bundle folder is another version", async () => {
  const at = bundledProgram();
  const before = await hash(at);
  renameSync(`${at.programs}/main/prompt.md`, `${at.programs}/main/other.md`);
  expect(await hash(at)).not.toBe(before);
});

test("content moved from one file to another is another version", async () => {
  const at = makeWorkspace();
  at.program("main.ts", "");
  at.program("main/a", "xy");
  at.program("main/b", "z");
  const before = await hash(at);
  at.program("main/a", "x");
  at.program("main/b", "yz");
  expect(await hash(at)).not.toBe(before);
});

test("packages, version control and what editors leave behind in a bundle folder do not count", async () => {
  const at = bundledProgram();
  const before = await hash(at);
  for (const file of [
    "node_modules/x/index.js",
    ".git/HEAD",
    ".DS_Store",
    ".prompt.md.swp",
    "prompt.md~",
    ".#prompt.md",
  ]) {
    at.program(`main/${file}`, "x");
  }
  expect(await hash(at)).toBe(before);
});

test("a file beside the program that it does not import does not count", async () => {
  const at = bundledProgram();
  const before = await hash(at);
  writeFileSync(`${at.programs}/other.ts`, "");
  expect(await hash(at)).toBe(before);
});
