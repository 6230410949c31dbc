import { all, command, defineProgram, instruct, StepFailed, sideEffect, sleep } from "agent-sequencer";
import { z } from "zod";

/** The world: code of its own, processes, the clock. */
export default defineProgram({
  name: "outside",
  description: "Side effects, commands and the clock.",
  params: z.object({ blocks: z.boolean().default(false) }),

  async *run({ params }) {
    const made = yield* sideEffect("make a value", () => ({ at: Date.now(), nested: [1, { two: "2" }] }));
    let refused = "";
    try {
      yield* sideEffect(
        "refuse",
        () => {
          throw new TypeError("no");
        },
        { retry: { attempts: 2, backoff: "1ms" } },
      );
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      refused = error.message;
    }
    const node = yield* command("node", ["-e", "console.log('out'); console.error('err'); process.exit(3)"]);
    yield* sleep("10ms");
    const interrupted = params.blocks ? yield* interruptedOnes() : [];
    const last = yield* instruct("What is left?", { reply: z.object({ left: z.string() }) });
    return { made, refused, node, interrupted, last };
  },
});

/** The first time they never come back; somebody kills the server meanwhile. */
async function* interruptedOnes() {
  const blocking = ({ attempt }: { attempt: number }) =>
    attempt > 1 ? `attempt ${attempt}` : new Promise<string>(() => {});
  return yield* all([
    sideEffect("is run again", blocking),
    (async function* () {
      try {
        return yield* sideEffect("fails instead", blocking, { onInterrupted: "fail" });
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        return error.code;
      }
    })(),
  ]);
}
