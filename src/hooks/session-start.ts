/**
 * SessionStart after compaction, resume and `/clear`: what the agent must know of its runs, put back into
 * its context.
 *
 * B1. After `/clear` the runs rest: the user began something new, so nothing holds the agent to them until
 *     it takes one up.
 */

import type { HookInput } from "./input.ts";
import { type Run, runsOf } from "./runs.ts";
import { predecessorOf } from "./session-folder.ts";
import { changeRecord, readRecord, type SessionRecord } from "./session-record.ts";
import { beginningOf, stepList } from "./text.ts";

/** @returns what to put into the context; `undefined`: nothing */
export async function contextFor(
  stateDir: string,
  input: HookInput,
  now: number,
): Promise<string | undefined> {
  const cleared = input.source === "clear";
  const record = cleared ? inherit(stateDir, input, now) : readRecord(stateDir, input.session_id);
  const runs = record === undefined ? [] : await runsOf(stateDir, record);
  if (runs.length === 0) return undefined;
  const one = runs.length === 1;
  return [
    cleared
      ? `agent-sequencer: before /clear this session drove ${one ? "a run that is" : "runs that are"} not finished:`
      : `agent-sequencer: this session drives ${one ? "a run that is" : "runs that are"} not finished:`,
    ...runs.map(describe),
    cleared
      ? "Go on with it only if the user wants that; then call sequencer_current { instance_id } first."
      : "Before you go on, call sequencer_current { instance_id } and do exactly what it shows. Do not start the program again, and reply only to the steps shown there.",
  ].join("\n");
}

function describe({ tie, program, instructions, questions, others }: Run): string {
  const awaited = [...instructions, ...questions];
  const what =
    awaited.length > 0
      ? `awaits your reply to ${stepList(awaited)} (${beginningOf(awaited[0]!.text ?? "")})`
      : `waits for ${others.map(({ kind, label }) => (label ? `${kind} ${beginningOf(label)}` : kind)).join(", ") || "its program"}; nothing for you to do now`;
  return `- instance_id ${tie.instance_id}, program ${program}: ${what}`;
}

/** The runs of the conversation that was cleared become this one's, resting. */
function inherit(stateDir: string, input: HookInput, now: number): SessionRecord | undefined {
  const before = predecessorOf(stateDir, input, now);
  if (before === undefined) return undefined;
  changeRecord(stateDir, input.session_id, (record) => {
    const known = new Set(record.instances.map(({ instance_id }) => instance_id));
    const taken = before.instances
      .filter(({ instance_id }) => !known.has(instance_id))
      .map(({ instance_id, driven_at }) => ({ instance_id, driven_at, resting: true as const }));
    return { ...record, instances: [...record.instances, ...taken] };
  });
  return readRecord(stateDir, input.session_id);
}
