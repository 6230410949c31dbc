/**
 * A handle on one log file: reads on, appends, syncs.
 *
 * H1. An append is exactly one `write` to a file opened with O_APPEND, for the place where this handle saw the
 *     file end. Whatever came before makes it lose, and the bytes that stand at that place tell.
 * H2. A write begins with a record, never with a newline: what it follows, a torn write or a record without
 *     its newline, is told apart by the marker. So no crash, however many, leaves a torn line with a newline.
 * H3. A handle whose write failed or was short is dead: only reading anew tells what came of it.
 * H4. A sync covers what was read from others too, and the name of the log.
 * H5. Nothing is read past a problem or a fence, and nothing is appended after one.
 * H6. The file descriptor is not closed while a sync is under way.
 * H7. A handle whose sync failed is dead at once; another one, over the same descriptor, writes the fence.
 */

import { randomInt } from "node:crypto";
import { setImmediate as nextRound } from "node:timers/promises";
import type { Event } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";
import type { AppendOptions, Batch, EventLog } from "./event-log.ts";
import { factOf, isOutOfSpace, type LogFiles, readFully, shortWrite } from "./log-files.ts";
import { type EncodedRecords, encodeRecords } from "./record.ts";
import { type KnownFormat, type Run, Scan } from "./scan.ts";
import type { Syncer } from "./syncer.ts";

const CHUNK_BYTES = 1 << 20;
const GROWTH = 4;
const FENCE_ATTEMPTS = 3;

/** One for all handles: it is filled, judged and done with in one go. */
let sharedChunk: Buffer | undefined;

export interface FileLogOptions {
  readonly files: LogFiles;
  readonly known: KnownFormat;
  readonly now: () => number;
  /** Makes the log's name durable; does nothing if it is. Of a log that this handle does not publish itself. */
  readonly syncName?: () => void;
  readonly syncer: Syncer;
}

export class FileLog implements EventLog {
  readonly instanceId: string;
  readonly #path: string;
  readonly #fd: number;
  readonly #options: FileLogOptions;
  readonly #files: LogFiles;
  readonly #syncName: (() => void) | undefined;
  readonly #scan: Scan;
  readonly #writer = randomInt(36 ** 6)
    .toString(36)
    .padStart(6, "0");
  #writes = 0;

  /** Where the file ended when it was last read or written. */
  #seen = 0;
  /** All that was seen is judged, but for a torn tail. */
  #caughtUp: boolean;
  #dead: SequencerError | undefined;
  #closed = false;
  /** Counts reads and writes that found or made what must be durable; `#synced` is the count that is. */
  #changes = 0;
  #synced = 0;
  #syncing: Promise<void> | undefined;

  /** @param isNew the file is empty and this handle writes its first events */
  constructor(instanceId: string, path: string, fd: number, options: FileLogOptions, isNew = false) {
    this.instanceId = instanceId;
    this.#path = path;
    this.#fd = fd;
    this.#options = options;
    this.#files = options.files;
    this.#syncName = options.syncName;
    this.#caughtUp = isNew;
    this.#scan = new Scan(path, { bytesAt: (start, end) => this.#bytesAt(start, end) }, options.known);
  }

  get nextSeq(): number {
    return this.#scan.nextSeq;
  }

  hasGrown(): boolean {
    this.#assertAlive();
    const { size, nlink } = this.#files.fstatSync(this.#fd);
    return size !== this.#seen || nlink === 0;
  }

