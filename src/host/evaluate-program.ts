/** A version evaluated to the program that it must define, or the reason why it defines none, with its place. */

import type { ProgramVersion } from "../catalog/version.ts";
import { attempt, tame } from "../engine/thrown.ts";
import { SequencerError } from "../errors.ts";
import { isProgram, type Program } from "../program/program.ts";
import { type EvaluateOptions, evaluateVersion, type Provide } from "./evaluate.ts";
import type { Place } from "./messages.ts";
import { errorInfo, positionOf } from "./stack.ts";

/** Something thrown while a version was evaluated, with the author's place. */
export class EvaluationFailed extends SequencerError {
  constructor(
    message: string,
    readonly place: Place | undefined,
  ) {
    super("ProgramNotLoadable", message);
  }
}

/** @throws SequencerError `ProgramNotLoadable`; what the author's code throws of ours */
export function evaluateProgram(
  version: ProgramVersion,
  provide: Provide,
  options: EvaluateOptions = {},
): Program {
  let exported: unknown;
  try {
    exported = evaluateVersion(version, provide, options);
  } catch (thrown) {
    const error = tame(thrown);
    if (error instanceof SequencerError) throw error;
    const { type, message } = errorInfo(error, version);
    const place = error instanceof Error ? positionOf(error.stack ?? "", version) : undefined;
    const at = place === undefined ? version.entry : `${place.file}:${place.line}:${place.column}`;
    throw new EvaluationFailed(`${at}: ${type} while the program was loaded: ${message}`, place);
  }
  const program = attempt(() => (isProgram(exported) ? exported : undefined), undefined);
  if (program === undefined) {
    throw new SequencerError(
      "ProgramNotLoadable",
      `${version.entry} has no default export made by defineProgram.`,
      "End the file with `export default defineProgram({ name, description, run })`.",
    );
  }
  if (program.name !== version.name) {
    throw new SequencerError(
      "ProgramNotLoadable",
      `${version.entry} defines a program named '${program.name}'.`,
      `Name the program '${version.name}', or the file '${program.name}'.`,
    );
  }
  return program;
}
