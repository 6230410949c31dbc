/**
 * A run as lines that a person reads: one an event, problems below it.
 *
 * U1. Lines depend on the events read so far only, so a run can be followed as it goes.
 * U2. Memory is bounded by what is pending: a step's issue is forgotten when it is over.
 */

import type { Event, Problem, Started, StepIssued } from "../engine/event.ts";
import { type Colors, hang, oneLine, printable } from "./terminal.ts";
import { clockOf, dayOf, lasting } from "./time.ts";

/** Columns before the text: clock, step, word. */
const MARGIN = 12 + 2 + 9 + 2 + 11 + 2;

type Tint = (text: string) => string;

export class Timeline {
  readonly #instanceId: string;
  readonly #colors: Colors;
  readonly #width: number;
  readonly #issued = new Map<number, StepIssued>();
  #day = "";

  /** @param width columns to write in */
  constructor(instanceId: string, colors: Colors, width: number) {
    this.#instanceId = instanceId;
    this.#colors = colors;
    this.#width = Math.max(MARGIN + 20, width);
  }

  linesOf(event: Event): string[] {
    const lines = event.type === "started" ? this.#header(event) : this.#describe(event);
    const day = dayOf(event.at);
    if (day === this.#day) return lines;
    const first = this.#day === "";
    this.#day = day;
    return first ? lines : [this.#colors.dim(day), ...lines];
  }

  #header({ at, program, project_dir, params, forked_from }: Started): string[] {
    const { bold, dim } = this.#colors;
    const lines = [
      `${bold(printable(program.name))}  ${this.#instanceId}`,
      dim(
        `started ${dayOf(at)} ${clockOf(at)} · version ${program.version.slice(0, 12)} · ${printable(project_dir)}`,
      ),
      dim(`params ${oneLine(JSON.stringify(params), this.#width - 7)}`),
    ];
    if (forked_from) {
      lines.push(dim(`forked from ${forked_from.instance_id} before step ${forked_from.before_step_no}`));
    }
    return [...lines, ""];
  }

  #describe(event: Exclude<Event, Started>): string[] {
    const { green, red, yellow, dim, cyan } = this.#colors;
    switch (event.type) {
      case "step_issued":
        this.#issued.set(event.step_no, event);
        return [this.#line(event, cyan(word(event.kind)), whatIsAsked(event), attemptOf(event))];
      case "reply_accepted": {
        const said = [this.#took(event), event.from_string && "sent as text", event.by && `by ${event.by}`];
        return [this.#line(event, green(word("reply")), json(event.reply), said.filter(Boolean).join(", "))];
      }
      case "reply_rejected": {
        const issued = this.#issued.get(event.step_no);
        const said = [attemptOf(issued, true), CONSEQUENCE[event.then]].filter(Boolean).join(", ");
        this.#issued.delete(event.step_no);
        const line = this.#line(event, yellow(word("rejected")), json(event.reply), said);
        return [line, ...this.#problems(event.problems, yellow)];
      }
      case "step_failed":
        this.#issued.delete(event.step_no);
        return [this.#line(event, red(word("failed")), `${event.code}: ${event.reason}`)];
      case "step_cancelled":
        this.#issued.delete(event.step_no);
        return [this.#line(event, dim(word("cancelled")), event.reason)];
      case "effect_started":
        return [this.#line(event, dim(word("running")), event.attempt > 1 ? `attempt ${event.attempt}` : "")];
      case "effect_finished": {
        const took = this.#took(event);
        if (event.error === undefined) {
          return [this.#line(event, green(word("result")), json(event.value ?? null), took)];
        }
        return [this.#line(event, red(word("threw")), `${event.error.type}: ${event.error.message}`, took)];
      }
      case "timer_fired":
        return [this.#line(event, green(word("time is up")), "", this.#took(event))];
      case "signal_received":
        this.#forgetSignal(event.name);
        return [this.#line(event, green(word("signal")), `${event.name} ${json(event.value)}`)];
      case "cancel_requested":
        return [this.#line(event, yellow(word("cancel")), event.reason)];
      case "version_adopted": {
        const change = `${event.previous.slice(0, 12)} → ${event.version.slice(0, 12)}`;
        return [this.#line(event, yellow(word("version")), change)];
      }
      case "closed":
      case "reopened":
        return [this.#line(event, dim(word(event.type)), "")];
      case "storage_failed":
        return [this.#line(event, red(word("storage")), event.reason)];
      case "ended": {
        const tint: Tint = event.state === "completed" ? green : red;
        const { error } = event;
        const line = this.#line(
          event,
          tint(word(event.state)),
          error ? `${error.type}: ${error.message}` : outcome(event),
        );
        return error?.stack === undefined ? [line] : [line, ...this.#below(error.stack, dim)];
      }
    }
  }

  #line(event: Exclude<Event, Started>, tinted: string, text: string, said = ""): string {
    const step = "step_no" in event ? `step ${event.step_no}` : "";
    const suffix = said === "" ? "" : `  (${said})`;
    const room = Math.max(20, this.#width - MARGIN - suffix.length);
    const { dim } = this.#colors;
    const line = `${dim(clockOf(event.at))}  ${step.padEnd(9)}  ${tinted}  ${oneLine(text, room)}${dim(suffix)}`;
    return line.trimEnd();
  }

  #problems(problems: readonly Problem[], tint: Tint): string[] {
    return problems.flatMap(({ path, message }) => this.#below(`${path} ${message}`, tint));
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
  #took({ step_no, at }: { step_no: number; at: string }): string {
    const issued = this.#issued.get(step_no);
    this.#issued.delete(step_no);
    return issued === undefined ? "" : `after ${lasting(Date.parse(at) - Date.parse(issued.at))}`;
  }
}

const CONSEQUENCE = { retry: "asked again", fail: "the step failed", abort: "the run was aborted" } as const;

function word(text: string): string {
  return text.padEnd(11);
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function whatIsAsked({ text, label, args, timeout_at }: StepIssued): string {
  if (text !== undefined) return text;
  const command = [label, ...(args ?? [])].filter((part) => part !== undefined).join(" ");
  return command || (timeout_at === undefined ? "" : `until ${timeout_at}`);
}

function attemptOf(issued: StepIssued | undefined, first = false): string {
  const { attempt = 1, max_attempts } = issued ?? {};
  if (max_attempts === undefined || (attempt === 1 && !first)) return "";
  return `attempt ${attempt} of ${max_attempts}`;
}

function outcome({ summary, reason }: { summary?: unknown; reason?: string }): string {
  return reason ?? json(summary ?? null);
}
