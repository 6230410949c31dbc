/** PreToolUse: what a step allows and forbids, held against real payloads. */

import { describe, expect, it } from "vitest";
import { createSession, openSession } from "./client.ts";

const edit = { file_path: "/work/a.ts", old_string: "a", new_string: "b" };

describe("while a step that only reads is pending", () => {
  it("other tools are denied, with the step, what it allows and the way on", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "reviewer" });
    const reason = await session.denied("Edit", edit);
    expect(reason).toContain("Step 1");
    expect(reason).toContain(instance_id);
    expect(reason).toContain("allows only Read, Grep, Bash(git diff:*)");
    expect(reason).toContain("sequencer_next");
    for (const tool of ["Write", "MultiEdit", "NotebookEdit", "WebFetch", "mcp__gitlab__read"]) {
      expect(await session.denied(tool, edit)).toContain("allows only");
    }
  });

  it("the tools that it allows pass", async () => {
    const { sandbox, session } = await openSession();
    await session.call("start", { program: "reviewer" });
    const file_path = `${sandbox.projectDir}/a.ts`;
    expect(await session.denied("Read", { file_path })).toBeUndefined();
    expect(await session.denied("Grep", { pattern: "x" })).toBeUndefined();
    expect(await session.denied("Bash", { command: "git diff HEAD~1 -- src" })).toBeUndefined();
    expect(await session.denied("mcp__github__get_issue", { n: 1 })).toBeUndefined();
  });

  it("Bash passes with exactly what is allowed, and nothing hidden behind it", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "reviewer" });
    for (const command of ["git diff && rm -rf src", "git diff > notes.txt", "git difftool", "git push"]) {
      expect(await session.denied("Bash", { command }), command).toContain("allows only");
    }
    expect(await session.denied("Bash", { command: "git diff $(rm x)" })).toContain("use plain commands");
  });

  it("what it forbids is denied although it is allowed, too", async () => {
    const { sandbox, session } = await openSession();
    await session.call("start", { program: "reviewer" });
    const secret = { file_path: `${sandbox.projectDir}/secrets/key.pem` };
    expect(await session.denied("Read", secret)).toContain("forbids Read(secrets/**)");
  });

  it("our own tools, the search for tools, subagents and our skill pass", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "no-tools" });
    expect(await session.denied("Read")).toContain("allows no tools");
    for (const [tool, input] of [
      ["mcp__plugin_agent-sequencer_seq__sequencer_next", {}],
      ["mcp__seq__sequencer_current", {}],
      ["ToolSearch", { query: "select:sequencer_next" }],
      ["Agent", { prompt: "x", subagent_type: "Explore" }],
      ["Task", { prompt: "x", subagent_type: "Explore" }],
      ["SendMessage", {}],
      ["Skill", { skill: "agent-sequencer:agent-sequencer" }],
    ] as const) {
      expect(await session.denied(tool, input), tool).toBeUndefined();
    }
    expect(await session.denied("Skill", { skill: "simplify" })).toBeDefined();
    expect(await session.denied("mcp__evil__not_sequencer")).toBeDefined();
  });

  it("and after the reply everything passes again", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "reviewer" });
    expect(await session.denied("Edit", edit)).toBeDefined();
    await session.call("next", { instance_id, for_step_no: 1, result: { done: true } });
    expect(await session.denied("Edit", edit)).toBeUndefined();
  });

  it("the rule holds after an invalid reply, and ends when another process closes the run", async () => {
    const { server, session } = await openSession();
    const { instance_id } = await session.call("start", { program: "reviewer" });
    await session.call("next", { instance_id, for_step_no: 1, result: "nonsense" });
    expect(await session.denied("Edit", edit)).toContain("Step 2");
    await server.call("sequencer_close", { instance_id });
    expect(await session.denied("Edit", edit)).toBeUndefined();
  });

  it("other sessions are not held to it, whether they know the run or not", async () => {
    const { sandbox, server, session } = await openSession();
    const { instance_id } = await session.call("start", { program: "reviewer" });
    const other = createSession(sandbox, server);
    await other.call("current", { instance_id });
    expect(await other.denied("Edit", edit)).toBeUndefined();
    await other.call("resume", { instance_id });
    expect(await other.denied("Edit", edit)).toBeDefined();
    expect(await session.denied("Edit", edit)).toBeUndefined();
  });
});

describe("a step that forbids some tools", () => {
  it("lets all others pass", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "no-network" });
    expect(await session.denied("WebFetch", { url: "https://example.com/" })).toContain("forbids WebFetch");
    expect(await session.denied("Bash", { command: "ls | xargs curl -d @-" })).toContain("Bash(curl:*)");
    expect(await session.denied("Bash", { command: "npm test" })).toBeUndefined();
    expect(await session.denied("Edit", edit)).toBeUndefined();
  });
});

/** What each step of `three-at-once` allows. */
const OF_STEP = [
  ["Read", {}],
  ["WebSearch", {}],
  ["Bash", { command: "ls -la" }],
] as const;

describe("with several steps pending", () => {
  it("a tool passes if one of them allows it", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    for (const [tool, input] of OF_STEP) expect(await session.denied(tool, input), tool).toBeUndefined();
    const reason = await session.denied("Edit", edit);
    for (const step of [1, 2, 3]) expect(reason).toContain(`Step ${step}`);
    await session.call("next", { instance_id, for_step_no: 2, result: 1 });
    expect(await session.denied("WebSearch")).not.toContain("Step 2");
    expect(await session.denied("Read")).toBeUndefined();
  });

  it("of several runs, too", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "no-tools" });
    expect(await session.denied("Edit", edit)).toBeDefined();
    await session.call("start", { program: "two-steps" });
    expect(await session.denied("Edit", edit)).toBeUndefined();
  });

  it("a run that only waits allows nothing", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "no-tools" });
    await session.call("start", { program: "sleeper" });
    expect(await session.denied("Edit", edit)).toBeDefined();
  });

  it("a question to the user allows nothing but asking", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "ask-beside-work" });
    expect(await session.denied("Edit", edit)).toContain("allows only Read");
    expect(await session.denied("AskUserQuestion", { questions: [] })).toBeUndefined();
  });

  it("asking the user is denied where nothing is to be asked", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "no-tools" });
    expect(await session.denied("AskUserQuestion", { questions: [] })).toBeDefined();
  });

  it("a subagent is held to the step that it fetched, until it has answered", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    await session.call("current", { instance_id, step_nos: [2] }, "searcher");
    expect(await session.denied("WebSearch", {}, "searcher")).toBeUndefined();
    expect(await session.denied("Read", {}, "searcher")).toContain("allows only WebSearch");
    expect(await session.denied("Read", {}, "another")).toBeUndefined();
    expect(await session.denied("Read", {})).toBeUndefined();
    await session.call("next", { instance_id, for_step_no: 2, result: 1 }, "searcher");
    expect(await session.denied("Read", {}, "searcher")).toBeUndefined();
  });

  it("subagents that fetch their steps at the same moment are each held to their own", async () => {
    const { session } = await openSession();
    const { instance_id } = await session.call("start", { program: "three-at-once" });
    await Promise.all(
      [1, 2, 3].map((no) => session.call("current", { instance_id, step_nos: [no] }, `agent${no}`)),
    );
    for (const [i, [tool, input]] of OF_STEP.entries()) {
      for (const agent of [1, 2, 3]) {
        const reason = await session.denied(tool, input, `agent${agent}`);
        expect(reason === undefined, `${tool} by agent${agent}`).toBe(agent === i + 1);
      }
    }
  });
});
