/** A clone as a new user has it: the tracked files and `dist/`, an empty home, and nothing but Node. */

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Outcome {
  readonly status: number | null;
  /** Both streams, in the order in which they were written. */
  readonly output: string;
}

export interface Clone {
  readonly folder: string;
  /** A project of the user's, with nothing in it. */
  readonly project: string;
  readonly env: { readonly [name: string]: string };
  /** What a user types, by a plain shell that stops at the first command that fails. */
  shell(commands: string, options?: { cwd?: string; input?: string }): Outcome;
  remove(): void;
}

export function makeClone(): Clone {
  const base = mkdtempSync(join(tmpdir(), "agent-sequencer-readme-"));
  const [folder, home, bin, project] = ["clone", "home", "bin", "project"].map((name) =>
    join(base, name),
  ) as [string, string, string, string];
  for (const each of [folder, home, bin, project]) mkdirSync(each);
  for (const file of trackedFiles()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file), { verbatimSymlinks: true });
  }
  cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  // What the README has the user make, by `npm link` or an alias.
  const command = join(bin, "agent-sequencer");
  writeFileSync(command, `#!/bin/sh\nexec node ${folder}/dist/cli.js "$@"\n`);
  chmodSync(command, 0o755);
  const env = { HOME: home, PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`, LANG: "C.UTF-8" };
  return {
    folder,
    project,
    env,
    shell(commands, { cwd = folder, input = "" } = {}) {
      const { status, stdout } = spawnSync("sh", ["-euc", `exec 2>&1\n${commands}`], {
        cwd,
        env,
        input,
        encoding: "utf8",
      });
      return { status, output: stdout };
    },
    remove: () => rmSync(base, { recursive: true }),
  };
}

function trackedFiles(): string[] {
  const list = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" });
  return list
    .split("\0")
    .filter((file) => file !== "" && !file.startsWith("dist/") && existsSync(join(ROOT, file)));
}
