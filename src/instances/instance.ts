/**
 * One instance in memory: its log, the state folded from it, and its execution in the program host.
 *
 * I1. Memory is a cache. Whatever goes wrong, the instance is dropped and comes back from its log.
 * I2. The state and the execution have seen exactly the events that this handle of the log has read or
 *     written; the execution may lag by `unfed` lines, which go with the next request to the host.
 * I3. After `catchUp` the last turn is complete: what the program derived stands in the log.
 * I4. Not re-entrant: the caller holds the instance's mutex.
 * I5. The execution is told of every `version_adopted` before it sees the first event: the version that runs
 *     is the last one. One that is found later begins the execution anew, from a second reading of the log.
 * I6. What stands in the log is not recorded again because the worker died under somebody else's program: the
 *     execution begins anew here, and whoever recorded it never hears of it.
 * I7. What happened becomes durable while the program runs. What it derives from that may be told before it is
 *     durable: whoever goes on derives the same. An end may not: lists and pruning derive nothing.
 */

import type { ProgramVersion } from "../catalog/version.ts";
import type { Event, StepIssued, VersionAdopted } from "../engine/event.ts";
import { type DerivedEvent, isDerived, type Verdict } from "../engine/execution.ts";
import type { Judgement } from "../engine/judge.ts";
import { apply, initialState, type State } from "../engine/state.ts";
import { SequencerError } from "../errors.ts";
import { HostRestarted, type ProgramHost } from "../host/program-host.ts";
import type { Batch, EventLog } from "../log/event-log.ts";
import { type Clock, timestamp } from "./clock.ts";
import { explainDivergence } from "./surroundings.ts";

export interface InstanceParts {
  readonly log: EventLog;
  /** The same log, from its beginning. */
  readonly reopen: () => EventLog;
  readonly host: ProgramHost;
  readonly clock: Clock;
  readonly loadVersion: (version: string, program: string) => Promise<ProgramVersion>;
}

/** The worker may die under several other programs, one after the other: each that it takes along starts over this often. */
export const MAX_RESTARTS = 8;

type WithoutTime<E> = E extends Event ? Omit<E, "at"> : never;
/** An external event before it has its time. */
export type Happening = WithoutTime<Exclude<Event, DerivedEvent>> | Verdict;

export class Instance {
  readonly state: State = initialState();
  private readonly parts: InstanceParts;
  /** Host generation that holds the execution; undefined: none does. */
  private generation: number | undefined;
  private unfed: string[] = [];
  private drafts: readonly DerivedEvent[] = [];
  private readFromStart = false;
  private readonly adoptions: VersionAdopted[] = [];
  /** How many of them the execution was told of. */
  private adoptionsTold = 0;

  constructor(parts: InstanceParts) {
    this.parts = parts;
  }

  get id(): string {
    return this.parts.log.instanceId;
  }

  /** How many events it has seen: whether something happened. */
  get seen(): number {
    return this.parts.log.nextSeq;
  }

  /** False while something of it would be lost or broken off without it. */
  get evictable(): boolean {
    return this.drafts.length === 0;
  }

  /** Reads what others have written, replays it, completes the last turn, and fires the timers that are due. */
  async catchUp(): Promise<void> {
    const readOn = () => this.readOn();
    await this.goOn(readOn);
    for (let due = this.dueStep(); due !== undefined; due = this.dueStep()) {
      if ((await this.record({ type: "timer_fired", step_no: due })) !== undefined) continue;
      await this.goOn(readOn);
    }
    if (this.state.ended !== undefined) await this.releaseExecution();
  }

  /**
   * Appends an event that happened, and everything the program does about it.
   *
   * @param options.syncing it becomes durable meanwhile, not only when the turn is synced
   * @returns the steps that it issued; `undefined` if another process wrote first: decide again
   */
  async record(happening: Happening, { syncing = false } = {}): Promise<StepIssued[] | undefined> {
    const at = timestamp(this.parts.clock, this.state.lastAt);
    const { type, ...rest } = happening;
    const batch = this.parts.log.append([{ type, at, ...rest } as Event]);
    if (batch === undefined) return undefined;
    this.accept(batch);
    if (this.generation === undefined) return [];
    const before = this.state.lastStepNo;
    await this.goOn(() => {
      const fed = this.feed();
      // Whoever answers syncs again, and is told if this one failed.
      if (syncing) this.sync().catch(() => {});
      return fed;
    });
    return [...this.state.pending.values()]
      .map(({ issued }) => issued)
      .filter((issued) => issued.step_no > before);
  }

