/**
 * What the logs say about the runs of a session.
 *
 * U1. Nothing is said of a run that ended, was closed or removed, cannot be read, or is driven elsewhere now.
 * U2. What was found is noted beside the length of the log, so that the next hook need not read it again.
 */

import { statSync } from "node:fs";
import type { StepIssued } from "../engine/event.ts";
import { KNOWN_FORMAT } from "../engine/event-form.ts";
import { awaitsDriver, type State } from "../engine/state.ts";
import { foldLog } from "../instances/listing.ts";
import { createLogStore } from "../log/log-store.ts";
import { isDrivenElsewhere } from "./session-folder.ts";
import { changeRecord, type SessionRecord, type Tie } from "./session-record.ts";

export interface Run {
  readonly tie: Tie;
  readonly program: string;
  readonly projectDir: string;
  /** What the agent itself must do and reply to, in the order of issue. */
  readonly instructions: readonly StepIssued[];
  /** What it must ask its user. */
  readonly questions: readonly StepIssued[];
  /** What neither of them can bring about. */
  readonly others: readonly StepIssued[];
}

/** The unfinished runs that the session drives; runs that rest included. */
export async function runsOf(stateDir: string, record: SessionRecord): Promise<Run[]> {
  const looks = await Promise.all(record.instances.map((tie) => lookAt(stateDir, tie)));
  noteGlances(stateDir, record, looks);
  return looks
    .map(({ run }) => run)
    .filter((run) => run !== undefined)
    .filter((run) => !isDrivenElsewhere(stateDir, record, run.tie));
}

interface Look {
  readonly tie: Tie;
  readonly bytes: number;
  /** `undefined`: it is over, or nothing can be said of it. */
  readonly run: Run | undefined;
}

async function lookAt(stateDir: string, tie: Tie): Promise<Look> {
  // Before it is read: what is appended meanwhile makes the next hook read again.
  const bytes = statSync(`${stateDir}/${tie.instance_id}.jsonl`, { throwIfNoEntry: false })?.size ?? -1;
  const state = await stateOf(stateDir, tie.instance_id);
  if (state === undefined || state.ended || state.closed || state.storageFailed !== undefined) {
    return { tie, bytes, run: undefined };
  }
  const pending = [...state.pending.values()];
  const forDriver = pending.filter(awaitsDriver).map(({ issued }) => issued);
  const run = {
    tie,
    program: state.started!.program.name,
    projectDir: state.started!.project_dir,
    instructions: forDriver.filter(({ kind }) => kind === "instruction"),
    questions: forDriver.filter(({ kind }) => kind === "ask"),
    others: pending.filter((step) => !awaitsDriver(step)).map(({ issued }) => issued),
  };
  return { tie, bytes, run };
}

async function stateOf(stateDir: string, instanceId: string): Promise<State | undefined> {
  const store = createLogStore({ stateDir, ...KNOWN_FORMAT });
  try {
    const log = store.open(instanceId);
    return await foldLog(log).finally(() => log.close());
  } catch {
    return undefined;
  }
}

/** Only a saving: where it cannot be written, the logs are read again. */
function noteGlances(stateDir: string, record: SessionRecord, looks: readonly Look[]): void {
  const isNews = ({ tie, bytes }: Look) => tie.glance?.bytes !== bytes;
  if (!looks.some(isNews)) return;
  try {
    changeRecord(stateDir, record.session_id, (now) => ({
      ...now,
      instances: now.instances.map((tie) => {
        const look = looks.find((each) => each.tie.instance_id === tie.instance_id);
        return look === undefined ? tie : { ...tie, glance: glanceAt(look) };
      }),
    }));
  } catch {
    return;
  }
}

function glanceAt({ bytes, run }: Look): NonNullable<Tie["glance"]> {
  return {
    bytes,
    unfinished: run !== undefined,
    awaiting: run !== undefined && run.instructions.length > 0 && run.questions.length === 0,
    ruled: run?.instructions.some(({ tools }) => tools !== undefined) ?? false,
  };
}
