/**
 * Who does the side effects and commands of a run in a test: stand-ins that the test gives, or the real
 * thing where it says so. What neither does waits for `run.effect(...)`.
 */

import { effectScope } from "../host/determinism/turn.ts";
import { Command, SideEffect } from "../program/effect.ts";
import type { Step } from "../program/step.ts";
import { runProcess } from "./process.ts";

/** What a stand-in is called with. */
export interface EffectCall {
  /** Of a `sideEffect` its label, of a `command` the file. */
  readonly label: string;
  /** Of a `command`. */
  readonly args: readonly string[];
  readonly stepNo: number;
  /** From 1; grows where the effect has a retry policy. */
  readonly attempt: number;
}

/**
 * By the label of the side effect, or by the command: `"npm test"`, or `"npm"` for all of its commands. The
 * result itself; an `Error`, which is thrown; or a function that gives or throws it. Of a command's result
 * only what matters: `{ exit_code: 1 }`.
 */
export interface EffectStandIns {
  readonly [label: string]: unknown;
}

export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** `undefined`: nobody does it. */
export function whoDoes(
  step: Step<unknown>,
  stepNo: number,
  standIns: EffectStandIns,
  options: { readonly real: boolean; readonly projectDir: string },
): ((attempt: number, signal: AbortSignal) => Promise<Outcome>) | undefined {
  const names = namesOf(step);
  if (names === undefined) return undefined;
  const name = names.find((each) => Object.hasOwn(standIns, each));
  if (name !== undefined) {
    const standIn = standIns[name];
    const { label, args } = callOf(step);
    return (attempt) => outcomeOf(() => answerWith(standIn, { label, args, stepNo, attempt }), step);
  }
  if (!options.real) return undefined;
  if (step instanceof Command) {
    return (_, signal) => outcomeOf(() => runProcess(step, options.projectDir, signal), step);
  }
  const { label, fn } = step as SideEffect;
  return (attempt, signal) =>
    outcomeOf(() => effectScope.run({ label }, () => fn({ signal, attempt })), step);
}

/** What a test answers an effect with: a value, or an Error that it throws. */
export function givenOutcome(given: unknown, step: Step<unknown>): Outcome {
  return given instanceof Error ? { error: given } : { value: completed(given, step) };
}

async function outcomeOf(work: () => unknown, step: Step<unknown>): Promise<Outcome> {
  try {
    return { value: completed(await work(), step) };
  } catch (error) {
    return { error };
  }
}

function answerWith(standIn: unknown, call: EffectCall): unknown {
  if (typeof standIn === "function") return (standIn as (call: EffectCall) => unknown)(call);
  if (standIn instanceof Error) throw standIn;
  return standIn;
}

function completed(value: unknown, step: Step<unknown>): unknown {
  const isResult = step instanceof Command && typeof value === "object" && value !== null;
  return isResult ? { exit_code: 0, signal: null, stdout: "", stderr: "", ...value } : value;
}

function callOf(step: Step<unknown>): { label: string; args: readonly string[] } {
  return step instanceof Command
    ? { label: step.file, args: step.args }
    : { label: (step as SideEffect).label, args: [] };
}

/** What a stand-in may call it, the most telling first; `undefined`: not an effect. */
function namesOf(step: Step<unknown>): string[] | undefined {
  if (step instanceof Command) return [[step.file, ...step.args].join(" "), step.file];
  return step instanceof SideEffect ? [step.label] : undefined;
}
