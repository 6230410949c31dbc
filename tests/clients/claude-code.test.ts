/**
 * With the real client against a scripted model. Skipped where the client is not there:
 *
 *     CLAUDE_CODE_BIN=/path/to/claude npx vitest run tests/clients
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLAUDE, type Conversation, converse, createHome, type Home, manage, serversOf } from "./claude.ts";
import { type Block, type Model, type Script, say, startModel, type Turn, use } from "./model.ts";

const OURS = "mcp__plugin_agent-sequencer_seq__sequencer_";
const SKILL = use("Skill", { skill: "agent-sequencer:agent-sequencer" });
const start = (program: string, params = {}) => use(`${OURS}start`, { program, params });
const next = (instance_id: string, for_step_no: number, result: unknown) =>
  use(`${OURS}next`, { instance_id, for_step_no, result });
/** The client puts a line about each linked resource before the answer. */
const answerOf = ({ results }: Turn) =>
  JSON.parse(
    results[0]!.text
      .split("\n")
      .filter((line) => !line.startsWith("[Resource link"))
      .join("\n"),
  );

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

async function drive(script: Script, args: readonly string[] = ["--plugin-dir", home.pluginDir]) {
  const model = await startModel(script);
  try {
    const conversation = await converse(home, model.url, "run hello with agent-sequencer", [
      ...args,
      "--allowedTools",
      "Skill",
      "Bash",
      "Edit",
      "Write",
      "Agent",
    ]);
    if (model.failure !== undefined) throw model.failure;
    return { conversation, model };
  } finally {
    await model.close();
  }
}

/** The plugin as a user of the client sees it. */
function expectPlugin({ init }: Conversation): void {
  expect(init.plugins.map(({ name }: { name: string }) => name)).toContain("agent-sequencer");
  expect(init.skills).toContain("agent-sequencer:agent-sequencer");
  expect(init.mcp_servers.map(({ name }: { name: string }) => name)).toEqual(["plugin:agent-sequencer:seq"]);
}

/**
 * Waits for our tools, since the client connects to servers while the conversation has begun already, and
 * loads the skill.
 */
async function* begin(): AsyncGenerator<readonly Block[], void, Turn> {
  let turn = yield [];
  for (let i = 0; !turn.tools.includes(`${OURS}start`) && i < 60; i++) {
    turn = yield [use("Bash", { command: "sleep 0.5", description: "wait" })];
  }
  expect(turn.tools).toEqual(expect.arrayContaining([`${OURS}start`, `${OURS}next`]));
  yield [SKILL];
}

const timesSentBack = ({ turns }: Model) =>
  turns.filter(({ said }) => said.includes("is not finished: it awaits your reply")).length;

/** Drives `hello` for two names to its end, and says its summary. */
const hello: Script = async function* () {
  yield* begin();
  const begun = answerOf(yield [start("hello", { names: ["Ada", "Grace"] })]);
  const second = answerOf(yield [next(begun.instance_id, 1, { message: "Hi Ada" })]);
  const done = answerOf(yield [next(second.instance_id, 2, { message: "Hi Grace" })]);
  yield [use(`${OURS}close`, { instance_id: done.instance_id })];
  yield [say(JSON.stringify(done.last_yield.summary))];
};

const SUMMARY = {
  greeted_count: 2,
  greetings: [
    { name: "Ada", message: "Hi Ada" },
    { name: "Grace", message: "Hi Grace" },
  ],
};

