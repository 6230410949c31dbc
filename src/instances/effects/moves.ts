/**
 * What this process has to record about a pending effect: that it begins it, that it has ended, that it was
 * interrupted, or nothing.
 *
 * M1. Decided from the log's state, what runs here, and whether the owner that the log names is alive.
 * M2. What a run left over is gone before the program hears that the run was interrupted.
 */

import type { StepIssued } from "../../engine/event.ts";
import type { EffectPlan } from "../../engine/issue.ts";
import type { PendingStep } from "../../engine/state.ts";
import { SequencerError } from "../../errors.ts";
import type { Happening, Instance } from "../instance.ts";
import type { Claim, Claims } from "./claims.ts";
import type { Lease } from "./lease.ts";
import type { Owners } from "./owners.ts";

/** An effect that is interrupted this often has a hand in it: it fails instead of being run again. */
export const MAX_ATTEMPTS = 20;

const BLOCKED =
  "A side effect of the program holds the thread that all programs share (an endless loop, or long work without an await).";
const BLOCKED_FIX =
  'Do such work in a process of its own, with command(); then call sequencer_resume with program_version: "latest".';

export interface Move {
  readonly happening: Happening;
  /** Held once the event has won its place. */
  readonly claim?: Claim;
}

export interface MovesOptions {
  readonly claims: Claims;
  readonly lease: Lease;
  readonly owners: Owners;
  /** Ends what is left of a command. */
  readonly endLeftovers: (instance: Instance, issued: StepIssued) => Promise<void>;
}

export class Moves {
  private readonly options: MovesOptions;
  private cleanedUp = false;

  constructor(options: MovesOptions) {
    this.options = options;
  }

  /** @throws SequencerError `ProgramStalled` if the effect held the program host's thread */
  async next(instance: Instance, step: PendingStep): Promise<Move | undefined> {
    const { claims, lease, owners } = this.options;
    const { issued, effect } = step;
    const claim = claims.get(instance.id, issued.step_no);
    if (claim !== undefined) return this.afterRun(instance, step, claim);
    if (effect === undefined) return this.begin(instance.id, issued, 1);
    if (effect.owner === lease.id) {
      // Claimed in a turn that failed before it could be launched.
      claims.hold(newClaim(instance.id, issued, effect.owner, effect.attempt));
      return undefined;
    }
    if (await owners.isAlive(effect.owner)) return undefined;
    return this.afterInterruption(instance, issued, effect.attempt);
  }

  private async afterRun(
    instance: Instance,
    { issued }: PendingStep,
    claim: Claim,
  ): Promise<Move | undefined> {
    const { step_no } = issued;
    const { outcome } = claim;
    switch (outcome?.kind) {
      case undefined:
        return undefined;
      case "finished":
        return { happening: { type: "effect_finished", step_no, value: outcome.value } };
      case "failed":
        return { happening: { type: "effect_finished", step_no, error: outcome.error } };
      case "blocked":
        // Told once; when the program is resumed, it was interrupted.
        claim.outcome = { kind: "interrupted" };
        throw new SequencerError("ProgramStalled", BLOCKED, BLOCKED_FIX);
      case "interrupted":
        return this.afterInterruption(instance, issued, claim.attempt);
    }
  }

  private async begin(id: string, issued: StepIssued, attempt: number): Promise<Move> {
    const owner = await this.options.lease.hold();
    if (!this.cleanedUp) {
      this.cleanedUp = true;
      // Leases that stay harm nobody.
      this.options.owners.cleanUp().catch(() => {});
    }
    return {
      happening: { type: "effect_started", step_no: issued.step_no, owner, attempt },
      claim: newClaim(id, issued, owner, attempt),
    };
  }

  private async afterInterruption(instance: Instance, issued: StepIssued, attempt: number): Promise<Move> {
    const { on_interrupted } = issued.options as unknown as EffectPlan;
    if (on_interrupted === "rerun" && attempt < MAX_ATTEMPTS) {
      return this.begin(instance.id, issued, attempt + 1);
    }
    if (issued.kind === "command") await this.options.endLeftovers(instance, issued);
    const times = attempt === 1 ? "" : ` ${attempt} times`;
    return {
      happening: {
        type: "step_failed",
        step_no: issued.step_no,
        code: "interrupted",
        reason: `'${issued.label}' was interrupted${times} before its result was recorded; what it did so far is not known`,
      },
    };
  }
}

function newClaim(id: string, issued: StepIssued, owner: string, attempt: number): Claim {
  return { id, issued, owner, attempt, claimedMs: performance.now(), run: undefined, outcome: undefined };
}
