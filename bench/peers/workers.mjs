/** Puts the programs that peers run into the folders that the peers are installed in, where imports find them. */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peerFolder } from "./install.mjs";

const workers = fileURLToPath(new URL("workers/", import.meta.url));

/** @returns {string | undefined} why it could not be done */
export function prepareWorker(name) {
  const folder = peerFolder(name);
  if (name === "workflow") return buildApp(join(folder, "app"));
  for (const file of ["channel.mjs", `${name}.mjs`]) cpSync(join(workers, file), join(folder, file));
  return undefined;
}

/** Vercel's workflows are compiled: once, and again when they or their packages have changed. */
function buildApp(app) {
  const source = join(workers, "workflow");
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  const packages = readFileSync(new URL("pins.json", import.meta.url), "utf8");
  const built = [...files, readFileSync(join(workers, "channel.mjs"), "utf8"), packages].join("\n");
  const stamp = join(app, "built");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === built) return undefined;
  rmSync(app, { recursive: true, force: true });
  cpSync(source, app, { recursive: true });
  cpSync(join(workers, "channel.mjs"), join(app, "channel.mjs"));
  const nitro = join(app, "../node_modules/nitro/dist/cli/index.mjs");
  const { status, stderr, stdout } = spawnSync(process.execPath, [nitro, "build"], {
    cwd: app,
    env: { ...process.env, DO_NOT_TRACK: "1" },
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status !== 0) return `its build failed: ${(stderr || stdout).trim().split("\n").at(-1)}`;
  writeFileSync(stamp, built);
  return undefined;
}
