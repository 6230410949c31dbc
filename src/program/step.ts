/**
 * A step: anything a program can wait for, as a plain value that yields itself.
 *
 * S1. A step does nothing by itself. The engine carries out what a program yields, and only that.
 * S2. Every step reports its making, so that one which is never yielded is found (`StepNotYielded`).
 */

/** What a step waits for; the wire name of each. */
export type StepKind = "instruction" | "ask" | "effect" | "command" | "signal" | "sleep" | "call";

const STEP = Symbol.for("agent-sequencer.step");

/** How far a step came on its way to the engine. */
export interface StepTrace {
  /** Handed to the engine, by itself or inside a composite. */
  yielded: boolean;
  /** Where it was made; the stack is only formatted when it is read. Absent where nobody asked for it. */
  readonly made: { stack?: string } | undefined;
}

/** Engine only: told of the steps that program code makes. */
export interface StepObserver {
  /** Taking a stack is most of what a step costs, and history that is replayed has no use for it. */
  readonly wantsPlaces: boolean;
  made(step: Step<unknown>): void;
  /** Somebody looked for a `then` before it was yielded: it was awaited, or yielded without `yield*`. */
  awaited(step: Step<unknown>): void;
}

let observer: StepObserver | undefined;

/** Engine only: `next` observes until the next call. */
export function observeSteps(next: StepObserver | undefined): void {
  observer = next;
}

/**
 * @typeParam T what `yield*` gives back.
 */
export abstract class Step<T> {
  abstract readonly kind: StepKind | "group";
  /** Private: a step stays a plain value to look at. */
  readonly #trace: StepTrace;

  /** A subclass checks its arguments before it calls this: a step that could not be made was not made. */
  constructor() {
    let made: { stack?: string } | undefined;
    if (observer?.wantsPlaces !== false) {
      made = {};
      Error.captureStackTrace(made, new.target);
    }
    this.#trace = { yielded: false, made };
    observer?.made(this);
  }

  get trace(): StepTrace {
    return this.#trace;
  }

  *[Symbol.iterator](): Generator<Step<T>, T, any> {
    this.#trace.yielded = true;
    return (yield this) as T;
  }

  static {
    Object.defineProperty(Step.prototype, STEP, { value: true });
    // `await step` reads `then` and, finding none, gives the step back as if it were its result.
    // Noticing the read is how that mistake is told from a step that waits to be yielded later.
    // biome-ignore lint/suspicious/noThenProperty: the getter is there to notice, and gives no function.
    Object.defineProperty(Step.prototype, "then", {
      get(this: Step<unknown>) {
        if (#trace in this && !this.#trace.yielded) observer?.awaited(this);
        return undefined;
      },
    });
  }
}

export function isStep(value: unknown): value is Step<unknown> {
  return typeof value === "object" && value !== null && STEP in value;
}

/** True for what a generator function gives when it is called, `async` or not. */
export function isGenerator(
  value: unknown,
): value is AsyncGenerator<unknown, unknown, unknown> | Generator<unknown, unknown, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const { next, throw: raise, return: finish } = value as Partial<Generator>;
  return typeof next === "function" && typeof raise === "function" && typeof finish === "function";
}
