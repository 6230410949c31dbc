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
  /** Somebody looked for a `then`: it was awaited, or yielded without `yield*`. */
  awaited: boolean;
  /** Where it was made; the stack is only formatted when it is read. */
  readonly made: { stack?: string };
}

let onMade: ((step: Step<unknown>) => void) | undefined;

/** Engine only: `observer` is told of every step made until the next call. */
export function observeSteps(observer: ((step: Step<unknown>) => void) | undefined): void {
  onMade = observer;
}

/**
 * @typeParam T what `yield*` gives back.
 */
export abstract class Step<T> {
  abstract readonly kind: StepKind | "group";
  /** Not enumerable: a step stays a plain value to look at. */
  declare readonly trace: StepTrace;

  constructor() {
    const made: { stack?: string } = {};
    Error.captureStackTrace(made, new.target);
    Object.defineProperty(this, "trace", { value: { yielded: false, awaited: false, made } });
    onMade?.(this);
  }

  *[Symbol.iterator](): Generator<Step<T>, T, any> {
    this.trace.yielded = true;
    return (yield this) as T;
  }
}

Object.defineProperty(Step.prototype, STEP, { value: true });

// `await step` reads `then` and, finding none, gives the step back as if it were its result.
// Noticing the read is how that mistake is told from a step that waits to be yielded later.
// biome-ignore lint/suspicious/noThenProperty: the getter is there to notice, and gives no function.
Object.defineProperty(Step.prototype, "then", {
  get(this: Step<unknown>) {
    this.trace.awaited = true;
    return undefined;
  },
});

export function isStep(value: unknown): value is Step<unknown> {
  return typeof value === "object" && value !== null && STEP in value;
}
