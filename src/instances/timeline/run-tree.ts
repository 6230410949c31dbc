/**
 * A run as a tree: steps in the order of their program, the branches and called programs below the place
 * that began them. Folded from the log's events, without the program.
 *
 * T1. A step is found by its place (scope, ordinal): asked again, it is the same step with one more attempt.
 * T2. Of texts and values only what fits on a line is kept, so that long runs fit in memory.
 */

import type { Ended, Event, Started, StepIssued } from "../../engine/event.ts";
import {
  branchAt,
  callAt,
  type Detail,
  detail,
  KEPT,
  type Sequence,
  type StepNode,
  sequence,
  type Tone,
} from "./nodes.ts";
import {
  attemptOf,
  CONSEQUENCE,
  commandResult,
  json,
  saidOf,
  took,
  whatIsAsked,
  whoAnswered,
  whoIsAwaited,
} from "./step-words.ts";
import { oneLine } from "./text.ts";

type OfStep = Extract<Event, { readonly step_no: number } | { readonly type: "signal_received" }>;

interface Pending {
  readonly issued: StepIssued;
  readonly node: StepNode;
  /** Of an effect: which attempt runs. */
  attempt: number;
}

export class RunTree {
  readonly root: Sequence = sequence();
  started: Started | undefined;
  lastAt = "";
  lastStepNo = 0;
  hasEnded = false;
  private readonly pending = new Map<number, Pending>();
  /** Values of signals that nobody has waited for yet, by name. */
  private readonly early = new Map<string, string[]>();

  /** Steps that somebody or something has to end, in the order of their issue. */
  get awaited(): StepNode[] {
    return [...this.pending.values()].map(({ node }) => node);
  }

  add(event: Event): void {
    this.lastAt = event.at;
    if (event.type === "started") this.started = event;
    else if (event.type === "step_issued") this.issue(event);
    else this.happen(event);
  }

  private issue(issued: StepIssued): void {
    const { step_no, attempt = 1, at } = issued;
    this.lastStepNo = step_no;
    const within = this.sequenceAt(issued.scope, at);
    const before = within.byOrdinal.get(issued.ordinal);
    const isAgain = attempt > 1 && before?.type === "step" && before.kind === issued.kind;
    const node: StepNode = isAgain
      ? before
      : {
          type: "step",
          at,
          stepNo: step_no,
          kind: issued.kind,
          text: oneLine(whatIsAsked(issued), KEPT),
          said: saidOf(issued),
          details: [],
          called: sequence(),
          awaited: undefined,
        };
    if (!isAgain) {
      within.nodes.push(node);
      within.byOrdinal.set(issued.ordinal, node);
    }
    if (issued.kind === "call") return;
    const early = issued.kind === "signal" ? this.early.get(issued.label ?? "")?.shift() : undefined;
    if (early !== undefined) {
      node.details.push(detail(issued, "signal", "good", early, ["had come before"]));
      return;
    }
    this.pending.set(step_no, { issued, node, attempt: 0 });
    node.awaited = whoIsAwaited(issued);
  }

  private happen(event: Exclude<Event, Started | StepIssued>): void {
    const issued = "step_no" in event ? this.pending.get(event.step_no)?.issued : undefined;
    switch (event.type) {
      case "reply_accepted": {
        const asText = event.from_string ? ["sent as text"] : [];
        const said = [...attemptOf(issued), ...asText, ...whoAnswered(issued, event.by)];
        this.end(event, "reply", "good", json(event.reply), said);
        break;
      }
      case "reply_rejected": {
        const said = [...attemptOf(issued, true), CONSEQUENCE[event.then]];
        const problems = event.problems.map(({ path, message }) => `${path} ${message}`);
        this.end(event, "rejected", "warn", json(event.reply), said, problems);
        break;
      }
      case "step_failed":
        if (event.scope !== undefined) this.neverIssued(event, event.scope);
        else this.end(event, "failed", "bad", `${event.code}: ${event.reason}`);
        break;
      case "step_cancelled":
        this.end(event, "cancelled", "quiet", event.reason);
        break;
      case "timer_fired":
        if (issued?.kind === "sleep") this.end(event, "time is up", "good", "");
        else this.end(event, "timed out", "bad", "");
        break;
      case "effect_started":
        this.begin(event);
        break;
      case "effect_finished":
        this.finish(event);
        break;
      case "signal_received":
        this.signal(event);
        break;
      default:
        this.root.nodes.push({ type: "note", detail: this.noteOf(event) });
    }
  }

