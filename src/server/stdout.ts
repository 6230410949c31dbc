/**
 * Takes stdout away from everybody but the transport.
 *
 * O1. After `claimStdout`, `process.stdout` and `console` lead to stderr, whoever uses them and whatever
 *     they kept of the old stream's `write`.
 * O2. Imports nothing, so that it can run before anything that might print is loaded.
 */

import type { Writable } from "node:stream";

/** The one way left to the real stdout. */
export interface Outlet {
  /** @returns false if the reader is slow: wait for `drain` */
  write(text: string, written?: () => void): boolean;
  onDrain(listener: () => void): void;
  /** EPIPE among others: whoever read our answers is gone. */
  onError(listener: (error: NodeJS.ErrnoException) => void): void;
}

export function claimStdout(): Outlet {
  const stdout: Writable = process.stdout;
  const write = stdout.write.bind(stdout);
  stdout.write = process.stderr.write.bind(process.stderr) as typeof stdout.write;
  Object.defineProperty(process, "stdout", {
    configurable: true,
    enumerable: true,
    get: () => process.stderr,
  });
  return {
    write: (text, written) => write(text, "utf8", written),
    onDrain: (listener) => stdout.once("drain", listener),
    onError: (listener) => stdout.on("error", listener),
  };
}
