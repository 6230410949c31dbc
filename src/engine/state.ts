/**
 * The state of an instance, folded from its events without running the program: what every answer,
 * listing and hook is made of.
 *
 * T1. `apply` depends on the state and the event only. Folding any prefix of a log gives a valid state.
 * T2. A state belongs to one fold: `apply` changes it in place, so that long runs stay linear, and
 *     returns it. Its size is bounded by what is pending, never by how long the run is.
 */

import { SequencerError } from "../errors.ts";
import type { Ended, Event, ProgressHint, Started, StepIssued } from "./event.ts";

export interface PendingStep {
  readonly issued: StepIssued;
  /** Of an effect, a command or a question: who is at it. */
  readonly effect?: { readonly owner: string; readonly attempt: number };
  /** Of a question: the client's own form was tried and gave no answer. */
  readonly formTried?: true;
}

/** True for what the driver must answer: an instruction, or a question that no form is open for. */
export function awaitsDriver({ issued, effect }: PendingStep): boolean {
  return issued.kind === "instruction" || (issued.kind === "ask" && effect === undefined);
}

export interface State {
  started: Started | undefined;
  /** Version that the instance runs on now. */
  version: string;
  /** Versions that it ran on before: texts of its steps may name their files. */
  readonly pastVersions: string[];
  /** By step number, in the order of issue. */
  readonly pending: Map<number, PendingStep>;
  /** Highest step number issued. */
  lastStepNo: number;
  lastAt: string;
  /** When the program last asked for something. */
  yieldedAt: string;
  progress: ProgressHint | null;
  /** How many signals of a name have come that nobody has waited for. */
  readonly earlySignals: Map<string, number>;
  /** Why the run is being cancelled or aborted, until it has ended. */
  ending: string | undefined;
  ended: Ended | undefined;
  closed: boolean;
  storageFailed: string | undefined;
}

export function initialState(): State {
  return {
    started: undefined,
    version: "",
    pastVersions: [],
    pending: new Map(),
    lastStepNo: 0,
    lastAt: "",
    yieldedAt: "",
    progress: null,
    earlySignals: new Map(),
    ending: undefined,
    ended: undefined,
    closed: false,
    storageFailed: undefined,
  };
}

/** @throws SequencerError `CorruptedLog` for an event that cannot follow what came before */
export function apply(state: State, event: Event): State {
  if (event.type === "started") {
    if (state.started !== undefined) throw impossible("a second started event");
    state.started = event;
    state.version = event.program.version;
    state.yieldedAt = event.at;
  } else if (state.started === undefined) {
    throw impossible(`${event.type} before started`);
  } else if (state.ended !== undefined && !isAfterTheEnd(event)) {
    throw impossible(`${event.type} after the run has ended`);
  } else {
    applyFurther(state, event);
  }
  state.lastAt = event.at;
  return state;
}

function applyFurther(state: State, event: Exclude<Event, Started>): void {
  switch (event.type) {
    case "step_issued":
      number(state, event.step_no);
      if (!needsNoWait(state, event)) state.pending.set(event.step_no, { issued: event });
      state.yieldedAt = event.at;
      if (event.progress !== undefined) state.progress = event.progress;
      break;
    case "reply_accepted":
      take(state, event.step_no, event.type);
      state.closed = false;
      break;
    case "reply_rejected":
      take(state, event.step_no, event.type);
      if (event.then === "abort") state.ending ??= `the reply to step ${event.step_no} was not valid`;
      state.closed = false;
      break;
    case "step_failed":
      if (event.scope !== undefined) {
        number(state, event.step_no);
        break;
      }
      take(state, event.step_no, event.type);
      state.closed = false;
      break;
    case "step_cancelled":
    case "timer_fired":
      take(state, event.step_no, event.type);
      break;
    case "effect_finished": {
      const step = state.pending.get(event.step_no);
      // A question that its form did not answer goes to the agent.
      if (step?.issued.kind === "ask")
        state.pending.set(event.step_no, { issued: step.issued, formTried: true });
      else take(state, event.step_no, event.type);
      break;
    }
    case "effect_started": {
      const step = state.pending.get(event.step_no);
      if (step === undefined)
        throw impossible(`effect_started for step ${event.step_no}, which is not pending`);
      state.pending.set(event.step_no, {
        issued: step.issued,
        effect: { owner: event.owner, attempt: event.attempt },
      });
      break;
    }
    case "signal_received":
      receive(state, event.name);
      break;
    case "cancel_requested":
      state.ending ??= event.reason;
      break;
    case "version_adopted":
      state.pastVersions.push(event.previous);
      state.version = event.version;
      break;
    case "closed":
      state.closed = true;
      break;
    case "reopened":
      state.closed = false;
      break;
    case "storage_failed":
      state.storageFailed = event.reason;
      break;
    case "ended":
      state.ended = event;
      state.ending = undefined;
      state.pending.clear();
      state.yieldedAt = event.at;
      if (event.progress !== undefined) state.progress = event.progress;
      break;
  }
}

/** A called program waits through its own steps; a signal that came early ends the wait at once. */
function needsNoWait(state: State, { kind, label = "" }: StepIssued): boolean {
  if (kind === "call") return true;
  const early = kind === "signal" ? (state.earlySignals.get(label) ?? 0) : 0;
  if (early > 0) state.earlySignals.set(label, early - 1);
  return early > 0;
}

function receive(state: State, name: string): void {
  for (const { issued } of state.pending.values()) {
    if (issued.kind !== "signal" || issued.label !== name) continue;
    state.pending.delete(issued.step_no);
    return;
  }
  state.earlySignals.set(name, (state.earlySignals.get(name) ?? 0) + 1);
}

/** What may be said of a run that is over. */
function isAfterTheEnd({ type }: Event): boolean {
  return type === "closed" || type === "reopened" || type === "storage_failed";
}

function number(state: State, stepNo: number): void {
  if (stepNo !== state.lastStepNo + 1) throw impossible(`step ${stepNo} after step ${state.lastStepNo}`);
  state.lastStepNo = stepNo;
}

function take(state: State, stepNo: number, type: string): void {
  if (!state.pending.delete(stepNo)) throw impossible(`${type} for step ${stepNo}, which is not pending`);
}

function impossible(what: string): SequencerError {
  return new SequencerError(
    "CorruptedLog",
    `The log is whole, but its events cannot follow each other: ${what}.`,
  );
}
