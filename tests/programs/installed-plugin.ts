/** The repository's HEAD as a plugin in an empty folder: no `node_modules`, started as `.mcp.json` says. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServerOptions } from "../server/stdio.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface InstalledPlugin {
  readonly folder: string;
  /** What the plugin's own configuration starts. */
  readonly server: Pick<ServerOptions, "entry" | "args" | "env">;
  remove(): void;
}

export function installPlugin(): InstalledPlugin {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "installed-plugin-")));
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: 1 << 28 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  const { seq } = JSON.parse(readFileSync(join(folder, ".mcp.json"), "utf8")).mcpServers;
  const filled = (text: string) => text.replace(/\$\{CLAUDE_PLUGIN_ROOT\}/g, folder);
  if (seq.command !== "node") throw new Error(`the plugin starts ${seq.command}, not node`);
  const [entry, ...args] = (seq.args as string[]).map(filled);
  const env = Object.fromEntries(
    Object.entries<string>(seq.env ?? {}).map(([name, value]) => [name, filled(value)]),
  );
  return {
    folder,
    server: { entry, args, env },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
