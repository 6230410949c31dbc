/**
 * What the hooks know of a session: `<state>/sessions/<session id>.json`.
 *
 * R1. Read whole or not at all: a record is replaced by a rename, and changed by one hook at a time.
 * R2. It holds ties, counts and a memory of how long each log was. What is true of a run, its log says.
 * R3. Bounded, however long a session lasts; one that nobody touched for a month is removed.
 * R4. The state folder is never made here: where there is none, no server of ours has run.
 */

import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { isInstanceId } from "../log/instance-id.ts";
import { isObject } from "./input.ts";

export interface SessionRecord {
  readonly session_id: string;
  readonly instances: readonly Tie[];
  readonly agents: readonly AgentTie[];
  /** The conversation was cleared: the next one takes over, under another session id. */
  readonly cleared?: { readonly prompt_id?: string; readonly cwd: string; readonly at: number };
}

/** An instance that the session drives. */
export interface Tie {
  readonly instance_id: string;
  /** When it last did; milliseconds since the epoch. */
  readonly driven_at: number;
  /** Taken over from a cleared conversation, and not taken up since. */
  readonly resting?: true;
  /** How often the agent was sent back, by step number. */
  readonly sent_back?: { readonly [stepNo: string]: number };
  readonly glance?: Glance;
}

/** What a look at the log gave, true as long as the log is no longer than it was. */
export interface Glance {
  readonly bytes: number;
  readonly unfinished: boolean;
  /** The agent may have to be sent back. */
  readonly awaiting: boolean;
  /** A step may forbid tools. */
  readonly ruled: boolean;
}

/** The steps that a subagent has fetched for itself. */
export interface AgentTie {
  readonly agent_id: string;
  readonly instance_id: string;
  readonly step_nos: readonly number[];
  readonly sent_back?: true;
}

/** A link in its place is not followed, and a pipe is not waited for. */
const AS_A_FILE = (constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK) as unknown as string;
const MAX_BYTES = 1 << 20;
const MAX_INSTANCES = 50;
const MAX_AGENTS = 200;
const LOCK_WAIT_MS = 1_000;
const LOCK_STALE_MS = 5_000;

const folderOf = (stateDir: string) => `${stateDir}/sessions`;
const pathOf = (stateDir: string, sessionId: string) => `${folderOf(stateDir)}/${sessionId}.json`;

/** `undefined`: nothing is known of the session. */
export function readRecord(stateDir: string, sessionId: string): SessionRecord | undefined {
  return parse(readIfThere(pathOf(stateDir, sessionId)), sessionId);
}

/**
 * Changes the record, also while other hooks of the session run; makes it where there is none.
 *
 * @param change gets the record as it is, and gives the one to be; the same one: nothing is written
 * @throws where it cannot be written: nothing has changed then
 */
export function changeRecord(
  stateDir: string,
  sessionId: string,
  change: (record: SessionRecord) => SessionRecord,
): void {
  const path = pathOf(stateDir, sessionId);
  const lock = `${path}.lock`;
  acquire(stateDir, lock);
  try {
    const before = readRecord(stateDir, sessionId) ?? { session_id: sessionId, instances: [], agents: [] };
    const after = change(before);
    if (after === before) return;
    const temporary = `${path}.tmp`;
    // Of a hook that was killed, or a link that somebody put there: never written through.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${JSON.stringify(bounded(after))}\n`, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The newest stay. */
function bounded(record: SessionRecord): SessionRecord {
  const instances = record.instances.toSorted((a, b) => a.driven_at - b.driven_at).slice(-MAX_INSTANCES);
  return { ...record, instances, agents: record.agents.slice(-MAX_AGENTS) };
}

function acquire(stateDir: string, lock: string): void {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      closeSync(openSync(lock, "wx", 0o600));
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (performance.now() > deadline || (code !== "ENOENT" && code !== "EEXIST")) throw error;
      if (code === "ENOENT") makeFolder(stateDir);
      else if (!removeStale(lock)) pause(5);
    }
  }
}

/** @throws where there is no state folder: see R4 */
function makeFolder(stateDir: string): void {
  try {
    mkdirSync(folderOf(stateDir), { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** A hook that was killed leaves its lock behind. */
function removeStale(lock: string): boolean {
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age < LOCK_STALE_MS) return false;
  rmSync(lock, { force: true });
  return true;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function readIfThere(path: string): string | undefined {
  try {
    const text = readFileSync(path, { encoding: "utf8", flag: AS_A_FILE });
    return text.length <= MAX_BYTES ? text : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A record that somebody damaged counts as none. */
function parse(text: string | undefined, sessionId: string): SessionRecord | undefined {
  if (text === undefined) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const whole =
    isObject(record) &&
    record["session_id"] === sessionId &&
    areTies(record["instances"]) &&
    areTies(record["agents"]);
  return whole ? (record as unknown as SessionRecord) : undefined;
}

function areTies(list: unknown): boolean {
  return Array.isArray(list) && list.every((tie) => isObject(tie) && isInstanceId(tie["instance_id"]));
}
