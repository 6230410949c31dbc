/**
 * How a run ends: what its program came to, and what was decided about it before.
 *
 * N1. The first decision to abort or cancel stands; whatever the program does after it is cleanup.
 * N2. The verdict follows from the decision and the outcome alone.
 */

import { SequencerError } from "../errors.ts";
import { CallFailed } from "../program/call.ts";
import { Abort } from "../program/outcome.ts";
import type { Ended, ErrorInfo } from "./event.ts";
import { toJson } from "./json.ts";
import type { Leaf, Outcome } from "./scheduler.ts";

export type EndVerdict = Omit<Ended, "type" | "at" | "progress">;

interface Decision {
  readonly state: "aborted" | "cancelled";
  readonly reason: string;
}

export class Ending {
  /** What the program came to, once it did. */
  outcome: Outcome | undefined;

  private root: { cancel(reason: string): void } | undefined;
  private decision: Decision | undefined;

  constructor(private readonly describeError: (error: unknown) => ErrorInfo) {}

  get isDecided(): boolean {
    return this.decision !== undefined;
  }

  /** The program runs, and can be cancelled from now on. */
  begin(root: { cancel(reason: string): void }): void {
    this.root = root;
  }

  decide(decision: Decision): void {
    if (this.decision !== undefined || this.root === undefined) return;
    this.decision = decision;
    this.root.cancel(decision.reason);
  }

  /** Ends the run as aborted because of a step that is answered, or never issued. */
  abort(leaf: Leaf, reason: string): void {
    this.decide({ state: "aborted", reason });
    // Where the run was ending already, the step still stops the cleanup that it was part of.
    leaf.settle({ kind: "cancelled", reason });
  }

  verdictOf(outcome: Outcome): EndVerdict {
    if (this.decision !== undefined) {
      const error = outcome.kind === "error" && { error: this.describeError(outcome.error) };
      return { ...this.decision, ...error };
    }
    if (outcome.kind === "value") {
      const summary = toJson(outcome.value ?? null);
      if ("json" in summary) return { state: "completed", summary: summary.json };
      return this.verdictOf({
        kind: "error",
        error: new SequencerError(
          "SummaryNotJson",
          `The summary that run returned is not JSON: ${summary.path} ${summary.reason}.`,
        ),
      });
    }
    if (outcome.kind === "error" && outcome.error instanceof Abort) {
      return { state: "aborted", reason: outcome.error.reason };
    }
    if (outcome.kind === "error" && outcome.error instanceof CallFailed && outcome.error.aborted) {
      return { state: "aborted", reason: outcome.error.message };
    }
    const error = outcome.kind === "error" ? outcome.error : new Error("the program ended without a result");
    return { state: "failed", error: this.describeError(error) };
  }
}
