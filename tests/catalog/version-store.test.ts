import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProgramVersion } from "../../src/catalog/version.ts";
import { evaluate, failureOf, makeWorkspace, type Workspace } from "./workspace.ts";

function program(): Workspace {
  const at = makeWorkspace();
  at.program(
    "main.ts",
    `import { readFileSync } from "node:fs";
import { greeting } from "./main/lib.ts";
import data from "../shared/data.json";
export default { greeting, data, dir: import.meta.dirname, file: import.meta.filename, url: import.meta.url,
  prompt: () => readFileSync(import.meta.dirname + "/main/prompt.md", "utf8") };`,
  );
  at.program("main/lib.ts", `export enum E { A = "hi" } export const greeting: string = E.A;`);
  at.program("main/prompt.md", "Do it.");
  at.program("main/check.sh", "#!/bin/sh\n");
  at.program("../shared/data.json", `{"a": 1}`);
  return at;
}

async function stored(at: Workspace): Promise<ProgramVersion> {
  const version = await at.link("main");
  await at.catalog.store(version);
  return version;
}

const folderOf = (at: Workspace, { version }: ProgramVersion) => at.path("state/versions", version);

test("a stored version is the same after its sources were deleted, in another process", async () => {
  const at = program();
  const linked = await stored(at);
  const before = evaluate(linked);
  rmSync(at.path("project"), { recursive: true });
  const loaded = await at.anotherCatalog().load(linked.version, "main");
  expect(loaded).toEqual(linked);
  const after = evaluate(loaded);
  expect({ ...after, prompt: after.prompt() }).toEqual({ ...before, prompt: "Do it." });
});

test("it is the same after an edit of its sources", async () => {
  const at = program();
  const linked = await stored(at);
  at.program("main/lib.ts", "export const greeting = 'changed';");
  at.program("main/prompt.md", "changed");
  const loaded = evaluate(await at.anotherCatalog().load(linked.version, "main"));
  expect([loaded.greeting, loaded.prompt()]).toEqual(["hi", "Do it."]);
});

test("import.meta leads into the store from the first evaluation, before the version is stored", async () => {
  const at = program();
  const linked = await at.link("main");
  const { dir, file, url } = evaluate(linked);
  const folder = join(folderOf(at, linked), "files", "programs");
  expect({ dir, file, url }).toEqual({
    dir: folder,
    file: `${folder}/main.ts`,
    url: `file://${folder}/main.ts`,
  });
  expect(at.catalog.filesFolder(linked.version)).toBe(join(folderOf(at, linked), "files"));
});

test("what is stored is what was linked, even if the files were changed in between", async () => {
  const at = program();
  const linked = await at.link("main");
  at.program("main/prompt.md", "changed");
  await at.catalog.store(linked);
  expect(readFileSync(join(at.catalog.filesFolder(linked.version), "programs/main/prompt.md"), "utf8")).toBe(
    "Do it.",
  );
  await at.anotherCatalog().load(linked.version, "main");
});

test("a state folder that was moved still has its versions, and import.meta follows", async () => {
  const at = program();
  const linked = await stored(at);
  renameSync(at.stateDir, at.path("moved"));
  const loaded = await at.anotherCatalog({ stateDir: at.path("moved") }).load(linked.version, "main");
  expect(evaluate(loaded).dir).toBe(at.path("moved/versions", linked.version, "files/programs"));
});

test("it can be stored again, also by two processes at once, and stays one", async () => {
  const at = program();
  const other = at.anotherCatalog();
  const linked = await at.link("main");
  const others = await other.link(at.found("main"));
  await Promise.all([at.catalog.store(linked), other.store(others), at.catalog.store(linked)]);
  await at.catalog.store(linked);
  expect(readdirSync(at.path("state/versions"))).toEqual([linked.version]);
});

test("files are private, and what was executable still is", async () => {
  const at = program();
  const { chmodSync } = await import("node:fs");
  chmodSync(`${at.programs}/main/check.sh`, 0o755);
  const linked = await stored(at);
  const mode = (path: string) => statSync(join(folderOf(at, linked), path)).mode & 0o777;
  expect([mode("."), mode("files"), mode("files/programs/main")]).toEqual([0o700, 0o700, 0o700]);
  expect([mode("manifest.json"), mode("files/programs/main.ts")]).toEqual([0o600, 0o600]);
  expect(mode("files/programs/main/check.sh")).toBe(0o700);
});

