/** What programs get wrong about steps, said so that the author knows what to write instead. */

import { SequencerError } from "../errors.ts";
import { isGenerator, isStep, type Step } from "../program/step.ts";
import { nameOf, preview } from "./json.ts";
import { attempt } from "./thrown.ts";

const YIELD_A_STEP = "Yield a step: `yield* instruct(text, { reply })`.";

/** A program yielded something that is not a step. */
export function notAStep(value: unknown): SequencerError {
  const advice = adviceFor(value);
  return new SequencerError(
    "NotAStep",
    `The program yielded ${describe(value)}, which is not a step. ${advice}`,
    advice,
  );
}

/** `run` of a program gave something that is no generator. */
export function notAGenerator(program: string, value: unknown): SequencerError {
  const advice = "Declare it with a star: async *run({ params }) { ... }.";
  return new SequencerError(
    "NotAStep",
    `run of program '${program}' gave ${describe(value)}, not a generator. ${advice}`,
    advice,
  );
}

/** @param place "hello.ts:12:5", where the step was made */
export function stepNotYielded(step: Step<unknown>, place: string | undefined): SequencerError {
  const { text } = step as { text?: unknown };
  const which = typeof text === "string" ? ` ${preview(text)}` : "";
  const where = place === undefined ? "" : ` made at ${place}`;
  return new SequencerError(
    "StepNotYielded",
    `The ${step.kind}${which}${where} was never yielded, so nothing happened: write \`yield*\` in front of it.`,
  );
}

/** `const { x } = instruct(...)` usually ends in a TypeError some lines later: the cause comes first. */
export function blamedOnStep(notYielded: SequencerError, error: TypeError): SequencerError {
  const blamed = new SequencerError(
    notYielded.code,
    `${notYielded.message} It led to ${error.name}: ${error.message}`,
    undefined,
    { cause: error },
  );
  if (error.stack !== undefined) blamed.stack = error.stack;
  return blamed;
}

export function branchUsedTwice(): SequencerError {
  return new SequencerError(
    "NotAStep",
    "A generator was given as a branch a second time; a generator runs only once.",
    "Call the generator function anew for each branch: all([review(a), review(b)]).",
  );
}

/** @param max steps that cleaning up may take */
export function cleanupTooLong(scope: string, max: number): SequencerError {
  return new SequencerError(
    "CleanupTooLong",
    `The cancelled ${scope === "" ? "program" : `branch ${scope}`} took more than ${max} steps to clean up.`,
  );
}

function describe(value: unknown): string {
  return attempt(() => describeKind(value), "something that throws when it is looked at");
}

function describeKind(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "function") return `a function (${value.name || "anonymous"})`;
  if (Array.isArray(value)) return "an array";
  if (isGenerator(value)) return "a generator";
  if (isPromise(value)) return "a promise";
  const shown = preview(value);
  return shown === nameOf(value) ? shown : `${shown} (${typeof value})`;
}

function adviceFor(value: unknown): string {
  return attempt(() => adviceForKind(value), YIELD_A_STEP);
}

function adviceForKind(value: unknown): string {
  if (Array.isArray(value)) return "Wait for several steps with `yield* all([...])`.";
  if (isGenerator(value)) return "Run another generator with `yield* other()`, the star included.";
  if (isPromise(value)) {
    return "Programs wait for steps only; what touches the world goes into `yield* sideEffect(label, fn)`.";
  }
  if (typeof value === "string") return `Ask the agent with \`yield* instruct(${preview(value, 40)})\`.`;
  return YIELD_A_STEP;
}

function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && !isStep(value) && "then" in value;
}
