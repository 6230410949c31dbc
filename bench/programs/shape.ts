/** Many branches at once, and branches within branches: what `rows/shape.mjs` drives. */

import { all, defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

const reply = z.object({ text: z.string().min(1) });

async function* item(name: string) {
  const { text } = yield* instruct(`Look at item ${name}.`, { reply });
  return text.length;
}

/** The item lies under `depth` groups. */
async function* nested(name: string, depth: number): AsyncGenerator<any, number, any> {
  if (depth === 0) return yield* item(name);
  const [length] = yield* all([nested(name, depth - 1)]);
  return length;
}

export default defineProgram({
  name: "shape",
  description: "Looks at many items, several at a time, each at some depth.",
  params: z.object({ items: z.int().min(1), concurrency: z.int().min(1), depth: z.int().min(0) }),

  async *run({ params: { items, concurrency, depth } }) {
    const branches = Array.from({ length: items }, (_, i) => nested(String(i), depth));
    const lengths = yield* all(branches, { concurrency });
    return { characters: lengths.reduce((sum, length) => sum + length, 0) };
  },
});
