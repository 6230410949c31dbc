/**
 * Questions to a person through the client's own form.
 *
 * Q1. The form is open outside of every call and holds nothing; its question is owned like an effect, so
 *     that one process asks, once.
 * Q2. A form that is declined, cancelled, fails, or cannot show the question, hands the question to the
 *     agent, who asks its user. The log says who answered.
 */

import type { StepIssued } from "../engine/event.ts";
import type { PendingStep } from "../engine/state.ts";
import { SequencerError } from "../errors.ts";
import type { Json } from "../program/schema.ts";
import type { Asker, FormAnswer } from "./answer.ts";
import type { Effects } from "./effects/effects.ts";
import { formFor } from "./form.ts";
import type { Happening, Instance } from "./instance.ts";

interface Open {
  readonly id: string;
  readonly stepNo: number;
  readonly stop: AbortController;
}

export interface QuestionsOptions {
  readonly effects: Effects;
  /** One turn of the instance that ends as every turn does. */
  readonly turn: (id: string, work: (instance: Instance) => Promise<void>) => Promise<void>;
  readonly report: (line: string) => void;
}

export class Questions {
  private readonly options: QuestionsOptions;
  private readonly open = new Map<string, Open>();
  private asker: Asker | undefined;

  constructor(options: QuestionsOptions) {
    this.options = options;
  }

  /** How a person is asked from now on; `undefined`: by the agent. */
  askWith(asker: Asker | undefined): void {
    this.asker = asker;
  }

  /** In a turn, caught up: closes forms whose question is over, and claims the questions to be asked. */
  async claim(instance: Instance): Promise<readonly StepIssued[]> {
    this.closeWhatIsOver(instance);
    const claimed: StepIssued[] = [];
    for (;;) {
      const step = [...instance.state.pending.values()].find((pending) =>
        this.wants(instance, pending, claimed),
      );
      if (step === undefined) return claimed;
      const happening = await this.moveFor(step);
      if (happening === undefined) return claimed;
      if ((await instance.record(happening)) === undefined) await instance.catchUp();
      else if (happening.type === "effect_started") claimed.push(step.issued);
    }
  }

  /** After the turn is on disk: shows the forms. */
  launch(instance: Instance, claimed: readonly StepIssued[]): void {
    for (const issued of claimed) void this.show(instance.id, issued);
  }

  dispose(): void {
    for (const { stop } of this.open.values()) stop.abort();
    this.options.effects.lease.keepAlive(this, false);
  }

  private wants({ id }: Instance, step: PendingStep, claimed: readonly StepIssued[]): boolean {
    const { issued, effect, formTried } = step;
    if (issued.kind !== "ask" || claimed.includes(issued)) return false;
    if (effect !== undefined) return !this.open.has(keyOf(id, issued.step_no));
    return this.asker !== undefined && formTried === undefined && formFor(issued) !== undefined;
  }

  /** @returns `undefined` if somebody alive is asking */
  private async moveFor({ issued, effect }: PendingStep): Promise<Happening | undefined> {
    const { lease, owners } = this.options.effects;
    const { step_no } = issued;
    if (effect === undefined) {
      return { type: "effect_started", step_no, owner: await lease.hold(), attempt: 1 };
    }
    if (effect.owner !== lease.id && (await owners.isAlive(effect.owner))) return undefined;
    return unanswered(step_no, "Interrupted", "whoever asked is gone");
  }

  private async show(id: string, issued: StepIssued): Promise<void> {
    const key = keyOf(id, issued.step_no);
    const stop = new AbortController();
    this.open.set(key, { id, stepNo: issued.step_no, stop });
    this.options.effects.lease.keepAlive(this, true);
    const form = formFor(issued)!;
    const timeoutMs =
      issued.timeout_at === undefined ? undefined : Date.parse(issued.timeout_at) - Date.now();
    let answer: FormAnswer;
    try {
      answer = await this.asker!({
        text: issued.text ?? "",
        schema: form.schema,
        timeoutMs,
        signal: stop.signal,
      });
    } catch (error) {
      answer = { action: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
    if (stop.signal.aborted) return;
    try {
      await this.options.turn(id, (instance) => this.record(instance, issued, answer, form.unwrap));
    } catch (error) {
      if (!(error instanceof SequencerError)) this.options.report(`question of ${key}: ${String(error)}`);
    } finally {
      this.open.delete(key);
      if (this.open.size === 0) this.options.effects.lease.keepAlive(this, false);
    }
  }

  private async record(
    instance: Instance,
    { step_no }: StepIssued,
    answer: FormAnswer,
    unwrap: (content: Json) => Json,
  ): Promise<void> {
    const stillAsking = () =>
      instance.state.pending.get(step_no)?.effect?.owner === this.options.effects.lease.id;
    while (stillAsking()) {
      const happening = await this.verdictOf(instance, step_no, answer, unwrap);
      if ((await instance.record(happening)) !== undefined) return;
      await instance.catchUp();
    }
  }

  private async verdictOf(
    instance: Instance,
    stepNo: number,
    answer: FormAnswer,
    unwrap: (content: Json) => Json,
  ): Promise<Happening> {
    if (answer.action === "failed") return unanswered(stepNo, "Failed", answer.reason);
    if (answer.action !== "accept")
      return unanswered(stepNo, answer.action === "decline" ? "Declined" : "Cancelled", "no answer");
    const verdict = await instance.judge(stepNo, JSON.stringify(unwrap(answer.content)));
    if (verdict?.type === "reply_accepted") return { ...verdict, by: "person" };
    return unanswered(stepNo, "InvalidAnswer", "the answer did not fit the question's schema");
  }

  private closeWhatIsOver({ id, state }: Instance): void {
    for (const [key, open] of this.open) {
      if (open.id !== id || state.pending.get(open.stepNo)?.effect !== undefined) continue;
      open.stop.abort();
      this.open.delete(key);
    }
    if (this.open.size === 0) this.options.effects.lease.keepAlive(this, false);
  }
}

function unanswered(step_no: number, type: string, message: string): Happening {
  return { type: "effect_finished", step_no, error: { type, message } };
}

function keyOf(id: string, stepNo: number): string {
  return `${id}/${stepNo}`;
}
