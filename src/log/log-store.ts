/**
 * The logs of one state folder: `<state>/<instance id>.jsonl`.
 *
 * L1. An id is a ULID or it touches no path.
 * L2. Only regular files named exactly `<ulid>.jsonl` are logs; everything else is left alone.
 * L3. A log appears whole, with its first events, durable, and never replaces another.
 * L4. `remove` takes the log last, so that it can be repeated: first its claim (known by the `request_id` in
 *     `started`), then the files `<id>.*` beside it. A claim of a log whose beginning is unreadable stays.
 */

import { constants } from "node:fs";
import { join } from "node:path";
import type { Event } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";
import { claimRequest, releaseClaim } from "./claims.ts";
import type { EventLog, LogInfo, LogStore, RequestClaim } from "./event-log.ts";
import { FileLog, type FileLogOptions } from "./file-log.ts";
import { assertInstanceId, isInstanceId } from "./instance-id.ts";
import {
  errnoOf,
  type FileFacts,
  factOf,
  type LogFiles,
  NODE_FILES,
  OPEN_LOG,
  READ_FILE,
  readFully,
} from "./log-files.ts";
import {
  forget,
  isThere,
  linkTo,
  makeFolder,
  openTemporary,
  stateDirUnusable,
  syncFolder,
  type TemporaryFile,
  unlinkIfThere,
} from "./publish.ts";
import { findWholeRecord } from "./record.ts";
import { Syncer } from "./syncer.ts";

export interface LogStoreOptions {
  /** Absolute. */
  readonly stateDir: string;
  /** `isKnownEventType` of the engine: what it says no to is `LogFromNewerVersion`. */
  readonly isKnownType: (type: string) => boolean;
  /** `FORMAT_VERSION` of the engine: a `started` with a higher one is `LogFromNewerVersion`. */
  readonly formatVersion: number;
  /** `formProblem` of the engine: an event that it finds something wrong with is `CorruptedLog`. */
  readonly formProblem?: (event: Event) => string | undefined;
  /** Milliseconds since the epoch; of use only for a fence. */
  readonly now?: () => number;
  readonly files?: LogFiles;
}

const SUFFIX = ".jsonl";
/** `started` with larger params than this keeps its claim when it is removed. */
const LONGEST_STARTED = 1 << 22;

export function createLogStore(options: LogStoreOptions): LogStore {
  return new FileLogStore(options);
}

class FileLogStore implements LogStore {
  readonly #stateDir: string;
  readonly #files: LogFiles;
  readonly #logOptions: FileLogOptions;
  #prepared = false;
  /** Instances whose log's name this store knows to be durable. */
  readonly #named = new Set<string>();

  constructor(options: LogStoreOptions) {
    const { stateDir, isKnownType, formatVersion, formProblem, now = Date.now, files = NODE_FILES } = options;
    this.#stateDir = stateDir;
    this.#files = files;
    const known = { isKnownType, formatVersion, formProblem };
    this.#logOptions = { files, now, known, syncer: new Syncer(files) };
  }

