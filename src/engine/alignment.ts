/** How the steps that a version asks lie against those that are recorded: a hint in plain words, where one is found. */

import { isAlike, type RecordedStep } from "./rehearsal.ts";
import type { StepSketch, VersionFolders } from "./sameness.ts";

/** How many steps a shift may be, and how many in a row confirm it. */
const REACH = 5;

/**
 * @param recorded from the step on where they differ
 * @param asked by the other version, from the same point on
 * @example "a step was inserted before step 1"
 */
export function alignmentOf(
  recorded: readonly RecordedStep[],
  asked: readonly StepSketch[],
  folders: VersionFolders,
): string | undefined {
  const [first, second] = recorded;
  if (first === undefined) return undefined;
  const alike = (r: number, a: number) => {
    const [one, other] = [recorded[r], asked[a]];
    return one !== undefined && other !== undefined && isAlike(one.sketch, other, folders);
  };
  if (alike(0, 0)) return undefined;
  if (second !== undefined && alike(0, 1) && alike(1, 0)) {
    return `steps ${first.step_no} and ${second.step_no} changed places`;
  }
  const inARow = (r: number, a: number) => {
    let count = 0;
    while (count < REACH && alike(r + count, a + count)) count++;
    return count;
  };
  const guesses: { readonly hint: string; readonly confirmed: number }[] = [];
  for (let by = 1; by <= REACH; by++) {
    const inserted = by === 1 ? "a step was" : `${by} steps were`;
    guesses.push({ hint: `${inserted} inserted before step ${first.step_no}`, confirmed: inARow(0, by) });
    const last = recorded[by - 1];
    if (last === undefined) continue;
    const removed = by === 1 ? `step ${first.step_no} was` : `steps ${first.step_no} to ${last.step_no} were`;
    guesses.push({ hint: `${removed} removed`, confirmed: inARow(by, 0) });
  }
  const changed = `step ${first.step_no} was changed, and what follows is the same`;
  guesses.push({ hint: changed, confirmed: inARow(1, 1) });
  const best = Math.max(...guesses.map(({ confirmed }) => confirmed));
  return best === 0 ? undefined : guesses.find(({ confirmed }) => confirmed === best)!.hint;
}
