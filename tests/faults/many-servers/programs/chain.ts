import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

/** One step after the other; each says what all before it were answered. */
export default defineProgram({
  name: "chain",
  description: "Asks again and again, each time with all that it has heard.",
  params: z.object({ label: z.string(), steps: z.int().default(12) }),

  async *run({ params, progress }) {
    const heard: string[] = [];
    let sum = 0;
    for (let step = 1; step <= params.steps; step++) {
      progress(step, params.steps);
      const { token, n } = yield* instruct(
        `${params.label}: number ${step}; the sum is ${sum}.\nHeard: ${JSON.stringify(heard)}`,
        { reply: z.object({ token: z.string(), n: z.int() }) },
      );
      heard.push(token);
      sum += n;
    }
    return { heard, sum };
  },
});
