/**
 * Stop and SubagentStop: whether the agent is sent back to what it left.
 *
 * P1. For one and the same step at most three times, counted on disk before it is said; a subagent once.
 * P2. Never where the user must answer, or where nothing but time, signals and processes can go on.
 * P3. Not while a subagent works in the background: its end wakes the session.
 */

import { type HookInput, isObject } from "./input.ts";
import { type Run, runsOf } from "./runs.ts";
import { changeRecord, type SessionRecord, type Tie } from "./session-record.ts";
import { askedIn, stepList } from "./text.ts";

const MOST_SENT_BACK = 3;

/** @returns what to do instead of stopping; `undefined`: it may stop */
export async function stopReason(
  stateDir: string,
  record: SessionRecord,
  input: HookInput,
): Promise<string | undefined> {
  if (input.subagents_at_work) return undefined;
  const runs = (await runsOf(stateDir, record)).filter(
    ({ tie, questions }) => !tie.resting && questions.length === 0,
  );
  const left = runs
    .map((run) => ({
      ...run,
      instructions: run.instructions.filter(({ step_no }) => sentBack(run.tie, step_no) < MOST_SENT_BACK),
    }))
    .filter(({ instructions }) => instructions.length > 0);
  if (left.length === 0) return undefined;
  count(stateDir, record, left);
  return [...left.map(reasonFor), wayOut(left, input)].join("\n\n");
}

function sentBack({ sent_back }: Tie, stepNo: number): number {
  const times: unknown = isObject(sent_back) ? sent_back[stepNo] : undefined;
  return typeof times === "number" ? times : 0;
}

/** Of steps that are pending no more, nothing need be known. */
function count(stateDir: string, { session_id }: SessionRecord, left: readonly Run[]): void {
  changeRecord(stateDir, session_id, (record) => ({
    ...record,
    instances: record.instances.map((tie) => {
      const run = left.find((each) => each.tie.instance_id === tie.instance_id);
      if (run === undefined) return tie;
      const counts = run.instructions.map(({ step_no }) => [step_no, sentBack(tie, step_no) + 1]);
      const others = Object.entries(tie.sent_back ?? {}).filter(([, times]) => times >= MOST_SENT_BACK);
      return {
        ...tie,
        sent_back: { ...Object.fromEntries(others.slice(-500)), ...Object.fromEntries(counts) },
      };
    }),
  }));
}

function reasonFor(run: Run): string {
  const { tie, program, instructions } = run;
  return `Run ${tie.instance_id} of program ${program} is not finished: it awaits your reply to ${stepList(instructions)}.\n${askedIn(run)}`;
}

function wayOut(left: readonly Run[], { stop_hook_active }: HookInput): string {
  const [{ tie, instructions }] = left as readonly [Run];
  const reply = `sequencer_next { instance_id: "${tie.instance_id}", for_step_no: ${instructions[0]!.step_no}, result }`;
  const again = stop_hook_active
    ? "You have been sent back before. If you stopped because only the user can say how to go on, ask the user and stop. "
    : "";
  return `${again}Carry it out and reply with ${reply}; if it cannot be done, reply failure: { reason } instead of result. If the user no longer wants the run, call sequencer_close.`;
}

/** @returns what the subagent is to do instead of stopping; `undefined`: it may stop */
export async function subagentStopReason(
  stateDir: string,
  record: SessionRecord,
  input: HookInput,
): Promise<string | undefined> {
  const own = record.agents.filter((tie) => tie.agent_id === input.agent_id && tie.sent_back === undefined);
  if (input.stop_hook_active || own.length === 0) return undefined;
  const runs = (await runsOf(stateDir, record)).filter(({ tie }) => !tie.resting);
  const left = runs
    .map((run) => ({ ...run, instructions: run.instructions.filter(({ step_no }) => isOwn(run, step_no)) }))
    .filter(({ instructions }) => instructions.length > 0);
  if (left.length === 0) return undefined;
  changeRecord(stateDir, record.session_id, (now) => ({
    ...now,
    agents: now.agents.map((tie) => (tie.agent_id === input.agent_id ? { ...tie, sent_back: true } : tie)),
  }));
  return [
    ...left.map(reasonFor),
    "You fetched it and have not replied. Reply with sequencer_next now. If you were told to hand your result to whoever started you instead, end your turn again.",
  ].join("\n\n");

  function isOwn({ tie }: Run, stepNo: number): boolean {
    return own.some(
      ({ instance_id, step_nos }) => instance_id === tie.instance_id && step_nos.includes(stepNo),
    );
  }
}
