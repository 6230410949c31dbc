/**
 * The scheduler: a tree of coroutines (the program, its branches, the programs it calls), advanced one at
 * a time in a fixed order. It knows nothing of events, logs or schemas.
 *
 * C1. `advance` is the only place where program code runs, and `generator.next/throw/return` the only
 *     suspension points: the determinism boundary.
 * C2. Coroutines that can go on, and steps that are a branch by themselves, stand in one FIFO queue. That
 *     order is part of the history format.
 * C3. Structured: a coroutine ends only after everything it waits for has ended. Cancelling goes from the
 *     leaves to the root, by the generator's `return()`, which `catch` cannot swallow and `finally` sees.
 * C4. Whatever waits is settled once; what comes later is ignored.
 */

import type { SequencerError } from "../errors.ts";
import { Call } from "../program/call.ts";
import { type Branch, Group } from "../program/group.ts";
import { isStep, observeSteps, type Step } from "../program/step.ts";
import { delegateReturns, RETURN } from "./delegation.ts";
import { waitForGroup } from "./group.ts";
import { blamedOnStep, branchUsedTwice, cleanupTooLong, notAStep, stepNotYielded } from "./misuse.ts";
import { StepWatch } from "./step-watch.ts";
import { attempt, tame } from "./thrown.ts";

/** Steps that a cancelled coroutine may still take to clean up, those of branches it starts included. */
export const MAX_CLEANUP_STEPS = 20;

export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "cancelled"; readonly reason: string };

export type Settle = (outcome: Outcome) => void;

/** A step that waits for an event. */
export interface Leaf {
  readonly step: Step<unknown>;
  readonly scope: string;
  readonly ordinal: number;
  readonly settle: Settle;
  /** Kept by whoever issues it: its number while it is pending. */
  stepNo: number | undefined;
}

/** Where a called program stands, and the scope of its own steps. */
export interface CallPlace {
  readonly scope: string;
  readonly ordinal: number;
  readonly path: string;
}

/** What the scheduler asks of whoever turns steps into events. */
export interface Surface {
  /** A step begins to wait. It may settle at once. */
  issue(leaf: Leaf): void;
  /** A waiting step is cancelled; the scheduler settles it. */
  withdraw(leaf: Leaf, reason: string): void;
  /** Program code of this scope is about to run. */
  enter(scope: string): void;
  leave(): void;
  /** A called program is about to start: its generator, once its params are judged. */
  enterCall(call: Call, place: CallPlace): Generatorish;
  /** What the end of a called program is to the program that called it. */
  leaveCall(call: Call, outcome: Outcome): Outcome;
  /** For messages: "hello.ts:12:5", where a step was made. */
  placeOf(step: Step<unknown>): string | undefined;
}

export type Generatorish = AsyncGenerator<unknown, unknown, unknown> | Generator<unknown, unknown, unknown>;

type Resumption =
  | { readonly how: "next"; readonly value: unknown }
  | { readonly how: "throw"; readonly error: unknown }
  | { readonly how: "return" };

const CANCEL: Resumption = { how: "return" };

/** Something a coroutine or a group waits for. */
export interface Wait {
  /** Must lead to a settlement, at once or after cleanup. */
  cancel(reason: string): void;
}

const NOTHING: Wait = { cancel: () => {} };

interface Scope {
  readonly path: string;
  nextOrdinal: number;
}

/** Shared by a cancelled coroutine and all that it starts while it cleans up. */
interface Cleanup {
  steps: number;
}

/** A step that is a branch by itself: it begins to wait when its turn comes, as a generator would. */
interface LoneStep {
  readonly begin: () => void;
}

interface Coroutine extends Wait {
  readonly scope: Scope;
  readonly generator: Generatorish;
  readonly settle: Settle;
  readonly watch: StepWatch;
  wait: Wait | undefined;
  resumption: Resumption | undefined;
  cancelReason: string | undefined;
  returning: boolean;
  cleanup: Cleanup | undefined;
  /** What cleanup of its branches threw while it was being cancelled. */
  cleanupError: { readonly error: unknown } | undefined;
}

export class Scheduler {
  private ready: (Coroutine | LoneStep)[] = [];
  private readonly surface: Surface;
  private readonly used = new WeakSet<object>();

