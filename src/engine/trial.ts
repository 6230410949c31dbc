/** A version tried on a log that another version made: what may differ, and what comes of it. */

import type { Json, JsonSchema } from "../program/schema.ts";
import type { Event, StepIssued, VersionAdopted } from "./event.ts";
import type { VersionFolders } from "./sameness.ts";

/** What the shell knows of the log before the version is tried. */
export interface Trial {
  /** Steps that nothing has answered; also calls, and the earlier numbers of steps that were asked again. */
  readonly open: readonly number[];
  /** Those of them that somebody is at: an effect, a process, a question put to a person. */
  readonly running: readonly number[];
  /** Where the files of the tried version lie, and of those before it. */
  readonly folders: VersionFolders;
}

/** What a trial decides, as `version_adopted` keeps it. */
export type Adoption = Pick<VersionAdopted, "values" | "signal_values" | "params" | "withdrawn" | "calls">;

export class Findings {
  readonly trial: Trial;
  readonly values: { [stepNo: string]: Json } = {};
  readonly signal_values: { [signalNo: string]: Json } = {};
  readonly calls: { [place: string]: { readonly params: Json } | { readonly reason: string } } = {};
  params: Json | undefined;

  private readonly open: ReadonlySet<number>;
  private readonly running: ReadonlySet<number>;
  private readonly withdrawn = new Set<number>();
  /** By place. */
  private readonly schemas = new Map<string, JsonSchema | undefined>();

  constructor(trial: Trial) {
    this.trial = trial;
    this.open = new Set(trial.open);
    this.running = new Set(trial.running);
  }

  isOpen(stepNo: number): boolean {
    return this.open.has(stepNo);
  }

  isRunning(stepNo: number): boolean {
    return this.running.has(stepNo);
  }

  withdraw(stepNo: number): void {
    this.withdrawn.add(stepNo);
  }

  /** The program asks the recorded step, with a schema of its own. */
  ask(place: Place, schema: JsonSchema | undefined): void {
    this.schemas.set(keyOf(place), schema);
  }

  /** What the program would show: under this the recorded reply must still be valid. Asked about once. */
  takeSchema(place: Place): JsonSchema | undefined {
    const schema = this.schemas.get(keyOf(place));
    this.schemas.delete(keyOf(place));
    return schema;
  }

  get adoption(): Adoption {
    const { values, signal_values, calls, params } = this;
    const withdrawn = [...this.withdrawn].sort((a, b) => a - b);
    return {
      ...(Object.keys(values).length > 0 && { values }),
      ...(Object.keys(signal_values).length > 0 && { signal_values }),
      ...(params !== undefined && { params }),
      ...(withdrawn.length > 0 && { withdrawn }),
      ...(Object.keys(calls).length > 0 && { calls }),
    };
  }
}

/** A step keeps its place when it is asked again under a new number. */
type Place = Pick<StepIssued, "scope" | "ordinal">;

function keyOf({ scope, ordinal }: Place): string {
  return `${scope}#${ordinal}`;
}

/** Reads a log, event by event, for what is unanswered at its end. */
export class Unanswered {
  private readonly pending = new Map<number, StepIssued>();
  private readonly running = new Set<number>();
  /** Of a step asked again: the number that it had before. */
  private readonly before = new Map<number, number>();
  private readonly calls: StepIssued[] = [];
  /** Scopes that hold an answered step. */
  private readonly answeredIn = new Set<string>();
  private readonly scopeOf = new Map<number, string>();
  private readonly earlySignals = new Map<string, number>();

  see(event: Event): void {
    switch (event.type) {
      case "step_issued":
        this.issue(event);
        break;
      case "step_failed":
        if (event.scope === undefined) this.answer(event.step_no);
        else this.answeredIn.add(event.scope);
        break;
      case "reply_accepted":
      case "step_cancelled":
      case "timer_fired":
        this.answer(event.step_no);
        break;
      case "reply_rejected":
        if (event.then === "retry") this.pending.delete(event.step_no);
        else this.answer(event.step_no);
        break;
      case "effect_started":
        this.running.add(event.step_no);
        break;
      case "effect_finished":
        this.running.delete(event.step_no);
        if (this.pending.get(event.step_no)?.kind !== "ask") this.answer(event.step_no);
        break;
      case "signal_received":
        this.receive(event.name);
        break;
      default:
        break;
    }
  }

  /** @param folders those of the version that is to be tried, and of those before it */
  trial(folders: VersionFolders): Trial {
    const open = new Set<number>();
    for (let step_no of this.pending.keys()) {
      for (;;) {
        open.add(step_no);
        const earlier = this.before.get(step_no);
        if (earlier === undefined) break;
        step_no = earlier;
      }
    }
    for (const call of this.calls) if (this.isOpenCall(call)) open.add(call.step_no);
    return {
      open: [...open].sort((a, b) => a - b),
      running: [...this.running].filter((no) => this.pending.has(no)),
      folders,
    };
  }

  private issue(event: StepIssued): void {
    const { step_no, kind, scope, label = "", validation_error } = event;
    this.scopeOf.set(step_no, scope);
    if (kind === "call") {
      this.calls.push(event);
      return;
    }
    if (validation_error !== undefined) this.before.set(step_no, validation_error.step_no);
    const early = kind === "signal" ? (this.earlySignals.get(label) ?? 0) : 0;
    if (early > 0) {
      this.earlySignals.set(label, early - 1);
      this.answeredIn.add(scope);
    } else {
      this.pending.set(step_no, event);
    }
  }

  private answer(stepNo: number): void {
    this.pending.delete(stepNo);
    this.running.delete(stepNo);
    const scope = this.scopeOf.get(stepNo);
    if (scope !== undefined) this.answeredIn.add(scope);
  }

  private receive(name: string): void {
    for (const [step_no, { kind, label }] of this.pending) {
      if (kind !== "signal" || label !== name) continue;
      this.answer(step_no);
      return;
    }
    this.earlySignals.set(name, (this.earlySignals.get(name) ?? 0) + 1);
  }

  /** Everything in the called program waits, and it waits for something. */
  private isOpenCall({ scope, ordinal }: StepIssued): boolean {
    const path = scope === "" ? String(ordinal) : `${scope}/${ordinal}`;
    const isInside = (other: string) => other === path || other.startsWith(`${path}/`);
    if (![...this.pending.values()].some((step) => isInside(step.scope))) return false;
    return ![...this.answeredIn].some(isInside);
  }
}
