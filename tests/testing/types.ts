/** Compiled, never run: what an author's editor shows of a run. */

import { defineProgram, instruct } from "agent-sequencer";
import { drive, type Run } from "agent-sequencer/testing";
import { z } from "zod";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_proof: Same<A, B>): void {}

const counted = defineProgram({
  name: "counted",
  description: "Counts.",
  params: z.object({ path: z.string(), deep: z.boolean().default(false) }),
  async *run() {
    return yield* instruct("Count.", { reply: z.object({ count: z.int() }) });
  },
});

export async function typedByTheProgram() {
  const run = await drive(counted, { path: "a" });
  same<typeof run, Run<{ count: number }>>(true);
  same<typeof run.summary, { count: number }>(true);
  // @ts-expect-error the summary has no such field
  run.summary.total;
  // @ts-expect-error path is missing
  await drive(counted, { deep: true });
  // @ts-expect-error no such state
  if (run.state === "done") return;
  const fork = await run.fork(1);
  same<typeof fork, Run<{ count: number }>>(true);
  // @ts-expect-error a reason is a text
  await run.cancel(1);
}

export async function untypedByFile() {
  const run = await drive("./counted.ts", { path: 1 });
  same<typeof run, Run<any>>(true);
}
