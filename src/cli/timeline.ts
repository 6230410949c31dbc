/**
 * A run as it goes: one line an event, problems below it, with the place of its step in the tree.
 *
 * U1. Lines depend on the events read so far only, so a run can be followed.
 * U2. Memory is bounded by what is pending: a step's issue is forgotten when it is over.
 */

import type { Event, Started, StepIssued } from "../engine/event.ts";
import type { Ink } from "../instances/timeline/draw.ts";
import {
  attemptOf,
  CONSEQUENCE,
  commandResult,
  json,
  saidOf,
  took,
  whatIsAsked,
  whoAnswered,
} from "../instances/timeline/step-words.ts";
import { clockOf, dayOf } from "../instances/timeline/text.ts";
import { hang, oneLine } from "./terminal.ts";

/** Columns before the text: clock, step, word. */
const MARGIN = 12 + 2 + 9 + 2 + 11 + 2;

type Tint = (text: string) => string;
type Further = Exclude<Event, Started>;

export class Timeline {
  readonly #colors: Ink;
  readonly #width: number;
  readonly #issued = new Map<number, StepIssued>();
  #day = "";

  /** @param width columns to write in */
  constructor(colors: Ink, width: number) {
    this.#colors = colors;
    this.#width = Math.max(MARGIN + 20, width);
  }

  linesOf(event: Event): string[] {
    const lines = event.type === "started" ? [] : this.#describe(event);
    const day = dayOf(event.at);
    if (day === this.#day) return lines;
    const isFirst = this.#day === "";
    this.#day = day;
    return isFirst ? lines : [this.#colors.dim(day), ...lines];
  }

  #describe(event: Further): string[] {
    const { green, red, yellow, dim, cyan } = this.#colors;
    const line = (tint: Tint, word: string, text: string, ...said: string[]) =>
      this.#line(event, tint, word, text, said);
    const issued = "step_no" in event ? this.#issued.get(event.step_no) : undefined;
    switch (event.type) {
      case "step_issued":
        if (event.kind !== "call") this.#issued.set(event.step_no, event);
        return [line(cyan, event.kind, whatIsAsked(event), ...attemptOf(event), ...saidOf(event))];
      case "reply_accepted": {
        const said = [...this.#took(event), ...whoAnswered(issued, event.by)];
        return [
          line(green, "reply", json(event.reply), ...said, ...(event.from_string ? ["sent as text"] : [])),
        ];
      }
      case "reply_rejected": {
        this.#issued.delete(event.step_no);
        const said = [...attemptOf(issued, true), CONSEQUENCE[event.then]];
        const problems = event.problems.map(({ path, message }) => `${path} ${message}`);
        return [
          line(yellow, "rejected", json(event.reply), ...said),
          ...problems.flatMap((problem) => this.#below(problem, yellow)),
        ];
      }
      case "step_failed":
        this.#issued.delete(event.step_no);
        return [line(red, "failed", `${event.code}: ${event.reason}`)];
      case "step_cancelled":
        this.#issued.delete(event.step_no);
        return [line(dim, "cancelled", event.reason)];
      case "effect_started":
        return [
          line(
            dim,
            issued?.kind === "ask" ? "form open" : "running",
            event.attempt > 1 ? `attempt ${event.attempt}` : "",
          ),
        ];
      case "effect_finished": {
        const { error, value = null } = event;
        if (issued?.kind === "ask")
          return [line(yellow, "no answer", error ? `${error.type}: ${error.message}` : "")];
        const said = this.#took(event);
        if (error !== undefined) return [line(red, "threw", `${error.type}: ${error.message}`, ...said)];
        if (issued?.kind !== "command") return [line(green, "result", json(value), ...said)];
        const { word, isGood, lastLine } = commandResult(value);
        return [line(isGood ? green : yellow, word, lastLine, ...said)];
      }
      case "timer_fired":
        return issued?.kind === "sleep"
          ? [line(green, "time is up", "", ...this.#took(event))]
          : [line(red, "timed out", "", ...this.#took(event))];
      case "signal_received":
        this.#forgetSignal(event.name);
        return [line(green, "signal", `${event.name} ${json(event.value)}`)];
      case "cancel_requested":
        return [line(yellow, "cancel", event.reason)];
      case "version_adopted":
        return [line(yellow, "version", `${event.previous.slice(0, 12)} → ${event.version.slice(0, 12)}`)];
      case "closed":
      case "reopened":
        return [line(dim, event.type, "")];
      case "storage_failed":
        return [line(red, "storage", event.reason)];
      case "ended": {
        const { error, reason, summary = null, state } = event;
        const text = error ? `${error.type}: ${error.message}` : (reason ?? json(summary));
        const ended = line(state === "completed" ? green : red, state, text);
        return error?.stack === undefined ? [ended] : [ended, ...this.#below(error.stack, dim)];
      }
    }
  }

  #line(event: Further, tint: Tint, word: string, text: string, said: readonly string[]): string {
    const { dim } = this.#colors;
    const step = "step_no" in event ? `step ${event.step_no}` : "";
    const scope = event.type === "step_issued" && event.scope !== "" ? `[${event.scope}] ` : "";
    const suffix = said.length === 0 ? "" : `  (${oneLine(said.join(", "), 200)})`;
    const room = Math.max(20, this.#width - MARGIN - scope.length - suffix.length);
    const shown = `${dim(scope)}${oneLine(text, room)}${dim(suffix)}`;
    return `${dim(clockOf(event.at))}  ${step.padEnd(9)}  ${tint(word.padEnd(11))}  ${shown}`.trimEnd();
  }

  #below(text: string, tint: Tint): string[] {
    const margin = " ".repeat(MARGIN);
    return [`${margin}${tint(hang(text, margin))}`];
  }

  /** A signal ends the first step that waits for it, without naming it. */
  #forgetSignal(name: string): void {
    for (const [stepNo, { kind, label }] of this.#issued) {
      if (kind === "signal" && label === name) {
        this.#issued.delete(stepNo);
        return;
      }
    }
  }

  /** How long the step took; forgets it. */
  #took({ step_no, at }: { step_no: number; at: string }): string[] {
    const issued = this.#issued.get(step_no);
    this.#issued.delete(step_no);
    return issued === undefined ? [] : [took(issued.at, at)];
  }
}
