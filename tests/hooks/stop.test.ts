/** Stop and SubagentStop: who is sent back, how often, and who is let go. */

import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSession, openSession, openSessionAlone } from "./client.ts";

const DONE = { done: true };

describe("an agent that stops early", () => {
  it("is sent back to the step with its number, its text and how to reply", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    const reason = await session.stop();
    expect(reason).toContain(instance_id);
    expect(reason).toContain("step 1");
    expect(reason).toContain("Do the first.");
    expect(reason).toContain("for_step_no: 1");
    expect(reason).toContain("failure");
    expect(reason).toContain("sequencer_close");
  });

  it("is let go when the run has ended", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    await session.call("next", { instance_id, for_step_no: 1, result: DONE });
    expect(await session.stop()).toContain("Do the second.");
    await session.call("next", { instance_id, for_step_no: 2, result: DONE });
    expect(await session.stop()).toBeUndefined();
  });

  it("is sent back three times for one step, and three times more for the next", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    for (const active of [false, true, true]) {
      expect(await session.stop({ stop_hook_active: active })).toContain("Do the first.");
    }
    expect(await session.stop({ stop_hook_active: true })).toBeUndefined();
    expect(await session.stop()).toBeUndefined();
    await session.call("next", { instance_id, for_step_no: 1, result: DONE });
    for (let i = 0; i < 3; i++) expect(await session.stop()).toContain("Do the second.");
    expect(await session.stop()).toBeUndefined();
  });

  it("is told, once it was sent back, that it may stop to ask its user", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "two-steps" });
    expect(await session.stop()).not.toContain("ask the user and stop");
    expect(await session.stop({ stop_hook_active: true })).toContain("ask the user and stop");
  });

  it("is sent back to each step of several, and not to one that it answered", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    expect(await session.stop()).toContain("steps 1, 2 and 3");
    await session.call("next", { instance_id, for_step_no: 2, result: "found" });
    const reason = await session.stop();
    expect(reason).toContain("steps 1 and 3");
    expect(reason).not.toContain("Only search.");
  });

  it("is sent back to every run that it left", async () => {
    const { session } = await openSession();
    const first = await session.call("start", { program: "two-steps" });
    const second = await session.call("start", { program: "reviewer" });
    const reason = await session.stop();
    expect(reason).toContain(first.instance_id);
    expect(reason).toContain(second.instance_id);
  });

  it("fetches a long step instead of being shown a part of it", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "long-step" });
    const reason = await session.stop();
    expect(reason).not.toContain("Begin.");
    expect(reason).toContain(`sequencer_current { instance_id: "${instance_id}", step_nos: [1] }`);
  });
});

