/** What `tracing.mjs` wrote down, read. */

import { readFileSync } from "node:fs";

export interface CallRecord {
  readonly call: number;
  /** As `Kill.at` counts; only of what changes or syncs something. */
  readonly count?: number;
  readonly name:
    | "create"
    | "open"
    | "read"
    | "write"
    | "sync"
    | "mkdir"
    | "chmod"
    | "link"
    | "rename"
    | "unlink"
    | "rm";
  readonly path: string;
  readonly to?: string;
  readonly fd?: number;
  readonly bytes?: string;
  readonly position?: number;
}

export type TraceRecord =
  | { readonly process: number }
  | CallRecord
  | { readonly done: number; readonly fd?: number }
  | { readonly answer: string | number; readonly result: unknown }
  | { readonly effect: string };

export function readTrace(file: string): TraceRecord[] {
  // Of a process that was killed in mid-write, the last line may be half a one.
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

export function callsOf(trace: readonly TraceRecord[]): CallRecord[] {
  return trace.filter((record) => "call" in record);
}
