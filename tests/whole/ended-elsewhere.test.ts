import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox, startServer } from "../server/stdio.ts";
import { writeProgram } from "./sandbox-programs.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
  writeProgram(
    sandbox,
    "heavy",
    `export default defineProgram({
      name: "heavy",
      description: "Takes long over each reply.",
      async *run() {
        let sum = 0;
        for (let step = 1; step <= 3; step++) {
          yield* instruct("Step " + step + ".");
          for (let i = 0; i < 1_000_000_000; i++) sum = (sum + i) | 0;
        }
        return sum;
      },
    });`,
  );
});
afterEach(() => sandbox.remove());

it("a run that another server ends while a reply is worked on has one end, and nothing behind it", async () => {
  const patient = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "50000" } });
  const impatient = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "50" } });
  const { instance_id } = await patient.call("sequencer_start", { program: "heavy" });
  const log = () => readFileSync(join(sandbox.stateDir, `${instance_id}.jsonl`), "utf8");
  const first = await impatient.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
  expect(first).toMatchObject({ error: "ProgramStalled" });
  expect(await patient.call("sequencer_current", { instance_id })).toMatchObject({ step_no: 2 });

  const second = patient.call("sequencer_next", { instance_id, for_step_no: 2, result: 2 });
  while (!log().includes('"type":"reply_accepted"', log().indexOf('"step_no":2,'))) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await impatient.call("sequencer_cancel", { instance_id, reason: "it takes too long" });
  const cancelled = { state: "cancelled", last_yield: { kind: "abort", reason: "it takes too long" } };
  expect(await second).toMatchObject(cancelled);
  const lines = log().trimEnd().split("\n");
  expect(lines.filter((line) => line.includes('"type":"ended"'))).toHaveLength(1);

  const later = await startServer(sandbox);
  for (const server of [patient, impatient, later]) {
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject(cancelled);
    await server.close();
  }
});
