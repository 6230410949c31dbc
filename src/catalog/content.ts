/**
 * What a version is made of, and its name: the hash of that.
 *
 * H1. The name depends on nothing but the files' relative paths and bytes, and the packages' names and
 *     versions: not on the place, the transformer, the machine or the day.
 */

import { createHash } from "node:crypto";
import { dirname, relative, sep } from "node:path";

export interface ContentFile {
  readonly bytes: Buffer;
  /** Kept in the store, since a bundle may hold commands; not part of the name. */
  readonly executable: boolean;
}

/** Name and version; sorted. */
export type PackageList = readonly (readonly [name: string, version: string])[];

export interface Content {
  /** Id of the program's module. */
  readonly entry: string;
  /** By id. */
  readonly files: ReadonlyMap<string, ContentFile>;
  readonly packages: PackageList;
}

/** What is hashed, and what the store keeps as its table of contents. */
export interface Manifest {
  readonly entry: string;
  /** Id and SHA-256; sorted by id. */
  readonly files: readonly (readonly [id: string, sha256: string])[];
  readonly packages: PackageList;
}

export function manifestOf({ entry, files, packages }: Content): Manifest {
  const digests = [...files].map(([id, { bytes }]) => [id, digest(bytes)] as const);
  return { entry, files: digests.sort(byFirst), packages };
}

/** 16 bytes of SHA-256 in hex. */
export function versionOf({ entry, files, packages }: Manifest): string {
  return digest(JSON.stringify({ entry, files, packages })).slice(0, 32);
}

export function isVersion(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

export function digest(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function byFirst(a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

/** The innermost folder that holds all the files. */
export function commonFolder(paths: readonly string[]): string {
  let common = dirname(paths[0]!).split(sep);
  for (const path of paths) {
    const parts = dirname(path).split(sep);
    const differs = common.findIndex((part, at) => part !== parts[at]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return common.join(sep) || sep;
}

export function idOf(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}
