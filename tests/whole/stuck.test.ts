import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody, writeSum } from "./sandbox-programs.ts";

describe("a program that does not come back", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeEach(async () => {
    sandbox = createSandbox();
    writeSum(sandbox);
    server = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "700" } });
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  const ways = {
    "an endless loop": "for (;;) {}",
    "a chain of microtasks that never ends": "for (;;) await null;",
    "a foreign await": "await new Promise(() => {});",
  };

  for (const [what, code] of Object.entries(ways)) {
    it(`by ${what} before the first step does not start, and says so`, async () => {
      writeBody(sandbox, "stuck", `${code}\nyield* instruct("Never.");`);
      const answer = await server.call("sequencer_start", { program: "stuck" });
      expect(answer).toMatchObject({ ok: false, error: "ProgramStalled" });
      expect((await server.call("sequencer_list")).instances).toEqual([]);
    });

    it(`by ${what} after a step is stalled, and the others go on meanwhile`, async () => {
      writeBody(sandbox, "stuck", `const n = yield* instruct("Go.");\n${code}\nreturn n;`);
      const stuck = await server.call("sequencer_start", { program: "stuck" });
      const other = await server.call("sequencer_start", { program: "sum", params: { steps: 4 } });
      const stalled = server.call("sequencer_next", {
        instance_id: stuck.instance_id,
        for_step_no: 1,
        result: 1,
      });
      let answer = other;
      for (let step = 1; step <= 4; step++) {
        answer = await server.call("sequencer_next", {
          instance_id: other.instance_id,
          for_step_no: step,
          result: { value: step },
        });
      }
      expect(answer).toMatchObject({ state: "completed", last_yield: { summary: { sum: 10 } } });
      expect(await stalled).toMatchObject({ ok: false, error: "ProgramStalled" });
      expect(await server.call("sequencer_current", { instance_id: stuck.instance_id })).toMatchObject({
        state: "stalled",
        last_yield: { kind: "error", type: "ProgramStalled" },
      });
      expect(
        await server.call("sequencer_next", { instance_id: stuck.instance_id, for_step_no: 1, result: 1 }),
      ).toMatchObject({ error: "ProgramStalled" });
    });
  }

  it("can be closed, and its log deleted", async () => {
    writeBody(sandbox, "stuck", `yield* instruct("Go.");\nfor (;;) {}`);
    const { instance_id } = await server.call("sequencer_start", { program: "stuck" });
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
    expect(await server.call("sequencer_close", { instance_id })).toMatchObject({ closed: true });
    expect((await server.call("sequencer_list")).instances).toEqual([]);
    expect(await server.call("sequencer_close", { instance_id, delete_log: true })).toMatchObject({
      deleted: true,
    });
  });

  it("leaves a rejected promise behind without harm", async () => {
    writeBody(
      sandbox,
      "leaver",
      `void Promise.reject(new Error("left lying"));\nreturn yield* instruct("Go.");`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "leaver" });
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 1, result: "ok" })).toMatchObject({
      state: "completed",
    });
  });
});
