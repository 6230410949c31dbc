/** What the server's program host gives to programs, in a test: logical time and seeded chance, by turn. */

import type { Surroundings } from "../engine/execution.ts";
import { createTurns } from "../host/determinism/turn.ts";
import type { Program } from "../program/program.ts";
import { putTurnGlobals, restoreGlobals } from "./globals.ts";
import type { Source } from "./source.ts";

export interface TestSurroundings extends Surroundings {
  /** @param atMs when the run began, in its own time */
  evaluate(atMs: number): Program;
}

export function surroundingsFor(source: Source, seed: string): TestSurroundings {
  const { placeOf, describeError } = source;
  const turns = createTurns({ seed, placeOf });
  return {
    enter(scope, atMs) {
      putTurnGlobals();
      turns.enter(scope, atMs);
    },
    leave() {
      turns.leave();
      restoreGlobals();
    },
    evaluate(atMs) {
      putTurnGlobals();
      try {
        return turns.evaluating(atMs, () => source.evaluate());
      } finally {
        restoreGlobals();
      }
    },
    placeOf,
    describeError,
  };
}
