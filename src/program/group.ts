/** Several steps, or whole branches of a program, at once. */

import { isGenerator, isStep, Step } from "./step.ts";

/** What `all`, `allSettled` and `race` take: a step, or a generator that yields steps. */
export type Branch<T> = Step<T> | AsyncGenerator<Step<any>, T, any> | Generator<Step<any>, T, any>;

export type Settled<T> =
  | { readonly status: "fulfilled"; readonly value: T }
  | { readonly status: "rejected"; readonly reason: unknown };

export type GroupMode = "all" | "allSettled" | "race";

export interface GroupOptions {
  /** How many branches run at a time. Default: all of them. */
  readonly concurrency?: number;
}

type ResultOf<B> = B extends Branch<infer T> ? T : never;

/** @throws TypeError that names the branch or the option that is wrong */
export class Group<T = unknown> extends Step<T> {
  readonly kind = "group";
  readonly mode: GroupMode;
  readonly branches: readonly Branch<unknown>[];
  readonly concurrency: number;

  constructor(mode: GroupMode, branches: readonly Branch<unknown>[], options: GroupOptions = {}) {
    checkBranches(mode, branches);
    const concurrency = checkedConcurrency(mode, options);
    super();
    for (const branch of branches) {
      if (isStep(branch)) branch.trace.yielded = true;
    }
    this.mode = mode;
    this.branches = [...branches];
    this.concurrency = concurrency;
  }
}

function checkBranches(mode: GroupMode, branches: readonly unknown[]): void {
  if (!Array.isArray(branches)) throw new TypeError(`${mode}([...]) takes an array of steps or branches`);
  if (mode === "race" && branches.length === 0) {
    throw new TypeError("race([]) would wait forever: give it at least one branch");
  }
  for (let i = 0; i < branches.length; i++) {
    const branch: unknown = branches[i];
    if (isStep(branch) || isGenerator(branch)) continue;
    throw new TypeError(
      `${mode}: branch ${i} is ${nameOf(branch)}; give it a step, instruct(...), or a generator that you call, branch(...)`,
    );
  }
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return `a function (${value.name || "anonymous"}) that was not called`;
  if (Array.isArray(value)) return "an array";
  if (typeof (value as { then?: unknown }).then === "function") return "a promise";
  return `of type ${typeof value}`;
}

function checkedConcurrency(mode: GroupMode, options: GroupOptions): number {
  for (const name in options) {
    if (name !== "concurrency") throw new TypeError(`${mode} has no option ${JSON.stringify(name)}`);
  }
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  if (concurrency === Number.POSITIVE_INFINITY || (Number.isInteger(concurrency) && concurrency >= 1)) {
    return concurrency;
  }
  throw new TypeError(`concurrency must be a whole number from 1, got ${String(concurrency)}`);
}

/**
 * Waits for all branches; the first that fails cancels the others and fails the whole.
 *
 * @returns the results in the order of the branches
 * @example const [a, b] = yield* all([instruct("A", { reply: A }), reviewBranch("b.ts")]);
 */
export function all<const B extends readonly Branch<any>[]>(
  branches: B,
  options?: GroupOptions,
): Group<{ -readonly [I in keyof B]: ResultOf<B[I]> }> {
  return new Group("all", branches, options);
}

/**
 * Waits for all branches, failed or not.
 *
 * @returns `{ status, value | reason }` in the order of the branches
 * @example const reviews = yield* allSettled(files.map((file) => reviewBranch(file)), { concurrency: 5 });
 */
export function allSettled<const B extends readonly Branch<any>[]>(
  branches: B,
  options?: GroupOptions,
): Group<{ -readonly [I in keyof B]: Settled<ResultOf<B[I]>> }> {
  return new Group("allSettled", branches, options);
}

/**
 * The first branch to end, well or not, decides; the others are cancelled, and cleaned up before it goes on.
 *
 * @returns the result of the branch that ended first
 * @example const answer = yield* race([instruct("Research it.", { reply: Answer }), sleep("30m")]);
 */
export function race<const B extends readonly Branch<any>[]>(
  branches: B,
  options?: GroupOptions,
): Group<ResultOf<B[number]>> {
  return new Group("race", branches, options);
}