  constructor(surface: Surface) {
    this.surface = surface;
  }

  /** Puts the program itself at the end of the queue; `cancel` on the result ends it. */
  spawnRoot(generator: Generatorish, settle: Settle): Wait {
    return this.spawn(generator, { path: "", nextOrdinal: 1 }, undefined, settle);
  }

  /**
   * Runs until every coroutine waits.
   *
   * @param wantsPlaces whether the steps that are made take a stack: not worth it where they are history
   */
  async runToQuiescence(wantsPlaces: boolean): Promise<void> {
    while (this.ready.length > 0) {
      // What becomes ready meanwhile stands behind: the order is that of one queue.
      const batch = this.ready;
      this.ready = [];
      for (const next of batch) {
        if ("begin" in next) {
          next.begin();
          continue;
        }
        next.watch.wantsPlaces = wantsPlaces;
        await this.advance(next);
      }
    }
  }

  private spawn(
    generator: Generatorish,
    scope: Scope,
    cleanup: Cleanup | undefined,
    settle: Settle,
  ): Coroutine {
    const coroutine: Coroutine = {
      scope,
      generator,
      settle,
      watch: new StepWatch(),
      wait: undefined,
      resumption: { how: "next", value: undefined },
      cancelReason: undefined,
      returning: false,
      cleanup,
      cleanupError: undefined,
      cancel: (reason) => this.cancel(coroutine, reason),
    };
    this.ready.push(coroutine);
    return coroutine;
  }

  private cancel(coroutine: Coroutine, reason: string): void {
    if (coroutine.cancelReason !== undefined) return;
    coroutine.cancelReason = reason;
    if (coroutine.wait !== undefined) coroutine.wait.cancel(reason);
    else coroutine.resumption = CANCEL;
  }

  private resume(coroutine: Coroutine, outcome: Outcome): void {
    coroutine.wait = undefined;
    if (coroutine.cancelReason !== undefined && !coroutine.returning) {
      if (outcome.kind === "error") coroutine.cleanupError = outcome;
      coroutine.resumption = CANCEL;
    } else if (outcome.kind === "value") {
      coroutine.resumption = { how: "next", value: outcome.value };
    } else if (outcome.kind === "error") {
      coroutine.resumption = { how: "throw", error: outcome.error };
    } else {
      coroutine.cancelReason ??= outcome.reason;
      coroutine.resumption = CANCEL;
    }
    this.ready.push(coroutine);
  }

  private async advance(coroutine: Coroutine): Promise<void> {
    const resumption = coroutine.resumption!;
    coroutine.resumption = undefined;
    if (coroutine.cancelReason !== undefined) {
      coroutine.returning = true;
      coroutine.cleanup ??= { steps: 0 };
    }
    const { generator } = coroutine;
    let result: IteratorResult<unknown, unknown>;
    this.surface.enter(coroutine.scope.path);
    observeSteps(coroutine.watch);
    delegateReturns(true);
    try {
      if (resumption.how === "next") result = await generator.next(resumption.value);
      else if (resumption.how === "throw") result = await generator.throw(resumption.error);
      else result = await generator.return(undefined);
      while (result.value === RETURN && !result.done) result = await generator.return(undefined);
    } catch (error) {
      coroutine.settle({ kind: "error", error: this.blame(coroutine, tame(error)) });
      return;
    } finally {
      delegateReturns(false);
      observeSteps(undefined);
      this.surface.leave();
    }
    if (result.done) coroutine.settle(this.outcomeOf(coroutine, result.value));
    else this.begin(coroutine, result.value);
  }

  private outcomeOf(coroutine: Coroutine, value: unknown): Outcome {
    if (coroutine.cleanupError !== undefined) return { kind: "error", ...coroutine.cleanupError };
    if (coroutine.returning) return { kind: "cancelled", reason: coroutine.cancelReason! };
    const unyielded = coroutine.watch.takeFirst();
    if (unyielded !== undefined) return { kind: "error", error: this.notYielded(unyielded) };
    return { kind: "value", value };
  }

