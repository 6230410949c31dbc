/** The steps of a run in a test, as the test sees them. */

import type { Problem, StepIssued } from "../engine/event.ts";
import type { PendingStep as Pending, State } from "../engine/state.ts";
import type { JsonSchema } from "../program/schema.ts";
import type { StepKind } from "../program/step.ts";

/** A step that the program waits for. */
export interface PendingStep {
  readonly stepNo: number;
  readonly kind: StepKind;
  /** Of an instruction what to do, of an `ask` the question, of a `command` its line; else `""`. */
  readonly text: string;
  /** The JSON Schema that the reply, or the value of the signal, is judged by; `undefined`: any JSON. */
  readonly schema: JsonSchema | undefined;
  /** As the author named it. */
  readonly id: string | undefined;
  /** Of a side effect its label, of a signal its name, of a command the file. */
  readonly label: string | undefined;
  /** Of a command. */
  readonly args: readonly string[];
  readonly choices: readonly string[] | undefined;
  readonly tools: StepIssued["tools"];
  /** From 1; grows with each invalid reply, and with each try of a side effect. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** What was wrong with the reply before, where the step is asked again. */
  readonly problems: readonly Problem[];
  /** ISO 8601: when its timeout ends it, or the sleep is over. */
  readonly timeoutAt: string | undefined;
  /** The branch or called program that waits for it; `""`: the program itself. */
  readonly scope: string;
}

export function pendingSteps(state: State): PendingStep[] {
  return [...state.pending.values()].map(shown);
}

function shown({ issued }: Pending): PendingStep {
  const { kind, label, args = [] } = issued;
  return {
    stepNo: issued.step_no,
    kind,
    text: kind === "command" ? [label, ...args].join(" ") : (issued.text ?? ""),
    schema: issued.schema,
    id: issued.id,
    label,
    args,
    choices: issued.choices,
    tools: issued.tools,
    attempt: issued.attempt ?? 1,
    maxAttempts: issued.max_attempts ?? 1,
    problems: issued.validation_error?.problems ?? [],
    timeoutAt: issued.timeout_at,
    scope: issued.scope,
  };
}

/** The agent or a person answers it. */
export function isDriven({ kind }: PendingStep): boolean {
  return kind === "instruction" || kind === "ask";
}

export function isEffect({ kind }: PendingStep): boolean {
  return kind === "effect" || kind === "command";
}

/** "step 2 (instruction \"Write a greeting…\"), step 3 (sleep)" */
export function listOf(steps: readonly PendingStep[]): string {
  return steps.map((step) => `step ${step.stepNo} (${nameOf(step)})`).join(", ");
}

function nameOf({ kind, text, label }: PendingStep): string {
  const told = text || label || "";
  const short = told.length > 40 ? `${told.slice(0, 40)}…` : told;
  return short === "" ? kind : `${kind} ${JSON.stringify(short)}`;
}
