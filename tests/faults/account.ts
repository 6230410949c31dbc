/** What a log says against what the agent was told and what the outside world has seen. */

import { expect } from "vitest";
import { type Event, FORMAT_VERSION, isKnownEventType } from "../../src/engine/event.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { type Acknowledged, FORK, type Journey, START } from "./journey.ts";

const VERDICTS = new Set([
  "reply_accepted",
  "step_failed",
  "step_cancelled",
  "effect_finished",
  "timer_fired",
]);

/** The events of a log, as any reader has them. */
export async function readEvents(stateDir: string, instanceId: string): Promise<Event[]> {
  const store = createLogStore({ stateDir, isKnownType: isKnownEventType, formatVersion: FORMAT_VERSION });
  const log = store.open(instanceId);
  try {
    const events: Event[] = [];
    for await (const batch of log.readOn()) events.push(...batch.events);
    return events;
  } finally {
    log.close();
  }
}

/** A1. Each acknowledged reply stands there once, as it was sent. A2. No step has two verdicts. */
export function checkReplies(events: readonly Event[], acknowledged: readonly Acknowledged[]): void {
  const verdicts = events.filter(({ type }) => VERDICTS.has(type)) as { step_no: number }[];
  const judged = verdicts.map(({ step_no }) => step_no);
  expect(new Set(judged).size, "a step has two verdicts").toBe(judged.length);
  for (const { question, by } of acknowledged) {
    if (question === START || question === FORK) continue;
    expect(answersTo(events, question), `what was acknowledged of '${question}'`).toEqual([by]);
  }
}

/** Who gave the answers to a question that the log accepted. */
export function answersTo(events: readonly Event[], question: string): unknown[] {
  return events.flatMap((event) => {
    if (event.type === "signal_received" && event.name === question) return [(event.value as any).by];
    if (event.type !== "reply_accepted") return [];
    const step = events.find((each) => each.type === "step_issued" && each.step_no === event.step_no);
    return (step as { text?: string }).text === question ? [(event.reply as any).by] : [];
  });
}

/** Labels of the effects whose end stands in the log. */
export function finishedEffects(events: readonly Event[]): string[] {
  return events.flatMap((event) =>
    event.type === "effect_finished" ? [labelOf(events, event.step_no)] : [],
  );
}

/**
 * A3. An effect runs only after the log says so, once each time; A4. and never after its end is recorded.
 *
 * @param before what the outside world had seen, and the log held, at moments when a server had just died
 */
export function checkEffects(
  events: readonly Event[],
  seen: readonly string[],
  before: readonly { readonly seen: readonly string[]; readonly finished: readonly string[] }[],
): void {
  const starts = events.flatMap((event) =>
    event.type === "effect_started" ? [`${labelOf(events, event.step_no)} ${event.attempt}`] : [],
  );
  const effects = seen.filter((line) => line !== "command");
  expect(new Set(effects).size, `an attempt ran twice: ${seen}`).toBe(effects.length);
  for (const effect of effects) expect(starts, `ran without a word in the log: ${effect}`).toContain(effect);
  const commands = seen.length - effects.length;
  const startedCommands = starts.filter((start) => start.startsWith("command "));
  expect(commands, "runs of the command").toBeLessThanOrEqual(startedCommands.length);
  for (const moment of before) {
    for (const label of moment.finished) {
      const runs = (lines: readonly string[]) => lines.filter((line) => line.split(" ")[0] === label).length;
      expect(runs(seen), `'${label}' ran again after its end was recorded`).toBe(runs(moment.seen));
    }
  }
}

function labelOf(events: readonly Event[], stepNo: number): string {
  const step = events.find((event) => event.type === "step_issued" && event.step_no === stepNo);
  const { kind, label } = step as { kind: string; label: string };
  return kind === "command" ? "command" : label;
}

/** The whole account of a run that has come to its end. */
export async function checkEnd(stateDir: string, journey: Journey, by: readonly string[]): Promise<Event[]> {
  const events = await readEvents(stateDir, journey.instanceId!);
  checkReplies(events, journey.acknowledged);
  expect(events.filter(({ type }) => type === "ended")).toHaveLength(1);
  const order = ["first", "left", "right", "further", "go", "last"];
  expect(order.map((question) => answersTo(events, question))).toEqual(by.map((each) => [each]));
  return events;
}
