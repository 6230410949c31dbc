/** The unfinished runs, from their logs alone: what each waits for, and since when. No program is run. */

import { KNOWN_FORMAT } from "../../engine/event-form.ts";
import type { LastYield } from "../../instances/answer.ts";
import { describeInstance } from "../../instances/describe.ts";
import { foldLog } from "../../instances/listing.ts";
import { createLogStore } from "../../log/log-store.ts";
import { error, type Finding, ok, warning } from "./finding.ts";

const DAY_MS = 86_400_000;
const OLD_DAYS = 30;

export interface UnfinishedRun {
  readonly instance_id: string;
  readonly program: string;
  readonly state: string;
  readonly closed: boolean;
  readonly project_dir: string;
  /** Of the last thing that happened. */
  readonly updated_at: string;
  readonly days: number;
  readonly waiting_for: readonly WaitedFor[];
}

export interface WaitedFor {
  readonly step_no: number;
  /** `reply`: of the agent. */
  readonly kind: string;
  readonly what: string;
  readonly until: string | null;
}

export async function examineRuns(
  stateDir: string,
  now: number,
): Promise<{ findings: Finding[]; unfinished: UnfinishedRun[] }> {
  const store = createLogStore({ stateDir, ...KNOWN_FORMAT });
  const findings: Finding[] = [];
  const unfinished: UnfinishedRun[] = [];
  const logs = store.list();
  for (const { instanceId } of logs) {
    try {
      const log = store.open(instanceId);
      const state = await foldLog(log).finally(() => log.close());
      if (state.storageFailed !== undefined) findings.push(fenced(instanceId, state.storageFailed));
      if (state.ended !== undefined) continue;
      const { program, state: name, last_yield } = describeInstance(instanceId, state);
      unfinished.push({
        instance_id: instanceId,
        program,
        state: name,
        closed: state.closed,
        project_dir: state.started!.project_dir,
        updated_at: state.lastAt,
        days: Math.max(0, Math.floor((now - Date.parse(state.lastAt)) / DAY_MS)),
        waiting_for: waitedFor(last_yield),
      });
    } catch (thrown) {
      const { code, message, fix } = thrown as { code?: string; message: string; fix?: string };
      // Removed since the folder was read.
      if (code === "UnknownInstance") continue;
      findings.push(error("runs", message, fix ?? "Look at the file; nothing was changed in it."));
    }
  }
  const old = unfinished.filter(({ days }) => days >= OLD_DAYS);
  if (old.length > 0) findings.push(forgotten(old.length));
  const open = unfinished.filter(({ closed }) => !closed).length;
  const counted = `${logs.length} kept, ${open} unfinished, ${unfinished.length - open} put away unfinished`;
  return { findings: [ok("runs", counted), ...findings], unfinished };
}

function fenced(instanceId: string, reason: string): Finding {
  return error(
    "runs",
    `the disk failed under run ${instanceId}: ${reason}`,
    "Fork it, once the disk is well.",
  );
}

function forgotten(count: number): Finding {
  const runs = count === 1 ? "1 unfinished run has" : `${count} unfinished runs have`;
  const fix = "Go on with them, or close them: nothing removes an unfinished run by itself.";
  return warning("runs", `${runs} not moved for ${OLD_DAYS} days`, fix);
}

function waitedFor(last: LastYield): WaitedFor[] {
  switch (last.kind) {
    case "instruction":
      return [{ step_no: last.step_no, kind: "reply", what: last.text, until: last.timeout_at }];
    case "parallel":
      return last.instructions.flatMap(waitedFor);
    case "waiting":
      return last.waiting_for.map(({ step_no, kind, what, until }) => ({ step_no, kind, what, until }));
    default:
      return [];
  }
}
