/**
 * One line of `/proc/<pid>/stat`, as far as it tells processes apart.
 *
 * S1. The name of the program may hold blanks and brackets: fields are counted from the last bracket.
 */

export interface ProcessFacts {
  /** `Z` and `X`: it has ended and was not collected yet. */
  readonly state: string;
  readonly group: number;
  /** In ticks since the boot: with the pid, it names a process for as long as the boot lasts. */
  readonly started: string;
}

/** `undefined` for a line that is not one of Linux. */
export function parseStat(line: string): ProcessFacts | undefined {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const started = fields[19];
  if (!state || !group || !started) return undefined;
  return { state, group: Number(group), started };
}

export function hasEnded({ state }: ProcessFacts): boolean {
  return state === "Z" || state === "X";
}