  async *readOn(): AsyncGenerator<Batch, void, void> {
    for (;;) {
      this.#assertUsable();
      const firstSeq = this.#scan.nextSeq;
      const run = this.#readChunk();
      if (run.events.length > 0) yield { firstSeq, events: run.events, lines: run.lines };
      if (this.#scan.problem !== undefined) throw this.#scan.problem;
      if (this.#caughtUp || this.#scan.fence !== undefined) return;
      await nextRound();
    }
  }

  append(events: readonly Event[], { derived = false }: AppendOptions = {}): Batch | undefined {
    this.#assertUsable();
    if (events.length === 0) throw new SequencerError("InternalError", "There is nothing to append.");
    if (!this.#caughtUp) return undefined;
    const { position, nextSeq: firstSeq } = this.#scan;
    const place = this.#scan.placeAfter(this.#bytesAt(position, this.#seen));
    const records = encodeRecords(events, {
      seq: firstSeq,
      write: `${this.#writer}.${this.#writes++}`,
      ...place,
    });
    if (!derived) this.#changes++;
    if (!this.#write(records)) return undefined;
    this.#scan.passOwn(this.#seen - position, records, events);
    this.#seen += records.bytes.length;
    return { firstSeq, events: parseLines(records.lines), lines: records.lines };
  }

  async sync(): Promise<void> {
    this.#assertAlive();
    if (this.#scan.fence !== undefined) throw this.#storageFailed(this.#scan.fence);
    const wanted = this.#changes;
    while (this.#synced < wanted) {
      this.#assertAlive();
      this.#syncing ??= this.#syncNow().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dead = new SequencerError("InternalError", `The log ${this.#path} is used after it was closed.`);
    const close = () => this.#files.closeSync(this.#fd);
    if (this.#syncing === undefined) close();
    else this.#syncing.then(close, close);
  }

  /** True if the records stand at the place that they were written for. */
  #write(records: EncodedRecords): boolean {
    const { bytes } = records;
    try {
      const written = this.#files.writeSync(this.#fd, bytes);
      if (written !== bytes.length) throw shortWrite();
      const { size, nlink } = this.#files.fstatSync(this.#fd);
      if (nlink === 0) this.#die(this.#removed());
      if (size === this.#seen + bytes.length) return true;
      return this.#bytesAt(this.#seen, this.#seen + bytes.length).equals(bytes);
    } catch (error) {
      if (error instanceof SequencerError) throw error;
      const fix = isOutOfSpace(error)
        ? "Free space on the disk of the state folder, then send the same call again."
        : undefined;
      const message = `Writing to the log ${this.#path} failed: ${factOf(error)}.`;
      this.#die(new SequencerError("OutcomeUnknown", message, fix, { cause: error }));
    }
  }

  #readChunk(): Run {
    try {
      const { size, nlink } = this.#files.fstatSync(this.#fd);
      if (nlink === 0) this.#die(this.#removed());
      if (size < this.#seen) this.#die(this.#shrunk(size));
      if (this.#caughtUp && size === this.#seen) return { events: [], lines: "" };
      sharedChunk ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
      for (let chunk = sharedChunk; ; chunk = Buffer.allocUnsafeSlow(chunk.length * GROWTH)) {
        const { position } = this.#scan;
        const length = readFully(this.#files, this.#fd, chunk, position);
        this.#caughtUp = length < chunk.length;
        if (position + length > this.#seen) this.#changes++;
        this.#seen = position + length;
        const run = this.#scan.read(chunk.subarray(0, length), this.#caughtUp);
        if (this.#caughtUp || this.#scan.position > position || this.#scan.problem !== undefined) return run;
      }
    } catch (error) {
      if (error instanceof SequencerError) throw error;
      this.#die(this.#storageFailed(`it could not be read: ${factOf(error)}`, error));
    }
  }

  async #syncNow(): Promise<void> {
    const covered = this.#changes;
    const error = await this.#options.syncer.sync(this.#fd);
    if (error === null) {
      this.#syncName?.();
      this.#synced = covered;
      return;
    }
    const reason = `a sync failed: ${factOf(error)}`;
    const failed = this.#storageFailed(reason, error);
    this.#dead ??= failed;
    await this.#fenceOff(reason);
    throw failed;
  }

  /** Tells every process, as far as that still works, that what stands here may not be on the disk. */
  async #fenceOff(reason: string): Promise<void> {
    const { now } = this.#options;
    const fence = new FileLog(this.instanceId, this.#path, this.#fd, this.#options);
    try {
      for (let attempt = 0; attempt < FENCE_ATTEMPTS; attempt++) {
        for await (const _ of fence.readOn());
        let at = new Date(now()).toISOString();
        if (at < fence.#scan.lastAt) at = fence.#scan.lastAt;
        if (fence.append([{ type: "storage_failed", at, reason }]) !== undefined) break;
      }
      await this.#options.syncer.sync(this.#fd);
    } catch (error) {
      if (!(error instanceof SequencerError)) throw error;
    }
  }

  #bytesAt(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    return bytes.subarray(0, readFully(this.#files, this.#fd, bytes, start));
  }

  #assertAlive(): void {
    if (this.#dead !== undefined) throw this.#dead;
  }

  #assertUsable(): void {
    this.#assertAlive();
    if (this.#scan.problem !== undefined) throw this.#scan.problem;
    if (this.#scan.fence !== undefined) throw this.#storageFailed(this.#scan.fence);
  }

  #die(error: SequencerError): never {
    this.#dead = error;
    throw error;
  }

  #storageFailed(reason: string, cause?: unknown): SequencerError {
    return new SequencerError("StorageFailed", `The log ${this.#path} is fenced: ${reason}.`, undefined, {
      cause,
    });
  }

  #removed(): SequencerError {
    return new SequencerError("UnknownInstance", `The log of instance ${this.instanceId} was removed.`);
  }

  #shrunk(size: number): SequencerError {
    return new SequencerError(
      "CorruptedLog",
      `The log ${this.#path} has shrunk from ${this.#seen} to ${size} bytes while it was open.`,
    );
  }
}

/** The events as every reader of the log will have them. */
function parseLines(lines: string): Event[] {
  return lines
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line));
}
