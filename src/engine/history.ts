/**
 * The part of a log that other versions of the program made, as the version that runs now replays it.
 *
 * That version was found to do what the log says, except for steps that nothing had answered: those it may
 * ask otherwise, or not at all.
 *
 * H1. History lasts until the last `version_adopted`. While it lasts, the program adds nothing to the log: a
 *     recorded step that it does not ask is an *orphan*, a step that it asks and that is not recorded is
 *     *deferred*.
 * H2. A `version_adopted` cancels the orphans that it names, then issues the deferred steps in the order in
 *     which they began to wait.
 * H3. Recorded events are found by place, in their order; only steps that may be withdrawn are passed over.
 * H4. What is decided when a version is tried stands in its `version_adopted`; replay decides none of it again.
 */

import type { Json } from "../program/schema.ts";
import type { DerivedEvent } from "./derived.ts";
import type {
  Event,
  ReplyAccepted,
  SignalReceived,
  Started,
  StepFailedEvent,
  StepIssued,
  VersionAdopted,
} from "./event.ts";
import { type Mismatch, mismatchError } from "./mismatch.ts";
import type { Draft } from "./past-steps.ts";
import { differenceOf, isAskedAlike, type StepSketch, sketchOf } from "./sameness.ts";
import type { Leaf } from "./scheduler.ts";
import { Findings, type Trial } from "./trial.ts";

/** A step or a call that began to wait in history and is not in the log. */
export type Deferred = { readonly leaf: Leaf } | { readonly call: DeferredCall };
export type DeferredCall = Omit<StepIssued, "at" | "step_no"> | Omit<StepFailedEvent, "at" | "step_no">;

/** What the program does in the place of something that is recorded; looked at only for a report. */
export type Asking = () => Pick<Mismatch, "asked" | "asked_at">;

type AtPlace = StepIssued | StepFailedEvent;

export const WITHDRAWN = "the program's new version asks something else";

export class History {
  /** Of a version that is tried: what comes of it. */
  readonly findings: Findings | undefined;
  /** Highest step number in the log so far. */
  lastStepNo = 0;

  private readonly ahead: VersionAdopted[];
  private readonly latest: VersionAdopted | undefined;
  private readonly withdrawn: ReadonlySet<number>;
  private readonly orphans = new Set<number>();
  private deferred: Deferred[] = [];
  /** Deferred, and being issued. */
  private leaving: Deferred[] = [];
  /** Derived events of the turn that is replayed. */
  private recorded: DerivedEvent[] = [];
  private signalNo = 0;

  /**
   * @param adoptions every `version_adopted` of the log, those to come included
   * @param trial the version is not adopted yet: whether it can be is what is asked
   */
  constructor(adoptions: readonly VersionAdopted[] = [], trial?: Trial) {
    this.ahead = [...adoptions];
    this.latest = trial === undefined ? adoptions.at(-1) : undefined;
    this.withdrawn = new Set(adoptions.flatMap((adoption) => adoption.withdrawn ?? []));
    this.findings = trial && new Findings(trial);
  }

  get inProgress(): boolean {
    return this.ahead.length > 0 || this.findings !== undefined;
  }

  /** True for the event with which history ends. */
  isEndedBy(event: Event): boolean {
    return event.type === "version_adopted" && this.ahead.length === 1 && this.findings === undefined;
  }

  paramsOf(started: Started): Json {
    return this.findings?.params ?? this.latest?.params ?? started.params;
  }

  valueOf({ step_no, reply, value = reply }: ReplyAccepted): Json {
    const values = this.findings?.values ?? this.latest?.values ?? {};
    return Object.hasOwn(values, step_no) ? values[step_no]! : value;
  }

  /** Number of the signal that comes next, from 1. */
  get nextSignalNo(): number {
    return this.signalNo + 1;
  }

  /** Each signal of the log is asked about once, in order. */
  valueOfSignal({ value }: SignalReceived): Json {
    const no = ++this.signalNo;
    const values = this.findings?.signal_values ?? this.latest?.signal_values ?? {};
    return Object.hasOwn(values, no) ? values[no]! : value;
  }

  /** A turn begins, of which the log holds these derived events. */
  begin(recorded: readonly DerivedEvent[]): void {
    this.recorded = [...recorded];
    for (const event of recorded) {
      if (isAtPlace(event)) this.lastStepNo = Math.max(this.lastStepNo, event.step_no);
    }
  }

  /** The turn is over: what is left of it was done by other versions only. */
  finish(does: Asking): void {
    for (const event of this.recorded.splice(0)) this.pass(event, does);
  }

  /** The recorded event at a place, if there is one. */
  at({ scope, ordinal }: { scope: string; ordinal: number }, asking: Asking): AtPlace | undefined {
    const is = (event: DerivedEvent) =>
      isAtPlace(event) && event.scope === scope && event.ordinal === ordinal;
    return this.take(is, asking) as AtPlace | undefined;
  }

  cancellationOf(stepNo: number): DerivedEvent | undefined {
    const is = (event: DerivedEvent) => event.type === "step_cancelled" && event.step_no === stepNo;
    return this.take(is, () => ({ asked: `cancels step ${stepNo}` }));
  }

  private take(is: (event: DerivedEvent) => boolean, asking: Asking): DerivedEvent | undefined {
    const at = this.recorded.findIndex(is);
    if (at === -1) return undefined;
    for (const passed of this.recorded.splice(0, at)) this.pass(passed, asking);
    return this.recorded.shift();
  }

