/**
 * Builds `dist/`, which is committed: a clone runs with Node alone.
 *
 *     node scripts/build.mjs           writes dist/
 *     node scripts/build.mjs --check   fails if dist/ is not what the sources give, and says which files
 *     node scripts/build.mjs --no-types   without dist/types, and so not to be committed: to try something quickly
 */

import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./build/bundle.mjs";
import { differences } from "./build/compare.mjs";
import { notices } from "./build/notices.mjs";
import { writeTypes } from "./build/types.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const check = process.argv.includes("--check");
const started = performance.now();

// Built beside dist/ and swapped in whole: a server that starts meanwhile never sees half a build.
const fresh = await mkdtemp(join(root, ".dist-"));
try {
  const outputs = await buildInto(fresh);
  if (check) await compare();
  else await swapIn(outputs);
} catch (error) {
  // esbuild has printed its own errors, with the lines they are about.
  if (!error.errors) process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(fresh, { recursive: true, force: true });
}

async function buildInto(folder) {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const jobs = [bundle({ root, dist: folder, version })];
  if (!process.argv.includes("--no-types")) jobs.push(writeTypes({ root, dist: folder }));
  // The folder goes away when one fails, so the other must not be writing any more.
  await Promise.allSettled(jobs);
  const [{ inputs, outputs }] = await Promise.all(jobs);
  await writeFile(join(folder, "THIRD-PARTY-NOTICES"), await notices({ root, inputs }));
  await chmod(folder, 0o755);
  if (existsSync(join(folder, "cli.js"))) await makeExecutable(join(folder, "cli.js"));
  return outputs;
}

async function makeExecutable(file) {
  if (!(await readFile(file, "utf8")).startsWith("#!/usr/bin/env node\n")) {
    throw new Error("src/cli.ts must begin with '#!/usr/bin/env node': dist/cli.js is a command");
  }
  await chmod(file, 0o755);
}

async function compare() {
  const lines = await differences(fresh, dist);
  if (lines.length === 0) return;
  throw new Error(
    `dist/ is stale. Run 'npm run build' and commit dist/.\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
}

async function swapIn(outputs) {
  const old = `${fresh}-old`;
  if (existsSync(dist)) await rename(dist, old);
  await rename(fresh, dist);
  await rm(old, { recursive: true, force: true });
  for (const [file, bytes] of outputs) {
    const name = relative(fresh, join(root, file));
    process.stdout.write(`${String(Math.round(bytes / 1024)).padStart(6)} KB  dist/${name}\n`);
  }
  process.stdout.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
