/**
 * Steps and calls that a program makes while history is replayed: each is what the log holds at its place, or
 * it waits until a version is adopted.
 */

import { SequencerError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import type { Step } from "../program/step.ts";
import { judgeParams } from "./callee.ts";
import type { StepFailedEvent, StepIssued } from "./event.ts";
import type { Asking, DeferredCall, History } from "./history.ts";
import { sketchOf } from "./sameness.ts";
import type { CallPlace, Leaf } from "./scheduler.ts";
import { stepError } from "./step-error.ts";
import { describeThrown } from "./thrown.ts";

/** What this needs of the execution that it is a part of. */
export interface Seat {
  /** Time of the event that is replayed. */
  now(): string;
  /** What the step would say if it were issued now. @throws SequencerError `InvalidSchema`, `UnknownSignal` */
  contentOf(leaf: Leaf): Omit<StepIssued, "type" | "at" | "step_no">;
  placeOf(step: Step<unknown>): string | undefined;
  /** The step waits, as the log says. */
  remember(leaf: Leaf, issued: StepIssued): void;
}

export class PastSteps {
  constructor(
    private readonly history: History,
    private readonly seat: Seat,
  ) {}

  issue(leaf: Leaf): void {
    const { history } = this;
    const asking = () => this.asking(leaf);
    const recorded = history.at(leaf, asking);
    if (recorded?.type === "step_failed") {
      if (history.findings !== undefined && "issued" in this.draftOf(leaf)) {
        history.release(recorded, "it could not be asked then, and the program asks it now", asking);
      }
      leaf.settle({ kind: "error", error: stepError(recorded, leaf.step) });
    } else if (recorded !== undefined && history.claim(recorded, () => this.draftOf(leaf), asking)) {
      this.seat.remember(leaf, recorded);
    } else {
      history.defer({ leaf });
    }
  }

  /** The step as a report shows it. */
  asking(leaf: Leaf): ReturnType<Asking> {
    const asked_at = this.seat.placeOf(leaf.step);
    const draft = this.draftOf(leaf);
    const asked = "issued" in draft ? sketchOf(draft.issued) : `a step that cannot be asked: ${draft.fault}`;
    return { asked, ...(asked_at !== undefined && { asked_at }) };
  }

  /**
   * The params that a called program starts with.
   *
   * @throws SequencerError `InvalidParams` for the program that calls
   */
  async paramsOf(program: Program, params: unknown, place: CallPlace): Promise<Json> {
    const { history } = this;
    const key = `${place.scope}#${place.ordinal}`;
    const isTrial = history.findings !== undefined;
    const judged = isTrial ? await judgeParams(program, params) : history.callAt(key);
    const call = judged && callEvent(program.name, place, judged);
    const asking = () => (call === undefined ? {} : { asked: describeCall(call) });
    const recorded = history.at(place, asking);
    if (recorded?.type === "step_failed") {
      if (call?.type === "step_issued") {
        history.release(recorded, "the call failed then, and the program makes it now", asking);
      }
      throw new SequencerError("InvalidParams", recorded.reason);
    }
    // Where nothing was judged, nothing is compared either.
    if (recorded !== undefined && history.claim(recorded, () => this.draftOfCall(call!), asking)) {
      return recorded.options ?? {};
    }
    const begun = judged ?? (await judgeParams(program, params));
    history.defer({ call: call ?? callEvent(program.name, place, begun) });
    if (history.findings !== undefined) history.findings.calls[key] = begun;
    if ("reason" in begun) throw new SequencerError("InvalidParams", begun.reason);
    return begun.params;
  }

  /** A deferred call comes to an adoption behind which history goes on: there it is recorded, or it waits on. */
  issueCall(call: DeferredCall): void {
    const asking = () => ({ asked: describeCall(call) });
    const recorded = this.history.at({ scope: call.scope!, ordinal: call.ordinal! }, asking);
    if (recorded?.type === "step_failed") return;
    if (recorded !== undefined && this.history.claim(recorded, () => this.draftOfCall(call), asking)) return;
    this.history.defer({ call });
  }

  private draftOf(leaf: Leaf): Draft {
    try {
      const content = this.seat.contentOf(leaf);
      return { issued: { type: "step_issued", at: this.seat.now(), step_no: 0, ...content } };
    } catch (error) {
      return { fault: describeThrown(error).message };
    }
  }

  private draftOfCall(call: DeferredCall): Draft {
    if (call.type === "step_failed") return { fault: call.reason };
    return { issued: { ...call, at: this.seat.now(), step_no: 0 } };
  }
}

/** What a step would be in the log, or why it would not. */
export type Draft = { readonly issued: StepIssued } | { readonly fault: string };

export function callEvent(
  label: string,
  { scope, ordinal }: CallPlace,
  judged: { readonly params: Json } | { readonly reason: string },
): DeferredCall {
  if ("params" in judged) {
    return { type: "step_issued", scope, ordinal, kind: "call", label, options: judged.params };
  }
  const { reason } = judged;
  return { type: "step_failed", scope, ordinal, code: "invalid_schema", error: "InvalidParams", reason };
}

function describeCall(call: DeferredCall): ReturnType<typeof sketchOf> | string {
  if (call.type === "step_failed") return `a call that cannot be made: ${call.reason}`;
  return sketchOf({ ...call, at: "" });
}

/** A deferred call at its place in the log. */
export function asEvent(call: DeferredCall, at: string, step_no: number): StepIssued | StepFailedEvent {
  return { ...call, at, step_no };
}
