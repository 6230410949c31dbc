/**
 * Trying a version on a log, in the program host: what its adoption would say, or why it cannot take over.
 *
 * R1. Nothing of the instance itself is touched: a trial has an execution of its own, which goes when it ends.
 * R2. What only makes a report better (places, a hint, the line) is left out where it cannot be had.
 */

import type { Catalog } from "../catalog/catalog.ts";
import type { ProgramVersion } from "../catalog/version.ts";
import { alignmentOf } from "../engine/alignment.ts";
import type { Event, Started, VersionAdopted } from "../engine/event.ts";
import { isDerived } from "../engine/execution.ts";
import { type Mismatch, mismatchOf } from "../engine/mismatch.ts";
import { recordedSteps } from "../engine/rehearsal.ts";
import { divergenceReport } from "../engine/replay-report.ts";
import type { VersionFolders } from "../engine/sameness.ts";
import type { Adoption } from "../engine/trial.ts";
import { SequencerError } from "../errors.ts";
import type { HostCalls } from "../host/messages.ts";
import { HostRestarted, type ProgramHost } from "../host/program-host.ts";
import type { LogStore } from "../log/event-log.ts";
import { inParts, type Part, type Past } from "./past.ts";
import type { Programs } from "./programs.ts";

export interface TrialParts {
  readonly store: Pick<LogStore, "lineOf">;
  readonly catalog: Catalog;
  readonly host: ProgramHost;
  readonly programs: Programs;
}

/** What a version is tried on. */
export interface TrialSubject {
  readonly instanceId: string;
  readonly past: Past;
  /** The events that `past` has seen, from the first on, each time anew. */
  readonly parts: () => AsyncIterable<Part> | Iterable<Part>;
  /** The recorded version can be run, to find where it makes a step. */
  readonly isRunnable: boolean;
}

/** Steps that are tried out, and events that are read on, for a hint. */
const REHEARSED_STEPS = 12;
const EVENTS_AHEAD = 400;

let trials = 0;

/** @throws SequencerError `ProgramDiverged` with the full report; `ProgramStalled`, `ProgramNotLoadable` */
export function tryVersion(
  parts: TrialParts,
  version: ProgramVersion,
  subject: TrialSubject,
): Promise<Adoption> {
  const { host, catalog } = parts;
  const folders = foldersOf(catalog, version, subject.past);
  const { adoptions, unanswered, state } = subject.past;
  return parts.programs.ask(version, (generation) =>
    withExecution(
      host,
      state.started!,
      { version: version.version, adoptions, trial: unanswered.trial(folders) },
      generation,
      async (instance) => {
        try {
          for await (const { lines } of subject.parts())
            await host.call("feed", { instance, lines }, generation);
          return await host.call("finishTrial", { instance }, generation);
        } catch (error) {
          if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged") throw error;
          const mismatch = mismatchOf(error) ?? { what: error.message };
          const soFar = await host.call("finishTrial", { instance, soFar: true }, generation);
          throw await new Report(parts, version, subject, generation).of(mismatch, soFar);
        }
      },
    ),
  );
}

async function withExecution<T>(
  host: ProgramHost,
  { seed, at }: Started,
  load: Omit<HostCalls["load"]["request"], "instance" | "seed" | "atMs">,
  generation: number,
  work: (instance: string) => Promise<T>,
): Promise<T> {
  const instance = `trial ${++trials}`;
  await host.call("load", { ...load, instance, seed, atMs: Date.parse(at) }, generation);
  try {
    return await work(instance);
  } finally {
    await host.call("unload", { instance }, generation).catch(() => {});
  }
}

/** Finds out what a report says besides the mismatch. */
class Report {
  private readonly folders: VersionFolders;

  constructor(
    private readonly parts: TrialParts,
    private readonly version: ProgramVersion,
    private readonly subject: TrialSubject,
    private readonly generation: number,
  ) {
    this.folders = foldersOf(parts.catalog, version, subject.past);
  }

