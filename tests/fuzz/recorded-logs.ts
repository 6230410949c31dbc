/** Logs of real runs, of every kind of event that a run without a person and without commands can have. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../server/stdio.ts";
import { writeBody } from "../whole/sandbox-programs.ts";
import type { RawServer } from "./raw-server.ts";
import { writePrograms } from "./runs.ts";

export interface RecordedLog {
  readonly name: string;
  readonly bytes: Buffer;
}

export function writeRecordedPrograms(sandbox: Sandbox): void {
  writePrograms(sandbox);
  writeBody(
    sandbox,
    "mixed",
    `const done = yield* sideEffect("count", async () => 7);
     const { value } = yield* instruct("Give a number.", { reply: z.object({ value: z.int() }), maxAttempts: 2, timeout: "1h" });
     try {
       yield* race([instruct("Or this."), sleep("2h"), sum.call({ steps: 1 })]);
     } finally {
       yield* instruct("Clean up.");
     }
     return { done, value };`,
    `import { race, sideEffect, sleep } from "agent-sequencer";
     import sum from "./sum.ts";`,
  );
}

/** Drives some runs on the server, each as far as makes its log worth reading. */
export async function recordLogs(server: RawServer, sandbox: Sandbox): Promise<RecordedLog[]> {
  const logs: RecordedLog[] = [];
  const start = async (program: string, params = {}): Promise<string> =>
    (await server.call("sequencer_start", { program, params })).instance_id;
  const reply = (instance_id: string, for_step_no: number, result: unknown) =>
    server.call("sequencer_next", { instance_id, for_step_no, result });
  const keep = (name: string, id: string) =>
    logs.push({ name, bytes: readFileSync(join(sandbox.stateDir, `${id}.jsonl`)) });

  const sum = await start("sum", { steps: 3 });
  await reply(sum, 1, { value: 1 });
  await reply(sum, 2, { value: "not a number" });
  keep("an unfinished run with an invalid reply", sum);
  await reply(sum, 3, { value: "3" });
  await reply(sum, 4, { value: 5 });
  keep("a completed run", sum);
  const fork = await server.call("sequencer_fork", { instance_id: sum, before_step_no: 3 });
  keep("a fork", fork.instance_id);

  const pair = await start("pair");
  await reply(pair, 2, 7);
  keep("a run with two steps at once", pair);
  const waits = await start("waits");
  await server.call("sequencer_close", { instance_id: waits });
  await server.call("sequencer_resume", { instance_id: waits });
  keep("a run that was closed and waits", waits);
  await server.call("sequencer_signal", { instance_id: waits, name: "go", value: { a: 1 } });
  keep("a run that a signal completed", waits);

  const mixed = await start("mixed");
  await reply(mixed, 2, {});
  await reply(mixed, 3, { value: 1 });
  keep("a run with an effect, a race, a clock and a call", mixed);
  await server.call("sequencer_cancel", { instance_id: mixed, reason: "enough" });
  keep("a run that is being cancelled", mixed);
  return logs;
}
