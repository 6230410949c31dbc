/** What a process holds of the machine: its resident memory and its open files. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4_096;

/** In bytes. */
export function residentMemoryOf(pid: number): number {
  if (process.platform === "linux") {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    return Number(pages) * pageSize();
  }
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1_024;
}

/** `undefined` where the system does not say. */
export function openFilesOf(pid: number): number | undefined {
  return process.platform === "linux" ? readdirSync(`/proc/${pid}/fd`).length : undefined;
}

let known: number | undefined;

function pageSize(): number {
  if (known === undefined) {
    try {
      known = Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));
    } catch {
      known = PAGE_BYTES;
    }
  }
  return known;
}

/** Of the values from `from` up to `to`, both as parts of the whole: `(0.25, 0.5)` is the second quarter. */
export function medianOf(values: readonly number[], from: number, to: number): number {
  const part = values.slice(Math.floor(values.length * from), Math.ceil(values.length * to));
  return part.sort((a, b) => a - b)[Math.floor(part.length / 2)]!;
}
