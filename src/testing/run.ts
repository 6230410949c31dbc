/**
 * A run in a unit test: what it waits for, and the ways to answer it.
 *
 * N1. Nothing happens but what the test says: time stands still until `advance`, and effects are done by
 *     the test, by stand-ins, or, only where it says so, for real.
 * N2. When a method resolves, the program waits again or has ended.
 * N3. A call that does not fit what the program waits for throws, and changes nothing.
 */

import type { ErrorInfo, Event, Problem, ProgressHint, Started } from "../engine/event.ts";
import { toJson } from "../engine/json.ts";
import { SequencerError } from "../errors.ts";
import { stateOf } from "../instances/describe.ts";
import { type Duration, parseDuration } from "../program/duration.ts";
import type { Program } from "../program/program.ts";
import type { Json, Schema } from "../program/schema.ts";
import { deviationError, firstDeviation } from "./deviation.ts";
import { givenOutcome } from "./effects.ts";
import { historyBefore } from "./history.ts";
import { isDriven, isEffect, listOf, type PendingStep } from "./pending.ts";
import type { Source } from "./source.ts";
import { Stage, type StageOptions } from "./stage.ts";
import { testSurroundings } from "./surroundings.ts";
import { Tape } from "./tape.ts";
import { sourceOf } from "./which-program.ts";

/** A program, or the path or URL of its file. */
export type ProgramOrFile<P extends Schema = Schema, Result = unknown> =
  | Program<P, Result>
  | string
  | { readonly href: string };

/** `waiting`: for a clock, a signal, an effect; `awaiting_result`: for the agent or a person. */
export type RunState = "awaiting_result" | "waiting" | "completed" | "aborted" | "failed" | "cancelled";

export class Run<Result = unknown> {
  private readonly source: Source;
  private readonly options: StageOptions;
  private readonly stage: Stage;

  private constructor(source: Source, tape: Tape, options: StageOptions) {
    this.source = source;
    this.options = options;
    this.stage = new Stage(tape, options);
  }

  /** Tests call `drive`. */
  static async begin<Result>(
    source: Source,
    history: readonly [Started, ...Event[]],
    options: StageOptions,
  ): Promise<Run<Result>> {
    const surroundings = testSurroundings(source, history[0].seed);
    const run = new Run<Result>(source, await Tape.play(surroundings, history), options);
    await run.stage.doEffects();
    return run;
  }

  /**
   * The step that the program waits for; with several the first that the agent or a person must answer.
   *
   * @throws Error if nothing is pending, with how the run ended
   */
  get step(): PendingStep {
    const { steps } = this;
    const first = steps.find(isDriven) ?? steps[0];
    return first ?? this.misused("run.step", "the program waits for nothing");
  }

  /** All steps that the program waits for, in the order in which it asked; none when it has ended. */
  get steps(): readonly PendingStep[] {
    return this.stage.steps;
  }

  /** What it waits for, or how it ended. */
  get state(): RunState {
    return stateOf(this.tape.state) as RunState;
  }

  /**
   * What the program returned.
   *
   * @throws Error if it has not completed, with what it does instead
   */
  get summary(): Result {
    const { ended } = this.tape.state;
    if (ended?.state !== "completed") this.misused("run.summary", "the run has not completed");
    return ended.summary as Result;
  }

  /** Why a `failed` run failed. */
  get error(): ErrorInfo | undefined {
    return this.tape.state.ended?.error;
  }

  /** Why a run was `aborted` or `cancelled`. */
  get reason(): string | undefined {
    return this.tape.state.ended?.reason;
  }

  /** What was wrong with the last reply, where the step is asked again; none otherwise. */
  get problems(): readonly Problem[] {
    return this.steps.find(isDriven)?.problems ?? [];
  }

  /** The last `progress(...)` that came with a step. */
  get progress(): ProgressHint | null {
    return this.tape.state.progress;
  }

  /** What would stand in the log. */
  get events(): readonly Event[] {
    return this.tape.events;
  }

  /** The time that the program sees, ISO 8601. */
  get now(): string {
    return this.stage.now;
  }

  /**
   * Answers the pending instruction or question, as the agent would: an invalid reply is asked again.
   *
   * @param stepNo needed where several are pending
   * @example await run.reply({ message: "Hello!" });
   */
  reply(json: unknown): Promise<void>;
  reply(stepNo: number, json: unknown): Promise<void>;
  async reply(...given: [unknown] | [number, unknown]): Promise<void> {
    const [stepNo, json] = given.length === 1 ? [undefined, given[0]] : given;
    const step = this.choose("run.reply", stepNo, isDriven, "an instruction or a question");
    const verdict = await this.tape.judge(step.stepNo, asJson("run.reply", json));
    await this.stage.happen(verdict!);
  }

  /**
   * Reports that the agent cannot do the pending step: `StepFailed` at its `yield*`.
   *
   * @example await run.fail("no access to the repository");
   */
  fail(reason: string): Promise<void>;
  fail(stepNo: number, reason: string): Promise<void>;
  async fail(...given: [string] | [number, string]): Promise<void> {
    const [stepNo, reason] = given.length === 1 ? [undefined, given[0]] : given;
    const step = this.choose("run.fail", stepNo, isDriven, "an instruction or a question");
    await this.stage.happen({ type: "step_failed", step_no: step.stepNo, code: "agent_failure", reason });
  }