  /** A coroutine has yielded: what it yielded begins to be waited for. */
  private begin(coroutine: Coroutine, yielded: unknown): void {
    if (isExhausted(coroutine.cleanup)) {
      coroutine.settle({ kind: "error", error: cleanupTooLong(coroutine.scope.path, MAX_CLEANUP_STEPS) });
      return;
    }
    if (!attempt(() => isStep(yielded) && yielded.trace !== undefined, false)) {
      this.resume(coroutine, { kind: "error", error: notAStep(yielded) });
      return;
    }
    const step = yielded as Step<unknown>;
    step.trace.yielded = true;
    const awaited = coroutine.watch.takeAwaited();
    if (awaited !== undefined) {
      this.resume(coroutine, { kind: "error", error: this.notYielded(awaited) });
      return;
    }
    let settledAlready = false;
    const wait = this.wait(step, coroutine.scope, coroutine.cleanup, (outcome) => {
      settledAlready = true;
      this.resume(coroutine, outcome);
    });
    if (!settledAlready) coroutine.wait = wait;
  }

  private wait(step: Step<unknown>, scope: Scope, cleanup: Cleanup | undefined, settle: Settle): Wait {
    const ordinal = scope.nextOrdinal++;
    if (step instanceof Group) {
      const path = childPath(scope.path, ordinal);
      return waitForGroup(
        step,
        (index, settled) => this.waitForBranch(step.branches[index]!, `${path}.${index}`, cleanup, settled),
        settle,
      );
    }
    if (step instanceof Call) {
      const path = childPath(scope.path, ordinal);
      const generator = this.surface.enterCall(step, { scope: scope.path, ordinal, path });
      return this.spawn(generator, { path, nextOrdinal: 1 }, cleanup, (outcome) =>
        settle(this.surface.leaveCall(step, outcome)),
      );
    }
    return this.waitForLeaf(step, scope.path, ordinal, settle);
  }

  private waitForLeaf(step: Step<unknown>, scope: string, ordinal: number, settle: Settle): Wait {
    let settled = false;
    const leaf: Leaf = {
      step,
      scope,
      ordinal,
      stepNo: undefined,
      settle: (outcome) => {
        if (settled) return;
        settled = true;
        settle(outcome);
      },
    };
    this.surface.issue(leaf);
    if (settled) return NOTHING;
    return {
      cancel: (reason) => {
        if (settled) return;
        this.surface.withdraw(leaf, reason);
        leaf.settle({ kind: "cancelled", reason });
      },
    };
  }

  private waitForBranch(
    branch: Branch<unknown>,
    path: string,
    cleanup: Cleanup | undefined,
    settle: Settle,
  ): Wait {
    const scope: Scope = { path, nextOrdinal: 1 };
    if (!isStep(branch)) {
      if (!this.used.has(branch)) {
        this.used.add(branch);
        return this.spawn(branch, scope, cleanup, settle);
      }
      settle({ kind: "error", error: branchUsedTwice() });
      return NOTHING;
    }
    if (isExhausted(cleanup)) {
      settle({ kind: "error", error: cleanupTooLong(path, MAX_CLEANUP_STEPS) });
      return NOTHING;
    }
    return branch instanceof Group || branch instanceof Call
      ? this.wait(branch, scope, cleanup, settle)
      : this.waitInTurn(branch, scope, cleanup, settle);
  }

  private waitInTurn(step: Step<unknown>, scope: Scope, cleanup: Cleanup | undefined, settle: Settle): Wait {
    let wait: Wait | undefined;
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      wait = this.wait(step, scope, cleanup, settle);
    };
    this.ready.push({ begin });
    return {
      cancel: (reason) => {
        wait?.cancel(reason);
        if (begun) return;
        begun = true;
        settle({ kind: "cancelled", reason });
      },
    };
  }

  private blame(coroutine: Coroutine, error: unknown): unknown {
    if (!(error instanceof TypeError)) return error;
    const step = coroutine.watch.takeLast();
    return step === undefined ? error : blamedOnStep(this.notYielded(step), error);
  }

  private notYielded(step: Step<unknown>): SequencerError {
    return stepNotYielded(step, this.surface.placeOf(step));
  }
}

/** Counts one more step of cleaning up. */
function isExhausted(cleanup: Cleanup | undefined): boolean {
  return cleanup !== undefined && ++cleanup.steps > MAX_CLEANUP_STEPS;
}

function childPath(parent: string, ordinal: number): string {
  return parent === "" ? String(ordinal) : `${parent}/${ordinal}`;
}
