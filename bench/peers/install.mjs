/**
 * Installs the peers, each in a folder of its own outside of the repository, at the versions in `pins.json`.
 *
 *     node bench/peers/install.mjs [langgraph] [restate] [dbos] [workflow]
 *
 * The folder is `$AGENT_SEQUENCER_BENCH_PEERS`, else `agent-sequencer-bench/peers` in `$XDG_CACHE_HOME` or `~/.cache`.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const pins = JSON.parse(readFileSync(new URL("pins.json", import.meta.url), "utf8"));

const peers =
  process.env.AGENT_SEQUENCER_BENCH_PEERS ??
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "agent-sequencer-bench", "peers");

/** Only the SQLite binding has a script that it cannot do without. */
const NEEDS_SCRIPTS = new Set(["langgraph"]);
const NO_TELEMETRY = { DO_NOT_TRACK: "1", SCARF_ANALYTICS: "false" };

export const peerFolder = (name) => join(peers, name);

/** Is the peer there, at these versions? */
export function installed(name) {
  return Object.entries(pins[name]).every(([dependency, version]) => {
    const file = join(peerFolder(name), "node_modules", dependency, "package.json");
    return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
  });
}

/** @returns {string | undefined} why it could not be installed */
export function install(name) {
  const folder = peerFolder(name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies: pins[name] }, null, 2),
  );
  const args = ["install", "--no-audit", "--no-fund", "--loglevel", "error"];
  if (!NEEDS_SCRIPTS.has(name)) args.push("--ignore-scripts");
  const { status, stderr, error } = spawnSync("npm", args, {
    cwd: folder,
    env: { ...process.env, ...NO_TELEMETRY },
    encoding: "utf8",
    timeout: 300_000,
  });
  if (status === 0 && installed(name)) return undefined;
  return `npm install failed: ${error?.message ?? stderr.trim().split("\n").at(-1)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(pins);
  if (names.some((name) => !Object.hasOwn(pins, name))) {
    process.stderr.write(
      `node bench/peers/install.mjs [${Object.keys(pins).join("] [")}]\n\nInto ${peers}\n`,
    );
    process.exit(names.every((name) => ["--help", "-h"].includes(name)) ? 0 : 2);
  }
  for (const name of names) {
    if (!Object.hasOwn(pins, name)) throw new Error(`no such peer: ${name}`);
    const failure = installed(name) ? undefined : install(name);
    console.log(`${name}: ${failure ?? `installed in ${peerFolder(name)}`}`);
    if (failure) process.exitCode = 1;
  }
}
