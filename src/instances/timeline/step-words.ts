/** What stands in a log, in words for people: what a step asks, who is awaited, how it ended. */

import type { StepIssued } from "../../engine/event.ts";
import type { Json } from "../../program/schema.ts";
import { lasting, momentOf } from "./text.ts";

/** Of a reply that was not accepted. */
export const CONSEQUENCE = {
  retry: "asked again",
  fail: "the step failed",
  abort: "the run was aborted",
} as const;

/** What a step asks for, in words. */
export function whatIsAsked({ kind, text, label, args, options, timeout_at }: StepIssued): string {
  if (text !== undefined) return text;
  if (kind === "sleep") return timeout_at === undefined ? "" : `until ${momentOf(timeout_at)}`;
  if (kind === "call") return `${label} ${json(options ?? null)}`;
  return [label, ...(args ?? []).map(quoted)].filter((part) => part !== undefined).join(" ");
}

/** JSON for people: on one line. */
export function json(value: Json): string {
  return JSON.stringify(value);
}

export function took(from: string, to: string): string {
  return `after ${lasting(Date.parse(to) - Date.parse(from))}`;
}

function quoted(arg: string): string {
  return arg === "" || /[\s"']/.test(arg) ? JSON.stringify(arg) : arg;
}

/** What is to be known of a step besides. */
export function saidOf(issued: StepIssued): string[] {
  const { progress, kind, timeout_at } = issued;
  return [
    ...(progress === undefined ? [] : [`${progress.current}/${progress.of} ${progress.label}`.trim()]),
    ...(timeout_at === undefined || kind === "sleep" ? [] : [`until ${momentOf(timeout_at)}`]),
  ];
}

export function attemptOf(issued: StepIssued | undefined, first = false): string[] {
  const { attempt = 1, max_attempts } = issued ?? {};
  if (max_attempts === undefined || (attempt === 1 && !first)) return [];
  return [`attempt ${attempt} of ${max_attempts}`];
}

/** Of a question, also that it was the agent who brought the answer. */
export function whoAnswered(issued: StepIssued | undefined, by: string | undefined): string[] {
  if (by !== undefined) return [`by ${by === "person" ? "a person" : by}`];
  return issued?.kind === "ask" ? ["brought by the agent"] : [];
}

export interface CommandEnd {
  /** `exit 1`, `SIGTERM` */
  readonly word: string;
  readonly isGood: boolean;
  /** The last line that it wrote. */
  readonly lastLine: string;
}

export function commandResult(value: Json): CommandEnd {
  const { exit_code, signal, stdout, stderr } = (value ?? {}) as { [name: string]: unknown };
  const word = typeof exit_code === "number" ? `exit ${exit_code}` : String(signal ?? "ended");
  const isGood = exit_code === 0;
  const outputs = isGood ? [stdout, stderr] : [stderr, stdout];
  return { word, isGood, lastLine: outputs.map(lastLineOf).find((line) => line !== "") ?? "" };
}

function lastLineOf(output: unknown): string {
  if (typeof output !== "string") return "";
  return output.slice(-2_000).trimEnd().split("\n").at(-1) ?? "";
}

/**
 * Whom or what a pending step waits for, to stand behind "awaits".
 *
 * @param isAtWork somebody is at it: an effect runs, or a form is open
 */
export function whoIsAwaited({ kind, label = "" }: StepIssued, isAtWork = false): string {
  switch (kind) {
    case "instruction":
      return "the agent's reply";
    case "ask":
      return isAtWork ? "a person, at an open form" : "a person, whom the agent asks";
    case "signal":
      return `the signal '${label}'`;
    case "sleep":
      return "the clock";
    default:
      return isAtWork ? "its end, it is running" : "its start";
  }
}
