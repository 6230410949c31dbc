/** A state as an answer: what the driver is asked, or how the run ended. */

import type { StepIssued } from "../engine/event.ts";
import { awaitsDriver, type PendingStep, type State } from "../engine/state.ts";
import type { InstanceAnswer, InstanceState, InstructionYield, LastYield, WaitingFor } from "./answer.ts";
import { whatIsAsked } from "./timeline/step-words.ts";

export interface Stall {
  readonly message: string;
  readonly fix: string;
}

/**
 * @param only the steps to hand out; by default all that are pending
 * @param stalled why the program is not run any more, where that is so
 */
export function describeInstance(
  id: string,
  state: State,
  only?: readonly number[],
  stalled?: Stall,
): InstanceAnswer {
  const started = state.started!;
  // Somebody else may have ended the run that is stuck here.
  const stall = state.ended === undefined ? stalled : undefined;
  const lastYield = stall === undefined ? lastYieldOf(state, only) : stalledYield(stall);
  const unshown = stall === undefined ? stillPending(state, lastYield) : undefined;
  return {
    instance_id: id,
    program: started.program.name,
    version: state.version,
    state: stall === undefined ? stateOf(state) : "stalled",
    step_no: firstStepNo(lastYield) ?? state.lastStepNo,
    last_yield: lastYield,
    yielded_at: state.yieldedAt,
    progress_hint: state.progress,
    ...(unshown !== undefined && { still_pending: unshown }),
  };
}

/** All that the driver must answer, where the answer does not hold it all. */
function stillPending(state: State, lastYield: LastYield): number[] | undefined {
  const shown = lastYield.kind === "parallel" ? lastYield.instructions.length : 1;
  const pending = [...state.pending.values()].filter(awaitsDriver);
  return pending.length > shown ? pending.map(({ issued }) => issued.step_no) : undefined;
}

export function stateOf(state: State): InstanceState {
  if (state.ended !== undefined) return state.ended.state;
  for (const step of state.pending.values()) {
    if (awaitsDriver(step)) return "awaiting_result";
  }
  return "waiting";
}

function lastYieldOf(state: State, only: readonly number[] | undefined): LastYield {
  if (state.ended !== undefined) return endOf(state.ended);
  const pending = [...state.pending.values()];
  const wanted = only === undefined ? pending : pending.filter(({ issued }) => only.includes(issued.step_no));
  const instructions = wanted.filter(awaitsDriver).map(({ issued }) => toInstruction(issued));
  if (instructions.length === 1) return instructions[0]!;
  if (instructions.length > 1) return { kind: "parallel", instructions };
  // The steps asked for are answered, or wait for no agent: show what does wait.
  if (wanted.length < pending.length && pending.some(awaitsDriver)) {
    return lastYieldOf(state, undefined);
  }
  return { kind: "waiting", waiting_for: pending.map(toWaiting), advice: adviceFor(pending) };
}

function endOf(ended: NonNullable<State["ended"]>): LastYield {
  switch (ended.state) {
    case "completed":
      return { kind: "done", summary: ended.summary ?? null };
    case "failed":
      return { kind: "error", ...(ended.error ?? { type: "Error", message: "unknown" }) };
    default:
      return { kind: "abort", reason: ended.reason ?? "" };
  }
}

function stalledYield({ message, fix }: Stall): LastYield {
  return { kind: "error", type: "ProgramStalled", message, fix };
}

export function toInstruction(issued: StepIssued): InstructionYield {
  return {
    kind: "instruction",
    step_no: issued.step_no,
    text: issued.kind === "ask" ? questionFor(issued) : (issued.text ?? ""),
    expect_schema: issued.schema ?? null,
    on_invalid: issued.on_invalid ?? "retry",
    attempt: issued.attempt ?? 1,
    max_attempts: issued.max_attempts ?? 1,
    expected_minutes: issued.expected_minutes ?? null,
    timeout_at: issued.timeout_at ?? null,
    ...(issued.tools !== undefined && { tools: issued.tools }),
    ...(issued.validation_error !== undefined && { validation_error: issued.validation_error }),
  };
}

const FOR_A_PERSON =
  "Ask your user the following, and reply with their answer. Do not answer in their place.\n\n";

/** A question as the agent gets it, where the client has no form of its own. */
function questionFor({ text = "" }: StepIssued): string {
  return `${FOR_A_PERSON}${text}`;
}

/** The question as the program asks it, for a person who answers it themselves; `undefined`: it is none. */
export function questionIn({ text }: InstructionYield): string | undefined {
  return text.startsWith(FOR_A_PERSON) ? text.slice(FOR_A_PERSON.length) : undefined;
}

function toWaiting({ issued }: PendingStep): WaitingFor {
  return {
    step_no: issued.step_no,
    kind: issued.kind as WaitingFor["kind"],
    what: issued.kind === "command" ? whatIsAsked(issued) : (issued.label ?? issued.text ?? issued.kind),
    until: issued.timeout_at ?? null,
  };
}

function adviceFor(pending: readonly PendingStep[]): string {
  if (pending.length === 0) return "The program is at work; call sequencer_current again in a moment.";
  return "Nothing for you to do now. Call sequencer_current with wait_seconds (at most 45) to wait a little; for longer waits tell the user and end your turn: nothing wakes an ended turn.";
}

function firstStepNo(lastYield: LastYield): number | undefined {
  switch (lastYield.kind) {
    case "instruction":
      return lastYield.step_no;
    case "parallel":
      return lastYield.instructions[0]?.step_no;
    case "waiting":
      return lastYield.waiting_for[0]?.step_no;
    default:
      return undefined;
  }
}