  /** @returns `undefined` if the program does not wait for that step */
  async judge(stepNo: number, reply: string): Promise<Verdict | undefined> {
    const request = { instance: this.id, lines: this.takeUnfed(), stepNo, reply };
    try {
      return (await this.parts.host.call("judge", request, this.generation)).verdict;
    } catch (error) {
      throw asCheck(error, `step ${stepNo}`, "reply");
    }
  }

  /** @throws SequencerError `UnknownSignal`, `ReplyCheckTimedOut` */
  async judgeSignal(name: string, value: string): Promise<Judgement> {
    const request = { instance: this.id, lines: this.takeUnfed(), name, value };
    try {
      return await this.parts.host.call("judgeSignal", request, this.generation);
    } catch (error) {
      throw asCheck(error, `signal '${name}'`, "value");
    }
  }

  /** When the clock next ends a step; undefined: none waits for it. */
  nextDue(): string | undefined {
    let next: string | undefined;
    for (const { issued } of this.state.pending.values()) {
      const due = issued.timeout_at;
      if (due !== undefined && (next === undefined || due < next)) next = due;
    }
    return next;
  }

  /** Nothing is answered before this: what led to the answer is on disk. */
  sync(): Promise<void> {
    return this.parts.log.sync();
  }

  async dispose(): Promise<void> {
    this.parts.log.close();
    await this.releaseExecution();
  }

  /** A run that has ended needs no generators any more. */
  private async releaseExecution(): Promise<void> {
    const { generation } = this;
    this.generation = undefined;
    if (generation === undefined || generation !== this.parts.host.generation) return;
    await this.parts.host.call("unload", { instance: this.id }, generation).catch(() => {});
  }

  /** Lets the program see what there is, and completes the turn; I6. */
  private async goOn(see: () => Promise<void>): Promise<void> {
    for (let restarts = 0; ; restarts++) {
      try {
        await (restarts === 0 ? see() : this.startAnew());
        await this.completeTurn();
        return;
      } catch (error) {
        if (!(error instanceof HostRestarted) || restarts === MAX_RESTARTS) throw error;
      }
    }
  }

  private dueStep(): number | undefined {
    if (this.generation === undefined) return undefined;
    const due = this.nextDue();
    if (due === undefined || due > new Date(this.parts.clock()).toISOString()) return undefined;
    for (const { issued } of this.state.pending.values()) {
      if (issued.timeout_at === due) return issued.step_no;
    }
    return undefined;
  }

  private async readOn(): Promise<void> {
    const { log } = this.parts;
    if (this.readFromStart && !log.hasGrown()) return;
    this.readFromStart = true;
    // One batch is replayed in the host while the next is read and folded here.
    let replaying: Promise<Failure | undefined> = Promise.resolve(undefined);
    // The version known so far is missing, stuck, or does something else: one adopted further on may not be.
    let failure: Failure | undefined;
    try {
      for await (const batch of log.readOn()) {
        this.fold(batch);
        failure ??= await replaying;
        const isOutdated = this.adoptionsTold < this.adoptions.length;
        try {
          if (isOutdated && (failure !== undefined || this.generation !== undefined)) {
            failure = undefined;
            await this.startAnew();
          } else if (failure === undefined) {
            if (this.generation === undefined) await this.load();
            // The last turn may go on in the next batch: the program would do anew what the log holds.
            const whole = linesUpTo(batch, batch.firstSeq + lastTurnIn(batch));
            this.unfed.push(whole);
            if (whole !== "") replaying = failureOf(this.feed());
            this.unfed.push(batch.lines.slice(whole.length));
          } else {
            this.unfed = [];
          }
        } catch (error) {
          failure = { error };
        }
      }
      failure ??= await replaying;
      if (failure === undefined && this.unfed.length > 0) replaying = failureOf(this.feed());
    } finally {
      failure ??= await replaying;
    }
    // A run that has ended needs no execution.
    if (failure !== undefined && this.state.ended === undefined) throw failure.error;
  }

