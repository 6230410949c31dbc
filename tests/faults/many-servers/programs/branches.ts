import { all, defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

const Reply = z.object({ token: z.string(), n: z.int() });

/** Three branches at once, twice, each of several steps. */
export default defineProgram({
  name: "branches",
  description: "Asks three things at once.",
  params: z.object({ label: z.string() }),

  async *run({ params }) {
    const heard: string[] = [];
    for (const round of [1, 2]) {
      const parts = yield* all(
        [1, 2, 3].map((branch) => part(`${params.label}: round ${round}, branch ${branch}`)),
      );
      heard.push(...parts.flat());
    }
    return { heard };
  },
});

async function* part(name: string) {
  const heard: string[] = [];
  for (const step of [1, 2, 3]) {
    const text = `${name}, step ${step}.\nHeard: ${JSON.stringify(heard)}`;
    heard.push((yield* instruct(text, { reply: Reply })).token);
  }
  return heard;
}
