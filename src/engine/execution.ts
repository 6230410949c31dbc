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

import type { Call } from "../program/call.ts";
import type { Context, Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import { isGenerator, type Step } from "../program/step.ts";
import { type AnswerParts, answer, passOverOrphan } from "./answers.ts";
import { callFailed } from "./callee.ts";
import { type DerivedEvent, isBookkeeping, isDerived } from "./derived.ts";
import { Divergence } from "./divergence.ts";
import { Drafts } from "./drafts.ts";
import { EarlySignals } from "./early-signals.ts";
import { Ending } from "./ending.ts";
import type { Event, Started } from "./event.ts";
import { History } from "./history.ts";
import type { Judgement } from "./judge.ts";
import { LimitUse } from "./limits.ts";
import { LogTime } from "./log-time.ts";
import { notAGenerator } from "./misuse.ts";
import { PastTurns } from "./past-turns.ts";
import { type Pending, PendingSteps } from "./pending.ts";
import { Progress } from "./progress.ts";
import { type CallPlace, type Generatorish, type Outcome, Scheduler } from "./scheduler.ts";
import { Steps } from "./steps.ts";
import { judging, type Surroundings } from "./surroundings.ts";
import { tame } from "./thrown.ts";
import type { Adoption } from "./trial.ts";
import { judgeSignal, signalSchema, type Verdict, verdictOn } from "./verdict.ts";

export { type DerivedEvent, isDerived } from "./derived.ts";
export type { Surroundings } from "./surroundings.ts";
export type { Verdict } from "./verdict.ts";

export class Execution {
  /** Derived events that the log does not hold yet. */
  readonly drafts: DerivedEvent[];

  private readonly program: Program;
  private readonly surroundings: Surroundings;
  private readonly history: History;
  private readonly time = new LogTime();
  private readonly divergence = new Divergence();
  private readonly progress = new Progress();
  private readonly waiting: PendingSteps;
  private readonly pending: Map<number, Pending>;
  private readonly derived: Drafts;
  private readonly ending: Ending;
  private readonly steps: Steps;
  private readonly answerParts: AnswerParts;
  private readonly pastTurns: PastTurns;
  private readonly scheduler: Scheduler;
  private started: Started | undefined;
  private ended = false;

  /** @param history what the log says of versions, also further on */
  constructor(program: Program, surroundings: Surroundings, history = new History()) {
    this.program = program;
    this.surroundings = surroundings;
    this.history = history;
    const { time, divergence, progress } = this;
    const placeOf = (step: Step<unknown>) => surroundings.placeOf(step.trace.made?.stack);
    const pending = new PendingSteps(divergence, placeOf);
    const derived = new Drafts(divergence, pending);
    const ending = new Ending((error) => surroundings.describeError(error));
    const shared = { program, history, divergence, pending, ending };
    const counted = { signals: new EarlySignals(), limits: new LimitUse() };
    const started = () => this.started!;
    const steps = new Steps({ ...shared, ...counted, time, drafts: derived, progress, placeOf, started });
    this.waiting = pending;
    this.pending = pending.byNumber;
    this.derived = derived;
    this.drafts = derived.events;
    this.ending = ending;
    this.steps = steps;
    this.answerParts = { ...shared, ...counted, steps };
    this.pastTurns = new PastTurns({
      ...shared,
      steps,
      goOn: (event) => time.goOn(event),
      judging: (judge) => judging(surroundings, time.ms, judge),
      run: (event) => this.run(event, this.wantsPlaces),
    });
    this.scheduler = new Scheduler({
      issue: (leaf) => steps.issue(leaf),
      withdraw: (leaf, reason) => steps.withdraw(leaf, reason),
      enterCall: (call, place) => this.callee(call, place),
      leaveCall: ({ program: called }, outcome) => {
        // Nothing of it may reach the program that called.
        divergence.throwIfFound();
        if (outcome.kind !== "error") return outcome;
        return { kind: "error", error: callFailed(called.name, outcome.error) };
      },
      enter: (scope) => surroundings.enter(scope, time.ms),
      leave: () => surroundings.leave(),
      placeOf,
    });
  }

  /**
   * Applies events in the order of the log.
   *
   * @throws SequencerError `ProgramDiverged` if the program does not do what the log says it did
   */
  async feed(events: readonly Event[]): Promise<void> {
    this.divergence.throwIfFound();
    const left = this.history.inProgress ? await this.pastTurns.feed(events) : events;
    this.derived.follow(left);
    await this.feedTurns(left);
    this.derived.follow([]);
  }

  /** The log ends here, as far as a version that is tried is concerned. */
  async finishTrial(): Promise<Adoption> {
    await this.pastTurns.finish();
    return this.history.findings!.adoption;
  }

  /** What was found so far, also of a trial that failed. */
  get adoption(): Adoption {
    return this.history.findings!.adoption;
  }

  /** Before the log is fed: asks for the place where a step is made, "hello.ts:12:5". */
  seek(stepNo: number): void {
    this.waiting.seek(stepNo);
  }

  /** The place that was asked for, once the program has come there. */
  get soughtPlace(): string | undefined {
    return this.waiting.soughtPlace;
  }

  /**
   * Judges a reply to a pending step. Changes nothing.
   *
   * @returns `undefined` if the step is not pending
   */
  async judge(stepNo: number, reply: Json): Promise<Verdict | undefined> {
    const pending = this.pending.get(stepNo);
    if (pending === undefined) return undefined;
    const place = () => this.surroundings.placeOf(pending.leaf.step.trace.made?.stack);
    return await judging(this.surroundings, this.time.ms, () => verdictOn(reply, stepNo, pending, place));
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
    const schema = signalSchema(this.program, name);
    return await judging(this.surroundings, this.time.ms, () => judgeSignal(name, schema, value));
  }

  private get wantsPlaces(): boolean {
    return this.history.findings !== undefined || this.waiting.isSeeking;
  }

  private async feedTurns(events: readonly Event[]): Promise<void> {
    const { derived } = this;
    const lastTurn = events.findLastIndex((event) => !isDerived(event) && !isBookkeeping(event));
    for (let next = derived.settle(0); next < events.length; next = derived.settle(next)) {
      const at = next++;
      const event = events[at]!;
      if (isBookkeeping(event)) {
        derived.postpone(event.at);
        continue;
      }
      next = derived.beginTurn(next);
      await this.turn(event, at === lastTurn);
    }
  }

  /** @param isLast no other turn follows in what is fed: the steps that it makes may still be waited for */
  private async turn(event: Event, isLast: boolean): Promise<void> {
    this.time.goOn(event);
    await this.run(event, isLast || this.wantsPlaces);
    const { outcome } = this.ending;
    if (outcome !== undefined && !this.ended) this.end(outcome);
    this.divergence.throwIfFound();
    this.derived.endTurn();
  }

  private async run(event: Event, wantsPlaces: boolean): Promise<void> {
    this.handle(event);
    await this.scheduler.runToQuiescence(wantsPlaces);
  }

  private handle(event: Event): void {
    if (passOverOrphan(event, this.answerParts)) return;
    switch (event.type) {
      case "started":
        this.start(event);
        break;
      case "cancel_requested":
        this.ending.decide({ state: "cancelled", reason: event.reason });
        break;
      case "version_adopted":
        this.steps.adopt(event);
        break;
      default:
        answer(event, this.answerParts);
    }
  }

  private start(event: Started): void {
    if (this.started !== undefined) this.divergence.diverge("the log starts a second time");
    this.started = event;
    const context = this.contextOf(event.program.name, this.history.paramsOf(event));
    const outcome = (result: Outcome) => {
      this.ending.outcome = result;
    };
    this.surroundings.enter("", this.time.ms);
    try {
      const generator = this.program.run(context);
      if (!isGenerator(generator)) throw notAGenerator(this.program.name, generator);
      this.ending.begin(this.scheduler.spawnRoot(generator, outcome));
    } catch (error) {
      outcome({ kind: "error", error: tame(error) });
    } finally {
      this.surroundings.leave();
    }
  }

  private end(outcome: Outcome): void {
    this.ended = true;
    const verdict = this.ending.verdictOf(outcome);
    this.derived.derive({ type: "ended", at: this.time.at, ...verdict, ...this.progress.last });
  }

  /** The generator of a called program, which begins with its params. */
  private async *callee(
    { program, params }: Call,
    place: CallPlace,
  ): AsyncGenerator<unknown, unknown, unknown> {
    const parsed = await this.steps.paramsOf(program, params, place);
    const generator: Generatorish = program.run(this.contextOf(program.name, parsed));
    if (!isGenerator(generator)) throw notAGenerator(program.name, generator);
    return yield* generator;
  }

  private contextOf(program: string, params: Json): Context {
    const started = this.started!;
    return {
      params,
      progress: (current, of, label) => this.progress.tell(current, of, label),
      instance: {
        id: started.instance_id,
        program,
        version: started.program.version,
        startedAt: new Date(started.at),
        projectDir: started.project_dir,
      },
    };
  }
}
