/**
 * What a call of one of our tools says about the session: which instances it drives, and which steps its
 * subagents have fetched for themselves.
 *
 * T1. Starting, resuming, forking and replying is driving. Looking at a run is not, wherever it is driven.
 * T2. A subagent's own steps are those that it asked for by number, and what became of them.
 * T3. Only instances of this state folder are tied: a server may have been given another one.
 */

import { existsSync } from "node:fs";
import { isInstanceId } from "../log/instance-id.ts";
import { type HookInput, isObject, ownTool } from "./input.ts";
import { type AgentTie, changeRecord, type SessionRecord } from "./session-record.ts";

const DRIVING = new Set(["start", "next", "resume", "fork"]);

/** After one of our tools has answered. @returns whether it had anything to do with us */
export function tieSession(stateDir: string, input: HookInput, now: number): boolean {
  const tool = ownTool(input.tool_name);
  if (tool === undefined) return false;
  const payload = payloadOf(input.tool_response);
  const instanceId = instanceOf(input, payload);
  if (instanceId === undefined || !existsSync(`${stateDir}/${instanceId}.jsonl`)) return true;
  if (tool === "close") untie(stateDir, input.session_id, instanceId);
  else if (DRIVING.has(tool)) {
    changeRecord(stateDir, input.session_id, (record) =>
      withSteps(driven(record, instanceId, now), input, instanceId, stepsAfterReply(input, payload)),
    );
  } else if (tool === "current") looked(stateDir, input, instanceId, payload, now);
  return true;
}

/** The conversation ends by `/clear`: the next one will want to know. */
export function noteCleared(stateDir: string, input: HookInput, now: number): void {
  changeRecord(stateDir, input.session_id, (record) =>
    record.instances.length === 0
      ? record
      : {
          ...record,
          cleared: { ...(input.prompt_id && { prompt_id: input.prompt_id }), cwd: input.cwd, at: now },
        },
  );
}

function driven(record: SessionRecord, instanceId: string, now: number): SessionRecord {
  const tie = record.instances.find(({ instance_id }) => instance_id === instanceId);
  const { resting: _, ...rest } = tie ?? { instance_id: instanceId };
  const others = record.instances.filter(({ instance_id }) => instance_id !== instanceId);
  return { ...record, instances: [...others, { ...rest, driven_at: now }] };
}

function untie(stateDir: string, sessionId: string, instanceId: string): void {
  changeRecord(stateDir, sessionId, (record) => ({
    ...record,
    instances: record.instances.filter(({ instance_id }) => instance_id !== instanceId),
    agents: record.agents.filter(({ instance_id }) => instance_id !== instanceId),
  }));
}

/** A look at a run of this session takes up what rested, and tells a subagent its steps. */
function looked(stateDir: string, input: HookInput, instanceId: string, payload: Payload, now: number): void {
  changeRecord(stateDir, input.session_id, (record) => {
    const tie = record.instances.find(({ instance_id }) => instance_id === instanceId);
    if (tie === undefined) return record;
    const awake = tie.resting ? driven(record, instanceId, now) : record;
    const asked = input.tool_input["step_nos"];
    if (!Array.isArray(asked)) return awake;
    const shown = shownSteps(payload) ?? asked;
    return withSteps(awake, input, instanceId, { fetched: asked.filter((no) => shown.includes(no)) });
  });
}

interface StepNews {
  readonly fetched?: readonly number[];
  readonly answered?: number;
}

function withSteps(
  record: SessionRecord,
  { agent_id }: HookInput,
  instanceId: string,
  { fetched = [], answered }: StepNews,
): SessionRecord {
  if (agent_id === undefined) return record;
  const isIts = (tie: AgentTie) => tie.agent_id === agent_id && tie.instance_id === instanceId;
  const before = record.agents.find(isIts)?.step_nos ?? [];
  const step_nos = [...new Set([...before, ...fetched])].filter((no) => no !== answered);
  if (step_nos.length === before.length && step_nos.every((no) => before.includes(no))) return record;
  const others = record.agents.filter((tie) => !isIts(tie));
  return { ...record, agents: [...others, { agent_id, instance_id: instanceId, step_nos }] };
}

/** A step asked again, after a reply that did not fit, belongs to whoever replied. */
function stepsAfterReply({ tool_input }: HookInput, payload: Payload): StepNews {
  const answered = tool_input["for_step_no"];
  if (typeof answered !== "number") return {};
  const again = instructionsOf(payload).filter(({ validation_error }) => {
    return isObject(validation_error) && validation_error["step_no"] === answered;
  });
  return { answered, fetched: again.map(({ step_no }) => step_no).filter(isStepNo) };
}

type Payload = Readonly<Record<string, unknown>> | undefined;

/** The client hands on the JSON as text; others may hand on what MCP gave. */
function payloadOf(response: unknown): Payload {
  if (typeof response === "string") {
    try {
      const payload: unknown = JSON.parse(response);
      return isObject(payload) ? payload : undefined;
    } catch {
      // Spilled to a file, or cut: what it began with is looked at below.
      return { instance_id: /"instance_id":\s*"(\w{26})"/.exec(response.slice(0, 500))?.[1] };
    }
  }
  if (Array.isArray(response)) {
    // A link to the run may stand before the payload.
    const payloads = response.filter(isObject).map(({ text }) => payloadOf(text));
    return payloads.find((payload) => payload?.["instance_id"] !== undefined);
  }
  if (!isObject(response)) return undefined;
  const { structuredContent, content } = response;
  if (isObject(structuredContent)) return structuredContent;
  return Array.isArray(content) ? payloadOf(content) : response;
}

/** A fork is another run than the one that was asked for. */
function instanceOf({ tool_input }: HookInput, payload: Payload): string | undefined {
  return [payload?.["instance_id"], tool_input["instance_id"]].find(isInstanceId);
}

function instructionsOf(payload: Payload): Record<string, unknown>[] {
  const last = payload?.["last_yield"];
  if (!isObject(last)) return [];
  const { instructions } = last;
  return Array.isArray(instructions) ? instructions.filter(isObject) : [last];
}

function shownSteps(payload: Payload): number[] | undefined {
  const shown = instructionsOf(payload)
    .map(({ step_no }) => step_no)
    .filter(isStepNo);
  return shown.length > 0 ? shown : undefined;
}

function isStepNo(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
