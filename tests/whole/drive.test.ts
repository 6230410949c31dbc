import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody, writeSum } from "./sandbox-programs.ts";

describe("a run over real stdio", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeEach(async () => {
    sandbox = createSandbox();
    server = await startServer(sandbox);
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  it("finds hello, drives it to its summary, lists it and closes it", async () => {
    const { programs } = await server.call("sequencer_list_programs");
    expect(programs.map(({ name }: { name: string }) => name)).toContain("hello");
    let answer = await server.call("sequencer_start", {
      program: "hello",
      params: { names: ["Ada", "Bob"] },
    });
    const { instance_id } = answer;
    expect(answer).toMatchObject({
      state: "awaiting_result",
      step_no: 1,
      progress_hint: { current: 1, of: 2 },
    });
    expect(answer.last_yield.text).toContain("'Ada'");
    answer = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      result: { message: "Hi Ada" },
    });
    expect(answer.last_yield.text).toContain("'Bob'");
    answer = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 2,
      result: { message: "Hi Bob" },
    });
    expect(answer).toMatchObject({
      state: "completed",
      last_yield: {
        kind: "done",
        summary: {
          greeted_count: 2,
          greetings: [
            { name: "Ada", message: "Hi Ada" },
            { name: "Bob", message: "Hi Bob" },
          ],
        },
      },
    });
    const ended = await server.call("sequencer_list", { filter: "ended" });
    expect(ended.instances).toMatchObject([{ instance_id, state: "completed", program: "hello" }]);
    expect(await server.call("sequencer_close", { instance_id })).toMatchObject({
      closed: true,
      deleted: false,
    });
    expect((await server.call("sequencer_list", { filter: "ended" })).instances).toEqual([]);
    expect((await server.call("sequencer_list", { filter: "all" })).instances).toHaveLength(1);
    expect(await server.call("sequencer_close", { instance_id, delete_log: true })).toMatchObject({
      deleted: true,
    });
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({
      error: "UnknownInstance",
    });
  });

  it("asks again after an invalid reply, with every problem, and takes the corrected one", async () => {
    const { instance_id } = await server.call("sequencer_start", { program: "hello" });
    const again = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      result: { message: 7 },
    });
    expect(again.last_yield).toMatchObject({
      kind: "instruction",
      step_no: 2,
      attempt: 2,
      validation_error: { step_no: 1, problems: [{ path: "$.message", message: "must be a string, got 7" }] },
    });
    const done = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 2,
      result: { message: "Hi" },
    });
    expect(done.state).toBe("completed");
  });

  it("takes a reply that came as a string of JSON", async () => {
    const { instance_id } = await server.call("sequencer_start", { program: "hello" });
    const done = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      result: '{"message":"Hi"}',
    });
    expect(done.last_yield.summary.greetings).toEqual([{ name: "world", message: "Hi" }]);
  });

  it("tells an agent that is out of sync which step is awaited", async () => {
    writeSum(sandbox);
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    const early = await server.call("sequencer_next", { instance_id, for_step_no: 2, result: { value: 1 } });
    expect(early).toMatchObject({ ok: false, error: "OutOfSync" });
    expect(early.message).toContain("Step 1 is awaited");
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 1 } });
    const late = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 99 } });
    expect(late).toMatchObject({ ok: false, error: "OutOfSync" });
    expect(late.message).toContain("Step 2 is awaited");
  });

  it("accepts the same reply to an answered step again, and shows what it led to", async () => {
    writeSum(sandbox);
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    const first = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 1 } });
    const again = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 1 } });
    expect(again).toMatchObject({ duplicate: true, step_no: 2, last_yield: first.last_yield });
  });

  it("hands the agent's failure to the program, which may catch it", async () => {
    writeBody(
      sandbox,
      "catcher",
      `try { yield* instruct("Do it."); return "done"; }
       catch (error) {
         if (!(error instanceof StepFailed)) throw error;
         return { code: error.code, reason: error.reason };
       }`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "catcher" });
    const answer = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      failure: { reason: "no network" },
    });
    expect(answer.last_yield.summary).toEqual({ code: "agent_failure", reason: "no network" });
  });

  it("ends as aborted or failed, with the reason or the author's own line", async () => {
    writeBody(sandbox, "aborter", `throw new Abort("nothing to do");`);
    writeBody(sandbox, "thrower", `yield* instruct("Go.");\nthrow new RangeError("too far");`);
    expect(await server.call("sequencer_start", { program: "aborter" })).toMatchObject({
      state: "aborted",
      last_yield: { kind: "abort", reason: "nothing to do" },
    });
    const { instance_id } = await server.call("sequencer_start", { program: "thrower" });
    const failed = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
    expect(failed).toMatchObject({
      state: "failed",
      last_yield: { kind: "error", type: "RangeError", message: "too far" },
    });
    expect(failed.last_yield.stack).toMatch(/thrower\.ts:9/);
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 2, result: 1 })).toMatchObject({
      error: "InstanceEnded",
    });
  });

  it("gives the same instance for the same request_id, and refuses it for other params", async () => {
    writeSum(sandbox);
    const first = await server.call("sequencer_start", {
      program: "sum",
      params: { steps: 2 },
      request_id: "r1",
    });
    const second = await server.call("sequencer_start", {
      program: "sum",
      params: { steps: 2 },
      request_id: "r1",
    });
    expect(second.instance_id).toBe(first.instance_id);
    expect(
      await server.call("sequencer_start", { program: "sum", params: { steps: 3 }, request_id: "r1" }),
    ).toMatchObject({ error: "RequestIdReused" });
    expect((await server.call("sequencer_list")).instances).toHaveLength(1);
  });

  it("hides a closed unfinished run until it is resumed", async () => {
    writeSum(sandbox);
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    await server.call("sequencer_close", { instance_id });
    expect((await server.call("sequencer_list")).instances).toEqual([]);
    expect(await server.call("sequencer_resume", { instance_id })).toMatchObject({
      state: "awaiting_result",
    });
    expect((await server.call("sequencer_list")).instances).toHaveLength(1);
  });

  it("keeps what a program prints away from stdout", async () => {
    writeBody(
      sandbox,
      "printer",
      `console.log("printed"); console.error("shouted");\nyield* instruct("Go.");\nreturn null;`,
      `console.log("at import");`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "printer" });
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 1, result: null })).toMatchObject({
      state: "completed",
    });
    expect(server.stderr).toContain("printed");
  });
});
