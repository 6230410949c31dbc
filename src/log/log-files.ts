/**
 * The calls to the file system that the log makes: `node:fs` in the product, fault injection in tests.
 *
 * F1. Nothing in `log/` touches a file but through this interface.
 * F2. Modes are set explicitly after making a file or folder, so they do not depend on the umask.
 */

import fs from "node:fs";

export interface FileFacts {
  readonly size: number;
  readonly nlink: number;
  readonly mtimeMs: number;
  isFile(): boolean;
}

type Done = (error: Error | null) => void;

export interface LogFiles {
  openSync(path: string, flags: number, mode?: number): number;
  closeSync(fd: number): void;
  fstatSync(fd: number): FileFacts;
  lstatSync(path: string): FileFacts;
  /** May read less than asked for; 0 only at the end of the file. */
  readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number;
  /** Appends, since files are opened so; may write less than asked for. */
  writeSync(fd: number, buffer: Buffer): number;
  fdatasync(fd: number, done: Done): void;
  fdatasyncSync(fd: number): void;
  fsync(fd: number, done: Done): void;
  fsyncSync(fd: number): void;
  fchmodSync(fd: number, mode: number): void;
  chmodSync(path: string, mode: number): void;
  linkSync(existing: string, path: string): void;
  unlinkSync(path: string): void;
  /** Returns the first folder it had to make. */
  mkdirSync(path: string, options: { recursive: true; mode: number }): string | undefined;
  readdirSync(path: string): string[];
  accessSync(path: string, mode: number): void;
}

export const NODE_FILES: LogFiles = fs;

const { O_APPEND, O_RDWR, O_RDONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
/** A symbolic link is refused, and a device or pipe in a log's place does not block. */
export const OPEN_LOG = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
export const CREATE_FILE = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW;
export const READ_FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

/** `ENOSPC` and the like; `""` for an error that is not the system's. */
export function errnoOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === "string" ? code : "";
}

const PLAIN_WORDS: { readonly [errno: string]: string } = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would become larger than is allowed",
  EIO: "the disk reported an error",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "it is a file, not a folder",
  ENOENT: "it does not exist",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  ELOOP: "it is a symbolic link",
  NO_LINKS: "its file system has no hard links, which logs are published with",
  SHORT_WRITE: "only a part was written, as on a full disk",
};

/** Of a write that wrote less than it was given, which the system does not call an error. */
export function shortWrite(): Error {
  return Object.assign(new Error("short write"), { code: "SHORT_WRITE" });
}

/** True if freeing space on the disk may help. */
export function isOutOfSpace(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "SHORT_WRITE"].includes(errnoOf(error));
}

/** The system's error as a fact: "the disk is full (ENOSPC)". */
export function factOf(error: unknown): string {
  const errno = errnoOf(error);
  if (errno === "") return error instanceof Error ? error.message : String(error);
  return PLAIN_WORDS[errno] === undefined ? errno : `${PLAIN_WORDS[errno]} (${errno})`;
}

/** Reads until `buffer` is full or the file ends; returns how much. */
export function readFully(files: LogFiles, fd: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = files.readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
