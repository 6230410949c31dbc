import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

/** Is cancelled, with a clean-up that asks one thing more; or gets stuck. */
export default defineProgram({
  name: "ends",
  description: "Is ended from outside.",
  params: z.object({ stuck: z.boolean().default(false) }),

  async *run({ params }) {
    try {
      yield* instruct("Begin.");
      while (params.stuck);
      yield* instruct("Go on.");
    } finally {
      yield* instruct("Clean up.", { reply: z.object({ cleaned: z.boolean() }) });
    }
    return "done";
  },
});
