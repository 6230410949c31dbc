/**
 * Derives a run again from what happened to it, and compares everything: not only the places of the steps,
 * as a restarted server does, but what they ask and how the run ends.
 */

import type { Event, Started } from "../engine/event.ts";
import { type DerivedEvent, isDerived } from "../engine/execution.ts";
import { preview, sameJson } from "../engine/json.ts";
import { SequencerError } from "../errors.ts";
import type { Source } from "./source.ts";
import { type External, Tape } from "./tape.ts";

/** @throws SequencerError `ProgramDiverged` with the first difference */
export async function rederive(source: Source, events: readonly Event[]): Promise<void> {
  const [started, ...rest] = events as [Started, ...Event[]];
  const tape = await Tape.play(source, [started]);
  let derived: readonly DerivedEvent[] = tape.events.slice(1) as DerivedEvent[];
  for (let i = 0; ; ) {
    const recorded: Event[] = [];
    while (i < rest.length && isDerived(rest[i]!)) recorded.push(rest[i++]!);
    compareAll(recorded, derived);
    if (i === rest.length) return;
    const { at, ...external } = rest[i++]!;
    derived = await tape.happen(external as External, at);
  }
}

function compareAll(recorded: readonly Event[], derived: readonly DerivedEvent[]): void {
  for (let i = 0; i < Math.max(recorded.length, derived.length); i++) {
    const [was, is] = [recorded[i], derived[i]];
    if (sameJson(was, is)) continue;
    throw new SequencerError(
      "ProgramDiverged",
      `Run again over the same events, the program does something else. ${differenceOf(was, is)}`,
      "See that nothing it does depends on what is not in its params, replies and other results.",
    );
  }
}

function differenceOf(was: Event | undefined, is: Event | undefined): string {
  if (was === undefined) return `It now does more: ${nameOf(is!)}.`;
  if (is === undefined) return `It no longer does: ${nameOf(was)}.`;
  if (was.type !== is.type) return `Before: ${nameOf(was)}. Now: ${nameOf(is)}.`;
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (field) => !sameJson(was[field as keyof Event], is[field as keyof Event]),
  );
  const [field] = fields as (keyof Event)[];
  return `${nameOf(was)}: ${field} was ${preview(was[field!], 200)}, is now ${preview(is[field!], 200)}.`;
}

function nameOf(event: Event): string {
  if (event.type === "ended") return `the end (${event.state})`;
  if (event.type !== "step_issued") return `${event.type} of step ${(event as { step_no?: number }).step_no}`;
  const { step_no, kind, text, label } = event;
  return `step ${step_no} (${kind} ${preview(text ?? label ?? "", 60)})`;
}
