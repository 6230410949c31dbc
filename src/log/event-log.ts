/**
 * What the shell asks of an event log: append with an expected place, read on, sync. Nothing else.
 *
 * Every implementation passes the contract suite in `tests/log/contract.ts`; today there is one, the
 * JSONL file of `file-log.ts`.
 */

import type { Event } from "../engine/event.ts";

/** A run of accepted events, in order. */
export interface Batch {
  /** `seq` of the first. */
  readonly firstSeq: number;
  /** They also carry what the log added (`seq`, `off`, `w`, `crc`, `gap`), which `append` and `create` drop. */
  readonly events: readonly Event[];
  /** The same events as the log holds them: one JSON object a line, newline after each. */
  readonly lines: string;
}

export interface AppendOptions {
  /**
   * The events follow from those before them: whoever reads those makes the same ones again. So `sync` does not
   * wait for them.
   */
  readonly derived?: boolean;
}

export interface EventLog {
  readonly instanceId: string;
  /** How many events this handle has read or written: the `seq` of the next one. */
  readonly nextSeq: number;

  /** True if somebody has written since this handle last looked, or removed the log. One `fstat`, nothing else. */
  hasGrown(): boolean;

  /**
   * Reads what follows, in batches of about a megabyte. What comes before a problem is given before it is thrown.
   *
   * @throws SequencerError `CorruptedLog`, `LogFromNewerVersion`, `StorageFailed`; `UnknownInstance` if it was removed
   */
  readOn(): AsyncGenerator<Batch, void, void>;

  /**
   * Appends the events with exactly one `write`.
   *
   * @returns the batch if it won its place; `undefined` if somebody else wrote first: read on, decide again
   * @throws SequencerError `OutcomeUnknown` if the write failed or was short: the handle must be closed and
   *   the log opened anew
   */
  append(events: readonly Event[], options?: AppendOptions): Batch | undefined;

  /**
   * Makes everything this handle has read or written durable, but for what it wrote as derived; does nothing if it
   * is already. May go on beside other calls.
   *
   * @throws SequencerError `StorageFailed`, after fencing the log where that is possible
   */
  sync(): Promise<void>;

  close(): void;
}

/** The claim of a `request_id`: the instance that answers it, and what it was asked with. */
export interface RequestClaim {
  readonly instanceId: string;
  /** Digest of program and params: the same id with others is `RequestIdReused`. */
  readonly digest: string;
}

export interface LogInfo {
  readonly instanceId: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface LogStore {
  /** Makes the state folder (0700) where it is missing. @throws SequencerError `StateDirUnusable` */
  prepare(): void;
  /** A new log holding `events`, durable when this returns; published whole or not at all. `undefined`: that id exists. */
  create(instanceId: string, events: readonly Event[]): Promise<EventLog | undefined>;
  /** @throws SequencerError `InvalidInstanceId`, `UnknownInstance`, `StateDirUnusable` */
  open(instanceId: string): EventLog;
  /** The number of the line, from 1, that holds the event `seq`; `undefined`: there is no such event. */
  lineOf(instanceId: string, seq: number): Promise<number | undefined>;
  /** Every instance there is, newest id first. */
  list(): LogInfo[];
  /** Removes the log and what belongs to it. */
  remove(instanceId: string): void;
  /** Claims `requestId` for `claim`, durably, and returns the claim that holds: this one, or an earlier one. */
  claimRequest(requestId: string, claim: RequestClaim): RequestClaim;
}
