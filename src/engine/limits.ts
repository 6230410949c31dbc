/**
 * What a run has used of the limits that its program declares.
 *
 * L1. A limit is looked at before a step is issued, at the time of the event that leads to the step.
 * L2. Time during which the run was paused does not count; the log says when that was.
 * L3. Asking again after an invalid reply is no further step.
 */

import type { Limits } from "../program/program.ts";
import type { Started } from "./event.ts";

export class LimitUse {
  private steps = 0;
  private invalidReplies = 0;

  countStep(): void {
    this.steps++;
  }

  countInvalidReply(): void {
    this.invalidReplies++;
  }

  /** @returns why one more step would break a limit; `undefined` if it would not */
  excess(limits: Limits, started: Started, nowMs: number): string | undefined {
    const { steps, minutes, invalidReplies } = limits;
    const since = (nowMs - Date.parse(started.at) - pausedMs(started, nowMs)) / 60_000;
    if (steps !== undefined && this.steps > steps) return `limit of ${steps} steps reached`;
    if (minutes !== undefined && since >= minutes) return `limit of ${minutes} minutes reached`;
    if (invalidReplies !== undefined && this.invalidReplies > invalidReplies) {
      return `limit of ${invalidReplies} invalid replies exceeded`;
    }
    return undefined;
  }
}

function pausedMs({ pauses = [] }: Started, nowMs: number): number {
  return pauses.reduce((sum, { until, ms }) => (Date.parse(until) <= nowMs ? sum + ms : sum), 0);
}
