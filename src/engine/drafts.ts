/**
 * What the program derives: taken from the log where it stands there, a draft where it does not yet.
 *
 * R1. Recorded derived events are taken in order, one for each that the program makes, and compared by place.
 * R2. Drafts stand in the order in which they were made. The log goes on with all of them, or with as many as
 *     whoever was first has appended, before it goes on with anything but bookkeeping.
 * R3. A recorded event wins over what would be drafted: what the agent was shown stays.
 */

import type { DerivedEvent } from "./derived.ts";
import { isDerived } from "./derived.ts";
import { type Divergence, describe, differenceOf, type Place } from "./divergence.ts";
import type { Ended, Event, StepCancelled } from "./event.ts";
import type { PendingSteps } from "./pending.ts";

export class Drafts {
  /** Derived events that the log does not hold yet. */
  readonly events: DerivedEvent[] = [];

  /** What is being fed; from `nextRecorded` to `endRecorded` stands what the turn being replayed derived. */
  private fed: readonly Event[] = [];
  private nextRecorded = 0;
  private endRecorded = 0;

  constructor(
    private readonly divergence: Divergence,
    private readonly pending: PendingSteps,
  ) {}

  /** These events are fed next; none once they are. */
  follow(fed: readonly Event[]): void {
    this.fed = fed;
  }

  /**
   * A turn begins with the event before `from`.
   *
   * @returns where the events go on with something that the turn did not derive
   */
  beginTurn(from: number): number {
    const event = this.fed[from - 1]!;
    const [draft] = this.events;
    if (draft !== undefined) {
      this.divergence.diverge(
        `the log goes on with ${event.type}, the program first does ${describe(draft)}`,
      );
    }
    let next = from;
    while (next < this.fed.length && isDerived(this.fed[next]!)) next++;
    this.nextRecorded = from;
    this.endRecorded = next;
    return next;
  }

  /** The turn is over: the program has done all that the log holds of it. */
  endTurn(): void {
    const extra = this.takeRecorded();
    if (extra === undefined) return;
    this.divergence.diverge(`the log holds ${describe(extra)}, the program did nothing more`);
  }

  takeRecorded(): DerivedEvent | undefined {
    return this.nextRecorded < this.endRecorded ? (this.fed[this.nextRecorded++] as DerivedEvent) : undefined;
  }

  compare(recorded: Place, actual: Place): void {
    const difference = differenceOf(recorded, actual);
    if (difference !== undefined) this.divergence.diverge(difference);
  }

  add(event: DerivedEvent): void {
    this.events.push(event);
  }

  /** A derived event that needs nothing of the log: taken from it in replay, a draft otherwise. */
  derive(event: StepCancelled | Ended): void {
    const recorded = this.takeRecorded();
    if (recorded === undefined) this.add(event);
    else this.compare(recorded, event);
  }

  /**
   * Another process, or this one, has appended what were drafts.
   *
   * @returns where the events go on with something else
   */
  settle(from: number): number {
    let next = from;
    for (; next < this.fed.length; next++) {
      const event = this.fed[next]!;
      if (!isDerived(event)) break;
      const draft = this.events[next - from];
      if (draft === undefined) {
        return this.divergence.diverge(`the log holds ${describe(event)}, the program waits`);
      }
      this.compare(event, draft);
      if (event.type === "step_issued") this.pending.restate(event);
    }
    if (next > from) this.events.splice(0, next - from);
    return next;
  }

  /** Drafts are appended after what has come in between, so they are no older than that. */
  postpone(at: string): void {
    for (const [i, draft] of this.events.entries()) this.events[i] = { ...draft, at };
  }
}
