/** A small project with our scripts in it, in a folder of its own, on our installed packages. */

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const OURS = [
  "scripts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.types.json",
  "biome.json",
];

export interface Project {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs a script with Node; never rejects. */
  run(...args: string[]): Promise<{ code: number; output: string }>;
}

export function createProject(files: Record<string, string>): Project {
  const folder = mkdtempSync(join(tmpdir(), "agent-sequencer-project-"));
  for (const name of OURS) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [file, text] of Object.entries({ ".gitignore": "node_modules\n.dist-*/\n", ...files }))
    write(file, text);
  return {
    folder,
    write,
    run: (...args) =>
      new Promise((resolve) => {
        // Both streams into one pipe: what comes last is told from it.
        const command = ["-c", '"$0" "$@" 2>&1', process.execPath, ...args];
        const env = { ...process.env, NO_COLOR: "1" };
        execFile("sh", command, { cwd: folder, env }, (error, output) => {
          resolve({ code: error ? Number(error.code) : 0, output });
        });
      }),
  };
}
