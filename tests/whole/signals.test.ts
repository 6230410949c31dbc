import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram } from "./sandbox-programs.ts";

describe("signals, time and cancelling", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeEach(async () => {
    sandbox = createSandbox();
    server = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "700" } });
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  function write(name: string, body: string, definition = "") {
    writeProgram(
      sandbox,
      name,
      `import { all, race, signal, sleep } from "agent-sequencer";
       export default defineProgram({ name: "${name}", description: "x", ${definition} async *run() { ${body} } });`,
    );
  }

  const SIGNALS = "signals: { go: z.object({ n: z.int() }) },";

  it("hands a signal to a program that waits, and keeps the ones that come early, in order", async () => {
    write(
      "waiter",
      `const first = yield* signal<any>("go"); yield* instruct("Meanwhile.");
       return [first.n, (yield* signal<any>("go")).n, (yield* signal<any>("go")).n];`,
      SIGNALS,
    );
    const { instance_id, state, last_yield } = await server.call("sequencer_start", { program: "waiter" });
    expect(state).toBe("waiting");
    expect(last_yield.waiting_for).toMatchObject([{ kind: "signal", what: "go" }]);
    expect(last_yield.advice).toContain("nothing wakes an ended turn");
    for (const n of [1, 2]) await server.call("sequencer_signal", { instance_id, name: "go", value: { n } });
    await server.kill9();
    server = await startServer(sandbox);
    await server.call("sequencer_signal", { instance_id, name: "go", value: { n: 3 } });
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 2, result: 0 })).toMatchObject({
      state: "completed",
      last_yield: { summary: [1, 2, 3] },
    });
  });

  it("refuses a signal that the program does not declare, or whose value does not fit", async () => {
    write("waiter", `return yield* signal("go");`, SIGNALS);
    const { instance_id } = await server.call("sequencer_start", { program: "waiter" });
    const unknown = await server.call("sequencer_signal", { instance_id, name: "stop" });
    expect(unknown).toMatchObject({ error: "UnknownSignal" });
    expect(unknown.message).toContain("go");
    const invalid = await server.call("sequencer_signal", { instance_id, name: "go", value: { n: "x" } });
    expect(invalid).toMatchObject({ error: "InvalidSignal" });
    expect(invalid.message).toContain("$.n");
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({ state: "waiting" });
  });

  it("wakes a sleeper in a living server, and after a restart", async () => {
    write(
      "sleeper",
      `yield* sleep("400ms"); yield* instruct("Awake?"); yield* sleep("300ms"); return "done";`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "sleeper" });
    expect(await server.call("sequencer_current", { instance_id, wait_seconds: 10 })).toMatchObject({
      state: "awaiting_result",
      step_no: 2,
    });
    await server.call("sequencer_next", { instance_id, for_step_no: 2, result: 1 });
    await server.kill9();
    await new Promise((resolve) => setTimeout(resolve, 400));
    server = await startServer(sandbox);
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({ state: "completed" });
  });

  it("times a step out, and tells whoever replies late", async () => {
    write(
      "hurry",
      `try { yield* instruct("Quick.", { timeout: "300ms" }); }
       catch (error) { if (!(error instanceof StepFailed)) throw error; yield* instruct("Too late: " + error.code); }
       return 1;`,
    );
    const { instance_id, last_yield } = await server.call("sequencer_start", { program: "hurry" });
    expect(last_yield.timeout_at).toMatch(/Z$/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const late = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
    expect(late).toMatchObject({ error: "OutOfSync" });
    expect(late.message).toContain("timed out");
    expect((await server.call("sequencer_current", { instance_id })).last_yield.text).toBe(
      "Too late: timeout",
    );
  });

  it("cancels: catch cannot swallow it, finally may take steps, late replies are told", async () => {
    write(
      "tidy",
      `try { yield* all([instruct("A"), instruct("B")]); }
       catch { return "swallowed"; }
       finally { yield* instruct("Tidy up."); }
       return "never";`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "tidy" });
    const tidying = await server.call("sequencer_cancel", { instance_id, reason: "not needed" });
    expect(tidying).toMatchObject({ state: "awaiting_result", last_yield: { text: "Tidy up." } });
    const late = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
    expect(late.message).toContain("cancelled");
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: tidying.step_no, result: 1 }),
    ).toMatchObject({ state: "cancelled", last_yield: { kind: "abort", reason: "not needed" } });
    expect(await server.call("sequencer_cancel", { instance_id, reason: "again" })).toMatchObject({
      error: "InstanceEnded",
    });
  });

  it("cancels a program that is stuck", async () => {
    write("stuck", `yield* instruct("Go."); for (;;) {}`);
    const { instance_id } = await server.call("sequencer_start", { program: "stuck" });
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
    expect(await server.call("sequencer_cancel", { instance_id, reason: "stuck" })).toMatchObject({
      state: "cancelled",
    });
  });

  it("ends a run at its limits, with the reason, after its finally blocks", async () => {
    write(
      "bounded",
      `try { for (;;) yield* instruct("Again."); } finally { yield* instruct("Last words."); }`,
      "limits: { steps: 2 },",
    );
    const { instance_id } = await server.call("sequencer_start", { program: "bounded" });
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
    const last = await server.call("sequencer_next", { instance_id, for_step_no: 2, result: 1 });
    expect(last.last_yield.text).toBe("Last words.");
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: last.step_no, result: 1 }),
    ).toMatchObject({ state: "aborted", last_yield: { reason: "limit of 2 steps reached" } });
  });
});
