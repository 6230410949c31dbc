import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { makeWorkspace } from "./workspace.ts";

const names = (files: readonly { name: string; source: string }[]) =>
  files.map(({ name, source }) => `${source} ${name}`);

test("programs of the project, of the user and bundled ones are found, in the order of their names", () => {
  const at = makeWorkspace();
  at.program("beta.ts", "");
  at.write("home/.claude/sequencer/programs/alpha.mjs", "");
  at.write("bundled/gamma.cjs", "");
  const { files, problems } = at.catalog.find();
  expect(names(files)).toEqual(["user alpha", "project beta", "bundled gamma"]);
  expect(problems).toEqual([]);
});

test("the first folder that has a name decides what it means", () => {
  const at = makeWorkspace();
  at.program("hello.ts", "");
  at.write("home/.claude/sequencer/programs/hello.ts", "");
  at.write("bundled/hello.js", "");
  expect(names(at.catalog.find().files)).toEqual(["project hello"]);
});

test("folders of AGENT_SEQUENCER_PROGRAMS_DIR are searched in their order", () => {
  const at = makeWorkspace();
  at.write("one/hello.ts", "");
  at.write("two/hello.ts", "");
  at.write("two/other.ts", "");
  const { files } = at.anotherCatalog({ programDirs: [at.path("one"), at.path("two")] }).find();
  expect(files.map((each) => each.file)).toEqual([at.path("one/hello.ts"), at.path("two/other.ts")]);
});

test("files that begin with _ or ., declarations, tests, folders and other files are passed over", () => {
  const at = makeWorkspace();
  for (const name of [
    "_lib.ts",
    ".hidden.ts",
    "types.d.ts",
    "types.d.mts",
    "a.test.ts",
    "a.spec.js",
    "a.md",
    "a.tsx",
  ]) {
    at.program(name, "");
  }
  mkdirSync(`${at.programs}/folder.ts`);
  expect(at.catalog.find()).toEqual({ files: [], problems: [] });
});

test("every ending of a script makes a program", () => {
  const at = makeWorkspace();
  for (const ending of ["ts", "mts", "cts", "js", "mjs", "cjs"]) at.program(`a-${ending}.${ending}`, "");
  expect(at.catalog.find().files).toHaveLength(6);
});

test("a name that is not kebab-case is a problem and hides no other program", () => {
  const at = makeWorkspace();
  const file = at.program("MyProgram.ts", "");
  at.program("fine.ts", "");
  const { files, problems } = at.catalog.find();
  expect(names(files)).toEqual(["project fine"]);
  expect(problems).toEqual([{ name: "MyProgram", file, message: expect.stringContaining("kebab-case") }]);
});

test("two files of one name in one folder are a problem that names both, and neither is used", () => {
  const at = makeWorkspace();
  const js = at.program("hello.js", "");
  const ts = at.program("hello.ts", "");
  at.write("bundled/hello.ts", "");
  const { files, problems } = at.catalog.find();
  expect(files).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toContain(js);
  expect(problems[0]!.message).toContain(ts);
});

test("folders that do not exist are no problem", () => {
  expect(makeWorkspace().catalog.find()).toEqual({ files: [], problems: [] });
});

test("a programs folder that is a file is a problem, and the other folders are still searched", () => {
  const at = makeWorkspace();
  const folder = at.write("home/.claude/sequencer/programs", "not a folder");
  at.program("hello.ts", "");
  const { files, problems } = at.catalog.find();
  expect(names(files)).toEqual(["project hello"]);
  expect(problems).toEqual([{ name: "", file: folder, message: expect.stringContaining("not a folder") }]);
});

test.skipIf(process.getuid?.() === 0)("a programs folder that cannot be read is a problem", () => {
  const at = makeWorkspace();
  at.program("hello.ts", "");
  chmodSync(at.programs, 0o000);
  const { problems } = at.catalog.find();
  chmodSync(at.programs, 0o700);
  expect(problems[0]!.message).toContain("permission denied");
});

test("a symbolic link to a program is followed, and both places are recorded", () => {
  const at = makeWorkspace();
  const real = at.write("elsewhere/hello.ts", "");
  at.program("other.ts", "");
  symlinkSync(real, `${at.programs}/hello.ts`);
  const [hello] = at.catalog.find().files;
  expect(hello).toEqual({
    name: "hello",
    file: `${at.programs}/hello.ts`,
    realpath: real,
    source: "project",
  });
});

test("a symbolic link that leads nowhere is a problem", () => {
  const at = makeWorkspace();
  at.program("fine.ts", "");
  symlinkSync(at.path("gone.ts"), `${at.programs}/hello.ts`);
  const { files, problems } = at.catalog.find();
  expect(names(files)).toEqual(["project fine"]);
  expect(problems[0]).toMatchObject({ name: "hello", message: expect.stringContaining("does not exist") });
});

test("a server started in the home folder searches its programs once", () => {
  const at = makeWorkspace();
  at.program("Wrong_Name.ts", "");
  const { problems } = at.anotherCatalog({ home: at.path("project") }).find();
  expect(problems).toHaveLength(1);
});
