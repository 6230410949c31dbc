/** The package as `npm install` leaves it: packed, and installed into an empty folder, without a network. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Installed {
  /** A project with nothing in it but the package and what the package depends on. */
  readonly project: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs a command in the project, as somebody with an empty home. @returns its stdout */
  run(command: string, ...args: string[]): string;
  remove(): void;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

export function install(): Installed {
  const folder = mkdtempSync(join(tmpdir(), "agent-sequencer-package-"));
  const [project, home] = ["project", "home"].map((name) => join(folder, name)) as [string, string];
  for (const each of [project, home]) mkdirSync(each);
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    NO_COLOR: "1",
    npm_config_cache: join(folder, "cache"),
    npm_config_update_notifier: "false",
  };
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: project, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  const pack = (source: string): Packed => {
    const json = run("npm", "pack", source, "--json", "--ignore-scripts", "--pack-destination", folder);
    const parsed: unknown = JSON.parse(json);
    // npm 11 gives an object by package, the versions before it an array.
    return Object.values(parsed as { [name: string]: Packed })[0]!;
  };
  const ours = pack(ROOT);
  // What would come from a registry, from the development folder.
  const zod = pack(join(ROOT, "node_modules/zod"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tarballs = [ours, zod].map(({ filename }) => join(folder, filename));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", ...tarballs);
  return {
    project,
    files: ours.files.map(({ path }) => path).sort(),
    run,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
