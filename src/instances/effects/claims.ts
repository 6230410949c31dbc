/** The steps that this process owns, by instance and step number. */

import type { StepIssued } from "../../engine/event.ts";
import type { Run, RunOutcome } from "./run.ts";

export interface Claim {
  /** Of the instance. */
  readonly id: string;
  readonly issued: StepIssued;
  /** As `effect_started` says. */
  readonly owner: string;
  readonly attempt: number;
  /** By the monotonic clock. */
  readonly claimedMs: number;
  /** `undefined`: not launched yet. */
  run: Run | undefined;
  /** Not recorded yet. */
  outcome: RunOutcome | undefined;
}

export class Claims {
  private readonly byInstance = new Map<string, Map<number, Claim>>();

  get isEmpty(): boolean {
    return this.byInstance.size === 0;
  }

  has(id: string): boolean {
    return this.byInstance.has(id);
  }

  instances(): Iterable<string> {
    return this.byInstance.keys();
  }

  get(id: string, stepNo: number): Claim | undefined {
    return this.byInstance.get(id)?.get(stepNo);
  }

  of(id: string): Claim[] {
    return [...(this.byInstance.get(id)?.values() ?? [])];
  }

  all(): Claim[] {
    return [...this.byInstance.keys()].flatMap((id) => this.of(id));
  }

  /** False once it was released, or another attempt took its place. */
  isHeld(claim: Claim): boolean {
    return this.get(claim.id, claim.issued.step_no) === claim;
  }

  hold(claim: Claim): void {
    let claims = this.byInstance.get(claim.id);
    if (claims === undefined) {
      claims = new Map();
      this.byInstance.set(claim.id, claims);
    }
    claims.set(claim.issued.step_no, claim);
  }

  release(claim: Claim): void {
    if (!this.isHeld(claim)) return;
    const claims = this.byInstance.get(claim.id)!;
    claims.delete(claim.issued.step_no);
    if (claims.size === 0) this.byInstance.delete(claim.id);
  }
}
