/**
 * What the client hands to a hook, as far as it is used here. Nothing of it is trusted.
 *
 * I1. Ids of sessions and agents are names, never paths: what is not one is as good as absent.
 */

export interface HookInput {
  readonly session_id: string;
  readonly cwd: string;
  /** Of a subagent; absent: the main agent. */
  readonly agent_id?: string;
  /** The same of the end of a cleared conversation and of the start of the next one. */
  readonly prompt_id?: string;
  readonly tool_name: string;
  readonly tool_input: { readonly [name: string]: unknown };
  readonly tool_response: unknown;
  /** SessionStart. */
  readonly source: string;
  /** SessionEnd. */
  readonly reason: string;
  /** The agent goes on only because a hook sent it back. */
  readonly stop_hook_active: boolean;
  /** A subagent of this session is at work in the background; its end wakes the session. */
  readonly subagents_at_work: boolean;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** @returns `undefined` where the input names no session */
export function readInput(text: string): HookInput | undefined {
  const input: unknown = JSON.parse(text);
  if (!isObject(input) || !isId(input["session_id"])) return undefined;
  return {
    session_id: input["session_id"],
    cwd: textOr(input["cwd"], "/"),
    ...(isId(input["agent_id"]) && { agent_id: input["agent_id"] }),
    ...(isId(input["prompt_id"]) && { prompt_id: input["prompt_id"] }),
    tool_name: textOr(input["tool_name"], ""),
    tool_input: isObject(input["tool_input"]) ? input["tool_input"] : {},
    tool_response: input["tool_response"],
    source: textOr(input["source"], ""),
    reason: textOr(input["reason"], ""),
    stop_hook_active: input["stop_hook_active"] === true,
    subagents_at_work: hasSubagents(input["background_tasks"]),
  };
}

/** A shell in the background may be a server that runs for days: only what thinks counts. */
function hasSubagents(tasks: unknown): boolean {
  if (!Array.isArray(tasks)) return false;
  return tasks.some((task) => isObject(task) && task["status"] === "running" && task["type"] !== "shell");
}

export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

/** `next` of `mcp__<server>__sequencer_next`, whatever the server is called; `undefined`: not one of ours. */
export function ownTool(name: string): string | undefined {
  return /^mcp__.+__sequencer_([a-z_]+)$/.exec(name)?.[1];
}

/**
 * Tools that no rule of a step can forbid: ours; finding tools; starting subagents, whose own tools are
 * judged; talking to them; handing in the output that the caller of the client asked for.
 */
const FREE = new Set([
  "ToolSearch",
  "Agent",
  "Task",
  "SendMessage",
  "TaskOutput",
  "AgentOutputTool",
  "TaskStop",
  "StructuredOutput",
]);

export function isFree({ tool_name, tool_input }: HookInput): boolean {
  if (FREE.has(tool_name) || ownTool(tool_name) !== undefined) return true;
  const skill = tool_input["skill"];
  return tool_name === "Skill" && typeof skill === "string" && /^(?:.*:)?agent-sequencer$/.test(skill);
}
