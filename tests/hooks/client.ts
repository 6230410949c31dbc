/**
 * The part of Claude Code that hooks see: payloads as the client (2.1.197) really sends them, and the real
 * `dist/hook.cjs` in a process of its own for each.
 *
 * @example
 *   const { server, session } = await openSession();
 *   const { instance_id } = await session.call("start", { program: "two-steps" });
 *   expect(await session.stop()).toMatchObject({ decision: "block" });
 */

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, onTestFinished } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody } from "../whole/sandbox-programs.ts";

const HOOK = fileURLToPath(new URL("../../dist/hook.cjs", import.meta.url));
const PREFIX = "mcp__plugin_agent-sequencer_seq__sequencer_";

export interface HookRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One hook, as the client runs it. */
export function runHook(
  event: string,
  stdin: string,
  env: Record<string, string>,
  entry = HOOK,
): Promise<HookRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, event], { env, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
  });
}

export interface Session {
  readonly id: string;
  /** Calls one of our tools, with the hooks around it. */
  call(tool: string, args?: Record<string, unknown>, agentId?: string): Promise<any>;
  /** Why a tool is denied; `undefined`: it is not. */
  denied(tool: string, input?: Record<string, unknown>, agentId?: string): Promise<string | undefined>;
  /** Why the agent may not stop; `undefined`: it may. */
  stop(more?: Record<string, unknown>): Promise<string | undefined>;
  subagentStop(agentId: string, more?: Record<string, unknown>): Promise<string | undefined>;
  /** What a beginning conversation is told. */
  start(source: string, more?: Record<string, unknown>): Promise<string | undefined>;
  /** Any hook; its answer parsed. It must leave with 0 and say nothing on stderr. */
  hook(event: string, more: Record<string, unknown>, env?: Record<string, string>): Promise<any>;
  /** What the hooks wrote down. */
  record(): any;
}

export function createSession(
  sandbox: Sandbox,
  server: ServerProcess | undefined,
  id: string = randomUUID(),
): Session {
  const common = {
    session_id: id,
    transcript_path: join(sandbox.home, ".claude", "projects", "p", `${id}.jsonl`),
    cwd: sandbox.projectDir,
    prompt_id: randomUUID(),
    permission_mode: "default",
    effort: { level: "high" },
  };
  const agent = (agentId?: string) => (agentId ? { agent_id: agentId, agent_type: "general-purpose" } : {});

  async function hook(event: string, more: Record<string, unknown>, env: Record<string, string> = {}) {
    const input = JSON.stringify({ ...common, hook_event_name: event, ...more });
    const { code, stdout, stderr } = await runHook(event, input, {
      ...sandbox.env,
      AGENT_SEQUENCER_HOOK_DEBUG: "1",
      ...env,
    });
    if (code !== 0 || stderr !== "") throw new Error(`${event} left with ${code}: ${stderr}`);
    return stdout === "" ? undefined : JSON.parse(stdout);
  }
  async function denied(tool: string, input: Record<string, unknown> = {}, agentId?: string) {
    const use = { tool_name: tool, tool_input: input, tool_use_id: `toolu_${randomUUID()}` };
    const answer = await hook("PreToolUse", { ...use, ...agent(agentId) });
    if (answer === undefined) return undefined;
    const { hookEventName, permissionDecision, permissionDecisionReason } = answer.hookSpecificOutput;
    if (hookEventName !== "PreToolUse" || permissionDecision !== "deny")
      throw new Error(JSON.stringify(answer));
    return permissionDecisionReason as string;
  }
  const blocked = (answer: any) => {
    if (answer !== undefined && answer.decision !== "block") throw new Error(JSON.stringify(answer));
    return answer?.reason;
  };
  const stopping = { stop_hook_active: false, last_assistant_message: "done", session_crons: [] };

  return {
    id,
    hook,
    denied,
    async call(tool, args = {}, agentId) {
      const reason = await denied(PREFIX + tool, args, agentId);
      if (reason !== undefined) throw new Error(reason);
      const payload = await server!.call(`sequencer_${tool}`, args);
      // The client runs another hook, which the plugin does not have, after a call that failed.
      if (payload.ok === false) return payload;
      await hook("PostToolUse", {
        tool_name: PREFIX + tool,
        tool_input: args,
        tool_response: JSON.stringify(payload),
        ...agent(agentId),
      });
      return payload;
    },
    stop: async (more = {}) => blocked(await hook("Stop", { ...stopping, background_tasks: [], ...more })),
    subagentStop: async (agentId, more = {}) =>
      blocked(await hook("SubagentStop", { ...stopping, background_tasks: [], ...agent(agentId), ...more })),
    async start(source, more = {}) {
      const answer = await hook("SessionStart", { source, ...more });
      return answer?.hookSpecificOutput.additionalContext;
    },
    record: () => JSON.parse(readFileSync(join(sandbox.stateDir, "sessions", `${id}.json`), "utf8")),
  };
}

