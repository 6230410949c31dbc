/**
 * Which steps a coroutine has made and not yielded: a step that is not yielded does nothing, silently.
 *
 * W1. Linear: however many steps are made in advance, each is looked at a bounded number of times.
 * W2. A step is reported once. It is then no longer looked for.
 */

import type { Step, StepObserver } from "../program/step.ts";

const FIRST_SWEEP = 32;

export class StepWatch implements StepObserver {
  wantsPlaces = true;
  private open: Step<unknown>[] = [];
  private suspects: Step<unknown>[] = [];
  private sweepAt = FIRST_SWEEP;

  made(step: Step<unknown>): void {
    if (this.open.length >= this.sweepAt) this.sweep();
    this.open.push(step);
  }

  awaited(step: Step<unknown>): void {
    this.suspects.push(step);
  }

  /** A step that was awaited and not yielded: what came of it is not a reply. */
  takeAwaited(): Step<unknown> | undefined {
    if (this.suspects.length === 0) return undefined;
    const found = this.suspects.find(isUnyielded);
    this.suspects = [];
    return report(found);
  }

  /** The earliest step that was not yielded. */
  takeFirst(): Step<unknown> | undefined {
    return report(this.open.find(isUnyielded));
  }

  /** The latest one: what went wrong just now may come of it. */
  takeLast(): Step<unknown> | undefined {
    return report(this.open.findLast(isUnyielded));
  }

  private sweep(): void {
    this.open = this.open.filter(isUnyielded);
    this.sweepAt = Math.max(FIRST_SWEEP, 2 * this.open.length);
  }
}

function isUnyielded(step: Step<unknown>): boolean {
  return !step.trace.yielded;
}

function report(step: Step<unknown> | undefined): Step<unknown> | undefined {
  if (step !== undefined) step.trace.yielded = true;
  return step;
}
