/** `programs/loop.ts` without us: an author's code costs what it costs, so the floor runs all of it. */

import { z } from "zod";

export async function* loop(params) {
  const schema = () => z.object({ text: z.string().min(1) });
  const once = schema();
  let characters = 0;
  for (let i = 1; i <= params.steps; i += 1) {
    const { text } = yield {
      text: `Read section ${i} of the document, check every statement in it against the sources, and reply with a summary of what you found: which statements hold, which do not, and what is missing.`,
      reply: params.schema === "once" ? once : schema(),
    };
    characters += text.length;
  }
  return { characters };
}
