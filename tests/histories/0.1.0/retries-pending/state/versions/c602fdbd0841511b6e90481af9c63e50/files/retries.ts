import { Abort, defineProgram, instruct, StepFailed } from "agent-sequencer";
import { z } from "zod";

const Age = z.object({
  name: z.string().trim().toUpperCase(),
  age: z.int().min(0),
  note: z.string().default("-"),
});

/** What becomes of replies that are not as they should be. */
export default defineProgram({
  name: "retries",
  description: "Invalid replies, failures, and the four ways to end.",
  params: z.object({ end: z.enum(["complete", "abort", "throw", "strict"]) }),

  async *run({ params, progress }) {
    progress(1, 3, "asking");
    const person = yield* instruct("Who, and how old?", {
      reply: Age,
      id: "person",
      expected: "10m",
      tools: { allow: ["Read"], deny: ["Bash(rm:*)"] },
    });
    let exhausted = "";
    try {
      yield* instruct("Give a number.", { reply: { type: "integer", minimum: 1 }, maxAttempts: 2 });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      exhausted = error.code;
    }
    let failed = "";
    try {
      yield* instruct("Do what cannot be done.");
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      failed = `${error.code}: ${error.message}`;
    }
    progress(2, 3, "ending");
    if (params.end === "strict") yield* instruct("Only a text.", { reply: z.string(), onInvalid: "abort" });
    if (params.end === "abort") throw new Abort("it was asked to");
    if (params.end === "throw") throw new RangeError("it was asked to");
    const anything: unknown = yield* instruct("Anything at all.");
    return { person, exhausted, failed, anything };
  },
});
