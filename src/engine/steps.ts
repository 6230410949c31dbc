/**
 * Every step and call that a program makes, cancels or takes along to another version: in history as the log
 * has it, and beyond history anew.
 *
 * I1. A limit is looked at before a step is issued, never for one that was deferred.
 * I2. A signal that came early ends the wait for it as soon as the wait is issued.
 * I3. An adoption cancels what it withdraws first, and issues what was deferred then.
 */

import type { Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import type { Step } from "../program/step.ts";
import type { Divergence } from "./divergence.ts";
import type { Drafts } from "./drafts.ts";
import type { EarlySignals } from "./early-signals.ts";
import type { Ending } from "./ending.ts";
import type { Started, VersionAdopted } from "./event.ts";
import { type Asking, type History, WITHDRAWN } from "./history.ts";
import { contentOf } from "./issue.ts";
import type { LimitUse } from "./limits.ts";
import type { LogTime } from "./log-time.ts";
import { PastSteps } from "./past-steps.ts";
import type { PendingSteps } from "./pending.ts";
import { type Content, PresentSteps } from "./present-steps.ts";
import type { Progress } from "./progress.ts";
import type { CallPlace, Leaf } from "./scheduler.ts";

/** The parts of an execution that its steps concern. */
export interface StepParts {
  readonly program: Program;
  readonly history: History;
  readonly time: LogTime;
  readonly divergence: Divergence;
  readonly drafts: Drafts;
  readonly pending: PendingSteps;
  readonly progress: Progress;
  readonly signals: EarlySignals;
  readonly limits: LimitUse;
  readonly ending: Ending;
  readonly placeOf: (step: Step<unknown>) => string | undefined;
  /** Of the run, which has begun when there are steps. */
  readonly started: () => Started;
}

export class Steps {
  private readonly past: PastSteps;
  private readonly present: PresentSteps;

  constructor(private readonly parts: StepParts) {
    const { history, time, drafts, pending, progress } = parts;
    this.present = new PresentSteps(time, drafts, pending, progress);
    this.past = new PastSteps(history, {
      now: () => time.at,
      contentOf: (leaf) => this.contentOf(leaf),
      placeOf: parts.placeOf,
      remember: (leaf, issued) => {
        progress.markShown();
        pending.remember(issued.step_no, { leaf, issued });
      },
    });
  }

  issue(leaf: Leaf): void {
    this.parts.limits.countStep();
    if (this.limitReached(leaf)) return;
    this.issueAnew(leaf);
  }

  /** The same step once more, after an invalid reply. */
  reissue(leaf: Leaf, content: () => Content): void {
    if (this.limitReached(leaf)) return;
    this.issueAs(leaf, content);
  }

  withdraw(leaf: Leaf, reason: string): void {
    const { history, pending, drafts, time } = this.parts;
    const step_no = leaf.stepNo;
    if (step_no === undefined) {
      history.drop(leaf);
      return;
    }
    const { issued } = pending.take(step_no);
    if (history.inProgress && history.cancellationOf(step_no) === undefined) {
      history.release(issued, "the program cancels it", () => ({ asked: "cancels the step" }));
      return;
    }
    if (!history.inProgress) drafts.derive({ type: "step_cancelled", at: time.at, step_no, reason });
  }

  /**
   * The params that a called program starts with.
   *
   * @throws SequencerError `InvalidParams` for the program that calls
   */
  paramsOf(program: Program, params: unknown, place: CallPlace): Promise<Json> {
    if (!this.parts.history.inProgress) return this.present.paramsOf(program, params, place);
    return this.past
      .paramsOf(program, params, place)
      .catch((error) => Promise.reject(this.parts.divergence.keep(error)));
  }

  /** From here on another version runs: what it does not ask is cancelled, what it asks besides is issued. */
  adopt(event: VersionAdopted): void {
    const { history, divergence, drafts, time } = this.parts;
    if (!history.inProgress) divergence.diverge("the log goes on with a version that was not told of");
    for (const step_no of history.adopt(event)) {
      if (!history.inProgress) {
        drafts.derive({ type: "step_cancelled", at: time.at, step_no, reason: WITHDRAWN });
      } else if (history.cancellationOf(step_no) === undefined) {
        history.leaveOrphan(step_no);
      }
    }
    if (!history.inProgress) this.present.continueAfter(history.lastStepNo);
    for (const deferred of history.takeDeferred()) {
      if ("leaf" in deferred) this.issueAnew(deferred.leaf);
      else if (history.inProgress) this.past.issueCall(deferred.call);
      else this.present.issueCall(deferred.call);
    }
  }

  /** The step as a report shows it. */
  asking(leaf: Leaf): ReturnType<Asking> {
    return this.past.asking(leaf);
  }

  private issueAnew(leaf: Leaf): void {
    this.issueAs(leaf, () => this.contentOf(leaf));
    this.takeEarlySignal(leaf);
  }

  private issueAs(leaf: Leaf, content: () => Content): void {
    if (this.parts.history.inProgress) this.past.issue(leaf);
    else this.present.issue(leaf, content);
  }

  private contentOf({ step, scope, ordinal }: Leaf): Content {
    const { program, time, placeOf } = this.parts;
    const place = () => placeOf(step) ?? "an unknown place";
    const content = contentOf(step, { nowMs: time.ms, place, signals: program.signals ?? {} });
    return { ...content, scope, ordinal };
  }

  /** A signal that came before anybody waited for it ends the wait at once. */
  private takeEarlySignal({ stepNo }: Leaf): void {
    const { pending, signals } = this.parts;
    const issued = stepNo === undefined ? undefined : pending.at(stepNo)?.issued;
    if (stepNo === undefined || issued?.kind !== "signal") return;
    const value = signals.take(issued.label!);
    if (value !== undefined) pending.settle(stepNo, { kind: "value", value });
  }

  /** Ends the run if one more step would break a limit; the step is then cancelled before it is issued. */
  private limitReached(leaf: Leaf): boolean {
    const { program, limits, ending, started, time } = this.parts;
    if (program.limits === undefined || ending.isDecided) return false;
    const reason = limits.excess(program.limits, started(), time.ms);
    if (reason === undefined) return false;
    ending.abort(leaf, reason);
    return true;
  }
}
