/**
 * Where a benchmark works: folders on the disk that holds the repository, our server, and the floor, bundled
 * like ours.
 */

import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { LineClient } from "./client.mjs";

const bench = dirname(fileURLToPath(import.meta.url));
export const root = dirname(bench);
const work = join(bench, ".work");

/** A new, empty folder. */
export function folder(name) {
  mkdirSync(work, { recursive: true });
  return mkdtempSync(join(work, `${name}-`));
}

/** Removes everything but what is kept from run to run. */
export function cleanUp() {
  if (!existsSync(work)) return;
  for (const name of readdirSync(work)) {
    if (name !== "kept") rmSync(join(work, name), { recursive: true, force: true });
  }
}

const floorFile = join(work, "floor", "server.mjs");
const oursFile = join(work, "ours", "dist", "cli.js");
/** The entry of the client's hooks. */
export const hookFile = join(work, "ours", "dist", "hook.cjs");

/** Builds the floor, and takes a copy of ours: a build in the middle of a session changes nothing in it. */
export async function prepare() {
  cleanUp();
  for (const part of ["package.json", "dist", "programs"]) {
    cpSync(join(root, part), join(work, "ours", part), { recursive: true });
  }
  await build({
    absWorkingDir: root,
    entryPoints: { server: "bench/floor/server.mjs" },
    outdir: dirname(floorFile),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
}

/**
 * @param {Record<string, string>} [env]
 * @param {string[]} [under]
 */
export const startFloor = (env = {}, under = []) => LineClient.start([floorFile], env, under);

/**
 * Our server, on a state folder of its own.
 *
 * @param {Record<string, string>} [env]
 * @param {string[]} [under]
 */
export const startOurs = (state, env = {}, under = []) =>
  LineClient.start([oursFile], { ...environment(state), ...env }, under);

export function environment(state) {
  return {
    HOME: join(work, "home"),
    AGENT_SEQUENCER_STATE_DIR: state,
    AGENT_SEQUENCER_PROGRAMS_DIR: join(bench, "programs"),
    CLAUDE_PROJECT_DIR: join(work, "project"),
  };
}

/**
 * A state folder that took long to make, from an earlier run of the same `dist/` where there is one. It is made
 * in memory where the machine has a file system for that (a sync costs nothing there), and copied to disk.
 *
 * @param {string} name
 * @param {(state: string) => Promise<object>} make fills the folder; gives what has to be known about it
 * @returns {Promise<object & { state: string }>} a copy on disk that the caller may write to
 */
export async function kept(name, make) {
  const source = join(work, "kept", `${name}-${fingerprint()}`);
  const facts = join(source, "facts.json");
  if (!existsSync(facts)) {
    forgetOlder(name);
    const fast = mkdtempSync(join(inMemory() ?? work, "agent-sequencer-bench-"));
    try {
      const known = await make(fast);
      cpSync(fast, join(source, "state"), { recursive: true, preserveTimestamps: true });
      writeFileSync(facts, JSON.stringify(known));
    } finally {
      rmSync(fast, { recursive: true, force: true });
    }
  }
  const state = join(folder(name), "state");
  cpSync(join(source, "state"), state, { recursive: true, preserveTimestamps: true });
  return { ...JSON.parse(readFileSync(facts, "utf8")), state };
}

function forgetOlder(name) {
  mkdirSync(join(work, "kept"), { recursive: true });
  for (const other of readdirSync(join(work, "kept"))) {
    if (other.startsWith(`${name}-`)) rmSync(join(work, "kept", other), { recursive: true });
  }
}

/** A file system in memory with room for the largest of these folders; `undefined`: there is none. */
function inMemory() {
  const folder = "/dev/shm";
  if (!existsSync(folder)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 ** 30 ? folder : undefined;
}

function fingerprint() {
  const hash = createHash("sha256");
  for (const part of [join(work, "ours", "dist"), join(bench, "programs")]) {
    const files = readdirSync(part, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile()))
      hash.update(readFileSync(join(file.parentPath, file.name)));
  }
  return hash.digest("hex").slice(0, 12);
}