  async of(mismatch: Mismatch, soFar: Adoption): Promise<SequencerError> {
    const { instanceId, past, isRunnable } = this.subject;
    const { seq, step_no } = mismatch;
    const line = await ifPossible(async () =>
      seq === undefined ? undefined : this.parts.store.lineOf(instanceId, seq),
    );
    const recordedAt = await ifPossible(async () =>
      step_no === undefined || !isRunnable ? undefined : this.placeOf(step_no),
    );
    const hint = await ifPossible(async () => (seq === undefined ? undefined : this.hintAt(seq, soFar)));
    return divergenceReport(mismatch, {
      instanceId,
      program: this.version.name,
      version: this.version.version,
      recordedVersion: past.state.version,
      folders: this.folders,
      ...(line !== undefined && { line }),
      ...(recordedAt !== undefined && { recordedAt }),
      ...(hint !== undefined && { hint }),
    });
  }

  /** Where the recorded version makes a step: it is replayed until it does. */
  private async placeOf(stepNo: number): Promise<string | undefined> {
    const { host, catalog } = this.parts;
    const { version, started } = this.subject.past.state;
    const pinned = await catalog.load(version, started!.program.name);
    const generation = await host.define(pinned);
    const load = { version, adoptions: this.subject.past.adoptions, seek: stepNo };
    return withExecution(host, started!, load, generation, async (instance) => {
      for await (const { lines } of this.subject.parts()) {
        await host.call("feed", { instance, lines }, generation);
        const { place } = await host.call("soughtPlace", { instance }, generation);
        if (place !== undefined) return place;
      }
      return undefined;
    });
  }

  /** Lets the new version go on from before the turn that differs, and compares what it asks. */
  private async hintAt(seq: number, soFar: Adoption): Promise<string | undefined> {
    const { host } = this.parts;
    const { before, after } = await this.splitBefore(seq);
    if (after.length === 0) return undefined;
    const { version: previous, started } = this.subject.past.state;
    const { at } = before.at(-1)!;
    const withdrawn = [
      ...(soFar.withdrawn ?? []),
      ...this.subject.past.adoptions.flatMap(({ withdrawn = [] }) => withdrawn),
    ];
    const { version } = this.version;
    const adopted: VersionAdopted = { type: "version_adopted", at, version, previous, ...soFar, withdrawn };
    const adoptions = [...before.filter((event) => event.type === "version_adopted"), adopted];
    const recorded = recordedSteps(after);
    return withExecution(host, started!, { version, adoptions }, this.generation, async (instance) => {
      for (const { lines } of inParts([...before, adopted])) {
        await host.call("feed", { instance, lines }, this.generation);
      }
      const { folders } = this;
      const { asked } = await host.call(
        "rehearse",
        { instance, recorded, at, folders, limit: REHEARSED_STEPS },
        this.generation,
      );
      return alignmentOf(recorded, asked, folders);
    });
  }

  /** The log up to what happened before the event `seq` was derived, and what was derived and followed. */
  private async splitBefore(seq: number): Promise<{ before: Event[]; after: Event[] }> {
    const events: Event[] = [];
    let turn = 0;
    let found = false;
    for await (const part of this.subject.parts()) {
      for (const event of part.events) {
        if (!found && !isDerived(event)) turn = events.length + 1;
        if ((event as { seq?: number }).seq === seq) {
          // Something that happened is not asked otherwise, it is not valid any more.
          if (!isDerived(event)) return { before: [], after: [] };
          found = true;
        }
        events.push(event);
        if (found && events.length > turn + EVENTS_AHEAD) break;
      }
      if (found && events.length > turn + EVENTS_AHEAD) break;
    }
    return { before: events.slice(0, turn), after: found ? events.slice(turn) : [] };
  }
}

async function ifPossible<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HostRestarted) throw error;
    return undefined;
  }
}

function foldersOf(
  catalog: Pick<Catalog, "filesFolder" | "sources">,
  version: ProgramVersion,
  { state }: Past,
): VersionFolders {
  const recordedEntries: { [version: string]: string } = {};
  for (const recorded of [...state.pastVersions, state.version]) {
    try {
      recordedEntries[recorded] = entryFolder(catalog.sources(recorded).manifest.entry);
    } catch (error) {
      // It may be gone: then its module counts as lying at the top.
      if (!(error instanceof SequencerError)) throw error;
    }
  }
  return {
    asked: catalog.filesFolder(version.version),
    askedEntry: entryFolder(version.entry),
    recordedEntries,
  };
}

function entryFolder(entry: string): string {
  return entry.split("/").slice(0, -1).join("/");
}
