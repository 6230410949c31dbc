/**
 * A file system in memory for the log: exact about appends, links and modes, and able to fail.
 *
 * M1. `cutNextWrite(n)` lets the next write take only `n` bytes (all but `-n`, if negative), as a full disk
 *     does, or the death of the writer.
 * M2. `pauseNextWrite(n, look)` calls `look` when `n` bytes of the next write are in the file, as another
 *     process may find it, and then writes the rest.
 * M3. `afterNextWrite(act)` calls `act` when the next write is done, before its writer learns so.
 * M4. `losePower` zeroes, or cuts off, what was not synced.
 */

import fs from "node:fs";
import { dirname } from "node:path";
import type { FileFacts, LogFiles } from "../../src/log/log-files.ts";

class MemoryFile {
  bytes: Buffer = Buffer.alloc(0);
  synced = 0;
  nlink = 1;
  mode = 0;
}

const failure = (code: string) => Object.assign(new Error(code), { code });

export class MemoryFiles implements LogFiles {
  readonly #files = new Map<string, MemoryFile>();
  readonly #folders = new Set<string>(["/"]);
  readonly #open = new Map<number, MemoryFile | "folder">();
  #nextFd = 3;
  #cut: number | undefined;
  #after: (() => void) | undefined;
  #pause: { readonly bytes: number; readonly look: () => void } | undefined;
  /** Errors that the next calls of that name throw or answer with. */
  readonly failing: { write?: string; read?: string; fdatasync?: string; link?: string } = {};
  /** Names of the calls made, in order. */
  readonly calls: string[] = [];

  cutNextWrite(bytes: number): void {
    this.#cut = bytes;
  }

  afterNextWrite(act: () => void): void {
    this.#after = act;
  }

  pauseNextWrite(bytes: number, look: () => void): void {
    this.#pause = { bytes, look };
  }

  put(path: string, bytes: Buffer): void {
    const file = this.#files.get(path) ?? new MemoryFile();
    file.bytes = bytes;
    file.synced = bytes.length;
    this.#files.set(path, file);
    this.#folders.add(dirname(path));
  }

  contentOf(path: string): Buffer {
    return this.#require(path).bytes;
  }

  syncedOf(path: string): number {
    return this.#require(path).synced;
  }

  paths(): string[] {
    return [...this.#files.keys()];
  }

  /** What was not synced is changed by `damage`. */
  losePower(path: string, damage: (unsynced: Buffer, synced: number) => Buffer): void {
    const file = this.#require(path);
    const unsynced = Buffer.from(file.bytes.subarray(file.synced));
    file.bytes = Buffer.concat([file.bytes.subarray(0, file.synced), damage(unsynced, file.synced)]);
    file.synced = file.bytes.length;
  }

  openSync(path: string, flags: number): number {
    let file: MemoryFile | "folder" | undefined = this.#folders.has(path) ? "folder" : this.#files.get(path);
    if ((flags & fs.constants.O_CREAT) !== 0) {
      if (file !== undefined) throw failure("EEXIST");
      if (!this.#folders.has(dirname(path))) throw failure("ENOENT");
      file = new MemoryFile();
      this.#files.set(path, file);
    }
    if (file === undefined) throw failure("ENOENT");
    this.#open.set(this.#nextFd, file);
    return this.#nextFd++;
  }

  closeSync(fd: number): void {
    if (!this.#open.delete(fd)) throw failure("EBADF");
  }

  fstatSync(fd: number): FileFacts {
    return factsOf(this.#at(fd));
  }

  lstatSync(path: string): FileFacts {
    return factsOf(this.#require(path));
  }

  readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    this.#failIfTold("read");
    return this.#at(fd).bytes.copy(buffer, offset, position, position + length);
  }

  writeSync(fd: number, bytes: Buffer): number {
    this.calls.push("write");
    const file = this.#at(fd);
    this.#failIfTold("write");
    const taken = bytes.subarray(0, this.#cut);
    this.#cut = undefined;
    const before = file.bytes;
    if (this.#pause !== undefined) {
      const { bytes: first, look } = this.#pause;
      this.#pause = undefined;
      file.bytes = Buffer.concat([before, taken.subarray(0, first)]);
      look();
    }
    file.bytes = Buffer.concat([before, taken]);
    const after = this.#after;
    this.#after = undefined;
    after?.();
    return taken.length;
  }

  fdatasync(fd: number, done: (error: Error | null) => void): void {
    this.calls.push("fdatasync");
    const file = this.#at(fd);
    const covered = file.bytes.length;
    const code = this.failing.fdatasync;
    setImmediate(() => {
      if (code === undefined) file.synced = Math.max(file.synced, covered);
      done(code === undefined ? null : failure(code));
    });
  }

  fdatasyncSync(fd: number): void {
    this.calls.push("fdatasync");
    const file = this.#at(fd);
    if (this.failing.fdatasync !== undefined) throw failure(this.failing.fdatasync);
    file.synced = file.bytes.length;
  }

  fsync(fd: number, done: (error: Error | null) => void): void {
    this.fdatasync(fd, done);
  }

  fsyncSync(fd: number): void {
    const file = this.#open.get(fd);
    if (file instanceof MemoryFile) file.synced = file.bytes.length;
  }

  fchmodSync(fd: number, mode: number): void {
    this.#at(fd).mode = mode;
  }

  chmodSync(): void {}

  linkSync(existing: string, path: string): void {
    this.#failIfTold("link");
    if (this.#files.has(path)) throw failure("EEXIST");
    const file = this.#require(existing);
    file.nlink++;
    this.#files.set(path, file);
  }

  unlinkSync(path: string): void {
    this.#require(path).nlink--;
    this.#files.delete(path);
  }

  mkdirSync(path: string): string | undefined {
    if (this.#folders.has(path)) return undefined;
    for (let folder = path; folder !== "/"; folder = dirname(folder)) this.#folders.add(folder);
    return path;
  }

  readdirSync(path: string): string[] {
    if (!this.#folders.has(path)) throw failure("ENOENT");
    return this.paths()
      .filter((file) => dirname(file) === path)
      .map((file) => file.slice(path.length + 1));
  }

  accessSync(): void {}

  #failIfTold(call: "write" | "read" | "link"): void {
    const code = this.failing[call];
    if (code !== undefined) throw failure(code);
  }

  #at(fd: number): MemoryFile {
    const file = this.#open.get(fd);
    if (!(file instanceof MemoryFile)) throw failure("EBADF");
    return file;
  }

  #require(path: string): MemoryFile {
    const file = this.#files.get(path);
    if (file === undefined) throw failure("ENOENT");
    return file;
  }
}

function factsOf(file: MemoryFile): FileFacts {
  return { size: file.bytes.length, nlink: file.nlink, mtimeMs: 0, isFile: () => true };
}
