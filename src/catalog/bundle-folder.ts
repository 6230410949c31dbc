/**
 * The bundle folder: what lies in `review-rounds/` beside `review-rounds.ts` belongs to the program.
 *
 * B1. Every regular file in it counts, except packages, version control and what editors leave behind.
 * B2. A symbolic link in it may lead to a file of it, which is then taken as a file; nowhere else.
 */

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { systemErrorCode, systemErrorInWords } from "./problem.ts";

/** A whole program, its modules and its bundle folder together. */
export const MAX_FILES = 2_000;
export const MAX_BYTES = 32 * 1024 * 1024;

const NOT_OF_IT = /^(node_modules|\.git|\.DS_Store|\.#.*|.*~|.*\.sw[px])$/;

/** False for packages, version control and what editors leave behind. */
export function belongsToBundle(name: string): boolean {
  return !NOT_OF_IT.test(name);
}

export class BundleProblem extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * The paths of its files, sorted; empty if there is no such folder.
 *
 * @throws BundleProblem
 */
export function filesOfBundle(folder: string): string[] {
  const files: string[] = [];
  try {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    collect(folder, realpathSync(folder), files);
  } catch (error) {
    if (error instanceof BundleProblem || systemErrorCode(error) === "") throw error;
    const path = (error as NodeJS.ErrnoException).path ?? folder;
    throw new BundleProblem(path, `The bundle folder cannot be read: ${path}: ${systemErrorInWords(error)}.`);
  }
  return files.sort();
}

function collect(folder: string, root: string, files: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!belongsToBundle(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, root, files);
    else if (entry.isFile() || (entry.isSymbolicLink() && leadsToFileOf(path, root))) files.push(path);
    if (files.length > MAX_FILES) throw tooManyFiles(path);
  }
}

function leadsToFileOf(link: string, root: string): boolean {
  const real = realpathSync(link);
  if (!real.startsWith(root + sep)) {
    throw new BundleProblem(
      link,
      `The symbolic link ${link} leads out of the bundle folder, to ${real}. Put the file itself there.`,
    );
  }
  const facts = statSync(real);
  if (facts.isDirectory()) {
    throw new BundleProblem(
      link,
      `The symbolic link ${link} leads to a folder. In a bundle folder, only links to its files are followed.`,
    );
  }
  // A pipe or the like is passed over, by whatever name.
  return facts.isFile();
}

export function tooManyFiles(path: string): BundleProblem {
  return new BundleProblem(
    path,
    `The program has more than ${MAX_FILES.toLocaleString("en")} files with its bundle folder. Keep what it only ` +
      "works on elsewhere, and pass its path as a param.",
  );
}

export function tooManyBytes(path: string): BundleProblem {
  return new BundleProblem(
    path,
    `The program has more than ${MAX_BYTES / 1024 / 1024} MB with its bundle folder. Keep what it only works on ` +
      "elsewhere, and pass its path as a param.",
  );
}
