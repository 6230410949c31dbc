import { Abort, defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

/** Ends in one of four ways, as it is answered, and cleans up behind itself. */
export default defineProgram({
  name: "fragile",
  description: "Throws, aborts or completes, as the replies say.",
  params: z.object({ label: z.string() }),

  async *run({ params }) {
    const heard: string[] = [];
    const ask = (what: string) =>
      instruct(`${params.label}: ${what}.\nHeard: ${JSON.stringify(heard)}`, {
        reply: z.object({ token: z.string(), n: z.int() }),
        maxAttempts: 3,
      });
    try {
      for (let step = 1; step <= 10; step++) {
        const { token, n } = yield* ask(`step ${step}`);
        heard.push(token);
        if (n % 13 === 3) throw new Error(`reply ${token} says so`);
        if (n % 13 === 5) throw new Abort(`reply ${token} says so`);
      }
    } finally {
      heard.push((yield* ask("clean up")).token);
    }
    return { heard };
  },
});
