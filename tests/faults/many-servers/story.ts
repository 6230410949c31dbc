/**
 * What one log tells: its events, when each of its steps was pending, and how it ended; by rules of its own,
 * not by those of src/engine.
 *
 * S1. A *moment* counts events: at moment n the first n events have happened. A step is pending from the
 *     moment after its issue up to the moment before what settled it.
 */

import { type LogLine, readLog } from "./log-lines.ts";
import type { Report } from "./violation.ts";

export interface StepStory {
  readonly issued: LogLine;
  settled?: LogLine;
}

export interface Story {
  readonly id: string;
  readonly lines: readonly LogLine[];
  readonly steps: ReadonlyMap<number, StepStory>;
  readonly ended: LogLine | undefined;
}

const SETTLING = new Set([
  "reply_accepted",
  "reply_rejected",
  "step_failed",
  "step_cancelled",
  "timer_fired",
]);
const AFTER_THE_END = new Set(["closed", "reopened"]);

export function isDerived({ type, scope }: LogLine): boolean {
  if (type === "step_failed") return scope !== undefined;
  return type === "step_issued" || type === "step_cancelled" || type === "ended";
}

/** Written when the log was made: by a fork, the history that it took over. */
export function isInherited({ lines }: Story, line: LogLine): boolean {
  return line.w === lines[0]!.w;
}

export function tellStory(id: string, bytes: Buffer, report: Report): Story {
  const { lines, problem } = readLog(bytes);
  if (problem !== undefined) report("log-unreadable", `the log of ${id} cannot be read: ${problem}`);
  const teller = new Teller(id, report);
  for (const line of lines) teller.hear(line);
  return { id, lines, steps: teller.steps, ended: teller.ended };
}

class Teller {
  readonly steps = new Map<number, StepStory>();
  ended: LogLine | undefined;
  readonly #id: string;
  readonly #report: Report;
  readonly #early = new Map<string, number>();
  #lastStepNo = 0;
  #lastAt = "";

  constructor(id: string, report: Report) {
    this.#id = id;
    this.#report = report;
  }

  hear(line: LogLine): void {
    const { type, seq, at, step_no } = line;
    if ((type === "started") !== (seq === 0))
      this.#report("never-started", `event ${seq} of ${this.#id} is ${type}`);
    if (at < this.#lastAt)
      this.#report("time-goes-back", `event ${seq} of ${this.#id} is of ${at}, after ${this.#lastAt}`);
    this.#lastAt = at;
    if (this.ended !== undefined && !AFTER_THE_END.has(type)) {
      this.#report("after-the-end", `${this.#id} has ended, and event ${seq} is ${type}`);
      return;
    }
    if (type === "step_issued" || (type === "step_failed" && line["scope"] !== undefined)) this.#issue(line);
    else if (SETTLING.has(type)) this.#settle(step_no, line);
    else if (type === "effect_finished") this.#settle(step_no, line);
    else if (type === "signal_received") this.#receive(line);
    else if (type === "ended") this.#end(line);
  }

  #issue(line: LogLine): void {
    const { step_no, kind, label, seq } = line;
    if (step_no !== this.#lastStepNo + 1) {
      this.#report(
        "steps-not-dense",
        `event ${seq} of ${this.#id} issues step ${step_no} after ${this.#lastStepNo}`,
      );
    }
    this.#lastStepNo = step_no;
    const step: StepStory = { issued: line };
    this.steps.set(step_no, step);
    const early = this.#early.get(label) ?? 0;
    if (kind === "signal" && early > 0) this.#early.set(label, early - 1);
    if ((kind === "signal" && early > 0) || kind === "call" || line.type === "step_failed")
      step.settled = line;
  }

  #settle(stepNo: number, line: LogLine): void {
    const step = this.steps.get(stepNo);
    if (step === undefined) {
      this.#report("never-issued", `event ${line.seq} of ${this.#id} is ${line.type} for step ${stepNo}`);
    } else if (step.settled !== undefined) {
      const before = `${step.settled.type} in event ${step.settled.seq}`;
      this.#report(
        "settled-twice",
        `step ${stepNo} of ${this.#id}: ${before}, ${line.type} in event ${line.seq}`,
      );
    } else {
      step.settled = line;
    }
  }

  #receive(line: LogLine): void {
    const { name } = line;
    const waiting = [...this.steps.values()].find(
      ({ issued, settled }) =>
        settled === undefined && issued["kind"] === "signal" && issued["label"] === name,
    );
    if (waiting === undefined) this.#early.set(name, (this.#early.get(name) ?? 0) + 1);
    else waiting.settled = line;
  }

  #end(line: LogLine): void {
    this.ended = line;
    for (const step of this.steps.values()) step.settled ??= line;
  }
}
