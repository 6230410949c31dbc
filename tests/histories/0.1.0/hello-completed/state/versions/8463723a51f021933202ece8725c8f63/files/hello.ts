import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

export default defineProgram({
  name: "hello",
  description: "Greet each name in turn.",
  params: z.object({ names: z.array(z.string().min(1)).min(1).default(["world"]) }),

  async *run({ params, progress }) {
    const greetings = [];
    for (const [i, name] of params.names.entries()) {
      progress(i + 1, params.names.length, `greeting ${name}`);
      const { message } = yield* instruct(`Write a one-line, friendly greeting for '${name}'.`, {
        reply: z.object({ message: z.string().min(1) }),
      });
      greetings.push({ name, message });
    }
    return { greeted_count: greetings.length, greetings };
  },
});
