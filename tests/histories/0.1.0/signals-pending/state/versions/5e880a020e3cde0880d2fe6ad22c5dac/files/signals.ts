import { defineProgram, instruct, race, signal, sleep } from "agent-sequencer";
import { z } from "zod";

/** Word from outside, early and late. */
export default defineProgram({
  name: "signals",
  description: "Waits for signals.",
  params: z.object({ waits: z.boolean().default(false) }),
  signals: {
    approval: z.object({ by: z.string().trim(), approved: z.boolean().default(true) }),
    stop: { type: "null" },
  },

  async *run({ params }) {
    yield* instruct("Ask for approval.");
    const first = yield* signal("approval");
    const second = yield* signal("approval");
    const winner = yield* race([signal("stop"), sleep(params.waits ? "30000d" : "5ms")]);
    return { first, second, winner: winner ?? null };
  },
});
