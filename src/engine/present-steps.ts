/**
 * Steps and calls that a program makes beyond history: each gets the next number, and is what the log holds at
 * its place, or a draft.
 *
 * Q1. Numbers count up from 1, or from the last of history, also for steps and calls that fail before they
 *     are issued.
 * Q2. What stands in the log is taken as it stands there; only what does not is made.
 * Q3. A step that cannot be issued is a derived failure, which the program is thrown.
 */

import { SequencerError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import { judgeParams } from "./callee.ts";
import type { Drafts } from "./drafts.ts";
import type { StepFailedEvent, StepIssued } from "./event.ts";
import type { DeferredCall } from "./history.ts";
import { kindOf } from "./issue.ts";
import type { LogTime } from "./log-time.ts";
import { asEvent } from "./past-steps.ts";
import type { PendingSteps } from "./pending.ts";
import type { Progress } from "./progress.ts";
import type { CallPlace, Leaf } from "./scheduler.ts";
import { stepError } from "./step-error.ts";
import { describeThrown, tame } from "./thrown.ts";

/** A step as it is issued, before it has a number and a time. */
export type Content = Omit<StepIssued, "type" | "at" | "step_no" | "progress">;

export class PresentSteps {
  private stepNo = 0;

  constructor(
    private readonly time: LogTime,
    private readonly drafts: Drafts,
    private readonly pending: PendingSteps,
    private readonly progress: Progress,
  ) {}

  /** History ends here, with this as its highest number. */
  continueAfter(stepNo: number): void {
    this.stepNo = stepNo;
  }

  /** @param content made only if the log does not hold the step; may throw */
  issue(leaf: Leaf, content: () => Content): void {
    const step_no = ++this.stepNo;
    const place = { scope: leaf.scope, ordinal: leaf.ordinal };
    const recorded = this.drafts.takeRecorded();
    if (recorded?.type === "step_failed") {
      this.drafts.compare(recorded, { type: "step_failed", step_no, ...place });
      leaf.settle({ kind: "error", error: stepError(recorded, leaf.step) });
      return;
    }
    if (recorded !== undefined) {
      this.drafts.compare(recorded, { type: "step_issued", step_no, kind: kindOf(leaf.step), ...place });
      this.progress.markShown();
      this.pending.remember(step_no, { leaf, issued: recorded as StepIssued });
      return;
    }
    let issued: StepIssued;
    try {
      const { news } = this.progress;
      issued = { type: "step_issued", at: this.time.at, step_no, ...content(), ...news };
    } catch (thrown) {
      const error = tame(thrown);
      const code = error instanceof SequencerError ? error.code : "InvalidSchema";
      const reason = describeThrown(error).message;
      const failed = this.notIssued(step_no, place, code, reason);
      leaf.settle({ kind: "error", error: stepError(failed, leaf.step) });
      return;
    }
    this.progress.markShown();
    this.pending.remember(step_no, { leaf, issued });
    this.drafts.add(issued);
  }

  /**
   * The params that a called program starts with, judged once: in replay they stand in the log as they were
   * parsed.
   *
   * @throws SequencerError `InvalidParams` for the program that calls
   */
  async paramsOf(program: Program, params: unknown, { scope, ordinal }: CallPlace): Promise<Json> {
    const step_no = ++this.stepNo;
    const recorded = this.drafts.takeRecorded();
    if (recorded !== undefined) {
      if (recorded.type === "step_failed") {
        this.drafts.compare(recorded, { type: "step_failed", step_no, scope, ordinal });
        throw new SequencerError("InvalidParams", recorded.reason);
      }
      this.drafts.compare(recorded, { type: "step_issued", step_no, scope, ordinal, kind: "call" });
      return (recorded as StepIssued).options ?? {};
    }
    const { at } = this.time;
    const judged = await judgeParams(program, params);
    if ("reason" in judged) {
      this.notIssued(step_no, { scope, ordinal }, "InvalidParams", judged.reason);
      throw new SequencerError("InvalidParams", judged.reason);
    }
    const options = judged.params;
    const label = program.name;
    this.drafts.add({ type: "step_issued", at, step_no, scope, ordinal, kind: "call", label, options });
    return options;
  }

  /** A call that was deferred until the adoption with which history ends. */
  issueCall(call: DeferredCall): void {
    const issued = asEvent(call, this.time.at, ++this.stepNo);
    const recorded = this.drafts.takeRecorded();
    if (recorded === undefined) this.drafts.add(issued);
    else this.drafts.compare(recorded, issued);
  }

  private notIssued(
    step_no: number,
    place: { scope: string; ordinal: number },
    error: string,
    reason: string,
  ): StepFailedEvent {
    const { at } = this.time;
    const failed = {
      type: "step_failed",
      at,
      step_no,
      code: "invalid_schema",
      error,
      reason,
      ...place,
    } as const;
    this.drafts.add(failed);
    return failed;
  }
}
