/**
 * `replay`: would runs that are recorded fit the program as it is now?
 *
 * L1. A run that goes on fits if the program could take it over: what `sequencer_resume` with
 *     `program_version: "latest"` would find out. One that has ended must also end in the same state.
 * L2. Nothing is written, and no side effect is run: their results stand in the log.
 * L3. The program runs in the time zone in which the log was begun.
 */

import type { Catalog } from "../catalog/catalog.ts";
import type { ProgramVersion } from "../catalog/version.ts";
import type { Ended, Event, Started, VersionAdopted } from "../engine/event.ts";
import { isDerived } from "../engine/execution.ts";
import { preview, sameJson } from "../engine/json.ts";
import type { Adoption } from "../engine/trial.ts";
import { type ErrorAnswer, SequencerError, toErrorAnswer } from "../errors.ts";
import { ProgramHost } from "../host/program-host.ts";
import { inParts, Past } from "../instances/past.ts";
import { Programs } from "../instances/programs.ts";
import { tryVersion } from "../instances/trial-run.ts";
import { type RecordedLog, readLog } from "./recorded-log.ts";
import type { HostSettings } from "./workshop.ts";

export interface ReplayReport {
  readonly log: string;
  readonly fits: boolean;
  readonly program?: string;
  readonly version: string;
  readonly recorded_version?: string;
  readonly steps?: number;
  /** How the recorded run stands, or ended. */
  readonly state?: string;
  /** What is different and does not matter: `summary`, `reparsed replies`, `withdrawn steps`. */
  readonly remarks: readonly string[];
  readonly error?: ErrorAnswer;
}

export interface ReplayParts {
  readonly catalog: Catalog;
  readonly host: HostSettings;
}

export async function replayLogs(
  version: ProgramVersion,
  paths: readonly string[],
  parts: ReplayParts,
): Promise<ReplayReport[]> {
  const reports: ReplayReport[] = [];
  for (const path of paths) {
    try {
      reports.push(await replayLog(version, await readLog(path), parts));
    } catch (error) {
      if (!(error instanceof SequencerError)) throw error;
      reports.push({
        log: path,
        fits: false,
        version: version.version,
        remarks: [],
        error: toErrorAnswer(error),
      });
    }
  }
  return reports;
}

async function replayLog(
  version: ProgramVersion,
  log: RecordedLog,
  { catalog, host: settings }: ReplayParts,
): Promise<ReplayReport> {
  const [started] = log.events as [Started, ...Event[]];
  const ended = log.events.find((event) => event.type === "ended");
  const history = withoutEnd(log.events);
  const past = new Past();
  past.see(history);
  const known = {
    log: log.path,
    program: started.program.name,
    version: version.version,
    recorded_version: past.state.version,
    steps: past.state.lastStepNo,
    state: ended?.state ?? "unfinished",
  };
  if (started.program.name !== version.name) {
    const message = `${log.path} is of a run of program '${started.program.name}', not of '${version.name}'.`;
    const error = toErrorAnswer(new SequencerError("InvalidArguments", message));
    return { ...known, fits: false, remarks: [], error };
  }
  return inTimeZone(started.time_zone, async () => {
    const host = new ProgramHost(settings);
    const trial = new LogTrial(version, log, history, past, host, catalog);
    try {
      const adoption = await trial.adoption();
      const remarks = remarksOn(adoption);
      if (ended !== undefined && !ended.forced) remarks.push(...(await trial.compareEnd(ended, adoption)));
      return { ...known, fits: true, remarks };
    } catch (error) {
      if (!(error instanceof SequencerError)) throw error;
      return { ...known, fits: false, remarks: [], error: toErrorAnswer(error) };
    } finally {
      await host.dispose();
    }
  });
}

class LogTrial {
  private readonly programs: Programs;

  constructor(
    private readonly version: ProgramVersion,
    private readonly log: RecordedLog,
    private readonly history: readonly Event[],
    private readonly past: Past,
    private readonly host: ProgramHost,
    private readonly catalog: Catalog,
  ) {
    this.programs = new Programs(catalog, host);
  }

  /** @throws SequencerError `ProgramDiverged` with the full report */
  adoption(): Promise<Adoption> {
    const { version, log, history, past, host, catalog, programs } = this;
    const store = { lineOf: async (_: string, seq: number) => log.lineOf(seq) };
    const subject = { instanceId: log.id, past, parts: () => inParts(history), isRunnable: true };
    return tryVersion({ store, catalog, host, programs }, version, subject);
  }

  /** Lets the program, with its history behind it, come to its end. @throws SequencerError `ProgramDiverged` */
  async compareEnd(ended: Ended, adoption: Adoption): Promise<string[]> {
    const { version, history, past, host } = this;
    const { at } = history.at(-1)!;
    const { started } = past.state;
    const previous = past.state.version;
    const adopted: VersionAdopted = {
      type: "version_adopted",
      at,
      version: version.version,
      previous,
      ...adoption,
    };
    const drafts = await this.programs.ask(version, async (generation) => {
      const load = {
        instance: "end",
        version: version.version,
        seed: started!.seed,
        atMs: Date.parse(started!.at),
        adoptions: [...past.adoptions, adopted],
      };
      await host.call("load", load, generation);
      let last: readonly Event[] = [];
      for (const { lines } of inParts([...history, adopted])) {
        last = (await host.call("feed", { instance: "end", lines }, generation)).drafts;
      }
      return last;
    });
    return differencesOfEnd(ended, drafts);
  }
}

function differencesOfEnd(ended: Ended, drafts: readonly Event[]): string[] {
  const now = drafts.find((event) => event.type === "ended");
  if (now?.state !== ended.state) {
    const instead = now === undefined ? "goes on" : `ends as ${now.state}${why(now)}`;
    throw new SequencerError(
      "ProgramDiverged",
      `The recorded run ended as ${ended.state}${why(ended)}; now the program ${instead}.`,
      "If it is meant to, record the log anew.",
    );
  }
  if (sameJson(ended.summary, now.summary)) return [];
  return [`the summary was ${preview(ended.summary, 200)}, is now ${preview(now.summary, 200)}`];
}

function why({ error, reason }: Ended): string {
  const told = error === undefined ? reason : `${error.type}: ${error.message}`;
  return told === undefined ? "" : ` (${told})`;
}

function remarksOn({ values = {}, signal_values = {}, withdrawn = [], params }: Adoption): string[] {
  const parsed = Object.keys(values).length + Object.keys(signal_values).length;
  return [
    ...(params === undefined ? [] : ["the params are parsed to something else"]),
    ...(parsed === 0 ? [] : [`${parsed} recorded values are parsed to something else`]),
    ...(withdrawn.length === 0 ? [] : [`unanswered steps would be asked anew: ${withdrawn.join(", ")}`]),
  ];
}

/** What stood before the run ended, and what the turn derived that ended it but its end itself. */
function withoutEnd(events: readonly Event[]): Event[] {
  return events.filter(
    (event) => !(isDerived(event) && event.type === "ended") && event.type !== "storage_failed",
  );
}

async function inTimeZone<T>(timeZone: string, work: () => Promise<T>): Promise<T> {
  const before = process.env["TZ"];
  process.env["TZ"] = timeZone;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}
