/**
 * An execution: a program's generators run over the events of its log.
 *
 * X1. `feed` is the only way in. An external event makes the program run until it waits again; what it
 *     does about the event comes out as derived events, in a fixed order.
 * X2. Derived events that already stand in the log are compared by place (scope, ordinal, kind) and then
 *     taken from the log: text, schema and verdicts of the past are never made anew.
 * X3. Derived events that do not stand there yet are `drafts`: they are to be appended, by whoever is
 *     first, with the time of the event that led to them.
 * X4. What a program is thrown or given depends on the log alone, never on whether it happens or is replayed.
 */

import { SequencerError } from "../errors.ts";
import { type Call, CallFailed } from "../program/call.ts";
import { Abort } from "../program/outcome.ts";
import type { Context, Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import type { Step } from "../program/step.ts";
import { isGenerator } from "../program/step.ts";
import { callFailed, judgeParams } from "./callee.ts";
import { describe, differenceOf, diverged, type Place } from "./divergence.ts";
import type {
  EffectFinished,
  Ended,
  ErrorInfo,
  Event,
  ProgressHint,
  ReplyAccepted,
  ReplyRejected,
  SignalReceived,
  Started,
  StepCancelled,
  StepFailedEvent,
  StepIssued,
  VersionAdopted,
} from "./event.ts";
import { type Asking, type DeferredCall, History, WITHDRAWN } from "./history.ts";
import { contentOf, kindOf, reissuedContent, schemaOf } from "./issue.ts";
import { preview, sameJson, toJson } from "./json.ts";
import { type Judgement, judge } from "./judge.ts";
import { notAGenerator } from "./misuse.ts";
import { asEvent, PastSteps } from "./past-steps.ts";
import { reconsiderParams, reconsiderReply, reconsiderSignal } from "./reconsider.ts";
import { type CallPlace, type Generatorish, type Leaf, type Outcome, Scheduler } from "./scheduler.ts";
import { toJsonSchema } from "./schema.ts";
import { stepError } from "./step-error.ts";
import type { Adoption, Findings } from "./trial.ts";

export type DerivedEvent = StepIssued | StepFailedEvent | StepCancelled | Ended;

/** What judging a reply says; the shell gives it its time and its place in the log. */
export type Verdict = Omit<ReplyAccepted, "at"> | Omit<ReplyRejected, "at"> | Omit<StepFailedEvent, "at">;

/** What the engine may not do itself: the host's clock and chance, and the author's places in stacks. */
export interface Surroundings {
  /** Program code of `scope` runs next; `atMs` is the time of the event being handled. */
  enter(scope: string, atMs: number): void;
  leave(): void;
  describeError(error: unknown): ErrorInfo;
  /** "hello.ts:12:5", the innermost place of the author's in a stack. */
  placeOf(stack: string | undefined): string | undefined;
}

interface Pending {
  readonly leaf: Leaf;
  readonly issued: StepIssued;
}

/** Judging has chance of its own: it happens live only, and must not shift what a branch draws. No branch is called so. */
const JUDGING = "(judging)";

export class Execution {
  /** Derived events that the log does not hold yet. */
  readonly drafts: DerivedEvent[] = [];

  private readonly program: Program;
  private readonly surroundings: Surroundings;
  private readonly scheduler: Scheduler;
  private readonly pending = new Map<number, Pending>();
  private root: { cancel(reason: string): void } | undefined;
  private rootOutcome: Outcome | undefined;
  private ending: { readonly state: "aborted" | "cancelled"; readonly reason: string } | undefined;
  private ended = false;
  private started: Started | undefined;
  private stepNo = 0;
  private steps = 0;
  private invalidReplies = 0;
  /** Signals that nobody has waited for yet, oldest first. */
  private readonly signals = new Map<string, Json[]>();
  private at = "";
  private nowMs = 0;
  private progress: ProgressHint | undefined;
  private progressShown: ProgressHint | undefined;
  /** What is being fed; from `nextRecorded` to `endRecorded` stands what the turn being replayed derived. */
  private fed: readonly Event[] = [];
  private nextRecorded = 0;
  private endRecorded = 0;
  private divergence: SequencerError | undefined;
  private readonly history: History;
  private readonly past: PastSteps;
  /** The last turn of what was fed: more of it may follow. Only in history. */
  private held: readonly Event[] = [];
  private sought: { readonly stepNo: number; place?: string } | undefined;

  /** @param history what the log says of versions, also further on */
  constructor(program: Program, surroundings: Surroundings, history = new History()) {
    this.program = program;
    this.surroundings = surroundings;
    this.history = history;
    this.past = new PastSteps(history, {
      now: () => this.at,
      contentOf: (leaf) => this.contentOf(leaf),
      placeOf: (step) => this.placeOf(step),
      remember: (leaf, issued) => {
        this.progressShown = this.progress;
        this.remember(issued.step_no, { leaf, issued });
      },
    });
    this.scheduler = new Scheduler({
      issue: (leaf) => this.issue(leaf),
      withdraw: (leaf, reason) => this.withdraw(leaf, reason),
      enterCall: (call, place) => this.callee(call, place),
      leaveCall: ({ program }, outcome) => {
        // Nothing of it may reach the program that called.
        if (this.divergence !== undefined) throw this.divergence;
        if (outcome.kind !== "error") return outcome;
        return { kind: "error", error: callFailed(program.name, outcome.error) };
      },
      enter: (scope) => surroundings.enter(scope, this.nowMs),
      leave: () => surroundings.leave(),
      placeOf: (step) => this.placeOf(step),
    });
  }

  /**
   * Applies events in the order of the log.
   *
   * @throws SequencerError `ProgramDiverged` if the program does not do what the log says it did
   */
  async feed(events: readonly Event[]): Promise<void> {
    if (this.divergence !== undefined) throw this.divergence;
    this.fed = this.history.inProgress ? await this.feedHistory(events) : events;
    await this.feedTurns(this.fed);
    this.fed = [];
  }

  /** The log ends here, as far as a version that is tried is concerned. */
  async finishTrial(): Promise<Adoption> {
    const events = this.held;
    this.held = [];
    if (events.length > 0) await this.historicalTurn(events);
    return this.history.findings!.adoption;
  }

  /** What was found so far, also of a trial that failed. */
  get adoption(): Adoption {
    return this.history.findings!.adoption;
  }

  /** Before the log is fed: asks for the place where a step is made, "hello.ts:12:5". */
  seek(stepNo: number): void {
    this.sought = { stepNo };
  }

  /** The place that was asked for, once the program has come there. */
  get soughtPlace(): string | undefined {
    return this.sought?.place;
  }

  private get wantsPlaces(): boolean {
    return this.history.findings !== undefined || this.sought !== undefined;
  }

  private async feedTurns(events: readonly Event[]): Promise<void> {
    const lastTurn = events.findLastIndex((event) => !isDerived(event) && !isBookkeeping(event));
    for (let next = this.settleDrafts(0); next < events.length; next = this.settleDrafts(next)) {
      const at = next++;
      const event = events[at]!;
      if (isBookkeeping(event)) {
        this.postponeDrafts(event.at);
        continue;
      }
      const [draft] = this.drafts;
      if (draft !== undefined) {
        this.diverge(`the log goes on with ${event.type}, the program first does ${describe(draft)}`);
      }
      this.nextRecorded = next;
      while (next < events.length && isDerived(events[next]!)) next++;
      this.endRecorded = next;
      await this.turn(event, at === lastTurn);
    }
  }

  /**
   * Replays what other versions did.
   *
   * @returns the events with which history ends, and those that follow
   */
  private async feedHistory(events: readonly Event[]): Promise<readonly Event[]> {
    const left = [...this.held, ...events].filter((event) => !isBookkeeping(event));
    this.held = [];
    for (let at = 0; at < left.length; ) {
      if (this.history.isEndedBy(left[at]!)) return left.slice(at);
      const first = at++;
      while (at < left.length && isDerived(left[at]!)) at++;
      const turn = left.slice(first, at);
      if (at === left.length) this.held = turn;
      else await this.historicalTurn(turn);
    }
    return [];
  }

  private async historicalTurn([event, ...derived]: readonly Event[]): Promise<void> {
    this.goOn(event!);
    try {
      this.history.begin(derived as DerivedEvent[]);
      if (this.history.findings !== undefined) await this.reconsider(event!, this.history.findings);
      this.handle(event!);
      await this.scheduler.runToQuiescence(this.wantsPlaces);
      if (this.divergence === undefined) this.history.finish(() => this.doing());
    } catch (error) {
      throw this.keepDivergence(error);
    }
    if (this.divergence !== undefined) throw this.divergence;
  }

  /** Kept as well as thrown, as `diverge` does. */
  private keepDivergence(error: unknown): unknown {
    if (error instanceof SequencerError && error.code === "ProgramDiverged") this.divergence ??= error;
    return this.divergence ?? error;
  }

  /**
   * Judges a reply to a pending step. Changes nothing.
   *
   * @returns `undefined` if the step is not pending
   */
  async judge(stepNo: number, reply: Json): Promise<Verdict | undefined> {
    const pending = this.pending.get(stepNo);
    if (pending === undefined) return undefined;
    const { issued, leaf } = pending;
    this.surroundings.enter(JUDGING, this.nowMs);
    try {
      const judgement = await judge(
        reply,
        issued.schema,
        schemaOf(leaf.step),
        `The schema of step ${stepNo}`,
      );
      switch (judgement.verdict) {
        case "valid":
          return {
            type: "reply_accepted",
            step_no: stepNo,
            reply,
            ...(!sameJson(reply, judgement.value) && { value: judgement.value }),
            ...(judgement.fromString && { from_string: true }),
          };
        case "invalid": {
          const exhausted = (issued.attempt ?? 1) >= (issued.max_attempts ?? 1);
          const then = issued.on_invalid === "abort" ? "abort" : exhausted ? "fail" : "retry";
          return { type: "reply_rejected", step_no: stepNo, reply, problems: judgement.problems, then };
        }
        case "broken":
          return {
            type: "step_failed",
            step_no: stepNo,
            code: "invalid_schema",
            error: judgement.code,
            reply,
            reason: `${judgement.reason} (reply schema of the ${issued.kind} at ${this.placeOf(leaf.step) ?? "an unknown place"})`,
          };
      }
    } finally {
      this.surroundings.leave();
    }
  }

  /** The pending step itself, for whoever carries out effects and commands. */
  stepOf(stepNo: number): Step<unknown> | undefined {
    return this.pending.get(stepNo)?.leaf.step;
  }

  /**
   * Judges the value of a signal, whether or not anybody waits for it yet.
   *
   * @throws SequencerError `UnknownSignal`
   */
  async judgeSignal(name: string, value: Json): Promise<Judgement> {
    const declared = this.program.signals ?? {};
    if (!Object.hasOwn(declared, name)) {
      const known = Object.keys(declared);
      throw new SequencerError(
        "UnknownSignal",
        `Program '${this.program.name}' has no signal ${preview(name)}. ${known.length === 0 ? "It declares none" : `It declares: ${known.join(", ")}`}.`,
      );
    }
    const schema = declared[name]!;
    const what = `The schema of signal '${name}'`;
    this.surroundings.enter(JUDGING, this.nowMs);
    try {
      return await judge(value, toJsonSchema(schema, what), schema, what);
    } finally {
      this.surroundings.leave();
    }
  }

  /** @param isLast no other turn follows in what is fed: the steps that it makes may still be waited for */
  private async turn(event: Event, isLast: boolean): Promise<void> {
    this.goOn(event);
    this.handle(event);
    await this.scheduler.runToQuiescence(isLast || this.wantsPlaces);
    if (this.rootOutcome !== undefined && !this.ended) this.end(this.rootOutcome);
    if (this.divergence !== undefined) throw this.divergence;
    const extra = this.takeRecorded();
    if (extra !== undefined) this.diverge(`the log holds ${describe(extra)}, the program did nothing more`);
  }

  /** A version that is tried judges anew what came from outside. */
  private async reconsider(event: Event, findings: Findings): Promise<void> {
    if (event.type === "started") {
      await this.judging(() => reconsiderParams(event, this.program, findings));
    } else if (event.type === "signal_received") {
      const no = this.history.nextSignalNo;
      await this.judging(() => reconsiderSignal(event, no, this.program, findings));
    } else if (event.type === "reply_accepted") {
      const pending = this.pending.get(event.step_no);
      if (pending === undefined) return;
      const { leaf, issued } = pending;
      await this.judging(() =>
        reconsiderReply(event, issued, schemaOf(leaf.step), findings, () => this.past.asking(leaf)),
      );
    }
  }

  private async judging<T>(judge: () => Promise<T>): Promise<T> {
    this.surroundings.enter(JUDGING, this.nowMs);
    try {
      return await judge();
    } finally {
      this.surroundings.leave();
    }
  }

  private goOn(event: Event): void {
    if (event.at === this.at) return;
    this.at = event.at;
    this.nowMs = Math.max(this.nowMs, Date.parse(event.at));
  }

  private handle(event: Event): void {
    if ("step_no" in event && this.history.isOrphan(event.step_no)) {
      if (event.type === "reply_rejected") this.invalidReplies++;
      this.history.passOver(event);
      return;
    }
    switch (event.type) {
      case "started":
        this.start(event);
        break;
      case "reply_accepted":
        this.settle(event.step_no, { kind: "value", value: this.history.valueOf(event) });
        break;
      case "reply_rejected":
        this.reject(event);
        break;
      case "step_failed":
        this.fail(event.step_no, event);
        break;
      case "timer_fired": {
        const issued = this.pending.get(event.step_no)?.issued;
        if (issued?.kind === "sleep") this.settle(event.step_no, { kind: "value", value: undefined });
        else
          this.fail(event.step_no, { code: "timeout", reason: `nothing came before ${issued?.timeout_at}` });
        break;
      }
      case "effect_finished":
        this.finishEffect(event);
        break;
      case "signal_received":
        this.receive(event);
        break;
      case "cancel_requested":
        this.finish({ state: "cancelled", reason: event.reason });
        break;
      case "version_adopted":
        this.adopt(event);
        break;
      default:
        break;
    }
  }

  private start(event: Started): void {
    if (this.started !== undefined) this.diverge("the log starts a second time");
    this.started = event;
    const context = this.contextOf(event.program.name, this.history.paramsOf(event));
    const outcome = (result: Outcome) => {
      this.rootOutcome = result;
    };
    this.surroundings.enter("", this.nowMs);
    try {
      const generator = this.program.run(context);
      if (!isGenerator(generator)) throw notAGenerator(this.program.name, generator);
      this.root = this.scheduler.spawnRoot(generator, outcome);
    } catch (error) {
      outcome({ kind: "error", error });
    } finally {
      this.surroundings.leave();
    }
  }

  private contextOf(program: string, params: Json): Context {
    const started = this.started!;
    return {
      params,
      progress: (current, of, label = "") => {
        if (!Number.isFinite(current) || !Number.isFinite(of)) {
          throw new TypeError(`progress(current, of, label?) takes two numbers, got ${current} and ${of}`);
        }
        this.progress = { current, of, label: String(label) };
      },
      instance: {
        id: started.instance_id,
        program,
        version: started.program.version,
        startedAt: new Date(started.at),
        projectDir: started.project_dir,
      },
    };
  }

  /** An invalid reply: the same step is issued anew, or it fails, or the run aborts, as was decided. */
  private reject(event: ReplyRejected): void {
    const { leaf, issued } = this.take(event.step_no);
    this.invalidReplies++;
    if (event.then === "retry") {
      if (this.limitReached(leaf)) return;
      this.issueAs(leaf, () => ({
        ...reissuedContent(issued),
        scope: leaf.scope,
        ordinal: leaf.ordinal,
        attempt: (issued.attempt ?? 1) + 1,
        validation_error: { step_no: event.step_no, problems: event.problems },
      }));
      return;
    }
    const first = event.problems[0];
    const why = `${event.problems.length} problem${event.problems.length === 1 ? "" : "s"} in the reply to step ${event.step_no}${first === undefined ? "" : `, first: ${first.path} ${first.message}`}`;
    if (event.then === "fail") {
      const reason = `${issued.attempt ?? 1} invalid replies; ${why}`;
      const failed = { code: "invalid_replies", reason, step_no: event.step_no } as const;
      leaf.settle({ kind: "error", error: stepError(failed, leaf.step) });
      return;
    }
    this.abort(leaf, `invalid reply: ${why}`);
  }

  private finishEffect(event: EffectFinished): void {
    // A question that its form did not answer waits on: the agent asks its user.
    if (this.pending.get(event.step_no)?.issued.kind === "ask") return;
    if (event.error === undefined) {
      this.settle(event.step_no, { kind: "value", value: event.value });
      return;
    }
    const { type, message } = event.error;
    this.fail(event.step_no, { code: "effect", reason: `${type}: ${message}` });
  }

  /** To whoever has waited longest; kept in order while nobody waits. */
  private receive(event: SignalReceived): void {
    const value = this.history.valueOfSignal(event);
    for (const { issued } of this.pending.values()) {
      if (issued.kind !== "signal" || issued.label !== event.name) continue;
      this.settle(issued.step_no, { kind: "value", value });
      return;
    }
    const waiting = this.signals.get(event.name) ?? [];
    waiting.push(value);
    this.signals.set(event.name, waiting);
  }

  /** The generator of a called program, which begins with its params. */
  private async *callee(
    { program, params }: Call,
    place: CallPlace,
  ): AsyncGenerator<unknown, unknown, unknown> {
    const parsed = await this.enterCallee(program, params, place);
    const generator: Generatorish = program.run(this.contextOf(program.name, parsed));
    if (!isGenerator(generator)) throw notAGenerator(program.name, generator);
    return yield* generator;
  }

  /** Judges the params once: in replay they stand in the log as they were parsed. */
  private async enterCallee(program: Program, params: unknown, place: CallPlace): Promise<Json> {
    if (this.history.inProgress) {
      return this.past
        .paramsOf(program, params, place)
        .catch((error) => Promise.reject(this.keepDivergence(error)));
    }
    const { scope, ordinal } = place;
    const step_no = ++this.stepNo;
    const recorded = this.takeRecorded();
    if (recorded !== undefined) {
      if (recorded.type === "step_failed") {
        this.compare(recorded, { type: "step_failed", step_no, scope, ordinal });
        throw new SequencerError("InvalidParams", recorded.reason);
      }
      this.compare(recorded, { type: "step_issued", step_no, scope, ordinal, kind: "call" });
      return (recorded as StepIssued).options ?? {};
    }
    const { at } = this;
    const judged = await judgeParams(program, params);
    if ("reason" in judged) {
      this.notIssued(step_no, { scope, ordinal }, "InvalidParams", judged.reason);
      throw new SequencerError("InvalidParams", judged.reason);
    }
    const options = judged.params;
    const label = program.name;
    this.drafts.push({ type: "step_issued", at, step_no, scope, ordinal, kind: "call", label, options });
    return options;
  }

  private finish(ending: { state: "aborted" | "cancelled"; reason: string }): void {
    if (this.ending !== undefined || this.root === undefined) return;
    this.ending = ending;
    this.root.cancel(ending.reason);
  }

  private issue(leaf: Leaf): void {
    this.steps++;
    if (this.limitReached(leaf)) return;
    this.issueAnew(leaf);
  }

  private issueAnew(leaf: Leaf): void {
    this.issueAs(leaf, () => this.contentOf(leaf));
    this.takeEarlySignal(leaf);
  }

  private contentOf({ step, scope, ordinal }: Leaf): Omit<StepIssued, "type" | "at" | "step_no"> {
    const place = () => this.placeOf(step) ?? "an unknown place";
    const content = contentOf(step, { nowMs: this.nowMs, place, signals: this.program.signals ?? {} });
    return { ...content, scope, ordinal };
  }

  /** A signal that came before anybody waited for it ends the wait at once. */
  private takeEarlySignal(leaf: Leaf): void {
    const stepNo = leaf.stepNo;
    const issued = stepNo === undefined ? undefined : this.pending.get(stepNo)?.issued;
    if (stepNo === undefined || issued?.kind !== "signal") return;
    const value = this.signals.get(issued.label!)?.shift();
    if (value !== undefined) this.settle(stepNo, { kind: "value", value });
  }

  /** Ends the run if one more step would break a limit; the step is then cancelled before it is issued. */
  private limitReached(leaf: Leaf): boolean {
    const { limits } = this.program;
    if (limits === undefined || this.ending !== undefined) return false;
    const { steps, minutes, invalidReplies } = limits;
    const since = (this.nowMs - Date.parse(this.started!.at) - this.pausedMs()) / 60_000;
    let reason: string | undefined;
    if (steps !== undefined && this.steps > steps) reason = `limit of ${steps} steps reached`;
    else if (minutes !== undefined && since >= minutes) reason = `limit of ${minutes} minutes reached`;
    else if (invalidReplies !== undefined && this.invalidReplies > invalidReplies) {
      reason = `limit of ${invalidReplies} invalid replies exceeded`;
    }
    if (reason === undefined) return false;
    this.abort(leaf, reason);
    return true;
  }

  private pausedMs(): number {
    const pauses = this.started?.pauses ?? [];
    return pauses.reduce((sum, { until, ms }) => (Date.parse(until) <= this.nowMs ? sum + ms : sum), 0);
  }

  /** Ends the run as aborted because of a step that is answered, or never issued. */
  private abort(leaf: Leaf, reason: string): void {
    this.finish({ state: "aborted", reason });
    // Where the run was ending already, the step still stops the cleanup that it was part of.
    leaf.settle({ kind: "cancelled", reason });
  }

  private issueAs(leaf: Leaf, content: () => Omit<StepIssued, "type" | "at" | "step_no" | "progress">): void {
    if (this.history.inProgress) {
      this.past.issue(leaf);
      return;
    }
    const step_no = ++this.stepNo;
    const place = { scope: leaf.scope, ordinal: leaf.ordinal };
    const recorded = this.takeRecorded();
    if (recorded?.type === "step_failed") {
      this.compare(recorded, { type: "step_failed", step_no, ...place });
      leaf.settle({ kind: "error", error: stepError(recorded, leaf.step) });
      return;
    }
    if (recorded !== undefined) {
      this.compare(recorded, { type: "step_issued", step_no, kind: kindOf(leaf.step), ...place });
      this.progressShown = this.progress;
      this.remember(step_no, { leaf, issued: recorded as StepIssued });
      return;
    }
    let issued: StepIssued;
    try {
      const progress = this.progress !== this.progressShown && { progress: this.progress };
      issued = { type: "step_issued", at: this.at, step_no, ...content(), ...progress };
    } catch (error) {
      const code = error instanceof SequencerError ? error.code : "InvalidSchema";
      const reason = error instanceof Error ? error.message : String(error);
      const failed = this.notIssued(step_no, place, code, reason);
      leaf.settle({ kind: "error", error: stepError(failed, leaf.step) });
      return;
    }
    this.progressShown = this.progress;
    this.remember(step_no, { leaf, issued });
    this.drafts.push(issued);
  }

  /** What the program does instead of what it does not do. */
  private doing(): ReturnType<Asking> {
    if (this.rootOutcome !== undefined) {
      const { state, reason, error } = this.verdictOf(this.rootOutcome);
      const why = error === undefined ? reason : `${error.type}: ${error.message}`;
      return { asked: `the run ends (${state}${why === undefined ? "" : `, ${why}`})` };
    }
    const leaf = this.history.lastDeferred;
    return leaf === undefined ? { asked: "nothing in its place" } : this.past.asking(leaf);
  }

  /** From here on another version runs: what it does not ask is cancelled, what it asks besides is issued. */
  private adopt(event: VersionAdopted): void {
    if (!this.history.inProgress) this.diverge("the log goes on with a version that was not told of");
    for (const step_no of this.history.adopt(event)) {
      if (!this.history.inProgress) {
        this.derive({ type: "step_cancelled", at: this.at, step_no, reason: WITHDRAWN });
      } else if (this.history.cancellationOf(step_no) === undefined) {
        this.history.leaveOrphan(step_no);
      }
    }
    if (!this.history.inProgress) this.stepNo = this.history.lastStepNo;
    for (const deferred of this.history.takeDeferred()) {
      if ("leaf" in deferred) this.issueAnew(deferred.leaf);
      else this.issueCall(deferred.call);
    }
  }

  private issueCall(call: DeferredCall): void {
    if (this.history.inProgress) {
      this.past.issueCall(call);
      return;
    }
    const issued = asEvent(call, this.at, ++this.stepNo);
    const recorded = this.takeRecorded();
    if (recorded === undefined) this.drafts.push(issued);
    else this.compare(recorded, issued);
  }

  private notIssued(
    step_no: number,
    place: { scope: string; ordinal: number },
    error: string,
    reason: string,
  ): StepFailedEvent {
    const { at } = this;
    const failed = {
      type: "step_failed",
      at,
      step_no,
      code: "invalid_schema",
      error,
      reason,
      ...place,
    } as const;
    this.drafts.push(failed);
    return failed;
  }

  private withdraw(leaf: Leaf, reason: string): void {
    const step_no = leaf.stepNo;
    if (step_no === undefined) {
      this.history.drop(leaf);
      return;
    }
    const { issued } = this.take(step_no);
    if (this.history.inProgress && this.history.cancellationOf(step_no) === undefined) {
      this.history.release(issued, "the program cancels it", () => ({ asked: "cancels the step" }));
      return;
    }
    if (!this.history.inProgress) this.derive({ type: "step_cancelled", at: this.at, step_no, reason });
  }

  private end(outcome: Outcome): void {
    this.ended = true;
    this.derive({
      type: "ended",
      at: this.at,
      ...this.verdictOf(outcome),
      ...(this.progress && { progress: this.progress }),
    });
  }

  private verdictOf(outcome: Outcome): Omit<Ended, "type" | "at" | "progress"> {
    if (this.ending !== undefined) {
      const error = outcome.kind === "error" && { error: this.surroundings.describeError(outcome.error) };
      return { ...this.ending, ...error };
    }
    if (outcome.kind === "value") {
      const summary = toJson(outcome.value ?? null);
      if ("json" in summary) return { state: "completed", summary: summary.json };
      return this.verdictOf({
        kind: "error",
        error: new SequencerError(
          "SummaryNotJson",
          `The summary that run returned is not JSON: ${summary.path} ${summary.reason}.`,
        ),
      });
    }
    if (outcome.kind === "error" && outcome.error instanceof Abort) {
      return { state: "aborted", reason: outcome.error.reason };
    }
    if (outcome.kind === "error" && outcome.error instanceof CallFailed && outcome.error.aborted) {
      return { state: "aborted", reason: outcome.error.message };
    }
    const error = outcome.kind === "error" ? outcome.error : new Error("the program ended without a result");
    return { state: "failed", error: this.surroundings.describeError(error) };
  }

  /** A derived event that needs nothing of the log: taken from it in replay, a draft otherwise. */
  private derive(event: StepCancelled | Ended): void {
    const recorded = this.takeRecorded();
    if (recorded === undefined) this.drafts.push(event);
    else this.compare(recorded, event);
  }

  private takeRecorded(): DerivedEvent | undefined {
    return this.nextRecorded < this.endRecorded ? (this.fed[this.nextRecorded++] as DerivedEvent) : undefined;
  }

  private compare(recorded: Place, actual: Place): void {
    const difference = differenceOf(recorded, actual);
    if (difference !== undefined) this.diverge(difference);
  }

  /** Kept as well as thrown: program code may stand in between, and catch it. */
  private diverge(what: string): never {
    this.divergence ??= diverged(what);
    throw this.divergence;
  }

  /**
   * Another process, or this one, has appended what were drafts.
   *
   * @returns where the events go on with something else
   */
  private settleDrafts(from: number): number {
    let next = from;
    for (; next < this.fed.length; next++) {
      const event = this.fed[next]!;
      if (!isDerived(event)) break;
      const draft = this.drafts[next - from];
      if (draft === undefined) return this.diverge(`the log holds ${describe(event)}, the program waits`);
      this.compare(event, draft);
      if (event.type !== "step_issued") continue;
      const pending = this.pending.get(event.step_no);
      if (pending !== undefined) this.pending.set(event.step_no, { leaf: pending.leaf, issued: event });
    }
    if (next > from) this.drafts.splice(0, next - from);
    return next;
  }

  /** Drafts are appended after what has come in between, so they are no older than that. */
  private postponeDrafts(at: string): void {
    for (const [i, draft] of this.drafts.entries()) this.drafts[i] = { ...draft, at };
  }

  private take(stepNo: number): Pending {
    const pending = this.pending.get(stepNo);
    if (pending === undefined) {
      return this.diverge(`the log answers step ${stepNo}, which the program does not wait for`);
    }
    this.forget(stepNo, pending);
    return pending;
  }

  private remember(stepNo: number, pending: Pending): void {
    this.pending.set(stepNo, pending);
    pending.leaf.stepNo = stepNo;
    if (this.sought?.stepNo === stepNo) this.sought.place ??= this.placeOf(pending.leaf.step);
  }

  private forget(stepNo: number, pending: Pending): void {
    this.pending.delete(stepNo);
    pending.leaf.stepNo = undefined;
  }

  private settle(stepNo: number, outcome: Outcome): void {
    this.take(stepNo).leaf.settle(outcome);
  }

  private fail(step_no: number, failed: Pick<StepFailedEvent, "code" | "reason" | "error">): void {
    const { leaf } = this.take(step_no);
    leaf.settle({ kind: "error", error: stepError({ ...failed, step_no }, leaf.step) });
  }

  private placeOf(step: Step<unknown>): string | undefined {
    return this.surroundings.placeOf(step.trace.made?.stack);
  }
}

export function isDerived(event: Event): event is DerivedEvent {
  switch (event.type) {
    case "step_issued":
    case "step_cancelled":
    case "ended":
      return true;
    case "step_failed":
      return event.scope !== undefined;
    default:
      return false;
  }
}

/** What concerns only those who look at the log: a program neither sees it nor does anything about it. */
function isBookkeeping({ type }: Event): boolean {
  return type === "closed" || type === "reopened" || type === "storage_failed";
}
