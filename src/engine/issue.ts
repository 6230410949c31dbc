/** What a step says in the log when it is issued: everything that is needed to show and to judge it. */

import { parseDuration } from "../program/duration.ts";
import { Instruction } from "../program/instruction.ts";
import type { Schema } from "../program/schema.ts";
import type { Step, StepKind } from "../program/step.ts";
import type { StepIssued } from "./event.ts";
import { toJsonSchema } from "./schema.ts";

/** How often an invalid reply is asked for again, unless the step says otherwise. */
export const DEFAULT_MAX_ATTEMPTS = 5;

/** The part of `step_issued` that the step itself decides. */
export type StepContent = Omit<StepIssued, "type" | "at" | "step_no" | "scope" | "ordinal" | "progress">;

export function kindOf(step: Step<unknown>): StepKind {
  if (step.kind === "group" || step.kind === "call")
    throw new Error(`a ${step.kind} is not issued by itself`);
  return step.kind;
}

/** The author's schema that parses what answers the step. */
export function schemaOf(step: Step<unknown>): Schema | undefined {
  return step instanceof Instruction ? step.options.reply : undefined;
}

/**
 * @param nowMs logical time of the turn
 * @param place where the step was made, for messages
 * @throws SequencerError `InvalidSchema`
 */
export function contentOf(step: Step<unknown>, nowMs: number, place: string): StepContent {
  if (step instanceof Instruction) return instructionContent(step, nowMs, place);
  throw new Error(`unknown step kind ${step.kind}`);
}

function instructionContent({ text, options }: Instruction, nowMs: number, place: string): StepContent {
  const { reply, id, maxAttempts, onInvalid, expected, timeout, tools } = options;
  return {
    kind: "instruction",
    ...(id !== undefined && { id }),
    text,
    ...(reply !== undefined && {
      schema: toJsonSchema(reply, `The reply schema of the instruction at ${place}`),
    }),
    on_invalid: onInvalid ?? "retry",
    attempt: 1,
    max_attempts: maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    ...(expected !== undefined && { expected_minutes: parseDuration(expected) / 60_000 }),
    ...(timeout !== undefined && { timeout_at: new Date(nowMs + parseDuration(timeout)).toISOString() }),
    ...(tools !== undefined && { tools: { ...tools } }),
  };
}
