/** N instructions in a row: what the benchmarks drive. */

import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

export default defineProgram({
  name: "loop",
  description: "Asks for a text, as often as told.",
  params: z.object({
    steps: z.int().min(1),
    /** Made at every step, as authors write it, or once: making a schema is most of what a bare step costs. */
    schema: z.enum(["each", "once"]).default("each"),
  }),

  async *run({ params }) {
    const schema = () => z.object({ text: z.string().min(1) });
    const once = schema();
    let characters = 0;
    for (let i = 1; i <= params.steps; i += 1) {
      const { text } = yield* instruct(
        `Read section ${i} of the document, check every statement in it against the sources, and reply with a summary of what you found: which statements hold, which do not, and what is missing.`,
        { reply: params.schema === "once" ? once : schema() },
      );
      characters += text.length;
    }
    return { characters };
  },
});
