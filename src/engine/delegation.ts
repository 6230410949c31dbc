/**
 * `yield*` and cancelling. A generator that is returned while it delegates (`yield* helper()`) returns the
 * helper first. If the helper then yields in its `finally`, JavaScript forgets why: once the helper has
 * finished, the generator goes on after its `yield*`, as if nothing had been cancelled.
 *
 * Y1. While program code runs, a helper that finishes after it was returned yields `RETURN`: whoever advances
 *     the generator returns it once more, and so the return goes on from the helper to its caller.
 * Y2. At any other time generators are what they are everywhere.
 */

/** Yielded in place of the end of a helper that was returned: return the generator again. */
export const RETURN = Symbol("agent-sequencer.return");

let isOn = false;

/** Switched on around program code. */
export function delegateReturns(on: boolean): void {
  isOn = on;
}

type Result = IteratorResult<unknown, unknown>;

/** A generator and what tells the asynchronous kind from the other. */
interface Kind<Answer> {
  /** Of its iterators: what stands in for a generator is one of them. */
  readonly prototype: object;
  readonly map: (answer: Answer, change: (result: Result) => Result) => Answer;
  readonly answer: (result: Result) => Answer;
}

interface Helper<Answer> {
  next(value: unknown): Answer;
  throw(error: unknown): Answer;
  return(value: unknown): Answer;
}

/** Stands between a generator and the helper that it delegates to. */
function delegateTo<Answer>(
  helper: Helper<Answer>,
  { prototype, map, answer }: Kind<Answer>,
): Helper<Answer> {
  let isReturned = false;
  let isDone = false;
  const goOn = (result: Result): Result => {
    if (!result.done) return result;
    isDone = true;
    return { done: false, value: RETURN };
  };
  const seen = (given: Answer) => (isReturned ? map(given, goOn) : given);
  const delegate: Helper<Answer> = {
    next: (value) => seen(helper.next(value)),
    throw: (error) => seen(helper.throw(error)),
    return: (value) => {
      if (isDone) return answer({ done: true, value });
      isReturned = true;
      return helper.return(value);
    },
  };
  return Object.assign(Object.create(prototype), delegate);
}

/** `yield*` asks a generator for its iterator, which is itself; here it is asked. */
function interpose<Answer>(generators: object, symbol: symbol, kind: Omit<Kind<Answer>, "prototype">): void {
  const prototype = Object.getPrototypeOf(generators);
  const itself = prototype[symbol] as (this: unknown) => unknown;
  Object.defineProperty(generators, symbol, {
    configurable: true,
    writable: true,
    value(this: Helper<Answer>) {
      return isOn ? delegateTo(this, { prototype, ...kind }) : itself.call(this);
    },
  });
}

interpose<Result>(Object.getPrototypeOf(function* () {}.prototype), Symbol.iterator, {
  map: (result, change) => change(result),
  answer: (result) => result,
});

interpose<Promise<Result>>(Object.getPrototypeOf(async function* () {}.prototype), Symbol.asyncIterator, {
  map: (result, change) => result.then(change),
  answer: (result) => Promise.resolve(result),
});
