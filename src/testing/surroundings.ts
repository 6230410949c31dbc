/** What the server's program host gives to programs: logical time and seeded chance, by turn. */

import type { Surroundings } from "../engine/execution.ts";
import { createTurns } from "../host/determinism/turn.ts";
import type { Program } from "../program/program.ts";
import { putTurnGlobals, restoreGlobals } from "./globals.ts";
import type { Source } from "./source.ts";

export interface RunSurroundings extends Surroundings {
  /** @param atMs when the run began, in its own time */
  evaluate(atMs: number): Program;
}

/** Where the globals answer by turn already: in a worker thread of ours. */
export function hostSurroundings(source: Source, seed: string): RunSurroundings {
  const { placeOf, describeError } = source;
  const { enter, leave, evaluating } = createTurns({ seed, placeOf });
  return {
    enter,
    leave,
    evaluate: (atMs) => evaluating(atMs, () => source.evaluate()),
    placeOf,
    describeError,
  };
}

/** In the process of a test, whose globals are its own between turns. */
export function testSurroundings(source: Source, seed: string): RunSurroundings {
  const host = hostSurroundings(source, seed);
  return {
    ...host,
    enter(scope, atMs) {
      putTurnGlobals();
      host.enter(scope, atMs);
    },
    leave() {
      host.leave();
      restoreGlobals();
    },
    evaluate(atMs) {
      putTurnGlobals();
      try {
        return host.evaluate(atMs);
      } finally {
        restoreGlobals();
      }
    },
  };
}
