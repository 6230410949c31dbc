/**
 * Which file an import of a program's own means: `./x`, `./x.ts`, `./x.js` (which may mean `x.ts`), `./dir`.
 *
 * L1. Paths are followed as written, links included, so that the same imports find the same files in the
 *     version store. Only the program file itself is looked up by its real path.
 */

import { readFileSync, statSync } from "node:fs";
import { extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the files of a program are read from: the disk, or the version store. Paths are the author's. */
export interface SourceTree {
  isFile(path: string): boolean;
  /** @throws the file system's error */
  read(path: string): Buffer;
}

export const DISK: SourceTree = {
  isFile(path) {
    try {
      return statSync(path).isFile();
    } catch {
      return false;
    }
  },
  read: (path) => readFileSync(path),
};

/** The same tree; `look` is told of every path that is read or looked for. */
export function traced(tree: SourceTree, look: (path: string) => void): SourceTree {
  return {
    isFile(path) {
      look(path);
      return tree.isFile(path);
    },
    read(path) {
      look(path);
      return tree.read(path);
    },
  };
}

const SCRIPT_ENDINGS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];
const WRITTEN_FOR: { readonly [ending: string]: string } = { ".js": ".ts", ".mjs": ".mts", ".cjs": ".cts" };

export function isLocal(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier) || specifier.startsWith("file:");
}

/** `undefined`: there is no such file. */
export function findLocal(specifier: string, folder: string, tree: SourceTree): string | undefined {
  const path = specifier.startsWith("file:") ? pathOfUrl(specifier) : resolve(folder, specifier);
  if (path === undefined) return undefined;
  return candidates(path).find((candidate) => tree.isFile(candidate));
}

/** `undefined`: it names no file of this machine. */
function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function candidates(path: string): string[] {
  const ending = extname(path);
  const source = WRITTEN_FOR[ending];
  return [
    path,
    ...(source === undefined ? [] : [path.slice(0, -ending.length) + source]),
    ...SCRIPT_ENDINGS.map((each) => path + each),
    `${path}.json`,
    ...SCRIPT_ENDINGS.map((each) => join(path, `index${each}`)),
  ];
}
