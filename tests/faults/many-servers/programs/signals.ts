import { defineProgram, instruct, signal, sleep } from "agent-sequencer";
import { z } from "zod";

/** Waits for signals, which may come long before, and for the clock. */
export default defineProgram({
  name: "signals",
  description: "Waits for signals between two replies.",
  params: z.object({ label: z.string() }),
  signals: { go: z.object({ token: z.string() }) },

  async *run({ params }) {
    const heard: string[] = [];
    const signals: string[] = [];
    for (const round of [1, 2, 3, 4, 5]) {
      const known = `Heard: ${JSON.stringify(heard)}\nSignals: ${JSON.stringify(signals)}`;
      const { token } = yield* instruct(`${params.label}: round ${round}.\n${known}`, {
        reply: z.object({ token: z.string(), n: z.int() }),
      });
      heard.push(token);
      const { token: come } = (yield* signal("go")) as { token: string };
      signals.push(come);
      yield* sleep("20ms");
    }
    return { heard, signals };
  },
});
