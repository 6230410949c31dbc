/** Logs as the server writes them: a real sequencer, driven with these replies. */

import { join } from "node:path";
import { createSequencer } from "../../src/instances/sequencer.ts";
import type { Entries } from "./built.ts";
import type { Bench } from "./workshop.ts";

/** @returns the path of the log */
export async function record(
  bench: Bench,
  { host, guard }: Entries,
  program: string,
  replies: readonly unknown[],
): Promise<string> {
  const stateDir = join(bench.root, "state");
  const sequencer = createSequencer({
    stateDir,
    projectDir: join(bench.root, "project"),
    home: join(bench.root, "home"),
    programDirs: [],
    version: "0.0.0",
    hostEntry: host,
    guardEntry: guard,
  });
  try {
    const { instance_id: instanceId } = await sequencer.start({ program });
    for (const result of replies) await sequencer.next({ instanceId, result });
    return join(stateDir, `${instanceId}.jsonl`);
  } finally {
    await sequencer.dispose();
  }
}