  prepare(): void {
    try {
      if (!this.#prepared || !isThere(this.#files, this.#stateDir)) makeFolder(this.#files, this.#stateDir);
      this.#prepared = true;
      this.#files.accessSync(this.#stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw stateDirUnusable(this.#stateDir, error);
    }
  }

  async create(instanceId: string, events: readonly Event[]): Promise<EventLog | undefined> {
    const path = this.#pathOf(instanceId);
    let temporary: TemporaryFile | undefined;
    let log: FileLog | undefined;
    try {
      temporary = openTemporary(this.#files, this.#stateDir, instanceId);
      log = new FileLog(instanceId, path, temporary.fd, this.#logOptions, true);
      log.append(events);
      await log.sync();
      if (!linkTo(this.#files, temporary.path, path)) {
        log.close();
        return undefined;
      }
    } catch (error) {
      log?.close();
      if (temporary !== undefined) forget(this.#files, temporary.path);
      throw this.#asNotCreated(error);
    }
    try {
      this.#syncName(instanceId);
    } catch (error) {
      log.close();
      throw error;
    }
    return log;
  }

  open(instanceId: string): EventLog {
    const path = this.#pathOf(instanceId);
    let fd: number;
    try {
      fd = this.#files.openSync(path, OPEN_LOG);
    } catch (error) {
      throw this.#asNotOpened(instanceId, path, error);
    }
    if (!this.#files.fstatSync(fd).isFile()) {
      this.#files.closeSync(fd);
      throw notALog(path, "it is not a regular file");
    }
    return new FileLog(instanceId, path, fd, {
      ...this.#logOptions,
      syncName: () => this.#syncName(instanceId),
    });
  }

  async lineOf(instanceId: string, seq: number): Promise<number | undefined> {
    const log = this.open(instanceId);
    try {
      for await (const { firstSeq, events, lines } of log.readOn()) {
        const at = seq - firstSeq;
        if (at >= events.length) continue;
        return this.#lineOfRecord(this.#pathOf(instanceId), lines.split("\n")[at]!);
      }
      return undefined;
    } finally {
      log.close();
    }
  }

  list(): LogInfo[] {
    let names: string[];
    try {
      names = this.#files.readdirSync(this.#stateDir);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw stateDirUnusable(this.#stateDir, error);
    }
    const ids = names
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
      .filter(isInstanceId)
      .sort()
      .reverse();
    const infos: LogInfo[] = [];
    for (const instanceId of ids) {
      const facts = this.#factsOf(`${this.#stateDir}/${instanceId}${SUFFIX}`);
      if (facts?.isFile()) infos.push({ instanceId, bytes: facts.size, modifiedMs: facts.mtimeMs });
    }
    return infos;
  }

  remove(instanceId: string): void {
    const path = this.#pathOf(instanceId);
    try {
      const facts = this.#factsOf(path);
      if (facts === undefined) throw unknownInstance(instanceId);
      if (!facts.isFile()) throw notALog(path, "it is not a regular file");
      const requestId = this.#requestIdOf(path);
      if (requestId !== undefined) releaseClaim(this.#files, this.#stateDir, requestId, instanceId);
      for (const name of this.#files.readdirSync(this.#stateDir)) {
        const isBeside = name.startsWith(`${instanceId}.`) && name !== `${instanceId}${SUFFIX}`;
        const isTemporary = name.startsWith(`.${instanceId}.`) && name.endsWith(".tmp");
        const beside = join(this.#stateDir, name);
        if ((isBeside || isTemporary) && this.#factsOf(beside)?.isFile()) unlinkIfThere(this.#files, beside);
      }
      unlinkIfThere(this.#files, path);
      this.#named.delete(instanceId);
    } catch (error) {
      if (error instanceof SequencerError) throw error;
      throw stateDirUnusable(this.#stateDir, error);
    }
  }

  claimRequest(requestId: string, claim: RequestClaim): RequestClaim {
    return claimRequest(this.#files, this.#stateDir, requestId, claim);
  }

  /** Whoever published the log may have died before its name was durable. */
  #syncName(instanceId: string): void {
    if (this.#named.has(instanceId)) return;
    try {
      syncFolder(this.#files, this.#stateDir);
    } catch (error) {
      const message = `Instance ${instanceId} was started, but may not survive a power loss: ${factOf(error)}.`;
      throw new SequencerError("OutcomeUnknown", message, undefined, { cause: error });
    }
    this.#named.add(instanceId);
  }

  #pathOf(instanceId: string): string {
    assertInstanceId(instanceId);
    return join(this.#stateDir, `${instanceId}${SUFFIX}`);
  }

  #factsOf(path: string): FileFacts | undefined {
    try {
      return this.#files.lstatSync(path);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw stateDirUnusable(this.#stateDir, error);
    }
  }

  /** A record names its place and its writer: its bytes stand nowhere else, but for copies further on. */
  #lineOfRecord(path: string, record: string): number | undefined {
    const fd = this.#files.openSync(path, READ_FILE);
    try {
      const bytes = Buffer.allocUnsafe(this.#files.fstatSync(fd).size);
      const content = bytes.subarray(0, readFully(this.#files, fd, bytes, 0));
      const end = content.indexOf(record);
      if (end === -1) return undefined;
      let line = 1;
      for (let at = content.indexOf("\n"); at !== -1 && at < end; at = content.indexOf("\n", at + 1)) line++;
      return line;
    } finally {
      this.#files.closeSync(fd);
    }
  }

  /** The request id in the first record, if it is whole and has one. */
  #requestIdOf(path: string): string | undefined {
    const fd = this.#files.openSync(path, READ_FILE);
    try {
      const size = Math.min(this.#files.fstatSync(fd).size, LONGEST_STARTED);
      const bytes = Buffer.allocUnsafe(size);
      const beginning = bytes.subarray(0, readFully(this.#files, fd, bytes, 0));
      const newline = beginning.indexOf("\n");
      const started = findWholeRecord(newline === -1 ? beginning : beginning.subarray(0, newline));
      const requestId = (started?.fields as { request_id?: unknown } | undefined)?.request_id;
      return typeof requestId === "string" ? requestId : undefined;
    } finally {
      this.#files.closeSync(fd);
    }
  }

  /** Nothing was published, so a failed write or sync says something of the folder only. */
  #asNotCreated(error: unknown): unknown {
    if (!(error instanceof SequencerError)) {
      return errnoOf(error) === "" ? error : stateDirUnusable(this.#stateDir, error);
    }
    const isOfDisk = error.code === "OutcomeUnknown" || error.code === "StorageFailed";
    return isOfDisk ? stateDirUnusable(this.#stateDir, error.cause ?? error) : error;
  }

  #asNotOpened(instanceId: string, path: string, error: unknown): SequencerError {
    switch (errnoOf(error)) {
      case "ENOENT":
        return unknownInstance(instanceId);
      case "ELOOP":
      case "EMLINK":
        return notALog(path, "it is a symbolic link");
      case "EISDIR":
        return notALog(path, "it is a folder");
      case "ENXIO":
        return notALog(path, "it is not a regular file");
      case "ENOTDIR":
        return stateDirUnusable(this.#stateDir, error);
      default: {
        const message = `The log ${path} cannot be opened: ${factOf(error)}.`;
        const fix = "Make the file readable and writable for this user, then call again.";
        return new SequencerError("StateDirUnusable", message, fix, { cause: error });
      }
    }
  }
}

function unknownInstance(instanceId: string): SequencerError {
  return new SequencerError("UnknownInstance", `There is no instance ${instanceId}.`);
}

function notALog(path: string, fact: string): SequencerError {
  return new SequencerError(
    "CorruptedLog",
    `${path} is not a log: ${fact}.`,
    "Move it out of the state folder.",
  );
}
