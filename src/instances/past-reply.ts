/**
 * What became of a step that is not pending any more: so that the same reply, sent again by a client
 * that lost its connection, is recognised, and another one is told what happened.
 */

import type { Event } from "../engine/event.ts";
import { isDerived } from "../engine/execution.ts";
import { sameJson } from "../engine/json.ts";
import type { EventLog } from "../log/event-log.ts";
import type { Json } from "../program/schema.ts";

export interface PastStep {
  /** The event that ended the step. */
  readonly settled: Event;
  /** Steps that were issued because of it. */
  readonly issued: readonly number[];
}

/** Reads the log from its start; only asked when a reply is late, doubled or astray. */
export async function findPastStep(log: EventLog, stepNo: number): Promise<PastStep | undefined> {
  let settled: Event | undefined;
  const issued: number[] = [];
  for await (const { events } of log.readOn()) {
    for (const event of events) {
      if (settled !== undefined) {
        if (!isDerived(event)) return { settled, issued };
        if (event.type === "step_issued") issued.push(event.step_no);
      } else if (settles(event, stepNo)) {
        settled = event;
      }
    }
  }
  return settled && { settled, issued };
}

function settles(event: Event, stepNo: number): boolean {
  switch (event.type) {
    case "reply_accepted":
    case "reply_rejected":
    case "step_failed":
    case "step_cancelled":
    case "timer_fired":
      return event.step_no === stepNo;
    default:
      return false;
  }
}

/** True if this is what was answered then. */
export function isSameAnswer(settled: Event, result: Json | undefined, failure: string | undefined): boolean {
  switch (settled.type) {
    case "reply_accepted":
    case "reply_rejected":
      return result !== undefined && sameJson(settled.reply, result);
    case "step_failed":
      if (settled.reply !== undefined) return result !== undefined && sameJson(settled.reply, result);
      return settled.code === "agent_failure" && settled.reason === failure;
    default:
      return false;
  }
}

/** For `OutOfSync`: "was answered", "timed out". */
export function whatBecameOf(settled: Event): string {
  switch (settled.type) {
    case "reply_accepted":
      return "was answered, with another reply";
    case "reply_rejected":
      return "was answered with an invalid reply and asked again under a new number";
    case "step_failed":
      return `failed (${settled.code})`;
    case "step_cancelled":
      return `was cancelled: ${settled.reason}`;
    case "timer_fired":
      return "timed out";
    default:
      return "is over";
  }
}
