/** A program that the test imported like any module. */

import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorInfo } from "../engine/event.ts";
import { describeThrown } from "../engine/thrown.ts";
import { PACKAGE_ROOT } from "../package.ts";
import type { Program } from "../program/program.ts";
import type { Source } from "./source.ts";

/** Nothing of the file is known, so there is no hash to name it by. */
const NO_VERSION = "0".repeat(32);

export function importedSource(program: Program): Source {
  return {
    name: program.name,
    version: NO_VERSION,
    evaluate: () => program,
    describeError,
    placeOf: (stack) => authorFrames(stack)[0]?.place,
  };
}

function describeError(error: unknown): ErrorInfo {
  const described = describeThrown(error);
  if (!(error instanceof Error)) return described;
  const stack = authorFrames(error.stack)
    .map(({ name, place }) => (name === "" ? `at ${place}` : `at ${name} (${place})`))
    .join("\n");
  return { ...described, ...(stack !== "" && { stack }) };
}

interface Frame {
  readonly name: string;
  /** "hello.ts:12:5" */
  readonly place: string;
}

/**
 * The author's frames, innermost first. They end where ours begin again: what lies beyond is the test,
 * which is not the same in every run.
 */
function authorFrames(stack: string | undefined): Frame[] {
  const frames: Frame[] = [];
  for (const line of (stack ?? "").split("\n")) {
    const called = /^\s+at (?:(.*?) \()?(.+?):(\d+):(\d+)\)?$/.exec(line);
    if (called === null) continue;
    const [, name = "", file = "", row, column] = called;
    const path = pathOf(file.replace(/^async /, ""));
    if (isOurs(path)) {
      if (frames.length > 0) break;
      continue;
    }
    frames.push({ name: plainName(name), place: `${basename(path)}:${row}:${column}` });
  }
  return frames;
}

const OURS = ["src/", "dist/"].map((folder) => fileURLToPath(new URL(folder, PACKAGE_ROOT)));

function isOurs(path: string): boolean {
  return path.startsWith("node:") || OURS.some((folder) => path.startsWith(folder));
}

/** Test runners name modules by path, by URL, or by either with a query. */
function pathOf(file: string): string {
  const plain = file.replace(/\?.*$/, "");
  return plain.startsWith("file:") ? fileURLToPath(plain) : plain;
}

/** `async Object.run [as next]` is `run` to the author. */
function plainName(name: string): string {
  const plain = name.replace(/^async /, "").replace(/ \[as .*\]$/, "");
  return plain.replace(/^(Object|Module|Function)\./, "").replace(/^<anonymous>$/, "");
}
