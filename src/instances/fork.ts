/**
 * Forks: a new instance whose log begins with a part of another one's.
 *
 * F1. The origin is only read. What is readable of a corrupt or fenced log can be forked.
 * F2. What the program saw stays what it saw: params, seed, instance id, the times of the events.
 * F3. What was under way is done anew: unfinished effects are dropped, and what a turn derived that ended the
 *     run. Deadlines move by the time that the history lay still, and limits do not count it.
 * F4. The new log is published whole, after the version that it runs on is stored.
 */

import { ulid } from "ulid";
import type { Event, Started, StepIssued } from "../engine/event.ts";
import { isDerived } from "../engine/execution.ts";
import { apply, initialState } from "../engine/state.ts";
import { SequencerError } from "../errors.ts";
import type { LogStore } from "../log/event-log.ts";
import type { AdoptParts } from "./adopt.ts";
import { timestamp } from "./clock.ts";
import { inParts, Past } from "./past.ts";
import { tryVersion } from "./trial-run.ts";

export interface ForkRequest {
  readonly instanceId: string;
  /** The step at which the new instance waits; the last one plus one: everything that was answered. */
  readonly beforeStepNo: number;
  readonly programVersion?: "recorded" | "latest";
}

/**
 * @param isRunnable false: the recorded version got stuck, and must not be run
 * @returns the id of the new instance
 * @throws SequencerError `InvalidArguments`, `ProgramDiverged`, and what loading the program throws
 */
export async function forkInstance(
  parts: AdoptParts,
  { instanceId, beforeStepNo, programVersion = "recorded" }: ForkRequest,
  isRunnable: boolean,
): Promise<string> {
  const { store, catalog, programs, clock } = parts;
  const readable = await readWhatIsGood(store, instanceId);
  const origin = new Past();
  origin.see(readable);
  const { name } = origin.state.started!.program;
  const version =
    programVersion === "latest" ? await programs.link(name) : await catalog.load(origin.state.version, name);

  const isSame = version.version === versionAt(readable, beforeStepNo);
  const history = cutBefore(readable, beforeStepNo, origin.state.lastStepNo, isSame);
  const past = new Past();
  past.see(history);
  const now = timestamp(clock, past.state.lastAt);
  const events = rebase(history, past, { instanceId, beforeStepNo, now });
  if (version.version !== past.state.version) {
    const subject = { instanceId, past, isRunnable, parts: () => inParts(history) };
    const adoption = await tryVersion(parts, version, subject);
    const previous = past.state.version;
    events.push({ type: "version_adopted", at: now, version: version.version, previous, ...adoption });
  }
  await catalog.store(version);
  for (;;) {
    const forked = ulid(clock());
    const log = await store.create(forked, events);
    log?.close();
    if (log !== undefined) return forked;
  }
}

/** Up to where the log is corrupt or fenced, or its events cannot follow each other. */
async function readWhatIsGood(store: LogStore, instanceId: string): Promise<Event[]> {
  const events: Event[] = [];
  const state = initialState();
  const log = store.open(instanceId);
  try {
    for await (const batch of log.readOn()) {
      for (const event of batch.events) {
        if (event.type === "storage_failed") continue;
        apply(state, event);
        events.push(event);
      }
    }
  } catch (error) {
    const isDamaged =
      error instanceof SequencerError && (error.code === "CorruptedLog" || error.code === "StorageFailed");
    if (!isDamaged || events.length === 0) throw error;
  } finally {
    log.close();
  }
  return events;
}

/** The version that ran when the step was issued; at the end of the log for the last one plus one. */
function versionAt(events: readonly Event[], stepNo: number): string {
  let version = "";
  for (const event of events) {
    if (isIssueOf(stepNo)(event)) break;
    if (event.type === "started") version = event.program.version;
    if (event.type === "version_adopted") version = event.version;
  }
  return version;
}

/**
 * The events after which the step waits; all of them for the last step plus one. Without what ended the run.
 *
 * @param keepsStep the same version goes on: what the turn of the step derived stays. Another version derives
 *   it anew, and may ask something else
 * @throws SequencerError `InvalidArguments`
 */
export function cutBefore(
  events: readonly Event[],
  stepNo: number,
  lastStepNo: number,
  keepsStep: boolean,
): Event[] {
  if (!Number.isInteger(stepNo) || stepNo < 1 || stepNo > lastStepNo + 1) {
    throw new SequencerError(
      "InvalidArguments",
      `before_step_no: the run can be forked before each of its steps, from 1 to ${lastStepNo}, and after the last one, as ${lastStepNo + 1}; got ${stepNo}.`,
    );
  }
  const turns = turnsOf(events);
  const upTo =
    stepNo > lastStepNo ? turns.length : turns.findIndex((turn) => turn.some(isIssueOf(stepNo))) + 1;
  const kept = turns.slice(0, upTo);
  const last = kept.at(-1)!;
  const hasEnded = last.some((event) => event.type === "ended");
  if (hasEnded || (!keepsStep && stepNo <= lastStepNo)) {
    kept.pop();
    // Who forks a cancelled run wants it to go on.
    if (!hasEnded || last[0]!.type !== "cancel_requested") kept.push([last[0]!]);
  }
  return withoutUnfinishedEffects(kept.flat());
}

/** Each with what it derived; without events that only those see who look at the log. */
function turnsOf(events: readonly Event[]): Event[][] {
  const turns: Event[][] = [];
  for (const event of events) {
    if (event.type === "closed" || event.type === "reopened" || event.type === "storage_failed") continue;
    if (isDerived(event)) turns.at(-1)!.push(event);
    else turns.push([event]);
  }
  return turns;
}

function isIssueOf(stepNo: number): (event: Event) => boolean {
  return (event) =>
    isDerived(event) &&
    (event.type === "step_issued" || event.type === "step_failed") &&
    event.step_no === stepNo;
}

function withoutUnfinishedEffects(events: readonly Event[]): Event[] {
  const underWay = new Map<number, Event[]>();
  for (const event of events) {
    if (event.type === "effect_started") {
      underWay.set(event.step_no, [...(underWay.get(event.step_no) ?? []), event]);
    } else if ("step_no" in event) {
      underWay.delete(event.step_no);
    }
  }
  const dropped = new Set([...underWay.values()].flat());
  return events.filter((event) => !dropped.has(event));
}

/** The history as the beginning of another log, which goes on now. */
function rebase(
  history: readonly Event[],
  { state }: Past,
  { instanceId, beforeStepNo, now }: { instanceId: string; beforeStepNo: number; now: string },
): Event[] {
  const pause = Date.parse(now) - Date.parse(state.lastAt);
  return history.map((event) => {
    if (event.type === "started") {
      const forked_from = { instance_id: instanceId, before_step_no: beforeStepNo };
      const { request_id: _, ...started } = event;
      // Those of earlier forks that lie behind the cut are part of this one.
      const earlier = (event.pauses ?? []).filter(({ until }) => until <= state.lastAt);
      const pauses = [...earlier, { until: now, ms: pause }];
      return { ...started, forked_from, ...(pause > 0 && { pauses }) } satisfies Started;
    }
    const isWaiting = event.type === "step_issued" && state.pending.has(event.step_no);
    return isWaiting && event.timeout_at !== undefined ? laterBy(event, pause) : event;
  });
}

function laterBy(issued: StepIssued, ms: number): StepIssued {
  const { timeout_at, timeout_moved_ms = 0 } = issued;
  const moved = new Date(Date.parse(timeout_at!) + ms).toISOString();
  return { ...issued, timeout_at: moved, timeout_moved_ms: timeout_moved_ms + ms };
}
