/**
 * What a run in a test happens on: the tape, the run's own time, and whoever does its effects.
 *
 * G1. Time passes only by `advance`, by the pause before an effect is tried again, and by the timeout of an
 *     effect that is really done.
 * G2. After everything that happens, the effects are done that somebody can do, one after the other.
 */

import type { ErrorInfo } from "../engine/event.ts";
import { toJson } from "../engine/json.ts";
import { parseDuration } from "../program/duration.ts";
import { SideEffect } from "../program/effect.ts";
import type { Json } from "../program/schema.ts";
import { type EffectStandIns, type Outcome, whoDoes } from "./effects.ts";
import { isEffect, type PendingStep, pendingSteps } from "./pending.ts";
import type { External, Tape } from "./tape.ts";

export interface StageOptions {
  /** Who does side effects and commands; see `EffectStandIns`. What is not named waits for `run.effect`. */
  readonly effects?: EffectStandIns;
  /** Do side effects and commands for real, but for those that `effects` names. */
  readonly run?: boolean;
}

/** Pause before an effect is tried again, where its policy names none. */
const DEFAULT_BACKOFF = "1s";

export class Stage {
  readonly tape: Tape;
  private readonly options: StageOptions;
  /** Of the effects that have failed and are tried again: the try that is next. */
  private readonly tries = new Map<number, number>();
  private nowMs: number;

  constructor(tape: Tape, options: StageOptions) {
    this.tape = tape;
    this.options = options;
    this.nowMs = Date.parse(tape.state.lastAt);
  }

  /** ISO 8601. */
  get now(): string {
    return new Date(this.nowMs).toISOString();
  }

  /** What is pending, with the tries of effects counted. */
  get steps(): PendingStep[] {
    return pendingSteps(this.tape.state).map((step) =>
      isEffect(step) ? { ...step, attempt: this.triesOf(step.stepNo) } : step,
    );
  }

  async happen(event: External): Promise<void> {
    await this.tape.happen(event, this.now);
    await this.doEffects();
  }

  /** Fires what is due until then, each at its time. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.nowMs + milliseconds;
    for (;;) {
      const due = this.nextDue();
      if (due === undefined || due.atMs > target) break;
      this.nowMs = Math.max(this.nowMs, due.atMs);
      await this.happen({ type: "timer_fired", step_no: due.stepNo });
    }
    // Effects that were tried again may have taken it further.
    this.nowMs = Math.max(this.nowMs, target);
  }

  /** Does what stand-ins or the real thing can do, until none is left. */
  async doEffects(): Promise<void> {
    const { effects = {}, run: real = false } = this.options;
    const { project_dir: projectDir } = this.tape.state.started!;
    const whoDoesStep = ({ stepNo }: PendingStep) =>
      whoDoes(this.tape.stepOf(stepNo)!, stepNo, effects, { real, projectDir });
    for (;;) {
      const next = this.steps.find((step) => isEffect(step) && whoDoesStep(step) !== undefined);
      if (next === undefined) return;
      const { stepNo, attempt, timeoutAt } = next;
      const outcome = await this.within(timeoutAt, (signal) => whoDoesStep(next)!(attempt, signal));
      if (outcome === undefined) {
        this.nowMs = Math.max(this.nowMs, Date.parse(timeoutAt!));
        await this.tape.happen({ type: "timer_fired", step_no: stepNo }, this.now);
      } else {
        await this.finishTry(stepNo, outcome);
      }
    }
  }

  /** One try of an effect has ended: well, or it is tried again after its pause, or it has failed. */
  async finishTry(stepNo: number, outcome: Outcome): Promise<void> {
    const step = this.tape.stepOf(stepNo)!;
    const attempt = this.triesOf(stepNo);
    if (this.tape.state.pending.get(stepNo)!.effect === undefined) {
      await this.tape.happen(
        { type: "effect_started", step_no: stepNo, owner: "test", attempt: 1 },
        this.now,
      );
    }
    const retry = step instanceof SideEffect ? step.options.retry : undefined;
    if ("value" in outcome || attempt >= (retry?.attempts ?? 1)) {
      this.tries.delete(stepNo);
      await this.tape.happen({ type: "effect_finished", step_no: stepNo, ...endOf(outcome) }, this.now);
      return;
    }
    this.tries.set(stepNo, attempt + 1);
    await this.advance(parseDuration(retry?.backoff ?? DEFAULT_BACKOFF) * 2 ** (attempt - 1));
  }

  /** `undefined`: it did not end in the time that it has; real time, since the effect is real. */
  private async within(
    timeoutAt: string | undefined,
    work: (signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Outcome | undefined> {
    const controller = new AbortController();
    if (timeoutAt === undefined) return work(controller.signal);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.max(0, Date.parse(timeoutAt) - this.nowMs));
    });
    try {
      return await Promise.race([work(controller.signal), timeout]);
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }

  private triesOf(stepNo: number): number {
    return this.tries.get(stepNo) ?? 1;
  }

  private nextDue(): { stepNo: number; atMs: number } | undefined {
    let next: { stepNo: number; atMs: number } | undefined;
    for (const { stepNo, timeoutAt } of this.steps) {
      if (timeoutAt === undefined) continue;
      const atMs = Date.parse(timeoutAt);
      if (next === undefined || atMs < next.atMs) next = { stepNo, atMs };
    }
    return next;
  }
}

function endOf(outcome: Outcome): { value: Json } | { error: ErrorInfo } {
  if ("error" in outcome) {
    const { error } = outcome;
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) };
    return { error: { type: name, message } };
  }
  const copied = toJson(outcome.value ?? null);
  if ("json" in copied) return { value: copied.json };
  const message = `the result is not JSON: ${copied.path} ${copied.reason}; return plain data`;
  return { error: { type: "ResultNotJson", message } };
}
