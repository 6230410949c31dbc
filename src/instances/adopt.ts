/**
 * Moving an instance to the program as it is now: only if that does what the log says was done.
 *
 * A1. The log is the lock: if anything was appended while the version was tried, it is tried again.
 * A2. The version is stored, durably, before the log says that it is adopted.
 * A3. Whatever goes wrong, the instance is as it was.
 */

import { SequencerError } from "../errors.ts";
import type { EventLog, LogStore } from "../log/event-log.ts";
import { type Clock, timestamp } from "./clock.ts";
import { linesUpTo } from "./instance.ts";
import { type Part, Past } from "./past.ts";
import { type TrialParts, tryVersion } from "./trial-run.ts";

export interface AdoptParts extends TrialParts {
  readonly store: LogStore;
  readonly clock: Clock;
}

/**
 * The caller holds the instance's turn, and has let go of its execution.
 *
 * @param isRunnable false: the recorded version got stuck, and must not be run
 * @returns false if the instance runs on that version already
 * @throws SequencerError `ProgramDiverged`, `InstanceEnded`, and what linking the program throws
 */
export async function adoptLatest(
  parts: AdoptParts,
  instanceId: string,
  isRunnable: boolean,
): Promise<boolean> {
  const { store, catalog, programs, clock } = parts;
  const log = store.open(instanceId);
  try {
    const past = new Past();
    for (;;) {
      for await (const { events } of log.readOn()) past.see(events);
      const { started, ended, version: previous, lastAt } = past.state;
      if (started === undefined) throw new SequencerError("CorruptedLog", "The log holds no events.");
      const version = await programs.link(started.program.name);
      if (version.version === previous) return false;
      if (ended !== undefined) throw endedAlready(instanceId, ended.state, past.state.lastStepNo);
      const subject = {
        instanceId,
        past,
        isRunnable,
        parts: () => readAgain(parts, instanceId, past.length),
      };
      const adoption = await tryVersion(parts, version, subject);
      await catalog.store(version);
      const at = timestamp(clock, lastAt);
      const adopted = {
        type: "version_adopted",
        at,
        version: version.version,
        previous,
        ...adoption,
      } as const;
      if (log.append([adopted]) === undefined) continue;
      await log.sync();
      return true;
    }
  } finally {
    log.close();
  }
}

/** The first `length` events, from the file, so that a long log need not fit into memory. */
export async function* readAgain(
  { store }: Pick<AdoptParts, "store">,
  instanceId: string,
  length: number,
): AsyncGenerator<Part> {
  let log: EventLog | undefined;
  try {
    log = store.open(instanceId);
    for await (const batch of log.readOn()) {
      if (batch.firstSeq >= length) return;
      yield { events: batch.events.slice(0, length - batch.firstSeq), lines: linesUpTo(batch, length) };
    }
  } finally {
    log?.close();
  }
}

function endedAlready(instanceId: string, state: string, lastStepNo: number): SequencerError {
  return new SequencerError(
    "InstanceEnded",
    `Instance ${instanceId} has ended (${state}): it cannot move to another version.`,
    `To go on with the new version from a step, call sequencer_fork with program_version: "latest" and before_step_no from 1 to ${lastStepNo + 1} (${lastStepNo + 1}: after the last answer).`,
  );
}
