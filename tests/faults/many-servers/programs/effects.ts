import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineProgram, instruct, StepFailed, sideEffect } from "agent-sequencer";
import { z } from "zod";

/** Between two replies code of its own runs, which somebody outside writes down. */
export default defineProgram({
  name: "effects",
  description: "Does something outside between two replies.",
  params: z.object({ label: z.string(), witness: z.string() }),

  async *run({ params, instance }) {
    const heard: string[] = [];
    for (const round of [1, 2, 3, 4]) {
      const { token, n } = yield* instruct(
        `${params.label}: round ${round}.\nHeard: ${JSON.stringify(heard)}`,
        {
          reply: z.object({ token: z.string(), n: z.int() }),
        },
      );
      heard.push(token);
      const again = `again-${round}`;
      yield* sideEffect(again, () => witnessed(params.witness, instance.id, again, n));
      const once = `once-${round}`;
      try {
        yield* sideEffect(once, () => witnessed(params.witness, instance.id, once, n), {
          onInterrupted: "fail",
        });
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
      }
    }
    return { heard };
  },
});

async function witnessed(file: string, instance: string, label: string, n: number): Promise<string> {
  const id = `${process.pid}-${process.hrtime.bigint()}`;
  appendFileSync(file, `begin\t${instance}\t${label}\t${id}\n`);
  await sleep(n % 40);
  appendFileSync(file, `end\t${instance}\t${label}\t${id}\n`);
  return id;
}
