/**
 * Whose turn it is: which instance's program code runs now, in which scope, and what time it is to it.
 *
 * T1. There is one turn at a time, or none. Without one the globals are what they were: host's own time.
 *     But code of the program that is still at it when its turn is over is refused: it would see other
 *     things in replay, where the next turn follows at once.
 * T2. Time stands still within a turn and never goes back within an instance.
 * T3. Code inside `effectScope` is outside every turn, whoever's turn it is.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers";
import { SequencerError } from "../../errors.ts";
import { type Chance, chanceOf } from "./chance.ts";

/** The real clock, whatever turn it is: for the host's own use. */
export const realNow = Date.now.bind(Date);

/** Code that a `sideEffect` runs, and all that it starts: `effectScope.run({ label }, () => fn(signal))`. */
export const effectScope = new AsyncLocalStorage<{ readonly label: string }>();

export interface TurnsOptions {
  readonly seed: string;
  /** "hello.ts:12:5", the innermost place of the author's in a stack. */
  readonly placeOf: (stack: string | undefined) => string | undefined;
}

/** The turns of one instance. `enter` and `leave` are those of the engine's `Surroundings`. */
export interface Turns {
  /** Program code of `scope` runs from now on, in an event of that time; replaces the turn there was. */
  readonly enter: (scope: string, atMs: number) => void;
  readonly leave: () => void;
  /** Runs code that evaluates the program: a turn with a stream of its own. */
  readonly evaluating: <T>(atMs: number, evaluate: () => T) => T;
}

interface Turn {
  readonly placeOf: TurnsOptions["placeOf"];
  nowMs: number;
  /** When the instance began. */
  readonly originMs: number;
  /** Of the scope that runs; made when it is first drawn from. */
  readonly chance: () => Chance;
}

let current: Turn | undefined;
/** The turn that was left last, until the event loop goes on and no promise of it can. */
let left: Turn | undefined;
let importing = 0;

// No scope path of the engine looks like this one.
const EVALUATION = "(evaluation)";

export function createTurns({ seed, placeOf }: TurnsOptions): Turns {
  const streams = new Map<string, Chance>();
  let scope = "";
  const chance = (): Chance => {
    let stream = streams.get(scope);
    if (stream === undefined) {
      stream = chanceOf(seed, scope);
      streams.set(scope, stream);
    }
    return stream;
  };
  let turn: Turn | undefined;

  const enter = (path: string, atMs: number): void => {
    if (effectScope.getStore() !== undefined) effectScope.enterWith(undefined as never);
    turn ??= { placeOf, nowMs: atMs, originMs: atMs, chance };
    if (atMs > turn.nowMs) turn.nowMs = atMs;
    scope = path;
    importing = 0;
    current = turn;
  };
  const leave = (): void => {
    current = undefined;
    if (left === undefined) setImmediate(forgetLeft);
    left = turn;
  };
  const evaluating = <T>(atMs: number, evaluate: () => T): T => {
    enter(EVALUATION, atMs);
    try {
      return evaluate();
    } finally {
      leave();
    }
  };
  return { enter, leave, evaluating };
}

function forgetLeft(): void {
  left = undefined;
}

/**
 * The turn that the calling code belongs to; `undefined`: host's own time, or inside an effect.
 *
 * @param call what was called, if it may not be called when the turn is over
 * @throws SequencerError `NondeterministicCall`
 */
export function turnOfCaller(call?: string): Turn | undefined {
  if ((current ?? left) === undefined || effectScope.getStore() !== undefined) return undefined;
  if (current === undefined && call !== undefined) refuseLate(call);
  return current;
}

/** Only what goes on by itself: the host, too, calls the program's code between turns, for its schemas. */
function refuseLate(call: string): void {
  const stack = stackOf(turnOfCaller);
  const goesOn = stack.split("\n").filter((line) => !/^\s+at async | \(?node:/.test(line));
  if (left?.placeOf(goesOn.at(-1)) === undefined) return;
  throw new SequencerError(
    "NondeterministicCall",
    `${call} was called at ${left.placeOf(stack)} by code that nobody awaited: its turn was over.`,
    "Put `await` in front of the asynchronous function, before the next `yield*`.",
  );
}

/**
 * Evaluates a module of a package. While it runs, nothing is refused: packages look at the terminal, the
 * environment and their own files when they are imported. Clock and chance stay those of the turn.
 */
export function importingPackage<T>(evaluate: () => T): T {
  importing++;
  try {
    return evaluate();
  } finally {
    importing--;
  }
}

/** @throws SequencerError `NondeterministicCall`, in a turn */
export function refuseInTurn(call: string, verb = "called"): void {
  const turn = turnOfCaller(call);
  if (turn === undefined || importing > 0) return;
  const place = turn.placeOf(stackOf(refuseInTurn));
  throw new SequencerError(
    "NondeterministicCall",
    `${call} was ${verb}${place === undefined ? "" : ` at ${place}`}: what it does or gives would not be the same when the run is replayed.`,
    FIXES.find(([pattern]) => pattern.test(call))?.[1],
  );
}

/** Deeper than usual: the author's line may be far below that of a package. */
function stackOf(above: (...parameters: never[]) => unknown): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const at: { stack?: string } = {};
  Error.captureStackTrace(at, above);
  const { stack = "" } = at;
  Error.stackTraceLimit = limit;
  return stack;
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /^(timers\.|timers\/promises\.)?(setTimeout|setInterval|setImmediate)|^Atomics\.|^AbortSignal\./,
    'Wait with `yield* sleep("90s")`, or give a step a `timeout`; inside a sideEffect timers work.',
  ],
  [/^process\.cwd$/, "Give paths in full, from `instance.projectDir` or `import.meta.dirname`."],
  [/^process\.env/, "Make it one of the program's params, or read it inside a sideEffect."],
  [/^process\.(exit|abort|kill)$/, 'End the run with `return` or `throw new Abort("why")`.'],
  [/^child_process\./, "Run the process with `yield* command(file, args)`, or inside a sideEffect."],
  [/^crypto\.subtle\./, "Use createHash or createHmac of node:crypto, or move the call into a sideEffect."],
  [/^require\(/, "Import it at the top of the file, so that it becomes part of the program's version."],
  [/^performance\.|^process\.hrtime/, "Measure inside a sideEffect; time stands still between steps."],
];
