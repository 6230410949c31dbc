/** The part of a run's history that a fork begins with. */

import type { Event, Started } from "../engine/event.ts";
import { isDerived } from "../engine/execution.ts";

/**
 * Everything before the step was asked. Effects that were under way then are dropped: they are done anew.
 *
 * @param stepNo a step of the run, or the number after its last one: all but how it ended
 * @returns `undefined` if there is no such step
 */
export function historyBefore(events: readonly Event[], stepNo: number): [Started, ...Event[]] | undefined {
  const end = endOfHistory(events, stepNo);
  if (end === undefined) return undefined;
  const kept = events.slice(0, end).filter(({ type }) => type !== "closed" && type !== "reopened");
  const done = new Set(kept.flatMap((event) => (event.type === "effect_finished" ? [event.step_no] : [])));
  const [started, ...rest] = kept.filter(
    (event) => event.type !== "effect_started" || done.has(event.step_no),
  );
  return [started as Started, ...rest];
}

function endOfHistory(events: readonly Event[], stepNo: number): number | undefined {
  if (!(stepNo >= 1)) return undefined;
  const asked = events.findIndex((event) => numberOf(event) === stepNo);
  if (asked >= 0) return asked;
  const last = Math.max(0, ...events.map(numberOf));
  if (stepNo !== last + 1) return undefined;
  const ending = events.findIndex(({ type }) => type === "cancel_requested" || type === "ended");
  if (ending === -1) return events.length;
  if (events[ending]!.type === "cancel_requested") return ending;
  // What the turn did that ended the run is what a corrected program does otherwise.
  return events.findLastIndex((event, at) => at < ending && !isDerived(event)) + 1;
}

/** Of the events by which a step gets its number; 0 of all others. */
function numberOf(event: Event): number {
  if (event.type === "step_issued") return event.step_no;
  return event.type === "step_failed" && event.scope !== undefined ? event.step_no : 0;
}
