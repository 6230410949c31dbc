/**
 * The scheduler: a tree of coroutines (the program, its branches, the programs it calls), advanced one at
 * a time in a fixed order. It knows nothing of events, logs or schemas.
 *
 * C1. `advance` is the only place where program code runs, and `generator.next/throw/return` the only
 *     suspension points: the determinism boundary.
 * C2. Coroutines that can go on stand in one FIFO queue. That order is part of the history format.
 * C3. Structured: a coroutine ends only after everything it waits for has ended. Cancelling goes from the
 *     leaves to the root, by the generator's `return()`, which `catch` cannot swallow and `finally` sees.
 */

import { SequencerError } from "../errors.ts";
import { Call } from "../program/call.ts";
import { type Branch, Group } from "../program/group.ts";
import { isStep, observeSteps, type Step } from "../program/step.ts";
import { preview } from "./json.ts";

/** Steps that a cancelled coroutine may still take to clean up. */
export const MAX_CLEANUP_STEPS = 20;

export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "cancelled" };

/** A step that waits for an event. */
export interface Leaf {
  readonly step: Step<unknown>;
  readonly scope: string;
  readonly ordinal: number;
  readonly settle: (outcome: Outcome) => void;
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
  enterCall(call: Call, place: { scope: string; ordinal: number; path: string }): Generatorish;
  /** For messages: "hello.ts:12:5", where a step was made. */
  placeOf(step: Step<unknown>): string | undefined;
}

export type Generatorish = AsyncGenerator<unknown, unknown, unknown> | Generator<unknown, unknown, unknown>;

type Resumption =
  | { readonly how: "next"; readonly value: unknown }
  | { readonly how: "throw"; readonly error: unknown }
  | { readonly how: "return" };

/** Something a coroutine or a group waits for. */
interface Wait {
  /** Must lead to a settlement, at once or after cleanup. */
  cancel(reason: string): void;
}

interface Scope {
  readonly path: string;
  nextOrdinal: number;
}

interface Coroutine extends Wait {
  readonly scope: Scope;
  readonly generator: Generatorish;
  readonly settle: (outcome: Outcome) => void;
  /** Made here and not handed to the engine yet. */
  readonly made: Set<Step<unknown>>;
  wait: Wait | undefined;
  resumption: Resumption | undefined;
  cancelReason: string | undefined;
  returning: boolean;
  cleanupSteps: number;
  /** What cleanup of its branches threw while it was being cancelled. */
  cleanupError: { readonly error: unknown } | undefined;
}

export class Scheduler {
  private readonly ready: Coroutine[] = [];
  private readonly surface: Surface;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  /** Puts the program itself at the end of the queue; `cancel` on the result ends it. */
  spawnRoot(generator: Generatorish, settle: (outcome: Outcome) => void): Wait {
    return this.spawn(generator, { path: "", nextOrdinal: 1 }, settle);
  }

  /** Runs until every coroutine waits. */
  async runToQuiescence(): Promise<void> {
    for (let next = this.ready.shift(); next !== undefined; next = this.ready.shift()) {
      await this.advance(next);
    }
  }

