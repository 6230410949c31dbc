/** Everything below a folder, so that a file that appeared, went or changed is told by its name. */

import { lstatSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** `path kind mode size time` of each, but for what lies in `except`. */
export function listingOf(folder: string, except: string): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    if (path === except) return;
    const { mode, size, mtimeMs } = lstatSync(path);
    const isFolder = (mode & 0o170000) === 0o040000;
    const content = isFolder ? "folder" : `${size} bytes of ${mtimeMs}`;
    found.push(`${relative(folder, path)} ${mode.toString(8)} ${content}`);
    if (isFolder) for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  for (const name of readdirSync(folder).sort()) visit(join(folder, name));
  return found;
}

/** Names in a state folder that the sequencer has not made. */
export function strangersIn(stateDir: string): string[] {
  const ours = /^([0-9A-HJKMNP-TV-Z]{26}\.jsonl|versions|requests|owners|compiled)$/;
  return readdirSync(stateDir).filter((name) => !ours.test(name));
}
