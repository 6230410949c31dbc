import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

/** What a log must be able to hold. */
export default defineProgram({
  name: "texts",
  description: "Texts of every kind, large and deep values.",
  params: z.object({ greeting: z.string(), ünïcödé: z.record(z.string(), z.string()).default({}) }),

  async *run({ params, progress }) {
    progress(1, 2, "日本語 🦉");
    const replies: unknown[] = [];
    for (const what of ["großer Text", "tiefer Wert", '\u2028 Zeilen\u0000 { "seq":1', params.greeting]) {
      const reply: unknown = yield* instruct(`Gib zurück: ${what}`);
      replies.push(typeof reply === "string" && reply.length > 1_000 ? reply.length : reply);
    }
    return { replies, params };
  },
});
