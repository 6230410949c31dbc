/**
 * The one test command: installs what is missing, checks types, lint and the freshness of `dist/`, and runs
 * every test. Needs only Node and npm to begin with.
 *
 * C1. Every check runs, whatever failed before it: one run shows all there is to correct.
 * C2. The last line is `N passed, N failed`; a check counts as one. It never says 0 failed when one did.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const counts = { passed: 0, failed: 0 };

if (installed() || check("install", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=warn"])) {
  check("types", process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit"]);
  check("lint", process.execPath, [
    "node_modules/@biomejs/biome/bin/biome",
    "check",
    "--error-on-warnings",
    ".",
  ]);
  check("dist", process.execPath, ["scripts/build.mjs", "--check"]);
  tests();
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error) process.stdout.write(`${error.message}\n`);
  return status === 0;
}

function check(name, command, args) {
  process.stdout.write(`\n== ${name}\n`);
  const passed = run(command, args);
  counts[passed ? "passed" : "failed"] += 1;
  process.stdout.write(`${name}: ${passed ? "passed" : "FAILED"}\n`);
  return passed;
}

/** True if `node_modules` holds what the lock file asks for. */
function installed() {
  const wanted = packages("package-lock.json");
  const found = packages("node_modules/.package-lock.json");
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || optional || found[path]?.version === version,
  );
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

function tests() {
  process.stdout.write("\n== tests\n");
  const folder = mkdtempSync(join(tmpdir(), "agent-sequencer-counts-"));
  const file = join(folder, "counts.json");
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=./scripts/test/count-reporter.mjs",
  ];
  const passed = run(process.execPath, args, { TEST_COUNTS_FILE: file });
  const ran = counted(file);
  rmSync(folder, { recursive: true });
  counts.passed += ran.passed;
  counts.failed += passed ? ran.failed : Math.max(ran.failed, 1);
}

/** What the run reported; a run that died before it could report is one failure. */
function counted(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1 };
  }
}
