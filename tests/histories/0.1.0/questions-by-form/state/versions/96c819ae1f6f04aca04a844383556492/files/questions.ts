import { ask, defineProgram } from "agent-sequencer";
import { z } from "zod";

/** Questions to a person. */
export default defineProgram({
  name: "questions",
  description: "Asks a person.",

  async *run() {
    const branch = yield* ask("Which branch?", { choices: ["main", "next"], id: "branch" });
    const { reason } = yield* ask("Why?", { reply: z.object({ reason: z.string().min(3) }) });
    return { branch, reason };
  },
});
