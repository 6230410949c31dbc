/**
 * What this package is and where it lies: its version, and its root folder, the same whether it runs from
 * `src/` or from the bundle in `dist/`. A leaf: imports nothing of ours, so every room may import it.
 *
 * P1. In the bundle the version is a constant; no file is read to know it.
 */

import { readFileSync } from "node:fs";

/** Inlined by `scripts/build/bundle.mjs`; absent when the sources run. */
declare const __VERSION__: string | undefined;

const BUNDLED = typeof __VERSION__ === "string";

// Sources are `src/package.ts`; in the bundle this module lies in `dist/` or in one of `dist/chunks/`.
const DEPTH = import.meta.url.includes("/dist/chunks/") ? "../../" : "../";

/**
 * URL of the folder that holds package.json, `dist/` and `programs/`.
 *
 * @example new URL("programs/", PACKAGE_ROOT)
 */
export const PACKAGE_ROOT: string = new URL(DEPTH, import.meta.url).href;

/** `engines` of package.json: major and minor. */
export const OLDEST_NODE = [20, 19] as const;

/** @param version as in `process.versions.node` */
export function isNodeTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

export const VERSION: string = BUNDLED
  ? __VERSION__
  : (JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8")) as { version: string }).version;
