import { all, CallFailed, defineProgram } from "agent-sequencer";
import { z } from "zod";
import callee from "./callee.ts";

/** Other programs as part of this one. */
export default defineProgram({
  name: "caller",
  description: "Calls another program, alone and several times at once.",
  params: z.object({ topics: z.array(z.string()) }),

  async *run({ params }) {
    const alone = yield* callee.call({ topic: params.topics[0]! });
    const together = yield* all(params.topics.map((topic, i) => callee.call({ topic, depth: i + 2 })));
    let refused = "";
    try {
      yield* callee.call({ topic: "refuse" });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      refused = error.message;
    }
    return { alone, together, refused };
  },
});
