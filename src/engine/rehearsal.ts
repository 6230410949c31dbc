/**
 * A program driven on with guessed answers, to see what it asks: for the hint in a report, never for a log.
 *
 * R1. A step that is recorded further on is answered as it was; any other gets a sample of what it asks for.
 * R2. It ends with the run, at a step that no guess fits, or after `limit` steps.
 */

import type { Json } from "../program/schema.ts";
import type { Event, StepIssued } from "./event.ts";
import type { Execution } from "./execution.ts";
import { differenceOf, type StepSketch, sketchOf, type VersionFolders } from "./sameness.ts";
import { sampleOf } from "./sample.ts";

export interface RecordedStep {
  readonly step_no: number;
  readonly sketch: StepSketch;
  /** The event that ended it, where one did. */
  readonly end?: Event;
}

/** The steps of a part of a log, each once, in the order in which they were first asked. */
export function recordedSteps(events: readonly Event[]): RecordedStep[] {
  const ends = new Map<number, Event>();
  const again = new Map<number, number>();
  const steps: StepIssued[] = [];
  for (const event of events) {
    if (event.type === "step_issued") {
      if (event.validation_error === undefined) steps.push(event);
      else again.set(event.validation_error.step_no, event.step_no);
    } else if ("step_no" in event && isEnd(event)) {
      ends.set(event.step_no, event);
    }
  }
  return steps.map((issued) => {
    let last = issued.step_no;
    for (let next = again.get(last); next !== undefined; next = again.get(last)) last = next;
    const end = ends.get(last);
    return { step_no: issued.step_no, sketch: sketchOf(issued), ...(end && { end }) };
  });
}

function isEnd(event: Event): boolean {
  return ["reply_accepted", "timer_fired", "effect_finished"].includes(event.type);
}

/** The same step, whatever its schema. @param folders of the version that asks */
export function isAlike(recorded: StepSketch, asked: StepSketch, folders: VersionFolders): boolean {
  return differenceOf(recorded, asked, folders) === undefined;
}

/**
 * What the program asks from here on.
 *
 * @param execution fed with the history up to here; its drafts are not in a log
 */
export async function rehearse(
  execution: Execution,
  recorded: readonly RecordedStep[],
  { at, folders, limit }: { at: string; folders: VersionFolders; limit: number },
): Promise<StepSketch[]> {
  const asked: StepSketch[] = [];
  const waiting = new Map<number, StepIssued>();
  const unused = [...recorded];
  while (asked.length < limit) {
    const drafts = [...execution.drafts];
    if (drafts.length > 0) await execution.feed(drafts);
    for (const draft of drafts) {
      if (draft.type === "ended") return asked;
      if (draft.type === "step_cancelled") waiting.delete(draft.step_no);
      if (draft.type !== "step_issued") continue;
      asked.push(sketchOf(draft));
      if (draft.kind !== "call") waiting.set(draft.step_no, draft);
    }
    const [next] = waiting.values();
    if (next === undefined) return asked;
    waiting.delete(next.step_no);
    const known = unused.findIndex(
      ({ sketch, end }) => end !== undefined && isAlike(sketch, sketchOf(next), folders),
    );
    const [answered] = known === -1 ? [] : unused.splice(known, 1);
    const answer = await answerTo(execution, next, answered?.end, at);
    if (answer === undefined) return asked;
    await execution.feed([answer]);
  }
  return asked;
}

async function answerTo(
  execution: Execution,
  issued: StepIssued,
  end: Event | undefined,
  at: string,
): Promise<Event | undefined> {
  const { step_no, kind, label, schema } = issued;
  switch (kind) {
    case "instruction":
    case "ask": {
      const replies: Json[] = [...(end?.type === "reply_accepted" ? [end.reply] : []), sampleOf(schema)];
      for (const reply of replies) {
        const verdict = await execution.judge(step_no, reply);
        if (verdict?.type === "reply_accepted") return { ...verdict, at };
      }
      return undefined;
    }
    case "effect":
    case "command": {
      if (end?.type === "effect_finished") return { ...end, at, step_no };
      const ran = { exit_code: 0, signal: null, stdout: "", stderr: "" };
      return { type: "effect_finished", at, step_no, value: kind === "command" ? ran : null };
    }
    case "sleep":
      return { type: "timer_fired", at, step_no };
    case "signal": {
      const judgement = await execution.judgeSignal(label!, sampleOf(schema));
      if (judgement.verdict !== "valid") return undefined;
      return { type: "signal_received", at, name: label!, value: judgement.value };
    }
    default:
      return undefined;
  }
}
