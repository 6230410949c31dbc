/** Where a version that is tried on a log does something else than the log says: what a report is made of. */

import { SequencerError } from "../errors.ts";
import type { StepSketch } from "./sameness.ts";

export interface Mismatch {
  /** In words, to follow "step 3: ". */
  readonly what: string;
  /** The recorded step that it is about. */
  readonly step_no?: number;
  /** Its event's number in the log. */
  readonly seq?: number;
  readonly recorded?: StepSketch;
  /** What the program asks in its place; a text for what is not a step. */
  readonly asked?: StepSketch | string;
  /** "hello.ts:12:5", where it is made. */
  readonly asked_at?: string;
}

/** `ProgramDiverged` that still has to be told what the shell knows of it. */
export function mismatchError(mismatch: Mismatch): SequencerError {
  const which = mismatch.step_no === undefined ? "" : `step ${mismatch.step_no}: `;
  return new SequencerError(
    "ProgramDiverged",
    `The program does not do what its log says was done: ${which}${mismatch.what}.`,
    undefined,
    { details: { mismatch } },
  );
}

export function mismatchOf(error: unknown): Mismatch | undefined {
  if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged") return undefined;
  return error.details?.["mismatch"] as Mismatch | undefined;
}