  /**
   * Whether the program asks what is recorded at this place. If not, the recorded step becomes an orphan.
   *
   * @param draft what the program would issue
   * @throws SequencerError `ProgramDiverged` if it asks something else, and the step is answered or under way
   */
  claim(recorded: StepIssued, draft: () => Draft, asking: Asking): boolean {
    const { step_no } = recorded;
    const { findings } = this;
    if (this.withdrawn.has(step_no)) {
      this.orphan(recorded, asking);
      return false;
    }
    // Asked again after an invalid reply: it was compared when it was asked first.
    if (findings === undefined || recorded.validation_error !== undefined) return true;
    const { folders } = findings.trial;
    const drafted = draft();
    if ("fault" in drafted) {
      this.release(recorded, `the program cannot ask it: ${drafted.fault}`, asking);
      return false;
    }
    const asked = drafted.issued;
    const difference = differenceOf(sketchOf(recorded), sketchOf(asked), folders);
    if (difference !== undefined) {
      this.release(recorded, `the program asks something else: ${WORDS[difference]}`, asking);
      return false;
    }
    const isWaiting = findings.isOpen(step_no) && !findings.isRunning(step_no);
    if (isWaiting && !isAskedAlike(recorded, asked, folders)) {
      this.orphan(recorded, asking);
      return false;
    }
    findings.ask(recorded, asked.schema);
    return true;
  }

  /** A recorded step is not what the program asks: it becomes an orphan, where that is possible. */
  release(recorded: AtPlace, what: string, asking: Asking): void {
    if (!this.mayWithdraw(recorded)) throw mismatchError({ what, ...whichOf(recorded), ...asking() });
    this.orphan(recorded as StepIssued, asking);
  }

  defer(deferred: Deferred): void {
    this.deferred.push(deferred);
  }

  /** A deferred step is cancelled before it was ever issued. */
  drop(leaf: Leaf): void {
    const others = (each: Deferred) => !("leaf" in each && each.leaf === leaf);
    this.deferred = this.deferred.filter(others);
    this.leaving = this.leaving.filter(others);
  }

  isOrphan(stepNo: number): boolean {
    return this.orphans.has(stepNo);
  }

  /** What happened to an orphan does not concern the program; an invalid reply brings it under a new number. */
  passOver(event: Event): void {
    if (event.type === "reply_rejected") this.orphans.delete(event.step_no);
  }

  /**
   * The log comes to the adoption of a version.
   *
   * @returns the steps that it withdraws, in the order of their numbers
   */
  adopt({ withdrawn = [] }: VersionAdopted): number[] {
    this.ahead.shift();
    return withdrawn.filter((step_no) => this.orphans.delete(step_no)).sort((a, b) => a - b);
  }

  /** The log broke off before it cancelled this step: the next adoption does. */
  leaveOrphan(stepNo: number): void {
    this.orphans.add(stepNo);
    this.findings?.withdraw(stepNo);
  }

  /** What is deferred, one after the other; what still is not recorded is deferred again. */
  *takeDeferred(): Generator<Deferred> {
    this.leaving = this.deferred;
    this.deferred = [];
    for (let next = this.leaving.shift(); next !== undefined; next = this.leaving.shift()) yield next;
  }

  /** The step that was deferred last: what the program asks instead of what it does not ask. */
  get lastDeferred(): Leaf | undefined {
    const last = this.deferred.at(-1);
    return last !== undefined && "leaf" in last ? last.leaf : undefined;
  }

  /** Params of a call that only this version makes, as they were judged when it was tried. */
  callAt(place: string): { readonly params: Json } | { readonly reason: string } | undefined {
    const calls = this.latest?.calls ?? {};
    return Object.hasOwn(calls, place) ? calls[place] : undefined;
  }

  private pass(event: DerivedEvent, does: Asking): void {
    if (this.mayWithdraw(event)) this.orphan(event as StepIssued, does);
    else throw mismatchError({ what: WHAT_IS_MISSING[event.type], ...whichOf(event), ...does() });
  }

  private mayWithdraw(event: DerivedEvent): boolean {
    if (event.type !== "step_issued") return false;
    return this.withdrawn.has(event.step_no) || (this.findings?.isOpen(event.step_no) ?? false);
  }

  private orphan(event: StepIssued, asking: Asking): void {
    const { step_no } = event;
    if (!this.withdrawn.has(step_no)) {
      if (this.findings?.isRunning(step_no)) {
        const what = "it is under way, and the program asks something else";
        throw mismatchError({ what, ...whichOf(event), ...asking() });
      }
      this.findings?.withdraw(step_no);
    }
    // A call waits for nothing itself.
    if (event.kind !== "call") this.orphans.add(step_no);
  }
}

const WORDS = {
  kind: "another kind of step",
  id: "another id",
  text: "another text",
  label: "another name",
  args: "other arguments",
  params: "other params",
  wait_ms: "another duration",
} as const;

const WHAT_IS_MISSING = {
  step_issued: "the program does not ask it",
  step_failed: "the program does not ask it (it failed before it was issued)",
  step_cancelled: "it was cancelled, and the program does not cancel it",
  ended: "the run ended, and the program does not end",
} as const;

function isAtPlace(event: DerivedEvent): event is AtPlace {
  return event.type === "step_issued" || event.type === "step_failed";
}

/** What a mismatch says of a recorded event. */
export function whichOf(event: DerivedEvent | ReplyAccepted | SignalReceived): {
  step_no?: number;
  seq?: number;
  recorded?: StepSketch;
} {
  const { seq } = event as { seq?: number };
  return {
    ...("step_no" in event && { step_no: event.step_no }),
    ...(seq !== undefined && { seq }),
    ...(event.type === "step_issued" && { recorded: sketchOf(event) }),
  };
}
