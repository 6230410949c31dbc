/**
 * Which events a program makes itself, which come from outside, and which it never learns of.
 *
 * D1. A derived event follows from the events before it: replay makes it again, or takes it from the log.
 * D2. Bookkeeping is neither derived nor handled: nothing that a program does depends on it.
 */

import type { Ended, Event, StepCancelled, StepFailedEvent, StepIssued } from "./event.ts";

export type DerivedEvent = StepIssued | StepFailedEvent | StepCancelled | Ended;

export function isDerived(event: Event): event is DerivedEvent {
  switch (event.type) {
    case "step_issued":
    case "step_cancelled":
    case "ended":
      return true;
    case "step_failed":
      return event.scope !== undefined;
    default:
      return false;
  }
}

/** What concerns only those who look at the log: a program neither sees it nor does anything about it. */
export function isBookkeeping({ type }: Event): boolean {
  return type === "closed" || type === "reopened" || type === "storage_failed";
}