describe.skipIf(CLAUDE === undefined)("in Claude Code", () => {
  it("the plugin is valid, strictly", () => {
    expect(manage(home, "plugin", "validate", "--strict", home.pluginDir)).toContain("Validation passed");
    const manifest = join(home.pluginDir, ".claude-plugin", "plugin.json");
    expect(manage(home, "plugin", "validate", "--strict", manifest)).toContain("Validation passed");
  });

  it("hello runs from --plugin-dir to its summary, without a question to the user", async () => {
    const { conversation, model } = await drive(hello);
    expectPlugin(conversation);
    expect(JSON.parse(conversation.result.result)).toEqual(SUMMARY);
    expect(conversation.result.permission_denials).toEqual([]);
    // Not at once, where the client began before it was connected.
    const wasTold = (text: string) => model.turns.some(({ whole }) => whole.includes(text));
    expect(wasTold("Drives a task through a program of agent-sequencer")).toBe(true);
    expect(wasTold("agent-sequencer runs programs that drive you step by step")).toBe(true);
  });

  it("hello runs from a marketplace that is a folder", async () => {
    manage(home, "plugin", "marketplace", "add", home.pluginDir);
    manage(home, "plugin", "install", "agent-sequencer@agent-sequencer");
    const { conversation } = await drive(hello, []);
    expectPlugin(conversation);
    expect(JSON.parse(conversation.result.result)).toEqual(SUMMARY);
  });

  it("hello runs from a marketplace that is a git repository", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", [
        "-C",
        home.pluginDir,
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@localhost",
        ...args,
      ]);
    git("init", "--quiet", "--initial-branch=main");
    git("add", "--all", "--force");
    git("commit", "--quiet", "--message=The plugin");
    // The client takes addresses of the web only; git fetches this one from the folder.
    const address = "https://git.invalid/agent-sequencer.git";
    const settings = `[url "file://${home.pluginDir}"]\n  insteadOf = ${address}\n`;
    writeFileSync(join(home.env()["HOME"]!, ".gitconfig"), settings);
    manage(home, "plugin", "marketplace", "add", address);
    manage(home, "plugin", "install", "agent-sequencer@agent-sequencer");
    const { conversation } = await drive(hello, []);
    expectPlugin(conversation);
    expect(JSON.parse(conversation.result.result)).toEqual(SUMMARY);
  });

  it("a server killed in the middle is missed by nobody", async () => {
    const killed: number[] = [];
    const { conversation } = await drive(async function* () {
      yield* begin();
      const { instance_id } = answerOf(yield [start("hello", { names: ["Ada", "Grace"] })]);
      yield [next(instance_id, 1, { message: "Hi Ada" })];
      for (const pid of serversOf(home)) {
        process.kill(pid, "SIGKILL");
        killed.push(pid);
      }
      const reply = { message: "Hi Grace" };
      let turn = yield [next(instance_id, 2, reply)];
      for (let i = 0; turn.results[0]!.isError && i < 3; i++) turn = yield [next(instance_id, 2, reply)];
      yield [say(JSON.stringify(answerOf(turn).last_yield.summary))];
    });
    expect(killed).toHaveLength(1);
    expect(JSON.parse(conversation.result.result)).toEqual(SUMMARY);
  });

  it("an agent that stops early is sent back to its step, and let go at the end", async () => {
    const { conversation, model } = await drive(async function* () {
      yield* begin();
      const { instance_id } = answerOf(yield [start("hello")]);
      const back = yield [say("That should do.")];
      expect(back.said).toContain(instance_id);
      expect(back.said).toContain("Write a one-line, friendly greeting for 'world'.");
      yield [next(instance_id, 1, { message: "Hi" })];
      yield [say("Now it is done.")];
    });
    expect(conversation.result.result).toBe("Now it is done.");
    expect(timesSentBack(model)).toBe(1);
  });

  it("an agent that will not go on is sent back three times and then let go", async () => {
    const { conversation, model } = await drive(async function* () {
      yield* begin();
      yield [start("hello")];
      for (let i = 1; ; i++) yield [say(`No, ${i}.`)];
    });
    expect(conversation.result.result).toBe("No, 4.");
    expect(timesSentBack(model)).toBe(3);
  });

  it("a conversation that is resumed is told what waits", async () => {
    let id = "";
    const { conversation } = await drive(async function* () {
      yield* begin();
      id = answerOf(yield [start("hello")]).instance_id;
      for (;;) yield [say("Not now.")];
    });
    const { model } = await drive(
      async function* () {
        yield [];
        yield [say("I see.")];
        for (;;) yield [say("Not now.")];
      },
      ["--plugin-dir", home.pluginDir, "--resume", conversation.init.session_id],
    );
    expect(model.turns[0]!.said).toContain("this session drives a run that is not finished");
    expect(model.turns[0]!.said).toContain(`${id}, program hello: awaits your reply to step 1`);
    // The step has been left three times already.
    expect(timesSentBack(model)).toBe(0);
  });

  it("a step that only reads is held to that, also in a subagent, and the next one is free", async () => {
    writeFileSync(join(home.programsDir, "reader.ts"), READER);
    const file = join(home.projectDir, "a.txt");
    await drive(async function* () {
      yield* begin();
      const { instance_id } = answerOf(yield [start("reader")]);
      const write = use("Write", { file_path: file, content: "changed" });
      const denied = yield [write];
      expect(denied.results[0]!.isError).toBe(true);
      expect(denied.results[0]!.text).toContain("allows only Read, Bash(git log:*)");
      const bash = yield [use("Bash", { command: `git log > ${file}`, description: "log" })];
      expect(bash.results[0]!.text).toContain("use plain commands");
      const prompt = "SUBAGENT: write the file";
      // The subagent's requests come to this script, too, until it ends.
      const inside = yield [use("Agent", { description: "x", prompt, subagent_type: "general-purpose" })];
      expect(inside.said).toContain("SUBAGENT");
      const within = yield [use("Write", { file_path: file, content: "changed" })];
      expect(within.results[0]!.text).toContain("allows only Read");
      yield [say("It cannot be done.")];
      expect(existsSync(file)).toBe(false);
      yield [next(instance_id, 1, { done: true })];
      const free = yield [use("Write", { file_path: file, content: "changed" })];
      expect(free.results[0]!.isError).toBe(false);
      yield [next(instance_id, 2, { done: true })];
      yield [say("Done.")];
    });
    expect(readFileSync(file, "utf8")).toBe("changed");
    expect(
      readdirSync(join(home.stateDir, "sessions")).filter((name) => name.endsWith(".json")),
    ).toHaveLength(1);
  });
});

const READER = `import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

const reply = z.object({ done: z.boolean() });

export default defineProgram({
  name: "reader",
  description: "Reads, then writes.",
  async *run() {
    yield* instruct("Read it.", { reply, tools: { allow: ["Read", "Bash(git log:*)"] } });
    yield* instruct("Write it.", { reply });
  },
});
`;
