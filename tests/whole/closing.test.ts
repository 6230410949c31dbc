import { afterEach, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox, startServer } from "../server/stdio.ts";
import { writeSum } from "./sandbox-programs.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
  writeSum(sandbox);
});
afterEach(() => sandbox.remove());

it("a run is closed while another server drives it, however often the two meet", async () => {
  const [driver, closer] = [await startServer(sandbox), await startServer(sandbox)];
  const { instance_id } = await driver!.call("sequencer_start", { program: "sum", params: { steps: 60 } });
  for (let step = 1; step <= 60; step++) {
    const [answer, closed] = await Promise.all([
      driver!.call("sequencer_next", { instance_id, for_step_no: step, result: { value: 1 } }),
      closer!.call("sequencer_close", { instance_id }),
    ]);
    expect(answer.ok, JSON.stringify(answer)).not.toBe(false);
    expect(closed).toMatchObject({ closed: true });
  }
  expect(await closer!.call("sequencer_current", { instance_id })).toMatchObject({
    state: "completed",
    last_yield: { summary: { sum: 60 } },
  });
  await driver!.close();
  await closer!.close();
});
