import { Abort, defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

export default defineProgram({
  name: "callee",
  description: "Is called by another program.",
  params: z.object({ depth: z.int().default(1), topic: z.string() }),

  async *run({ params }): AsyncGenerator<any, { path: string[] }, any> {
    if (params.topic === "refuse") throw new Abort("not about that");
    const { word } = yield* instruct(`At depth ${params.depth}: a word for ${params.topic}.`, {
      reply: z.object({ word: z.string() }),
    });
    return { path: [word] };
  },
});
