/** N instructions in a row: what the benchmarks drive. */

import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

export default defineProgram({
  name: "loop",
  description: "Asks for a text, as often as told.",
  params: z.object({ steps: z.int().min(1) }),

  async *run({ params }) {
    let characters = 0;
    for (let i = 1; i <= params.steps; i += 1) {
      const { text } = yield* instruct(
        `Read section ${i} of the document, check every statement in it against the sources, and reply with a summary of what you found: which statements hold, which do not, and what is missing.`,
        { reply: z.object({ text: z.string().min(1) }) },
      );
      characters += text.length;
    }
    return { characters };
  },
});
