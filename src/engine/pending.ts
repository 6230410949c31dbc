/**
 * Steps that wait for an event, by number.
 *
 * G1. A step is pending from when it is remembered until it is taken; its leaf carries its number as long.
 * G2. They stand in the order in which they were issued: who has waited longest comes first.
 * G3. An answer to a step that is not pending is a divergence.
 */

import type { Step } from "../program/step.ts";
import type { Divergence } from "./divergence.ts";
import type { StepFailedEvent, StepIssued } from "./event.ts";
import type { Leaf, Outcome } from "./scheduler.ts";
import { stepError } from "./step-error.ts";

export interface Pending {
  readonly leaf: Leaf;
  readonly issued: StepIssued;
}

export class PendingSteps {
  /** For whoever only looks. */
  readonly byNumber = new Map<number, Pending>();
  private sought: { readonly stepNo: number; place?: string | undefined } | undefined;

  constructor(
    private readonly divergence: Divergence,
    private readonly placeOf: (step: Step<unknown>) => string | undefined,
  ) {}

  /** Asks for the place where the step of this number is made. */
  seek(stepNo: number): void {
    this.sought = { stepNo };
  }

  get isSeeking(): boolean {
    return this.sought !== undefined;
  }

  get soughtPlace(): string | undefined {
    return this.sought?.place;
  }

  at(stepNo: number): Pending | undefined {
    return this.byNumber.get(stepNo);
  }

  waitingForSignal(name: string): Pending | undefined {
    for (const pending of this.byNumber.values()) {
      if (pending.issued.kind === "signal" && pending.issued.label === name) return pending;
    }
    return undefined;
  }

  remember(stepNo: number, pending: Pending): void {
    this.byNumber.set(stepNo, pending);
    pending.leaf.stepNo = stepNo;
    if (this.sought?.stepNo === stepNo) this.sought.place ??= this.placeOf(pending.leaf.step);
  }

  /** The step as it came to stand in the log. */
  restate(issued: StepIssued): void {
    const pending = this.byNumber.get(issued.step_no);
    if (pending !== undefined) this.byNumber.set(issued.step_no, { leaf: pending.leaf, issued });
  }

  take(stepNo: number): Pending {
    const pending = this.byNumber.get(stepNo);
    if (pending === undefined) {
      return this.divergence.diverge(`the log answers step ${stepNo}, which the program does not wait for`);
    }
    this.byNumber.delete(stepNo);
    pending.leaf.stepNo = undefined;
    return pending;
  }

  settle(stepNo: number, outcome: Outcome): void {
    this.take(stepNo).leaf.settle(outcome);
  }

  fail(step_no: number, failed: Pick<StepFailedEvent, "code" | "reason" | "error">): void {
    const { leaf } = this.take(step_no);
    leaf.settle({ kind: "error", error: stepError({ ...failed, step_no }, leaf.step) });
  }
}
