/**
 * What has to be watched so that no change of a program goes unnoticed: existing folders, and which of the
 * paths in them matter.
 *
 * P1. Folders only are watched, one by one and not in depth; whatever is in them and does not matter is
 *     passed over.
 * P2. What does not exist yet is watched for in the innermost folder that does.
 * P3. Paths are real ones: those that the system reports.
 */

import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { belongsToBundle } from "./bundle-folder.ts";
import { programName } from "./find.ts";

/** What programs are made of, by the author's paths. Nothing of it has to exist. */
export interface Watched {
  /** Folders in which programs are found. */
  readonly folders: readonly string[];
  /** Files that were read, or looked for. */
  readonly files: Iterable<string>;
  /** Folders of which everything belongs to a program. */
  readonly bundles: readonly string[];
}

export interface WatchPlan {
  readonly folders: ReadonlySet<string>;
  /** True for a path whose change may change a program. */
  matters(path: string): boolean;
  /** The same for two plans that need the same watch. */
  readonly key: string;
}

/** Folders of one bundle; one with more is refused as a program anyway. */
const MAX_FOLDERS = 2_000;

export function planOf({ folders, files, bundles }: Watched): WatchPlan {
  const watched = new Set<string>();
  const paths = new Set<string>();
  const programFolders = new Set<string>();
  const bundleRoots: string[] = [];

  const want = (path: string): void => {
    const { folder, missing } = nearestFolder(dirname(path));
    watched.add(folder);
    paths.add(join(folder, missing[0] ?? basename(path)));
  };

  for (const folder of folders) {
    want(folder);
    const real = realFolder(folder);
    if (real === undefined) continue;
    watched.add(real);
    programFolders.add(real);
  }
  for (const file of files) want(file);
  for (const bundle of bundles) {
    want(bundle);
    const real = realFolder(bundle);
    if (real === undefined) continue;
    bundleRoots.push(real + sep);
    for (const folder of foldersIn(real)) watched.add(folder);
  }

  const isOfBundle = (path: string) =>
    belongsToBundle(basename(path)) && bundleRoots.some((root) => path.startsWith(root));
  return {
    folders: watched,
    matters: (path) =>
      paths.has(path) ||
      watched.has(path) ||
      (programFolders.has(dirname(path)) && programName(basename(path)) !== undefined) ||
      isOfBundle(path),
    key: [...[...watched].map(identity), ...paths].sort().join("\0"),
  };
}

/** The innermost folder of `path` that exists, and the names from there to `path`. */
function nearestFolder(path: string): { folder: string; missing: string[] } {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const real = realFolder(at);
    if (real !== undefined || at === dirname(at)) return { folder: real ?? at, missing };
    missing.unshift(basename(at));
  }
}

function realFolder(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function foldersIn(root: string): string[] {
  const found = [root];
  for (let next = 0; next < found.length && found.length < MAX_FOLDERS; next++) {
    for (const entry of entriesOf(found[next]!)) {
      if (entry.isDirectory() && belongsToBundle(entry.name)) found.push(join(found[next]!, entry.name));
    }
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** A folder that was removed and made anew is another one. */
function identity(folder: string): string {
  try {
    const { dev, ino } = statSync(folder);
    return `${folder}:${dev}:${ino}`;
  } catch {
    return folder;
  }
}
