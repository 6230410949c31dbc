/** A program that loads, and what keeps one from it. */

import { ProgramNotLoadable } from "../catalog/problem.ts";
import type { ProgramFile, ProgramProblem, ProgramVersion } from "../catalog/version.ts";
import type { ProgramDescription } from "../host/messages.ts";

export interface LoadedProgram {
  readonly file: ProgramFile;
  readonly version: ProgramVersion;
  /** What it says of itself. */
  readonly description: ProgramDescription;
}

export interface Survey {
  /** By name. */
  readonly loaded: readonly LoadedProgram[];
  readonly problems: readonly ProgramProblem[];
}

/** Is told of every path that is read or looked for. */
export type Look = (path: string) => void;

export function problemsOf(error: unknown, { name, file }: ProgramFile): readonly ProgramProblem[] {
  if (error instanceof ProgramNotLoadable) return error.problems;
  const { message, line, column } = error as { message: string; line?: number; column?: number };
  return [
    { name, file, message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) },
  ];
}
