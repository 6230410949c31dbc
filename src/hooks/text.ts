/** Runs and steps in the words that the agent reads. */

import type { StepIssued } from "../engine/event.ts";
import type { Run } from "./runs.ts";

/** Characters of instructions that are said again; what is longer is fetched. */
const MOST_TEXT = 4_000;
const MOST_NAMED = 20;

/** `step 3`, `steps 3, 4 and 5`. */
export function stepList(steps: readonly StepIssued[]): string {
  const numbers = steps.map(({ step_no }) => String(step_no));
  if (numbers.length === 1) return `step ${numbers[0]}`;
  const named = numbers.slice(0, MOST_NAMED);
  const more = numbers.length - named.length;
  const last = more > 0 ? `${more} more` : named.pop();
  return `steps ${named.join(", ")} and ${last}`;
}

/** What the steps ask, whole; a step that is too long is never shown in part. */
export function askedIn({ tie, instructions }: Run): string {
  let room = MOST_TEXT;
  const shown: string[] = [];
  const left: StepIssued[] = [];
  for (const step of instructions) {
    const { text = "" } = step;
    if (text.length > room) left.push(step);
    else shown.push(`Step ${step.step_no} says: ${text}`);
    room -= Math.min(room, text.length);
  }
  if (left.length > 0) {
    const numbers = left.slice(0, MOST_NAMED).map(({ step_no }) => step_no);
    shown.push(
      `For what ${stepList(left)} ${left.length > 1 ? "say" : "says"}, call sequencer_current { instance_id: "${tie.instance_id}", step_nos: [${numbers.join(", ")}] }.`,
    );
  }
  return shown.join("\n");
}

const BEGINNING = 200;

/** The beginning of a text, in one line: to recognise it by. */
export function beginningOf(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= BEGINNING ? line : `${line.slice(0, BEGINNING)}…`;
}