export interface Surroundings {
  readonly sandbox: Sandbox;
  readonly server: ServerProcess;
  readonly session: Session;
}

let shared: Promise<Omit<Surroundings, "session">> | undefined;
afterAll(async () => {
  if (shared !== undefined) await shut(await shared);
});

/** A new session, on a server that all tests of a file share. */
export async function openSession(): Promise<Surroundings> {
  shared ??= open();
  const { sandbox, server } = await shared;
  return { sandbox, server, session: createSession(sandbox, server) };
}

/** A new session, on a server and in a state folder of its own. */
export async function openSessionAlone(): Promise<Surroundings> {
  const { sandbox, server } = await open();
  onTestFinished(() => shut({ sandbox, server }));
  return { sandbox, server, session: createSession(sandbox, server) };
}

async function open(): Promise<Omit<Surroundings, "session">> {
  const sandbox = createSandbox();
  writePrograms(sandbox);
  return { sandbox, server: await startServer(sandbox, { clientName: "claude-code" }) };
}

async function shut({ sandbox, server }: Omit<Surroundings, "session">): Promise<void> {
  await server.kill9().catch(() => {});
  sandbox.remove();
}

const REPLY = `{ reply: z.object({ done: z.boolean() }) }`;
const MORE = `import { all, ask, signal, sleep } from "agent-sequencer";`;

function writePrograms(sandbox: Sandbox): void {
  const write = (name: string, body: string) => writeBody(sandbox, name, body, MORE);
  write(
    "two-steps",
    `yield* instruct("Do the first.", ${REPLY}); yield* instruct("Do the second.", ${REPLY});`,
  );
  write("long-step", `yield* instruct("Begin. " + "x".repeat(9000), ${REPLY});`);
  write("sleeper", `yield* sleep("90s");`);
  write("asker", `yield* ask("Which colour?", ${REPLY});`);
  write(
    "ask-beside-work",
    `yield* all([instruct("Look it up.", { tools: { allow: ["Read"] } }), ask("Which colour?", ${REPLY})]);`,
  );
  write(
    "reviewer",
    `yield* instruct("Review, do not edit.", {
       reply: z.object({ done: z.boolean() }),
       tools: { allow: ["Read", "Grep", "Bash(git diff:*)", "mcp__github__*"], deny: ["Read(secrets/**)"] },
     });
     yield* instruct("Now fix it.", ${REPLY});`,
  );
  write("no-network", `yield* instruct("Work offline.", { tools: { deny: ["WebFetch", "Bash(curl:*)"] } });`);
  write("no-tools", `yield* instruct("Think.", { tools: { allow: [] } });`);
  write(
    "three-at-once",
    `yield* all([
       instruct("Only read.", { tools: { allow: ["Read"] } }),
       instruct("Only search.", { tools: { allow: ["WebSearch"] } }),
       instruct("Only list.", { reply: z.object({ done: z.boolean() }), tools: { allow: ["Bash(ls *)"] } }),
     ]);`,
  );
}
