/** Programs of one test, and of one test only. */

import { defineProgram, type Program } from "agent-sequencer";

type Run<Result> = () => Generator<any, Result, any> | AsyncGenerator<any, Result, any>;

/** Takes no params. */
export function programOf<Result>(run: Run<Result>, more: object = {}): Program<any, Result> {
  return defineProgram<any, Result>({ name: "tried", description: "Tries one thing.", ...more, run });
}
