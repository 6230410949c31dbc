/** A program that takes more memory than its thread may have: its run is stalled, and nothing else notices. */

import { expect, it } from "vitest";
import { createSandbox, startServer } from "../server/stdio.ts";
import { writeBody, writeSum } from "../whole/sandbox-programs.ts";

it("a program that fills its heap stops only itself", async () => {
  const sandbox = createSandbox();
  writeSum(sandbox);
  writeBody(
    sandbox,
    "greedy",
    `yield* instruct("Go."); const all: unknown[] = []; for (;;) all.push(new Array(10_000).fill({ n: all.length }));`,
  );
  // Small heaps, so that the test needs no more memory than another; and time enough to fill one.
  const server = await startServer(sandbox, {
    execArgv: ["--max-old-space-size=150"],
    env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "40000" },
  });
  try {
    const greedy = await server.call("sequencer_start", { program: "greedy" });
    const other = await server.call("sequencer_start", { program: "sum" });
    const filling = server.call("sequencer_next", { ...idOf(greedy), for_step_no: 1, result: 1 });
    const answer = await server.call("sequencer_next", {
      ...idOf(other),
      for_step_no: 1,
      result: { value: 1 },
    });
    expect(answer).toMatchObject({ step_no: 2 });
    expect(await filling).toMatchObject({
      ok: false,
      error: "ProgramStalled",
      message: expect.stringContaining("memory"),
    });
    expect(await server.call("sequencer_current", idOf(greedy))).toMatchObject({ state: "stalled" });
    const next = { ...idOf(other), for_step_no: 2, result: { value: 1 } };
    expect(await server.call("sequencer_next", next)).toMatchObject({ step_no: 3 });
  } finally {
    await server.close();
    sandbox.remove();
  }
});

function idOf({ instance_id }: { instance_id: string }): { instance_id: string } {
  return { instance_id };
}