describe("an agent may stop", () => {
  it("when its session never drove anything", async () => {
    const { sandbox, server, session } = await openSession();
    await createSession(sandbox, server).call("start", { program: "two-steps" });
    expect(await session.stop()).toBeUndefined();
  });

  it("when it has only looked at a run of somebody else", async () => {
    const { sandbox, server, session } = await openSession();
    const other = createSession(sandbox, server);
    const { instance_id } = await other.call("start", { program: "two-steps" });
    await session.call("list");
    await session.call("current", { instance_id });
    expect(await session.stop()).toBeUndefined();
    expect(await other.stop()).toContain("Do the first.");
  });

  it("while the run waits for the clock", async () => {
    const { session } = await openSession();
    expect(await session.call("start", { program: "sleeper" })).toMatchObject({ state: "waiting" });
    expect(await session.stop()).toBeUndefined();
  });

  it.each(["asker", "ask-beside-work"])("while its user must answer: %s", async (program) => {
    const { session } = await openSession();
    expect(await session.call("start", { program })).toMatchObject({ state: "awaiting_result" });
    expect(await session.stop()).toBeUndefined();
  });

  it("while a subagent works in the background, but not because of a shell", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "two-steps" });
    const shell = { id: "b1", type: "shell", status: "running", description: "x", command: "npm run dev" };
    const subagent = {
      id: "a1",
      type: "subagent",
      status: "running",
      description: "x",
      agent_type: "Explore",
    };
    expect(await session.stop({ background_tasks: [shell, subagent] })).toBeUndefined();
    expect(await session.stop({ background_tasks: [{ ...subagent, status: "completed" }] })).toBeDefined();
    expect(await session.stop({ background_tasks: [shell] })).toBeDefined();
  });

  it("after another process has driven the run to its end", async () => {
    const { server, session } = await openSession();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    expect(await session.stop()).toBeDefined();
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: DONE });
    expect(await session.stop()).toContain("Do the second.");
    await server.call("sequencer_next", { instance_id, for_step_no: 2, result: DONE });
    expect(await session.stop()).toBeUndefined();
  });

  it("after another process has closed, cancelled or erased the run", async () => {
    const { server, session } = await openSession();
    for (const [tool, args] of [
      ["sequencer_close", {}],
      ["sequencer_cancel", { reason: "not needed" }],
      ["sequencer_close", { delete_log: true }],
    ] as const) {
      const { instance_id } = await session.call("start", { program: "two-steps" });
      expect(await session.stop()).toContain(instance_id);
      await server.call(tool, { instance_id, ...args });
      expect(await session.stop()).toBeUndefined();
    }
  });

  it("after it has closed the run itself", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    await session.call("close", { instance_id });
    expect(await session.stop()).toBeUndefined();
    expect(session.record().instances).toEqual([]);
    await session.call("resume", { instance_id });
    expect(await session.stop()).toBeDefined();
  });

  it("after another session has taken the run over, until it drives it again", async () => {
    const { sandbox, server, session } = await openSession();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    const other = createSession(sandbox, server);
    await other.call("resume", { instance_id });
    expect(await session.stop()).toBeUndefined();
    expect(await other.stop()).toContain("Do the first.");
    await session.call("next", { instance_id, for_step_no: 1, result: DONE });
    expect(await session.stop()).toContain("Do the second.");
    expect(await other.stop()).toBeUndefined();
  });

  it("when the log is damaged", async () => {
    const { sandbox, server, session } = await openSessionAlone();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    expect(await session.stop()).toBeDefined();
    await server.kill9();
    appendFileSync(join(sandbox.stateDir, `${instance_id}.jsonl`), '{"not":"a record"}\n');
    expect(await session.stop()).toBeUndefined();
  });

  it("when its being sent back cannot be counted", async () => {
    const { sandbox, session } = await openSession();
    await session.call("start", { program: "two-steps" });
    const folder = join(sandbox.stateDir, "sessions");
    // Held by a hook that does not come to an end.
    writeFileSync(join(folder, `${session.id}.json.lock`), "");
    const quiet = { AGENT_SEQUENCER_HOOK_DEBUG: "" };
    expect(await session.hook("Stop", { stop_hook_active: false }, quiet)).toBeUndefined();
    rmSync(join(folder, `${session.id}.json.lock`));
    expect(await session.stop()).toBeDefined();
  });

  it("when the user has switched that off", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "reviewer" });
    for (const name of ["AGENT_SEQUENCER_STOP_HOOK", "AGENT_SEQUENCER_HOOKS"]) {
      expect(await session.hook("Stop", {}, { [name]: "off" })).toBeUndefined();
    }
    // The one is of this hook only, the other of all.
    const edit = { tool_name: "Edit", tool_input: { file_path: "/x" } };
    expect(await session.hook("PreToolUse", edit, { AGENT_SEQUENCER_STOP_HOOK: "off" })).toBeDefined();
    expect(await session.hook("PreToolUse", edit, { AGENT_SEQUENCER_HOOKS: "off" })).toBeUndefined();
    expect(await session.stop()).toBeDefined();
  });

  it("when the state folder has gone", async () => {
    const { sandbox, server, session } = await openSessionAlone();
    await session.call("start", { program: "two-steps" });
    await server.kill9();
    sandbox.remove();
    expect(await session.stop()).toBeUndefined();
  });
});

describe("a subagent that stops", () => {
  it("is sent back once to a step that it fetched and did not answer", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    await session.call("current", { instance_id, step_nos: [2] }, "a15feb7e29cf838f0");
    const reason = await session.subagentStop("a15feb7e29cf838f0");
    expect(reason).toContain("step 2");
    expect(reason).toContain("Only search.");
    expect(reason).not.toContain("Only read.");
    expect(await session.subagentStop("a15feb7e29cf838f0", { stop_hook_active: true })).toBeUndefined();
    expect(await session.subagentStop("a15feb7e29cf838f0")).toBeUndefined();
  });

  it("is let go when it has answered, and when the step was never its own", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    await session.call("current", { instance_id, step_nos: [2] }, "answers");
    await session.call("next", { instance_id, for_step_no: 2, result: 1 }, "answers");
    expect(await session.subagentStop("answers")).toBeUndefined();
    await session.call("current", { instance_id }, "looks");
    expect(await session.subagentStop("looks")).toBeUndefined();
    expect(await session.subagentStop("does-something-else")).toBeUndefined();
  });

  it("keeps a step that is asked again because its reply did not fit", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    await session.call("current", { instance_id, step_nos: [3] }, "lister");
    const again = await session.call("next", { instance_id, for_step_no: 3, result: "no" }, "lister");
    expect(again.last_yield).toMatchObject({ step_no: 4, validation_error: { step_no: 3 } });
    expect(await session.subagentStop("lister")).toContain("step 4");
  });
});