  /** Replays all that was read so far, in the worker and on the version that there are now. */
  private async startAnew(): Promise<void> {
    await this.releaseExecution();
    this.unfed = [];
    this.drafts = [];
    const { nextSeq } = this.parts.log;
    const log = this.parts.reopen();
    try {
      await this.load();
      for await (const batch of log.readOn()) {
        if (batch.firstSeq >= nextSeq) break;
        this.unfed.push(linesUpTo(batch, nextSeq));
        await this.feed();
      }
    } finally {
      log.close();
    }
  }

  private async load(): Promise<void> {
    const { started, version, ended } = this.state;
    // A run that ended within what has been read needs no execution any more.
    if (started === undefined || ended !== undefined) return;
    const loaded = await this.parts.loadVersion(version, started.program.name);
    const generation = await this.parts.host.define(loaded);
    const { adoptions } = this;
    await this.parts.host.call(
      "load",
      {
        instance: this.id,
        version,
        seed: started.seed,
        atMs: Date.parse(started.at),
        ...(adoptions.length > 0 && { adoptions }),
      },
      generation,
    );
    this.generation = generation;
    this.adoptionsTold = adoptions.length;
  }

  private async feed(): Promise<void> {
    if (this.generation === undefined) {
      this.unfed = [];
      return;
    }
    const request = { instance: this.id, lines: this.takeUnfed() };
    try {
      this.drafts = (await this.parts.host.call("feed", request, this.generation)).drafts;
    } catch (error) {
      throw explainDivergence(error, this.state.started);
    }
  }

  private async completeTurn(): Promise<void> {
    while (this.drafts.length > 0) {
      const { log } = this.parts;
      const derived = this.drafts.every(({ type }) => type !== "ended");
      const batch = log.append(this.drafts, { derived });
      if (batch === undefined) {
        await this.readOn();
        // Somebody ended the run without its program, which cannot follow: nothing of it counts any more.
        if (this.state.ended !== undefined) this.drafts = [];
      } else {
        // The execution made them: it only has to learn that they stand, with its next request.
        this.drafts = [];
        this.accept(batch);
      }
    }
  }

  private accept(batch: Batch): void {
    this.fold(batch);
    this.unfed.push(batch.lines);
  }

  private fold(batch: Batch): void {
    for (const event of batch.events) {
      apply(this.state, event);
      if (event.type === "version_adopted") this.adoptions.push(event);
    }
    const { storageFailed } = this.state;
    if (storageFailed !== undefined) {
      throw new SequencerError(
        "StorageFailed",
        `The log of ${this.id} was fenced after a failed sync: ${storageFailed}.`,
      );
    }
  }

  private takeUnfed(): string {
    const lines = this.unfed.join("");
    this.unfed = [];
    return lines;
  }
}

/** Nothing was recorded, so the program is not to blame: another reply may be judged in no time. */
function asCheck(error: unknown, whose: string, what: "reply" | "value"): unknown {
  if (!(error instanceof SequencerError) || error.code !== "ProgramStalled") return error;
  return new SequencerError(
    "ReplyCheckTimedOut",
    `The schema of ${whose} did not come to a verdict on this ${what}, which was not recorded. ${error.message}`,
    what === "value" ? "Send a shorter value; else simplify the pattern in the signal's schema." : undefined,
    { cause: error },
  );
}

/** Index of the event with which the last turn of a batch begins; 0 if it began in an earlier one. */
function lastTurnIn({ events }: Batch): number {
  return Math.max(
    0,
    events.findLastIndex((event) => !isDerived(event)),
  );
}

/** Of a batch, the lines before the event `seq`. */
export function linesUpTo({ firstSeq, events, lines }: Batch, seq: number): string {
  if (firstSeq + events.length <= seq) return lines;
  let end = 0;
  for (let at = firstSeq; at < seq; at++) end = lines.indexOf("\n", end) + 1;
  return lines.slice(0, end);
}

interface Failure {
  readonly error: unknown;
}

async function failureOf(work: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return { error };
  }
}
