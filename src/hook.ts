/**
 * The executable of the client's hooks: `node dist/hook.js <event>`, with the event's JSON on stdin.
 *
 * K1. With nothing to say it leaves silently, in hardly more time than Node takes to start: it imports
 *     nothing that it may not need.
 * K2. It never fails: whatever goes wrong, the client goes on as if there were no hook.
 *     `AGENT_SEQUENCER_HOOK_DEBUG=1` shows on stderr what went wrong.
 * K3. `AGENT_SEQUENCER_STOP_HOOK=off` lets the agent stop when it likes; `AGENT_SEQUENCER_HOOKS=off` switches
 *     off all hooks.
 */

import { readSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { placesOf } from "./cli/places.ts";
import { isQuiet } from "./hooks/glance.ts";
import { type HookInput, isFree, readInput } from "./hooks/input.ts";
import { predecessorOf, pruneSessions } from "./hooks/session-folder.ts";
import { readRecord } from "./hooks/session-record.ts";
import { noteCleared, tieSession } from "./hooks/tie.ts";

type Answer = object | undefined;

interface Surroundings {
  readonly stateDir: string;
  readonly home: string;
  readonly now: number;
}

type Hook = (input: HookInput, surroundings: Surroundings) => Answer | Promise<Answer>;

const HOOKS: { readonly [event: string]: Hook } = {
  async PreToolUse(input, { stateDir, home }) {
    if (isFree(input)) return undefined;
    const record = readRecord(stateDir, input.session_id);
    if (record === undefined || isQuiet(stateDir, record, "ruled")) return undefined;
    const { refusalOf } = await import("./hooks/verdicts.ts");
    const reason = await refusalOf(stateDir, record, input, home);
    return reason && output("PreToolUse", { permissionDecision: "deny", permissionDecisionReason: reason });
  },

  PostToolUse(input, { stateDir, now }) {
    if (tieSession(stateDir, input, now)) pruneSessions(stateDir, now);
    return undefined;
  },

  async Stop(input, { stateDir }) {
    if (isOff("AGENT_SEQUENCER_STOP_HOOK")) return undefined;
    const record = readRecord(stateDir, input.session_id);
    if (record === undefined || isQuiet(stateDir, record, "awaiting")) return undefined;
    const { stopReason } = await import("./hooks/verdicts.ts");
    return blocking(await stopReason(stateDir, record, input));
  },

  async SubagentStop(input, { stateDir }) {
    if (isOff("AGENT_SEQUENCER_STOP_HOOK") || input.agent_id === undefined) return undefined;
    const record = readRecord(stateDir, input.session_id);
    const isTied = record?.agents.some(({ agent_id }) => agent_id === input.agent_id);
    if (record === undefined || !isTied) return undefined;
    const { subagentStopReason } = await import("./hooks/verdicts.ts");
    return blocking(await subagentStopReason(stateDir, record, input));
  },

  async SessionStart(input, { stateDir, now }) {
    if (!hasRuns(stateDir, input, now)) return undefined;
    const { contextFor } = await import("./hooks/verdicts.ts");
    const context = await contextFor(stateDir, input, now);
    return context && output("SessionStart", { additionalContext: context });
  },

  SessionEnd(input, { stateDir, now }) {
    if (input.reason === "clear" && readRecord(stateDir, input.session_id) !== undefined) {
      noteCleared(stateDir, input, now);
    }
    return undefined;
  },
};

/** As far as records and lengths of logs tell. */
function hasRuns(stateDir: string, input: HookInput, now: number): boolean {
  if (input.source === "clear") return predecessorOf(stateDir, input, now) !== undefined;
  if (input.source !== "compact" && input.source !== "resume") return false;
  const record = readRecord(stateDir, input.session_id);
  return record !== undefined && !isQuiet(stateDir, record, "unfinished");
}

function output(hookEventName: string, said: object): object {
  return { hookSpecificOutput: { hookEventName, ...said } };
}

function blocking(reason: string | undefined): Answer {
  return reason === undefined ? undefined : { decision: "block", reason };
}

function isOff(name: string): boolean {
  return /^(?:off|0|false|no)$/i.test(process.env[name] ?? "");
}

/** Whole, also from a pipe that is read without waiting. */
function readStdin(): string {
  const chunks: Buffer[] = [];
  const buffer = Buffer.alloc(1 << 16);
  for (;;) {
    try {
      const length = readSync(0, buffer);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(Buffer.from(buffer.subarray(0, length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

async function main(event: string): Promise<void> {
  const hook = Object.hasOwn(HOOKS, event) ? HOOKS[event] : undefined;
  if (hook === undefined || isOff("AGENT_SEQUENCER_HOOKS")) return;
  const input = readInput(readStdin());
  if (input === undefined) return;
  // Where the server was started: the agent may have gone elsewhere since.
  const cwd = process.env["CLAUDE_PROJECT_DIR"] || input.cwd;
  const { stateDir, home } = placesOf({ env: process.env, cwd, home: homedir(), bundled: "" });
  const answer = await hook(input, { stateDir, home, now: Date.now() });
  if (answer) writeSync(1, `${JSON.stringify(answer)}\n`);
}

main(process.argv[2] ?? "").catch((error) => {
  if (process.env["AGENT_SEQUENCER_HOOK_DEBUG"]) process.stderr.write(`${error.stack ?? error}\n`);
});
