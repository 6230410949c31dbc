import { defineProgram, instruct } from "agent-sequencer";
// @ts-expect-error the package lies beside the program only where it is run
import { next } from "counter";

/** Imports a package, whose state is each run's own. */
export default defineProgram({
  name: "packaged",
  description: "Imports a package.",

  async *run() {
    const replies: unknown[] = [];
    for (let n: number = next(); n <= 3; n = next()) replies.push(yield* instruct(`Number ${n}.`));
    return { replies, after: next() };
  },
});
