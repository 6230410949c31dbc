/**
 * Paths in a rule, in the manner of gitignore: `src/**`, `*.env`, `/docs`, `//etc`, `~/notes`.
 *
 * P1. What is allowed must be allowed by the path as given and by where it really leads; what is forbidden
 *     is forbidden by either.
 */

import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

export interface Folders {
  /** Paths of a rule are relative to it. */
  readonly project: string;
  /** Paths of a tool call are relative to it. */
  readonly cwd: string;
  readonly home: string;
}

/** @param folder the path is one, and the call is about everything in it */
export function matchesPath(
  pattern: string,
  path: string,
  folder: boolean,
  folders: Folders,
  forbids: boolean,
): boolean {
  const test = toTest(pattern, folders);
  const given = resolve(folders.cwd, path.replace(/^~(?=\/|$)/, folders.home));
  const verdicts = [given, realPathOf(given)].map((each) => {
    const inside = folder && test(`${each === "/" ? "" : each}/*`);
    return forbids ? test(each) || inside : folder ? inside : test(each);
  });
  return forbids ? verdicts.includes(true) : !verdicts.includes(false);
}

/** Also of a file that is yet to be written. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), basename(path));
  }
}

function toTest(pattern: string, { project, home }: Folders): (path: string) => boolean {
  const roots: [RegExp, string][] = [
    [/^\/\//, "/"],
    [/^~\//, home],
    [/^\//, project],
    [/^\.\//, project],
  ];
  const [prefix, root] = roots.find(([each]) => each.test(pattern)) ?? [/^/, project];
  const rest = pattern.replace(prefix, "").replace(/\/$/, "");
  // A name without a folder is meant wherever it stands, as in gitignore.
  const anywhere = prefix.source === "^" && !rest.includes("/") ? "(?:.*/)?" : "";
  const bases = new Set([root, realPathOf(root)]);
  const tests = [...bases].map(
    (base) => new RegExp(`^${literal(base === "/" ? "" : base)}/${anywhere}${glob(rest)}(?:/.*)?$`, "s"),
  );
  return (path) => tests.some((each) => each.test(path));
}

const GLOBS: { readonly [token: string]: string } = {
  "**/": "(?:.*/)?",
  "/**": "/.*",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};

function glob(text: string): string {
  return text.replace(/\*\*\/|\/\*\*$|\*\*|[\s\S]/g, (token) => GLOBS[token] ?? literal(token));
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
