/**
 * Puts a folder of files on disk so that it is there whole, or not at all, whatever happens meanwhile.
 *
 * D1. It is written aside, synced (files and folders), renamed into place, and the parent synced.
 */

import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemErrorCode } from "./problem.ts";

export interface FileToWrite {
  /** Relative to the folder. */
  readonly path: string;
  readonly bytes: Buffer | string;
  readonly executable?: boolean;
}

/** Begins the names of folders that are not in place (yet, or any more). */
export const ASIDE = ".aside-";

const AT_ONCE = 16;

/** @returns false if there is such a folder already, which then stays as it is */
export async function publishFolder(folder: string, files: readonly FileToWrite[]): Promise<boolean> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const aside = join(parent, `${ASIDE}${basename(folder)}-${randomUUID()}`);
  try {
    await writeAll(aside, files);
    await rename(aside, folder);
    await syncFolder(parent);
    await syncFolder(dirname(parent));
    return true;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (["ENOTEMPTY", "EEXIST"].includes(systemErrorCode(error))) return false;
    throw error;
  }
}

async function writeAll(root: string, files: readonly FileToWrite[]): Promise<void> {
  const folders = new Set([root]);
  for (const { path } of files) {
    for (let at = dirname(join(root, path)); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let at = 0; at < files.length; at += AT_ONCE) {
    await Promise.all(files.slice(at, at + AT_ONCE).map((file) => writeSynced(root, file)));
  }
  for (const folder of folders) await syncFolder(folder);
}

async function writeSynced(root: string, { path, bytes, executable }: FileToWrite): Promise<void> {
  const handle = await open(join(root, path), "wx", executable ? 0o700 : 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces one small file, durably. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const name = `${ASIDE}${basename(path)}-${randomUUID()}`;
  const aside = join(dirname(path), name);
  try {
    await writeSynced(dirname(path), { path: name, bytes: text });
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
