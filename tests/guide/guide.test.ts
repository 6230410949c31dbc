/** The author's guide: its examples are whole, typed and without fault, and its links lead somewhere. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
// @ts-expect-error scripts have no declarations.
import { writeTypes } from "../../scripts/build/types.mjs";
import { type CheckReport, checkVersion } from "../../src/authoring/check.ts";
import { initProject } from "../../src/authoring/init.ts";
import { builtEntries } from "../authoring/built.ts";
import { temporaryFolder } from "../authoring/folder.ts";
import { setUp } from "../authoring/workshop.ts";
import { BLOCKS, EXAMPLES, GUIDE, PROGRAMS, writeExamples } from "./examples.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const entries = builtEntries();

/** As Markdown viewers name a heading. */
const slug = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

test("every piece of TypeScript in the guide is a named example", () => {
  const named = [...EXAMPLES.keys()].filter((name) => name.endsWith(".ts"));
  expect(named).toHaveLength(BLOCKS);
  expect(new Set(named).size).toBe(named.length);
});

test("links within the guide lead to its headings", () => {
  const text = readFileSync(GUIDE, "utf8");
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => slug(title!));
  const links = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(15);
  expect(links.filter((target) => !headings.includes(target!))).toEqual([]);
});

test("the examples have no type error, in a folder that init made", async () => {
  const dist = temporaryFolder("afterAll");
  await writeTypes({ root, dist });
  const projectDir = temporaryFolder("afterAll");
  const { folder } = initProject({ projectDir, types: pathToFileURL(join(dist, "types/")), force: false });
  writeExamples(folder);
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--noUncheckedIndexedAccess", "-p", folder],
    { cwd: projectDir, encoding: "utf8" },
  );
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});

test.each(PROGRAMS)("check finds nothing wrong with %s", async (name) => {
  const { workshop } = setUp(entries());
  const { version } = await workshop.find(join(writeExamples(temporaryFolder()), name));
  const { projectDir, probe } = workshop;
  const params = { "until-ready.ts": `{"url":"https://example.org/"}` }[name];
  const report: CheckReport = await checkVersion(version, { projectDir, probe, ...(params && { params }) });
  expect(report.findings).toEqual([]);
  expect(report.nondeterminism).toBeUndefined();
  expect(report.dry_runs.steps).toBeGreaterThan(0);
});

test("the example of a test passes, with the package installed as users install it", () => {
  const folder = writeExamples();
  const installed = join(folder, "node_modules/agent-sequencer");
  mkdirSync(installed, { recursive: true });
  cpSync(fileURLToPath(new URL("./", entries().host)), join(installed, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(installed, "package.json"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  symlinkSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"));
  const tests = join(folder, "green.test.ts");
  const args = ["--import", import.meta.resolve("tsx"), "--test", "--test-reporter=tap", tests];
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env });
  expect(stdout).toContain("# pass 4");
  expect({ failed: /^not ok .*/m.exec(stdout)?.[0], status }).toEqual({ failed: undefined, status: 0 });
});
