/**
 * Turns in a test's process: the guard that the server has a worker thread for.
 *
 * U1. One turn at a time in the process, whoever's: the engine's watch over steps, and the clock that
 *     programs see, are the process's.
 * U2. A program waits for steps only, so a turn is one chain of microtasks. One that has not ended when the
 *     event loop comes round waits for something else, and never ends.
 */

import { SequencerError } from "../errors.ts";

// Fake timers of a test runner must not stop it.
const { setImmediate } = globalThis;

let previous: Promise<unknown> = Promise.resolve();

/** @throws SequencerError `ProgramStalled` if the program waits for something that is not a step */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = previous.then(() => Promise.race([work(), eventLoopComesRound()]));
  previous = result.catch(() => {});
  return result;
}

function eventLoopComesRound(): Promise<never> {
  return new Promise((_, reject) => {
    setImmediate(() =>
      reject(
        new SequencerError(
          "ProgramStalled",
          "The program awaits something that is not a step (a timer, a request, a promise that is settled elsewhere).",
          "Wait with `yield* sleep(...)`, and move what touches the world into a sideEffect.",
        ),
      ),
    );
  });
}
