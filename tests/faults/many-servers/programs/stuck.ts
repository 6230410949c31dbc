import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

/** Some replies it never comes back from, at the latest the fourth: whoever runs beside it must not suffer. */
export default defineProgram({
  name: "stuck",
  description: "Gets stuck on some replies.",
  params: z.object({ label: z.string() }),

  async *run({ params }) {
    const heard: string[] = [];
    for (let step = 1; step <= 8; step++) {
      const { token, n } = yield* instruct(
        `${params.label}: step ${step}.\nHeard: ${JSON.stringify(heard)}`,
        {
          reply: z.object({ token: z.string(), n: z.int() }),
        },
      );
      heard.push(token);
      while (n % 3 === 1 || step === 4);
    }
    return { heard };
  },
});
