/**
 * Whether a program does what its log says it did. By place only: what stands in the log is what the
 * agent was shown, and it stays.
 */

import { SequencerError } from "../errors.ts";

/** The part of a derived event that says where it stands. */
export interface Place {
  readonly type: string;
  readonly step_no?: number;
  readonly scope?: string;
  readonly ordinal?: number;
  readonly kind?: string;
  readonly state?: string;
}

/** @returns what is different, in words; `undefined` if it is the same place */
export function differenceOf(recorded: Place, actual: Place): string | undefined {
  const same =
    recorded.type === actual.type &&
    recorded.step_no === actual.step_no &&
    recorded.scope === actual.scope &&
    recorded.ordinal === actual.ordinal &&
    recorded.kind === actual.kind &&
    recorded.state === actual.state;
  return same ? undefined : `the log holds ${describe(recorded)}, the program does ${describe(actual)}`;
}

export function describe({ type, step_no, scope, ordinal, kind, state }: Place): string {
  if (type === "ended") return `the end (${state})`;
  const branch = scope === undefined || scope === "" ? "" : ` in branch ${scope}`;
  return `${type} of step ${step_no}${ordinal === undefined ? "" : ` (${kind ?? "step"} ${ordinal}${branch})`}`;
}

export function diverged(what: string): SequencerError {
  return new SequencerError("ProgramDiverged", `The program does not do what its log says it did: ${what}.`);
}

/**
 * The first divergence of an execution, after which it does nothing more. Kept as well as thrown: program
 * code may stand in between, and catch it.
 */
export class Divergence {
  private first: SequencerError | undefined;

  get isFound(): boolean {
    return this.first !== undefined;
  }

  diverge(what: string): never {
    this.first ??= diverged(what);
    throw this.first;
  }

  /** @returns what to throw: the first divergence, or the error that is none */
  keep(error: unknown): unknown {
    if (error instanceof SequencerError && error.code === "ProgramDiverged") this.first ??= error;
    return this.first ?? error;
  }

  throwIfFound(): void {
    if (this.first !== undefined) throw this.first;
  }
}
