/** What a folder holds, to be compared: nothing in it may have changed. */

import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";

export interface Entry {
  /** Relative to the folder. */
  readonly path: string;
  readonly kind: "folder" | "file" | "link" | "other";
  readonly mode: string;
  /** A digest of what a file holds; where a link leads. */
  readonly content: string;
}

/** Every entry below the folder, links not followed; sorted by path. */
export function contentOf(folder: string, leaveOut: readonly string[] = []): Entry[] {
  const entries: Entry[] = [];
  const visit = (at: string) => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      if (leaveOut.includes(path)) continue;
      const entry = describe(path, relative(folder, path));
      entries.push(entry);
      if (entry.kind === "folder") visit(path);
    }
  };
  visit(folder);
  return entries;
}

/** The bytes of all files below the folder, one after the other: to look for what must not be there. */
export function textOf(folder: string): string {
  return contentOf(folder)
    .filter(({ kind }) => kind === "file")
    .map(({ path }) => `${path}\n${readFileSync(join(folder, path), "latin1")}`)
    .join("\n");
}

function describe(path: string, name: string): Entry {
  const facts = lstatSync(path);
  const mode = (facts.mode & 0o777).toString(8);
  if (facts.isDirectory()) return { path: name, kind: "folder", mode, content: "" };
  if (facts.isSymbolicLink()) return { path: name, kind: "link", mode: "", content: readlinkSync(path) };
  if (!facts.isFile()) return { path: name, kind: "other", mode, content: "" };
  const content = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { path: name, kind: "file", mode, content };
}
