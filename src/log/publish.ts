/**
 * Files that appear under their name whole or not at all, and only once.
 *
 * W1. The content is written to a temporary file beside it and synced there, then linked to the name: a link
 *     never replaces what exists. A crash leaves at most a `.<name>.<random>.tmp`, which nothing reads.
 */

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { dirname, join } from "node:path";
import { SequencerError } from "../errors.ts";
import {
  CREATE_FILE,
  errnoOf,
  FILE_MODE,
  FOLDER_MODE,
  factOf,
  isOutOfSpace,
  type LogFiles,
  shortWrite,
} from "./log-files.ts";

export function stateDirUnusable(folder: string, cause: unknown): SequencerError {
  const fix = isOutOfSpace(cause)
    ? "Free space on the disk of the state folder, then call again."
    : undefined;
  const message = `The state folder ${folder} cannot be used: ${factOf(cause)}.`;
  return new SequencerError("StateDirUnusable", message, fix, { cause });
}

/**
 * Makes the folder and those above it where they are missing, 0700 whatever the umask; durable when it returns.
 *
 * Each has its name synced before the next is made, and so has the one that is there already: whoever made it
 * may have died before. So no crash leaves a folder whose name nobody will ever sync.
 */
export function makeFolder(files: LogFiles, folder: string): void {
  const parent = dirname(folder);
  if (parent !== folder && !isThere(files, folder)) makeFolder(files, parent);
  const made = files.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (made !== undefined) files.chmodSync(folder, FOLDER_MODE);
  try {
    syncFolder(files, parent);
  } catch (error) {
    // A folder that this user may not read cannot be synced by it.
    if (!["EACCES", "EPERM"].includes(errnoOf(error))) throw error;
  }
}

export function isThere(files: LogFiles, path: string): boolean {
  try {
    files.lstatSync(path);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ENOENT";
  }
}

export interface TemporaryFile {
  readonly path: string;
  readonly fd: number;
}

/** Makes an empty temporary file for `name`; makes the folder first if it has vanished. */
export function openTemporary(files: LogFiles, folder: string, name: string): TemporaryFile {
  const path = join(folder, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  let fd: number;
  try {
    fd = files.openSync(path, CREATE_FILE, FILE_MODE);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    makeFolder(files, folder);
    fd = files.openSync(path, CREATE_FILE, FILE_MODE);
  }
  try {
    files.fchmodSync(fd, FILE_MODE);
  } catch (error) {
    discard(files, { path, fd });
    throw error;
  }
  return { path, fd };
}

export function writeWhole(files: LogFiles, fd: number, bytes: Buffer): void {
  const written = files.writeSync(fd, bytes);
  if (written !== bytes.length) throw shortWrite();
}

/** Gives the file its name; false if that exists. Either way the temporary name goes. */
export function linkTo(files: LogFiles, temporary: string, path: string): boolean {
  try {
    files.linkSync(temporary, path);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errnoOf(error))) {
      throw Object.assign(new Error("no hard links", { cause: error }), { code: "NO_LINKS" });
    }
    throw error;
  } finally {
    forget(files, temporary);
  }
  return true;
}

export function discard(files: LogFiles, temporary: TemporaryFile): void {
  files.closeSync(temporary.fd);
  forget(files, temporary.path);
}

/** Removes a temporary file; one that stays harms nobody, so that it could not be removed is not told. */
export function forget(files: LogFiles, temporary: string): void {
  try {
    files.unlinkSync(temporary);
  } catch {}
}

export function unlinkIfThere(files: LogFiles, path: string): void {
  try {
    files.unlinkSync(path);
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes(errnoOf(error))) throw error;
  }
}

/** Makes the names in a folder durable, on file systems that know the notion. The folder may be a link to one. */
export function syncFolder(files: LogFiles, folder: string): void {
  const fd = files.openSync(folder, constants.O_RDONLY);
  try {
    files.fsyncSync(fd);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"].includes(errnoOf(error))) throw error;
  } finally {
    files.closeSync(fd);
  }
}
