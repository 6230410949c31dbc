/** What a step says in the log when it is issued: everything that is needed to show and to judge it. */

import { SequencerError } from "../errors.ts";
import { Ask } from "../program/ask.ts";
import { type Duration, parseDuration } from "../program/duration.ts";
import { Command, SideEffect } from "../program/effect.ts";
import { Instruction } from "../program/instruction.ts";
import type { JsonSchema, Schema } from "../program/schema.ts";
import type { Step, StepKind } from "../program/step.ts";
import { Signal, Sleep } from "../program/wait.ts";
import type { StepIssued } from "./event.ts";
import { toJsonSchema } from "./schema.ts";

/** How often an invalid reply is asked for again, unless the step says otherwise. */
export const DEFAULT_MAX_ATTEMPTS = 5;

/** The part of `step_issued` that the step itself decides. */
export type StepContent = Omit<StepIssued, "type" | "at" | "step_no" | "scope" | "ordinal" | "progress">;

/** `options` of an effect or a command in the log; what is secret or large stays with the step. */
export interface EffectPlan {
  readonly on_interrupted: "rerun" | "fail";
  readonly cwd?: string;
  /** Names only: values of the environment are never logged. */
  readonly env?: readonly string[];
}

/** What judging and showing a step needs besides the step itself. */
export interface IssueContext {
  /** Logical time of the turn. */
  readonly nowMs: number;
  /** Where the step was made, for messages; finding it out costs more than the rest of a step. */
  readonly place: () => string;
  /** Signals that the program declares. */
  readonly signals: { readonly [name: string]: Schema };
}

export function kindOf(step: Step<unknown>): StepKind {
  if (step.kind === "group") throw new Error("a group is not issued by itself");
  return step.kind;
}

const CONTENT: { readonly [field in keyof StepContent]-?: true } = {
  kind: true,
  id: true,
  text: true,
  schema: true,
  on_invalid: true,
  attempt: true,
  max_attempts: true,
  validation_error: true,
  expected_minutes: true,
  tools: true,
  choices: true,
  label: true,
  args: true,
  options: true,
  timeout_at: true,
  timeout_moved_ms: true,
};

/** What is asked again after an invalid reply: the same, without what the log adds to a line. */
export function reissuedContent(issued: StepIssued): StepContent {
  const content: Record<string, unknown> = {};
  for (const field in CONTENT) {
    const value = issued[field as keyof StepContent];
    if (value !== undefined) content[field] = value;
  }
  return content as unknown as StepContent;
}

/** The author's schema that parses what answers the step. */
export function schemaOf(step: Step<unknown>): Schema | undefined {
  if (step instanceof Instruction || step instanceof Ask) return step.options.reply;
  return undefined;
}

/** @throws SequencerError `InvalidSchema`, `UnknownSignal` */
export function contentOf(step: Step<unknown>, context: IssueContext): StepContent {
  if (step instanceof Instruction) return instructionContent(step, context);
  if (step instanceof Ask) return askContent(step, context);
  if (step instanceof SideEffect) return effectContent(step, context);
  if (step instanceof Command) return commandContent(step, context);
  if (step instanceof Signal) return signalContent(step, context);
  if (step instanceof Sleep) return { kind: "sleep", ...deadline(step.milliseconds, context) };
  throw new Error(`unknown step kind ${step.kind}`);
}

function instructionContent({ text, options }: Instruction, context: IssueContext): StepContent {
  const { reply, id, maxAttempts, onInvalid, expected, timeout, tools } = options;
  return {
    kind: "instruction",
    ...(id !== undefined && { id }),
    text,
    ...(reply !== undefined && {
      schema: toJsonSchema(reply, () => `The reply schema of the instruction at ${context.place()}`),
    }),
    on_invalid: onInvalid ?? "retry",
    attempt: 1,
    max_attempts: maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    ...(expected !== undefined && { expected_minutes: parseDuration(expected) / 60_000 }),
    ...deadline(timeout, context),
    ...(tools !== undefined && { tools: { ...tools } }),
  };
}

function askContent({ question, options }: Ask, context: IssueContext): StepContent {
  const { reply, choices, id, timeout } = options;
  const schema: JsonSchema =
    reply !== undefined
      ? toJsonSchema(reply, () => `The reply schema of the question at ${context.place()}`)
      : choices !== undefined
        ? { type: "string", enum: choices }
        : { type: "string", minLength: 1 };
  return {
    kind: "ask",
    ...(id !== undefined && { id }),
    text: question,
    schema,
    ...(choices !== undefined && { choices }),
    on_invalid: "retry",
    attempt: 1,
    max_attempts: DEFAULT_MAX_ATTEMPTS,
    ...deadline(timeout, context),
  };
}

function effectContent({ label, options }: SideEffect, context: IssueContext): StepContent {
  const plan = { on_interrupted: options.onInterrupted ?? "rerun" };
  return { kind: "effect", label, options: plan, ...deadline(options.timeout, context) };
}

function commandContent({ file, args, options }: Command, context: IssueContext): StepContent {
  const { cwd, env, onInterrupted } = options;
  const plan = {
    on_interrupted: onInterrupted ?? "rerun",
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: Object.keys(env) }),
  };
  return { kind: "command", label: file, args, options: plan, ...deadline(options.timeout, context) };
}

function signalContent({ name, timeout }: Signal, context: IssueContext): StepContent {
  if (!Object.hasOwn(context.signals, name)) {
    const known = Object.keys(context.signals);
    throw new SequencerError(
      "UnknownSignal",
      `The program waits for signal '${name}' at ${context.place()}, which it does not declare. ${known.length === 0 ? "It declares none" : `It declares: ${known.join(", ")}`}.`,
      "Declare it with its schema: defineProgram({ signals: { name: schema } }).",
    );
  }
  const schema = toJsonSchema(context.signals[name]!, `The schema of signal '${name}'`);
  return { kind: "signal", label: name, schema, ...deadline(timeout, context) };
}

function deadline(duration: Duration | undefined, { nowMs }: IssueContext): { timeout_at?: string } {
  if (duration === undefined) return {};
  return { timeout_at: new Date(nowMs + parseDuration(duration)).toISOString() };
}
