/**
 * Where a program does something else when it is run again over what happened: not only the places of the
 * steps are compared, as a restarted server does, but what they ask and how the run ends.
 */

import type { Event, Started } from "../engine/event.ts";
import { type DerivedEvent, isDerived } from "../engine/execution.ts";
import { preview, sameJson } from "../engine/json.ts";
import { SequencerError } from "../errors.ts";
import type { RunSurroundings } from "./surroundings.ts";
import { type External, Tape } from "./tape.ts";

/** The first derived event that is another; one of the two may be missing. */
export interface Deviation {
  readonly before: DerivedEvent | undefined;
  readonly now: DerivedEvent | undefined;
  /** "hello.ts:12:5": where the step is made that is asked now. */
  readonly place: string | undefined;
}

/** @param change what happened, as it is told to this run */
export async function firstDeviation(
  surroundings: RunSurroundings,
  events: readonly Event[],
  change: <E extends Event>(event: E) => E = (event) => event,
): Promise<Deviation | undefined> {
  const [started, ...rest] = events as [Started, ...Event[]];
  const tape = await Tape.play(surroundings, [change(started)]);
  let derived: readonly DerivedEvent[] = tape.events.slice(1) as DerivedEvent[];
  for (let i = 0; ; ) {
    const recorded: DerivedEvent[] = [];
    for (let next = rest[i]; next !== undefined && isDerived(next); next = rest[++i]) recorded.push(next);
    const at = recorded.findIndex((event, place) => !sameJson(event, derived[place]));
    const differs = at === -1 ? (derived.length > recorded.length ? recorded.length : -1) : at;
    if (differs !== -1) {
      const now = derived[differs];
      return { before: recorded[differs], now, place: placeOf(now, tape, surroundings) };
    }
    if (i === rest.length) return undefined;
    const { at: time, ...external } = change(rest[i++]!);
    derived = await tape.happen(external as External, time);
  }
}

function placeOf(
  event: DerivedEvent | undefined,
  tape: Tape,
  surroundings: RunSurroundings,
): string | undefined {
  if (event?.type === "ended") return /\(?([^()\s]+:\d+:\d+)\)?$/m.exec(event.error?.stack ?? "")?.[1];
  if (event === undefined) return undefined;
  return surroundings.placeOf(tape.stepOf(event.step_no)?.trace.made?.stack);
}

/** `ProgramDiverged` with what was and what is. */
export function deviationError({ before, now }: Deviation): SequencerError {
  return new SequencerError(
    "ProgramDiverged",
    `Run again over the same events, the program does something else. ${inWords(before, now)}`,
    "See that nothing it does depends on what is not in its params, replies and other results.",
  );
}

function inWords(before: DerivedEvent | undefined, now: DerivedEvent | undefined): string {
  if (before === undefined) return `It now does more: ${nameOf(now!)}.`;
  if (now === undefined) return `It no longer does: ${nameOf(before)}.`;
  if (before.type !== now.type) return `Before: ${nameOf(before)}. Now: ${nameOf(now)}.`;
  const field = differingField(before, now);
  const value = (event: object) => preview((event as { [key: string]: unknown })[field], 200);
  return `${nameOf(before)}: ${field} was ${value(before)}, is now ${value(now)}.`;
}

/** The first field in which two events of one type differ. */
export function differingField(one: DerivedEvent, other: DerivedEvent): string {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof DerivedEvent>;
  return [...fields].find((field) => !sameJson(one[field], other[field])) ?? "type";
}

/** In words: `step 3 (instruction "Write a greeting…")`. */
export function nameOf(event: DerivedEvent): string {
  if (event.type === "ended") return `the end (${event.state})`;
  if (event.type !== "step_issued") return `${event.type} of step ${event.step_no}`;
  const { step_no, kind, text, label } = event;
  return `step ${step_no} (${kind} ${preview(text ?? label ?? "", 60)})`;
}
