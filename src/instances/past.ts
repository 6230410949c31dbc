/**
 * What a log holds, read without running its program, as far as moving it to another version or into another
 * log needs it.
 */

import type { Event, VersionAdopted } from "../engine/event.ts";
import { apply, initialState, type State } from "../engine/state.ts";
import { Unanswered } from "../engine/trial.ts";

/** A part of a log: `lines` are the same events, one JSON object a line. */
export interface Part {
  readonly events: readonly Event[];
  readonly lines: string;
}

export class Past {
  readonly state: State = initialState();
  readonly adoptions: VersionAdopted[] = [];
  readonly unanswered = new Unanswered();
  /** Events seen. */
  length = 0;

  /** @throws SequencerError `CorruptedLog` for events that cannot follow each other */
  see(events: readonly Event[]): void {
    for (const event of events) {
      apply(this.state, event);
      this.unanswered.see(event);
      if (event.type === "version_adopted") this.adoptions.push(event);
    }
    this.length += events.length;
  }
}

const EVENTS_A_PART = 500;

/** Events that are in memory, in parts that the program host takes one by one. */
export function* inParts(events: readonly Event[]): Generator<Part> {
  for (let from = 0; from < events.length; from += EVENTS_A_PART) {
    const part = events.slice(from, from + EVENTS_A_PART);
    yield { events: part, lines: part.map((event) => `${JSON.stringify(event)}\n`).join("") };
  }
}
