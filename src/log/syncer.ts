/**
 * Makes files durable: in line where the disk is quick, else beside whatever else there is to do.
 *
 * Handing a sync to another thread and hearing of its end takes about as long as a quick disk needs for it, and
 * most of all wakes two sleeping threads. Nothing else could be done meanwhile in less time than that.
 *
 * Y1. How long the last sync took decides about the next one; the first goes beside.
 * Y2. So a slow disk, or a busy thread, never waits in line but once.
 */

import type { LogFiles } from "./log-files.ts";

/** A sync that took less is quick. */
const QUICK_MS = 1;

export class Syncer {
  readonly #files: LogFiles;
  #lastMs = Number.POSITIVE_INFINITY;

  constructor(files: LogFiles) {
    this.#files = files;
  }

  /** Of the data and the length of the file. @returns what it failed with, or `null` */
  async sync(fd: number): Promise<Error | null> {
    const begun = performance.now();
    const error = await (this.#lastMs < QUICK_MS ? this.#inLine(fd) : this.#beside(fd));
    this.#lastMs = performance.now() - begun;
    return error;
  }

  #inLine(fd: number): Error | null {
    try {
      this.#files.fdatasyncSync(fd);
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  #beside(fd: number): Promise<Error | null> {
    return new Promise((resolve) => this.#files.fdatasync(fd, resolve));
  }
}