test.each([
  [
    "a changed module",
    (folder: string) => writeFileSync(`${folder}/files/programs/main/lib.ts`, "export const greeting = 'x';"),
  ],
  [
    "a changed file that nothing imports",
    (folder: string) => writeFileSync(`${folder}/files/programs/main/prompt.md`, "x"),
  ],
  ["a missing file", (folder: string) => rmSync(`${folder}/files/shared/data.json`)],
  ["a missing manifest", (folder: string) => rmSync(`${folder}/manifest.json`)],
  ["a manifest that is not JSON", (folder: string) => writeFileSync(`${folder}/manifest.json`, "{")],
  ["a manifest of something else", (folder: string) => writeFileSync(`${folder}/manifest.json`, "null")],
  [
    "a manifest made to fit a changed file",
    (folder: string) => {
      const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"));
      manifest.files[0][1] = "0".repeat(64);
      writeFileSync(`${folder}/manifest.json`, JSON.stringify(manifest));
    },
  ],
])("%s is refused, and repaired by storing the version again", async (_what, damage) => {
  const at = program();
  const linked = await stored(at);
  damage(folderOf(at, linked));
  const error = await failureOf(at.anotherCatalog().load(linked.version, "main"));
  expect(error).toMatchObject({ code: "VersionDamaged", fix: expect.stringContaining("Restore") });
  expect(error.message).toContain(linked.version);
  const fresh = at.anotherCatalog();
  await fresh.store(await fresh.link(at.found("main")));
  expect(await at.anotherCatalog().load(linked.version, "main")).toEqual(linked);
});

test("a file that somebody added to a stored version changes nothing", async () => {
  const at = program();
  const linked = await stored(at);
  writeFileSync(`${folderOf(at, linked)}/files/programs/main/lib`, "export const greeting = 'x';");
  expect(await at.anotherCatalog().load(linked.version, "main")).toEqual(linked);
});

test.each(["0".repeat(32), "../../etc", "", "G".repeat(32)])(
  "a version that is not there, %j, is VersionMissing",
  async (version) => {
    const at = program();
    await stored(at);
    expect(await failureOf(at.catalog.load(version, "main"))).toMatchObject({ code: "VersionMissing" });
  },
);

test("a state folder that cannot be written is StorageFailed, and leaves nothing behind", async () => {
  const at = program();
  at.write("state/versions", "in the way");
  const linked = await at.link("main");
  expect(await failureOf(at.catalog.store(linked))).toMatchObject({ code: "StorageFailed" });
  expect(readFileSync(at.path("state/versions"), "utf8")).toBe("in the way");
});

test("stored versions are listed, removed, and stored again", async () => {
  const at = program();
  const linked = await stored(at);
  expect(at.catalog.storedVersions()).toEqual([
    { version: linked.version, program: "main", storedAtMs: expect.any(Number) },
  ]);
  at.catalog.removeVersion(linked.version);
  at.catalog.removeVersion(linked.version);
  at.catalog.removeVersion("../..");
  expect(at.catalog.storedVersions()).toEqual([]);
  expect(readdirSync(at.path("state/versions"))).toEqual([]);
  await at.catalog.store(linked);
  expect(at.catalog.storedVersions()).toHaveLength(1);
});

test("what a killed process left aside is removed after a day, not before", async () => {
  const at = program();
  await stored(at);
  const old = at.write("state/versions/.aside-old/files/x", "");
  const young = at.write("state/versions/.aside-young/files/x", "");
  utimesSync(at.path("state/versions/.aside-old"), 1, 1);
  at.catalog.storedVersions();
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});

test("the same version stored from another place names the latest place in stacks", async () => {
  const at = program();
  const linked = await stored(at);
  cpSync(at.path("project"), at.path("copy"), { recursive: true });
  const there = at.anotherCatalog({ projectDir: at.path("copy") });
  const copy = await there.link(there.find().files[0]!);
  expect(copy.version).toBe(linked.version);
  await there.store(copy);
  const loaded = await at.anotherCatalog().load(linked.version, "main");
  expect(loaded.modules[loaded.entry]!.filename).toBe(at.path("copy/.claude/sequencer/programs/main.ts"));
});