  /** What happened to the run, not to a step. */
  private noteOf(event: Exclude<Event, Started | OfStep>): Detail {
    switch (event.type) {
      case "cancel_requested":
        return detail(event, "cancel", "warn", event.reason);
      case "version_adopted": {
        const withdrawn = event.withdrawn ?? [];
        const said = withdrawn.length === 0 ? [] : [`step ${withdrawn.join(", ")} withdrawn`];
        const change = `${event.previous.slice(0, 12)} → ${event.version.slice(0, 12)}`;
        return detail(event, "version", "warn", change, said);
      }
      case "closed":
      case "reopened":
        return detail(event, event.type, "quiet", "");
      case "storage_failed":
        return detail(event, "storage", "bad", event.reason);
      case "ended":
        return this.conclude(event);
    }
  }

  private conclude(event: Ended): Detail {
    this.hasEnded = true;
    for (const { node } of this.pending.values()) node.awaited = undefined;
    this.pending.clear();
    const { error, state, reason, summary, forced, at } = event;
    const text = error ? `${error.type}: ${error.message}` : (reason ?? json(summary ?? null));
    const lasted = this.started === undefined ? [] : [took(this.started.at, at)];
    const said = [...lasted, ...(forced ? ["the program was stuck; its cleanup did not run"] : [])];
    return detail(
      event,
      state,
      state === "completed" ? "good" : "bad",
      text,
      said,
      error?.stack?.split("\n"),
    );
  }

  /** Something ended the step. */
  private end(
    event: { at: string; step_no: number },
    word: string,
    tone: Tone,
    text: string,
    said: readonly string[] = [],
    below?: readonly string[],
  ): void {
    const step = this.pending.get(event.step_no);
    if (step === undefined) return;
    this.pending.delete(event.step_no);
    const { node, issued } = step;
    node.awaited = undefined;
    const isNewNumber = event.step_no !== node.stepNo && { stepNo: event.step_no };
    node.details.push({
      ...detail(event, word, tone, text, [...said, took(issued.at, event.at)], below),
      ...isNewNumber,
    });
  }

  private neverIssued(event: Extract<Event, { type: "step_failed" }>, scope: string): void {
    this.lastStepNo = event.step_no;
    const failed = detail(event, "failed", "bad", `${event.code}: ${event.reason}`);
    const within = this.sequenceAt(scope, event.at);
    within.nodes.push({ type: "note", detail: { ...failed, stepNo: event.step_no } });
  }

  private begin(event: Extract<Event, { type: "effect_started" }>): void {
    const step = this.pending.get(event.step_no);
    if (step === undefined) return;
    step.attempt = event.attempt;
    step.node.awaited = whoIsAwaited(step.issued, true);
    if (event.attempt === 1) return;
    step.node.details.push(
      detail(event, "again", "warn", "", [`attempt ${event.attempt}`, "it was interrupted"]),
    );
  }

  private finish(event: Extract<Event, { type: "effect_finished" }>): void {
    const step = this.pending.get(event.step_no);
    if (step === undefined) return;
    const { error } = event;
    if (step.issued.kind === "ask") {
      const why = error === undefined ? "" : `${error.type}: ${error.message}`;
      step.node.details.push(detail(event, "no answer", "warn", why, ["the question goes to the agent"]));
      step.node.awaited = whoIsAwaited(step.issued);
      return;
    }
    const said = step.attempt > 1 ? [`attempt ${step.attempt}`] : [];
    if (error !== undefined) {
      this.end(event, "failed", "bad", `${error.type}: ${error.message}`, said);
    } else if (step.issued.kind === "command") {
      const { word, isGood, lastLine } = commandResult(event.value ?? null);
      this.end(event, word, isGood ? "good" : "warn", lastLine, said);
    } else {
      this.end(event, "result", "good", json(event.value ?? null), said);
    }
  }

  /** A signal ends the first step that waits for it, without naming it. */
  private signal(event: Extract<Event, { type: "signal_received" }>): void {
    const value = json(event.value);
    for (const [step_no, { issued }] of this.pending) {
      if (issued.kind !== "signal" || issued.label !== event.name) continue;
      this.end({ at: event.at, step_no }, "signal", "good", value);
      return;
    }
    const early = this.early.get(event.name) ?? [];
    this.early.set(event.name, [...early, oneLine(value, KEPT)]);
    const said = ["kept until the program waits for it"];
    this.root.nodes.push({
      type: "note",
      detail: detail(event, "signal", "quiet", `${event.name} ${value}`, said),
    });
  }

  /** `3.0/2.1/4`: branch 0 of the group at 3, in it branch 1 of the group at 2, in it the call at 4. */
  private sequenceAt(scope: string, at: string): Sequence {
    let within = this.root;
    for (const segment of scope === "" ? [] : scope.split("/")) {
      const [ordinal, branch] = segment.split(".").map(Number) as [number, number | undefined];
      within = branch === undefined ? callAt(within, ordinal) : branchAt(within, ordinal, branch, at);
    }
    return within;
  }
}
