/**
 * Takes each protection out in turn and asserts that the test named for it fails.
 *
 *     npm run test:mutants               all of tests/mutants/*.patch
 *     npm run test:mutants -- torn exec  those whose name has "torn" or "exec"
 *
 * M1. Works on a copy in a temporary folder; the work tree is only read.
 * M2. First every named test must pass without a patch: a test that always fails proves nothing.
 * M3. A mutant is caught only if the named test itself is reported as failed, not if something else breaks.
 * M4. The last line is `N passed, N failed`, one for each mutant.
 *
 * A patch is what `git diff` prints, below lines that say what it is:
 *
 *     Protection: a reply is on disk before it is answered
 *     Test: tests/faults/power-loss.test.ts > keeps every reply that was answered
 */

import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PATCHES = "tests/mutants";
/** A mutant may hang: its test then ends by vitest's own timeout, or here. */
const LONGEST_MS = 300_000;

const wanted = process.argv.slice(2);
if (wanted.some((name) => name.startsWith("-"))) {
  process.stdout.write(
    `node scripts/mutants.mjs [part of a name ...]\n\nTakes each protection of ${PATCHES}/*.patch out in turn; the test named in it must fail.\n`,
  );
  process.exit(wanted.every((name) => name === "--help" || name === "-h") ? 0 : 2);
}
const mutants = readdirSync(join(root, PATCHES))
  .filter((file) => file.endsWith(".patch"))
  .map((file) => ({ name: file.slice(0, -".patch".length), ...headerOf(file) }))
  .filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (mutants.length === 0) {
  process.stderr.write(`no patch in ${PATCHES} has a name with ${wanted.join(" or ")}: ls ${PATCHES}\n`);
  process.exit(2);
}

const copy = mkdtempSync(join(tmpdir(), "agent-sequencer-mutants-"));
process.on("SIGINT", () => process.exit(130));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
let failed = 0;
copyTree();
const untouched = outcomes(mutants);
for (const mutant of mutants) {
  const began = Date.now();
  const verdict = judge(mutant);
  if (verdict !== undefined) failed += 1;
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${verdict === undefined ? "caught " : "MISSED "} ${mutant.name} (${seconds} s)\n`);
  process.stdout.write(`        ${mutant.protection}\n`);
  if (verdict !== undefined) process.stdout.write(`        ${verdict}\n`);
}
process.stdout.write(`\n${mutants.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function headerOf(patch) {
  const text = readFileSync(join(root, PATCHES, patch), "utf8");
  const protection = /^Protection: (.+)$/m.exec(text)?.[1];
  const test = /^Test: (\S+) > (.+)$/m.exec(text);
  if (protection === undefined || test === null) {
    throw new Error(`${PATCHES}/${patch} must begin with 'Protection: ...' and 'Test: <file> > <name>'`);
  }
  return { protection, file: test[1], test: test[2] };
}

function copyTree() {
  const files = execFileSync("git", ["ls-files", "-coz", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of new Set(
    files.split("\0").filter((file) => file !== "" && existsSync(join(root, file))),
  )) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { verbatimSymlinks: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  // Its own repository: so git applies patches here, whatever holds the temporary folder.
  git("init", "--quiet");
}

/** Undefined if the mutant was caught, else why not. */
function judge({ name, file, test }) {
  const before = named(untouched, file, test);
  if (before.length === 0) return `there is no test with '${test}' in its name in ${file}`;
  if (before.some(({ status }) => status !== "passed")) return "its test does not pass without the patch";
  const patch = join(root, PATCHES, `${name}.patch`);
  if (!git("apply", patch)) return "the patch does not apply any more";
  const touchesSources = execFileSync("git", ["apply", "--numstat", patch], { cwd: copy, encoding: "utf8" })
    .split("\n")
    .some((line) => line.split("\t")[2]?.startsWith("src/"));
  try {
    if (touchesSources && !build()) return "it does not build";
    const after = named(outcomes([{ file, test }]), file, test);
    return after.some(({ status }) => status === "failed") ? undefined : "its test passes all the same";
  } finally {
    git("apply", "--reverse", patch);
    if (touchesSources) restoreDist();
  }
}

function git(...args) {
  const { status, stderr } = spawnSync("git", args, { cwd: copy, encoding: "utf8" });
  if (status !== 0) process.stdout.write(stderr);
  return status === 0;
}

function build() {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", "--no-types"], {
    cwd: copy,
    encoding: "utf8",
  });
  if (status !== 0) process.stdout.write(stderr);
  return status === 0;
}

function restoreDist() {
  rmSync(join(copy, "dist"), { recursive: true });
  cpSync(join(root, "dist"), join(copy, "dist"), { recursive: true });
}

/** What became of the tests so named: `{ file, name, status }`, the name with those of its groups. */
function outcomes(wanted) {
  const report = join(copy, "outcomes.json");
  rmSync(report, { force: true });
  const files = [...new Set(wanted.map(({ file }) => file))];
  const only = wanted.map(({ test }) => test.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  spawnSync(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      ...files,
      "-t",
      only,
      "--reporter=json",
      `--outputFile=${report}`,
    ],
    { cwd: copy, stdio: "ignore", timeout: LONGEST_MS * files.length, killSignal: "SIGKILL" },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({ file, name: fullName, status })),
    );
  } catch {
    return [];
  }
}

function named(found, file, test) {
  return found.filter((one) => one.file.endsWith(`/${file}`) && one.name.includes(test) && ran(one));
}

function ran({ status }) {
  return status === "passed" || status === "failed";
}
