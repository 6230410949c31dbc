/**
 * PreToolUse: may the agent use this tool now?
 *
 * V1. What is forbidden comes before what is allowed; without a list of what is allowed, everything else is.
 * V2. Of several pending steps, one that lets the tool pass is enough. A subagent is held to the steps that
 *     it has fetched, as long as one of them is pending.
 * V3. A question to the user allows and forbids nothing; the client's tool for questions passes meanwhile.
 * V4. Never says "allow": what the user must be asked, the user is asked.
 */

import type { StepIssued } from "../engine/event.ts";
import { type HookInput, isFree } from "./input.ts";
import type { Folders } from "./rules/paths.ts";
import { matches, opaqueness, type ToolCall } from "./rules/pattern.ts";
import { type Run, runsOf } from "./runs.ts";
import type { SessionRecord } from "./session-record.ts";

const MOST_NAMED = 3;

interface HeldStep {
  readonly run: Run;
  readonly step: StepIssued;
}

/** @returns why not; `undefined`: it may */
export async function refusalOf(
  stateDir: string,
  record: SessionRecord,
  input: HookInput,
  home: string,
): Promise<string | undefined> {
  if (isFree(input)) return undefined;
  const runs = (await runsOf(stateDir, record)).filter(({ tie }) => !tie.resting);
  if (input.tool_name === "AskUserQuestion" && runs.some(({ questions }) => questions.length > 0)) {
    return undefined;
  }
  const steps = stepsFor(input, record, runs);
  const call: ToolCall = { name: input.tool_name, input: input.tool_input };
  const refusals: string[] = [];
  for (const { run, step } of steps) {
    const folders = { project: run.projectDir, cwd: input.cwd, home };
    const objection = objectionOf(step, call, folders);
    if (objection === undefined) return undefined;
    refusals.push(`Step ${step.step_no} of run ${run.tie.instance_id} (${run.program}) ${objection}.`);
  }
  if (refusals.length === 0) return undefined;
  const more = refusals.length - MOST_NAMED;
  return [
    ...refusals.slice(0, MOST_NAMED),
    ...(more > 0 ? [`${more} more pending steps do not allow it either.`] : []),
    adviceFor(call, steps),
  ].join(" ");
}

function stepsFor({ agent_id }: HookInput, record: SessionRecord, runs: readonly Run[]): HeldStep[] {
  const all = runs.flatMap((run) => run.instructions.map((step) => ({ run, step })));
  const own = all.filter(({ run, step }) =>
    record.agents.some(
      (tie) =>
        tie.agent_id === agent_id &&
        tie.instance_id === run.tie.instance_id &&
        tie.step_nos.includes(step.step_no),
    ),
  );
  return own.length > 0 ? own : all;
}

function objectionOf({ tools }: StepIssued, call: ToolCall, folders: Folders): string | undefined {
  const { allow, deny = [] } = tools ?? {};
  const forbidding = deny.find((pattern) => matches(pattern, call, "deny", folders));
  if (forbidding !== undefined) return `forbids ${forbidding}`;
  if (allow === undefined || allow.some((pattern) => matches(pattern, call, "allow", folders)))
    return undefined;
  return allow.length === 0 ? "allows no tools" : `allows only ${allow.join(", ")}`;
}

function adviceFor(call: ToolCall, [first, ...others]: readonly HeldStep[]): string {
  const opaque = opaqueness(call);
  const plainly =
    opaque !== undefined && first!.step.tools?.allow?.some((pattern) => pattern.startsWith(`${call.name}(`))
      ? `The command holds ${opaque}, which cannot be checked: use plain commands. `
      : "";
  const which = others.length > 0 ? "these steps" : `step ${first!.step.step_no}`;
  return `${plainly}Work without ${call.name} until ${which} ${others.length > 0 ? "are" : "is"} replied to with sequencer_next; if that cannot be done, reply failure: { reason }.`;
}
