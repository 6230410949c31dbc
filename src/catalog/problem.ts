/**
 * What is wrong with a program, on the way from the place that noticed it to whoever shows it.
 *
 * P1. Every problem names the author's own file, with line and column where the cause has a place.
 */

import { basename } from "node:path";
import { SequencerError } from "../errors.ts";
import type { ProgramProblem } from "./version.ts";

/** A program that cannot be linked; carries all its problems, the message shows the first. */
export class ProgramNotLoadable extends SequencerError {
  readonly problems: readonly ProgramProblem[];

  constructor(problems: readonly ProgramProblem[]) {
    const [first, ...others] = problems;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    super("ProgramNotLoadable", first === undefined ? "The program has a problem." : placed(first) + more);
    this.problems = problems;
  }
}

function placed(problem: ProgramProblem): string {
  const { file, line, column } = problem;
  const place = [basename(file), line, column].filter((part) => part !== undefined).join(":");
  return `${place}: ${problem.message}`;
}

/** The `code` of a file system error, `""` of anything else. */
export function systemErrorCode(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** An error of the file system in words: "permission denied". */
export function systemErrorInWords(thrown: unknown): string {
  const code = systemErrorCode(thrown);
  const words: { [code: string]: string } = {
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    ENOENT: "it does not exist",
    ENOTDIR: "it is not a folder",
    EISDIR: "it is a folder",
    ELOOP: "its symbolic links lead in a circle",
    ENOSPC: "no space is left on the disk",
    EROFS: "the file system is read-only",
  };
  return words[code] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
