/**
 * The list of instances, from disk: each log folded without its program, and remembered until it grows.
 *
 * L1. A log that cannot be read is an entry that says so, never the end of the list.
 * L2. Memory is bounded: what is kept of a log is its entry, a few hundred bytes.
 */

import { apply, initialState, type State } from "../engine/state.ts";
import { SequencerError } from "../errors.ts";
import type { EventLog, LogInfo, LogStore } from "../log/event-log.ts";
import type { ListEntry, ListPage } from "./answer.ts";
import { type Stall, stateOf } from "./describe.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;

export interface ListRequest {
  readonly filter?: "active" | "ended" | "all";
  readonly limit?: number;
  readonly cursor?: string;
  readonly includeClosed?: boolean;
}

export interface RecentRequest {
  readonly limit: number;
  /** Only those that have not ended and were not closed. */
  readonly unfinished?: boolean;
  /** Also those of other projects, behind this one's. */
  readonly elsewhere?: boolean;
}

/** Logs that `recent` looks at: a first look at a log reads it. */
const MAX_LOOKS = 1_000;

/** Folds what `log` holds beyond what was read of it; the whole of it on a fresh handle. */
export async function foldLog(log: EventLog, state = initialState()): Promise<State> {
  for await (const { events } of log.readOn()) {
    for (const event of events) apply(state, event);
  }
  if (state.started === undefined) throw new SequencerError("CorruptedLog", "The log holds no events.");
  return state;
}

export class Listing {
  private readonly store: LogStore;
  private readonly projectDir: string;
  private readonly stallOf: (id: string) => Stall | undefined;
  private readonly known = new Map<
    string,
    { readonly bytes: number; readonly modifiedMs: number; readonly entry: ListEntry }
  >();

  constructor(store: LogStore, projectDir: string, stallOf: (id: string) => Stall | undefined) {
    this.store = store;
    this.projectDir = projectDir;
    this.stallOf = stallOf;
  }

  /** This project's instances first, then the others; newest first within each. */
  async page({
    filter = "active",
    limit = DEFAULT_LIMIT,
    cursor,
    includeClosed = filter === "all",
  }: ListRequest): Promise<ListPage> {
    const offset = parseCursor(cursor);
    const count = Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT);
    const matching = (await this.entries()).filter((entry) => matches(entry, filter, includeClosed));
    const here = matching.filter((entry) => entry.project_dir === this.projectDir);
    const elsewhere = matching.filter((entry) => entry.project_dir !== this.projectDir);
    const ordered = [...here, ...elsewhere];
    const end = offset + count;
    return {
      instances: ordered.slice(offset, end),
      total: ordered.length,
      next_cursor: end < ordered.length ? String(end) : null,
    };
  }

  /** Every instance there is, newest first. */
  async entries(): Promise<ListEntry[]> {
    const infos = this.store.list();
    const entries: ListEntry[] = [];
    for (const info of infos) {
      const entry = await this.entryAt(info);
      if (entry !== undefined) entries.push(entry);
    }
    if (this.known.size > infos.length) this.forgetRemoved(infos);
    return entries;
  }

  /** The newest instances first, this project's before others; reads no more logs than it needs. */
  async recent({ limit, unfinished = false, elsewhere = false }: RecentRequest): Promise<ListEntry[]> {
    const here: ListEntry[] = [];
    const others: ListEntry[] = [];
    for (const info of this.store.list().slice(0, MAX_LOOKS)) {
      if (here.length >= limit) break;
      const entry = await this.entryAt(info);
      if (entry === undefined || (unfinished && !isUnfinished(entry))) continue;
      (entry.project_dir === this.projectDir ? here : others).push(entry);
    }
    return elsewhere ? [...here, ...others].slice(0, limit) : here;
  }

  /** `undefined`: a log removed since the folder was read is no entry. */
  private async entryAt(info: LogInfo): Promise<ListEntry | undefined> {
    const known = this.known.get(info.instanceId);
    const fresh = known?.bytes === info.bytes && known.modifiedMs === info.modifiedMs;
    const entry = fresh ? known.entry : await this.read(info);
    if (entry === undefined) return undefined;
    if (!fresh) this.known.set(info.instanceId, { bytes: info.bytes, modifiedMs: info.modifiedMs, entry });
    return this.stallOf(info.instanceId) === undefined ? entry : { ...entry, state: "stalled" };
  }

  private async read(info: LogInfo): Promise<ListEntry | undefined> {
    let log: EventLog | undefined;
    try {
      log = this.store.open(info.instanceId);
      return entryOf(info.instanceId, await foldLog(log));
    } catch (error) {
      if (error instanceof SequencerError && error.code === "UnknownInstance") return undefined;
      return unreadable(info, error instanceof Error ? error.message : String(error));
    } finally {
      log?.close();
    }
  }

  private forgetRemoved(infos: readonly LogInfo[]): void {
    const present = new Set(infos.map(({ instanceId }) => instanceId));
    for (const id of this.known.keys()) if (!present.has(id)) this.known.delete(id);
  }
}

function entryOf(id: string, state: State): ListEntry {
  const started = state.started!;
  const pending = state.pending.keys().next();
  return {
    instance_id: id,
    program: started.program.name,
    version: state.version,
    ...(state.pastVersions.length > 0 && { past_versions: state.pastVersions }),
    state: stateOf(state),
    closed: state.closed,
    step_no: pending.done ? state.lastStepNo : pending.value,
    started_at: started.at,
    updated_at: state.lastAt,
    project_dir: started.project_dir,
    progress_hint: state.progress,
    ...(state.storageFailed !== undefined && { problem: `The log was fenced: ${state.storageFailed}` }),
  };
}

function unreadable({ instanceId, modifiedMs }: LogInfo, problem: string): ListEntry {
  const modified = new Date(modifiedMs).toISOString();
  return {
    instance_id: instanceId,
    program: "",
    version: "",
    state: "unreadable",
    closed: false,
    step_no: 0,
    started_at: modified,
    updated_at: modified,
    project_dir: "",
    progress_hint: null,
    problem,
  };
}

function matches(entry: ListEntry, filter: "active" | "ended" | "all", includeClosed: boolean): boolean {
  if (entry.closed && !includeClosed) return false;
  if (filter === "all") return true;
  const ended = ["completed", "aborted", "failed", "cancelled"].includes(entry.state);
  return ended === (filter === "ended");
}

function isUnfinished(entry: ListEntry): boolean {
  return entry.state !== "unreadable" && matches(entry, "active", false);
}

function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new SequencerError(
    "InvalidArguments",
    `$.cursor: ${JSON.stringify(cursor.slice(0, 40))} is not a cursor.`,
    "Pass next_cursor of the page before, or leave it out.",
  );
}
