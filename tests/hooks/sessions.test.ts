/** What is kept of sessions: which instances they drive, through compaction, resume and `/clear`. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../server/stdio.ts";
import { createSession, openSession, openSessionAlone, runHook } from "./client.ts";

const DAY_MS = 86_400_000;
const OURS = "mcp__plugin_agent-sequencer_seq__sequencer_";

describe("a session", () => {
  it("is kept in files of its user only, which are never half written", async () => {
    const { sandbox, session } = await openSessionAlone();
    await session.call("start", { program: "two-steps" });
    const folder = join(sandbox.stateDir, "sessions");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, `${session.id}.json`)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual([".pruned", `${session.id}.json`]);
  });

  it("loses no run, however many tools answer at the same moment", async () => {
    const { server, session } = await openSession();
    const ids = await Promise.all(
      Array.from(
        { length: 12 },
        async () => (await server.call("sequencer_start", { program: "two-steps" })).instance_id,
      ),
    );
    await Promise.all(
      ids.map((instance_id) =>
        session.hook("PostToolUse", {
          tool_name: `${OURS}resume`,
          tool_input: { instance_id },
          tool_response: JSON.stringify({ instance_id, state: "awaiting_result" }),
        }),
      ),
    );
    const tied = session.record().instances.map((tie: any) => tie.instance_id);
    expect(tied.sort()).toEqual(ids.sort());
  });

  it("is tied by the answer, whatever form the client gives it", async () => {
    const { sandbox, server, session } = await openSession();
    const { instance_id } = await server.call("sequencer_start", { program: "two-steps" });
    const text = JSON.stringify({ instance_id, program: "two-steps" });
    const forms = [
      text,
      `${text.slice(0, -1)},"cut":"…`,
      { instance_id },
      { structuredContent: { instance_id }, content: [] },
      { content: [{ type: "text", text }] },
      [{ type: "text", text }],
      [
        { type: "text", text: `[Resource link: x] sequencer://instances/${instance_id} (x)` },
        { type: "text", text },
      ],
    ];
    for (const tool_response of forms) {
      const fresh = createSession(sandbox, server);
      const start = { tool_name: `${OURS}start`, tool_input: { program: "two-steps" } };
      await fresh.hook("PostToolUse", { ...start, tool_response });
      expect(await fresh.stop(), JSON.stringify(tool_response)).toBeDefined();
    }
    for (const tool_response of ["", "no JSON", null, 42, [], {}, { instance_id: "../../x" }]) {
      const start = { tool_name: `${OURS}start`, tool_input: {}, tool_response };
      expect(await session.hook("PostToolUse", start)).toBeUndefined();
    }
    expect(await session.stop()).toBeUndefined();
  });

  it("is not tied by tools of others, nor to instances of another state folder", async () => {
    const { server, session } = await openSession();
    const { instance_id } = await server.call("sequencer_start", { program: "two-steps" });
    const elsewhere = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for (const [tool_name, id] of [
      ["Bash", instance_id],
      ["mcp__other__start", instance_id],
      [`${OURS}start`, elsewhere],
    ]) {
      await session.hook("PostToolUse", {
        tool_name,
        tool_input: {},
        tool_response: JSON.stringify({ instance_id: id }),
      });
    }
    expect(() => session.record()).toThrow();
  });

  it.each(["../../escape", "/etc/x", "a/b", "", ".hidden", "x".repeat(200), "a\0b", 42, null])(
    "whose id is no id (%j) touches no file",
    async (id) => {
      const { sandbox, server } = await openSessionAlone();
      const { instance_id } = await server.call("sequencer_start", { program: "two-steps" });
      const session = createSession(sandbox, server, id as string);
      const start = {
        tool_name: `${OURS}start`,
        tool_input: {},
        tool_response: JSON.stringify({ instance_id }),
      };
      const before = readdirSync(sandbox.folder, { recursive: true }).sort();
      await session.hook("PostToolUse", start);
      expect(await session.stop()).toBeUndefined();
      expect(readdirSync(sandbox.folder, { recursive: true }).sort()).toEqual(before);
    },
  );

  it("makes no state folder where there is none", async () => {
    const sandbox = createSandbox();
    const tool_response = JSON.stringify({ instance_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" });
    await createSession(sandbox, undefined).hook("PostToolUse", { tool_name: `${OURS}start`, tool_response });
    expect(existsSync(sandbox.stateDir)).toBe(false);
    sandbox.remove();
  });

  it("whose record is damaged counts as new", async () => {
    const { sandbox, session } = await openSessionAlone();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    const file = join(sandbox.stateDir, "sessions", `${session.id}.json`);
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      '{"session_id":"x"}',
      readFileSync(file, "utf8").slice(0, 40),
    ]) {
      writeFileSync(file, text);
      expect(await session.stop()).toBeUndefined();
      await session.call("resume", { instance_id });
      expect(await session.stop(), text).toBeDefined();
    }
  });

  it("goes on when a hook was killed while it held the lock", async () => {
    const { sandbox, session } = await openSession();
    await session.call("start", { program: "two-steps" });
    const lock = join(sandbox.stateDir, "sessions", `${session.id}.json.lock`);
    writeFileSync(lock, "");
    utimesSync(lock, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
    expect(await session.stop()).toBeDefined();
    expect(existsSync(lock)).toBe(false);
  });

  it("is forgotten after a month, looked for once a day, and nothing else is removed", async () => {
    const { sandbox, session } = await openSessionAlone();
    const { instance_id } = await session.call("start", { program: "two-steps" });
    const folder = join(sandbox.stateDir, "sessions");
    const age = (name: string, days: number) => {
      const file = join(folder, name);
      if (!existsSync(file)) writeFileSync(file, "{}");
      utimesSync(file, (Date.now() - days * DAY_MS) / 1000, (Date.now() - days * DAY_MS) / 1000);
    };
    for (const name of ["old.json", "old.json.lock", "old.json.tmp", "notes.txt", ".hidden.json"])
      age(name, 31);
    age("young.json", 29);
    mkdirSync(join(folder, "folder.json"));
    age("folder.json", 31);
    const before = readdirSync(folder).sort();
    await session.call("next", { instance_id, for_step_no: 1, result: { done: true } });
    expect(readdirSync(folder).sort()).toEqual(before);
    age(".pruned", 1.1);
    await session.call("next", { instance_id, for_step_no: 2, result: { done: true } });
    expect(readdirSync(folder).sort()).toEqual(
      before.filter((name) => !["old.json", "old.json.lock", "old.json.tmp"].includes(name)),
    );
  });
});

describe("a conversation that begins", () => {
  it.each(["compact", "resume"])("after %s is told which runs wait, and where they stand", async (source) => {
    const { session } = await openSession();
    const first = await session.call("start", { program: "two-steps" });
    await session.call("next", { instance_id: first.instance_id, for_step_no: 1, result: { done: true } });
    const second = await session.call("start", { program: "sleeper" });
    const third = await session.call("start", { program: "asker" });
    const told = await session.start(source);
    expect(told).toContain(
      `${first.instance_id}, program two-steps: awaits your reply to step 2 (Do the second.)`,
    );
    expect(told).toContain(`${second.instance_id}, program sleeper: waits for sleep`);
    expect(told).toContain(`${third.instance_id}, program asker: awaits your reply to step 1`);
    expect(told).toContain("sequencer_current");
  });

  it("is told nothing of runs that ended, were closed, or went to another session", async () => {
    const { sandbox, server, session } = await openSession();
    const [ended, closed, taken] = await Promise.all(
      ["a", "b", "c"].map(() => session.call("start", { program: "two-steps" })),
    );
    expect(await session.start("compact")).toContain(ended.instance_id);
    await server.call("sequencer_cancel", { instance_id: ended.instance_id, reason: "x" });
    await server.call("sequencer_close", { instance_id: closed.instance_id });
    await createSession(sandbox, server).call("resume", { instance_id: taken.instance_id });
    expect(await session.start("compact")).toBeUndefined();
  });

  it("at the start of the client is told nothing, nor is one that drives nothing", async () => {
    const { sandbox, server, session } = await openSession();
    await session.call("start", { program: "two-steps" });
    expect(await session.start("startup")).toBeUndefined();
    for (const source of ["compact", "resume", "clear"]) {
      expect(await createSession(sandbox, server).start(source)).toBeUndefined();
    }
  });

  it("after /clear hears of the runs before it, and is held to none until it takes one up", async () => {
    const { sandbox, server, session } = await openSession();
    const { instance_id } = await session.call("start", { program: "reviewer" });
    const prompt_id = "f80b67bd-b53f-470c-9051-f7fd80878fa8";
    await session.hook("SessionEnd", { reason: "clear", prompt_id });
    const next = createSession(sandbox, server);
    const told = await next.start("clear", { prompt_id });
    expect(told).toContain(instance_id);
    expect(told).toContain("only if the user wants");
    expect(await next.stop()).toBeUndefined();
    expect(await next.denied("Edit", { file_path: "/x" })).toBeUndefined();
    await next.call("current", { instance_id });
    expect(await next.stop()).toContain("Review, do not edit.");
    expect(await next.denied("Edit", { file_path: "/x" })).toBeDefined();
    expect(await session.stop()).toBeUndefined();
  });

  it("after /clear of another conversation hears nothing", async () => {
    const { sandbox, server, session } = await openSession();
    await session.call("start", { program: "reviewer" });
    await session.hook("SessionEnd", { reason: "clear", prompt_id: "f80b67bd-b53f-470c-9051-f7fd80878fa8" });
    const stranger = createSession(sandbox, server);
    expect(await stranger.start("clear", { prompt_id: "another" })).toBeUndefined();
    expect(await stranger.start("clear", { prompt_id: undefined })).toBeUndefined();
  });

  it("after /clear of a client that names no prompt is known by its folder, where only one was cleared", async () => {
    const { sandbox, server, session } = await openSessionAlone();
    await session.call("start", { program: "two-steps" });
    await session.hook("SessionEnd", { reason: "clear", prompt_id: undefined });
    const begin = (more: object) =>
      createSession(sandbox, server).start("clear", { prompt_id: undefined, ...more });
    expect(await begin({})).toContain("before /clear");
    expect(await begin({ cwd: "/somewhere/else" })).toBeUndefined();
    const second = createSession(sandbox, server);
    await second.call("start", { program: "two-steps" });
    await second.hook("SessionEnd", { reason: "clear", prompt_id: undefined });
    expect(await begin({})).toBeUndefined();
  });

  it("ends for other reasons without a trace", async () => {
    const { session } = await openSession();
    await session.call("start", { program: "two-steps" });
    await session.hook("SessionEnd", { reason: "other" });
    expect(session.record().cleared).toBeUndefined();
  });
});

describe("whatever the client hands over", () => {
  const events = ["PreToolUse", "PostToolUse", "Stop", "SubagentStop", "SessionStart", "SessionEnd"];
  const id = "d82d452d-1a42-4054-8475-fa99b638def3";
  const inputs = ["", "{", "null", "[]", "42", '"text"', "{}", '{"session_id":7}', `{"session_id":"${id}"}`];

  it.each(events)("%s is silent and leaves with 0", async (event) => {
    const { sandbox, session } = await openSession();
    await session.call("start", { program: "reviewer" });
    for (const input of inputs) {
      const run = await runHook(event, input, sandbox.env);
      expect(run, `${event} ${input}`).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    const strange = {
      session_id: session.id,
      tool_name: 5,
      tool_input: "x",
      agent_id: {},
      cwd: 1,
      source: [],
    };
    const run = await runHook(event, JSON.stringify(strange), sandbox.env);
    expect([run.code, run.stderr]).toEqual([0, ""]);
  });

  it("also an event that nobody knows, and a state folder that is a file", async () => {
    const { sandbox, session } = await openSession();
    const input = JSON.stringify({ session_id: session.id });
    for (const event of ["", "NoSuchEvent", "constructor", "__proto__"]) {
      expect(await runHook(event, input, sandbox.env)).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    const file = join(sandbox.folder, "a-file");
    writeFileSync(file, "");
    const env = { ...sandbox.env, AGENT_SEQUENCER_STATE_DIR: file };
    for (const event of events) {
      expect(await runHook(event, input, env)).toEqual({ code: 0, stdout: "", stderr: "" });
    }
  });

  it("says on stderr what went wrong where it is asked to, and still leaves with 0", async () => {
    const { sandbox } = await openSession();
    const env = { ...sandbox.env, AGENT_SEQUENCER_HOOK_DEBUG: "1" };
    const { code, stdout, stderr } = await runHook("Stop", "{", env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("SyntaxError");
  });
});