  private spawn(generator: Generatorish, scope: Scope, settle: (outcome: Outcome) => void): Coroutine {
    const coroutine: Coroutine = {
      scope,
      generator,
      settle,
      made: new Set(),
      wait: undefined,
      resumption: { how: "next", value: undefined },
      cancelReason: undefined,
      returning: false,
      cleanupSteps: 0,
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
    else coroutine.resumption = { how: "return" };
  }

  private resume(coroutine: Coroutine, outcome: Outcome): void {
    coroutine.wait = undefined;
    if (coroutine.cancelReason !== undefined && !coroutine.returning) {
      if (outcome.kind === "error") coroutine.cleanupError = outcome;
      coroutine.resumption = { how: "return" };
    } else if (outcome.kind === "value") {
      coroutine.resumption = { how: "next", value: outcome.value };
    } else if (outcome.kind === "error") {
      coroutine.resumption = { how: "throw", error: outcome.error };
    } else {
      coroutine.resumption = { how: "return" };
    }
    this.ready.push(coroutine);
  }

  private async advance(coroutine: Coroutine): Promise<void> {
    const resumption = coroutine.resumption!;
    coroutine.resumption = undefined;
    if (coroutine.cancelReason !== undefined) coroutine.returning = true;
    const { generator, made } = coroutine;
    let result: IteratorResult<unknown, unknown>;
    this.surface.enter(coroutine.scope.path);
    observeSteps((step) => made.add(step));
    try {
      if (resumption.how === "next") result = await generator.next(resumption.value);
      else if (resumption.how === "throw") result = await generator.throw(resumption.error);
      else result = await generator.return(undefined);
    } catch (error) {
      coroutine.settle({ kind: "error", error: this.blameUnyielded(coroutine, error) });
      return;
    } finally {
      observeSteps(undefined);
      this.surface.leave();
    }
    if (!result.done) {
      this.begin(coroutine, result.value);
      return;
    }
    const unyielded = this.unyielded(coroutine);
    if (coroutine.cleanupError !== undefined) coroutine.settle({ kind: "error", ...coroutine.cleanupError });
    else if (coroutine.returning) coroutine.settle({ kind: "cancelled" });
    else if (unyielded !== undefined) coroutine.settle({ kind: "error", error: unyielded });
    else coroutine.settle({ kind: "value", value: result.value });
  }

  /** A coroutine has yielded: what it yielded begins to be waited for. */
  private begin(coroutine: Coroutine, yielded: unknown): void {
    const fail = (error: unknown) => {
      coroutine.resumption = { how: "throw", error };
      this.ready.push(coroutine);
    };
    if (!isStep(yielded)) {
      fail(notAStep(yielded));
      return;
    }
    yielded.trace.yielded = true;
    for (const step of coroutine.made) {
      if (step.trace.yielded) coroutine.made.delete(step);
      else if (step.trace.awaited) {
        fail(this.notYielded(step));
        return;
      }
    }
    if (coroutine.returning && ++coroutine.cleanupSteps > MAX_CLEANUP_STEPS) {
      coroutine.settle({ kind: "error", error: cleanupTooLong(coroutine.scope.path) });
      return;
    }
    this.startWaiting(coroutine, yielded);
  }

  private startWaiting(coroutine: Coroutine, step: Step<unknown>): void {
    let settledAlready = false;
    const wait = this.wait(step, coroutine.scope, (outcome) => {
      settledAlready = true;
      this.resume(coroutine, outcome);
    });
    if (!settledAlready) coroutine.wait = wait;
  }

  private wait(step: Step<unknown>, scope: Scope, settle: (outcome: Outcome) => void): Wait {
    const ordinal = scope.nextOrdinal++;
    if (step instanceof Group) return this.waitForGroup(step, childPath(scope.path, String(ordinal)), settle);
    if (step instanceof Call) {
      const path = childPath(scope.path, String(ordinal));
      const generator = this.surface.enterCall(step, { scope: scope.path, ordinal, path });
      return this.spawn(generator, { path, nextOrdinal: 1 }, settle);
    }
    const leaf: Leaf = { step, scope: scope.path, ordinal, settle };
    this.surface.issue(leaf);
    return {
      cancel: (reason) => {
        this.surface.withdraw(leaf, reason);
        settle({ kind: "cancelled" });
      },
    };
  }

  private waitForBranch(branch: Branch<unknown>, path: string, settle: (outcome: Outcome) => void): Wait {
    const scope: Scope = { path, nextOrdinal: 1 };
    if (isStep(branch)) return this.wait(branch, scope, settle);
    if (isGenerator(branch)) return this.spawn(branch, scope, settle);
    settle({ kind: "error", error: notAStep(branch) });
    return { cancel: () => {} };
  }

  private waitForGroup(group: Group, path: string, settle: (outcome: Outcome) => void): Wait {
    const { mode, branches, concurrency } = group;
    const active = new Map<number, Wait>();
    const results: unknown[] = new Array(branches.length);
    let nextBranch = 0;
    let verdict: Outcome | undefined;
    let cleanupError: Outcome | undefined;
    let starting = false;
    let finished = false;

    /** Decides the group; the branches that still run are cancelled, lowest first. */
    const decide = (outcome: Outcome, reason: string) => {
      verdict = outcome;
      for (const wait of [...active.values()]) wait.cancel(reason);
    };

    const onSettled = (index: number, outcome: Outcome) => {
      active.delete(index);
      if (verdict !== undefined) {
        if (outcome.kind === "error") cleanupError ??= outcome;
      } else if (outcome.kind === "cancelled") {
        decide(outcome, "cancelled");
      } else if (mode === "race") {
        decide(outcome, "another branch of the race ended first");
      } else if (mode === "all" && outcome.kind === "error") {
        decide(outcome, "a sibling branch failed");
      } else if (mode === "all") {
        results[index] = outcome.kind === "value" ? outcome.value : undefined;
      } else {
        results[index] =
          outcome.kind === "value"
            ? { status: "fulfilled", value: outcome.value }
            : { status: "rejected", reason: outcome.error };
      }
      proceed();
    };

    const proceed = () => {
      if (starting) return;
      starting = true;
      while (verdict === undefined && active.size < concurrency && nextBranch < branches.length) {
        const index = nextBranch++;
        let settledAlready = false;
        const wait = this.waitForBranch(branches[index]!, `${path}.${index}`, (outcome) => {
          settledAlready = true;
          onSettled(index, outcome);
        });
        if (!settledAlready) active.set(index, wait);
      }
      starting = false;
      if (active.size > 0 || finished) return;
      if (verdict === undefined && nextBranch < branches.length) return;
      finished = true;
      if (verdict === undefined) settle({ kind: "value", value: results });
      else settle(verdict.kind === "error" ? verdict : (cleanupError ?? verdict));
    };

    proceed();
    return {
      cancel: (reason) => {
        if (verdict === undefined) decide({ kind: "cancelled" }, reason);
        else verdict = { kind: "cancelled" };
      },
    };
  }

  private unyielded(coroutine: Coroutine): SequencerError | undefined {
    for (const step of coroutine.made) {
      if (!step.trace.yielded) return this.notYielded(step);
    }
    return undefined;
  }

  /** `const { x } = instruct(...)` usually ends in a TypeError some lines later: name the cause. */
  private blameUnyielded(coroutine: Coroutine, error: unknown): unknown {
    if (!(error instanceof TypeError)) return error;
    const unyielded = this.unyielded(coroutine);
    return unyielded === undefined
      ? error
      : new SequencerError(unyielded.code, unyielded.message, undefined, { cause: error });
  }

  private notYielded(step: Step<unknown>): SequencerError {
    const place = this.surface.placeOf(step);
    return new SequencerError(
      "StepNotYielded",
      `The ${step.kind}${place === undefined ? "" : ` made at ${place}`} was never yielded, so nothing happened: write \`yield*\` in front of it.`,
    );
  }
}

function childPath(parent: string, child: string): string {
  return parent === "" ? child : `${parent}/${child}`;
}

function isGenerator(value: unknown): value is Generatorish {
  return typeof value === "object" && value !== null && typeof (value as Generatorish).next === "function";
}

function notAStep(value: unknown): SequencerError {
  const what =
    typeof value === "function" ? `a function (${value.name || "anonymous"})` : describeYield(value);
  let advice = "Yield a step: `yield* instruct(text, { reply })`.";
  if (Array.isArray(value)) advice = "Wait for several steps with `yield* all([...])`.";
  else if (isGenerator(value)) advice = "Run another generator with `yield* other()`, the star included.";
  return new SequencerError(
    "NotAStep",
    `The program yielded ${what}, which is not a step. ${advice}`,
    advice,
  );
}

function describeYield(value: unknown): string {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return "an array";
  if (isGenerator(value)) return "a generator";
  return `${preview(value)} (${value === null ? "null" : typeof value})`;
}

function cleanupTooLong(scope: string): SequencerError {
  return new SequencerError(
    "CleanupTooLong",
    `The cancelled ${scope === "" ? "program" : `branch ${scope}`} took more than ${MAX_CLEANUP_STEPS} steps to clean up.`,
  );
}