  /**
   * Gives the result of the pending side effect or command; an `Error`: this try of it fails with that.
   *
   * @example await run.effect({ exit_code: 1, stdout: "2 tests failed" });
   */
  effect(result: unknown): Promise<void>;
  effect(stepNo: number, result: unknown): Promise<void>;
  async effect(...given: [unknown] | [number, unknown]): Promise<void> {
    const [stepNo, result] = given.length === 1 ? [undefined, given[0]] : given;
    const pending = this.choose("run.effect", stepNo, isEffect, "a side effect or a command");
    const step = this.tape.stepOf(pending.stepNo)!;
    await this.stage.finishTry(pending.stepNo, givenOutcome(result, step));
    await this.stage.doEffects();
  }

  /**
   * Sends a signal; it is kept where nobody waits for it yet.
   *
   * @throws SequencerError `UnknownSignal`, `InvalidSignal`
   * @example await run.signal("approval", { approved: true });
   */
  async signal(name: string, value: unknown = null): Promise<void> {
    this.requireRunning("run.signal");
    const judgement = await this.tape.judgeSignal(name, asJson("run.signal", value));
    if (judgement.verdict === "valid") {
      await this.stage.happen({ type: "signal_received", name, value: judgement.value });
      return;
    }
    const why =
      judgement.verdict === "broken"
        ? judgement.reason
        : judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new SequencerError("InvalidSignal", `The value of signal '${name}' is not valid: ${why}.`);
  }

  /**
   * Lets time pass: sleeps that are over and timeouts that have come fire, each at its time.
   *
   * @example await run.advance("90s");
   */
  async advance(duration: Duration): Promise<void> {
    await this.stage.advance(parseDuration(duration));
  }

  /**
   * Cancels the run, as `sequencer_cancel` does: `finally` blocks run, and may ask for steps.
   *
   * @example await run.cancel("not needed any more");
   */
  async cancel(reason: string): Promise<void> {
    this.requireRunning("run.cancel");
    await this.stage.happen({ type: "cancel_requested", reason });
  }

  /**
   * Runs the program again over what happened, as a restarted server does, and compares what it does. The run
   * itself stays as it is.
   *
   * @param program a changed program: would a run in flight fit it?
   * @throws SequencerError `ProgramDiverged` with the first difference
   */
  async replay(program?: ProgramOrFile): Promise<void> {
    const source = program === undefined ? this.source : await sourceOf(program);
    const deviation = await firstDeviation(testSurroundings(source, this.seed), this.tape.events);
    if (deviation !== undefined) throw deviationError(deviation);
  }

  /**
   * A new run that begins with what happened before a step was asked, for which it then waits. The last step
   * plus one is allowed: all that happened, and the program goes on from there.
   *
   * @param program a changed program, which must do the same up to there
   * @example const again = await run.fork(3);
   */
  async fork(beforeStepNo: number, program?: ProgramOrFile): Promise<Run<Result>> {
    const history = historyBefore(this.tape.events, beforeStepNo);
    if (history === undefined) {
      const { lastStepNo } = this.tape.state;
      throw new Error(
        `run.fork(${beforeStepNo}): the run has steps 1 to ${lastStepNo}; fork before one of them, or before ${lastStepNo + 1}.`,
      );
    }
    const source = program === undefined ? this.source : await sourceOf(program);
    return Run.begin<Result>(source, history, this.options);
  }

  /** The step that is meant: the one that was named, or the only one of its sort. */
  private choose(
    call: string,
    stepNo: number | undefined,
    fits: (step: PendingStep) => boolean,
    sort: string,
  ): PendingStep {
    const { steps } = this;
    const candidates = steps.filter(fits);
    if (stepNo !== undefined) {
      const found = candidates.find((step) => step.stepNo === stepNo);
      return found ?? this.misused(call, `step ${stepNo} is not pending as ${sort}`);
    }
    if (candidates.length === 1) return candidates[0]!;
    if (candidates.length === 0) this.misused(call, `the program does not wait for ${sort}`);
    throw new Error(
      `${call}: several steps are pending: ${listOf(candidates)}. Name one: ${call}(${candidates[0]!.stepNo}, ...).`,
    );
  }

  private get seed(): string {
    return this.tape.state.started!.seed;
  }

  private get tape(): Tape {
    return this.stage.tape;
  }

  private requireRunning(call: string): void {
    if (this.tape.state.ended !== undefined) this.misused(call, "the run has ended");
  }

  private misused(call: string, fact: string): never {
    throw new Error(`${call}: ${fact}. ${this.described()}`);
  }

  private described(): string {
    const { ended } = this.tape.state;
    if (ended === undefined) return `Pending: ${listOf(this.steps)}.`;
    const { error, reason } = ended;
    const where = error?.stack === undefined ? "" : `\n${error.stack}`;
    const why = error === undefined ? (reason ?? "") : `${error.type}: ${error.message}${where}`;
    const has = ended.state === "completed" || ended.state === "failed" ? "has" : "was";
    return `The run ${has} ${ended.state}${why === "" ? "." : `: ${why}`}`;
  }
}

function asJson(call: string, value: unknown): Json {
  const copied = toJson(value);
  if ("json" in copied) return copied.json;
  throw new TypeError(`${call}: what is sent must be JSON: ${copied.path} ${copied.reason}.`);
}
