/**
 * What the agent reads about an instance: the order of its keys, and what is left out where a client would
 * cut it off.
 *
 * F1. At least one pending instruction is always whole, however long it is. None is ever shown in part.
 * F2. An answer otherwise stays under the client's limit, and says what was left out and how to get it.
 * F3. What fits is complete: nothing is dropped for brevity.
 */

import type { InstanceAnswer, InstructionYield, LastYield } from "../instances/answer.ts";
import { toRanges } from "./ranges.ts";
import { logUri } from "./resource-uri.ts";
import { fitText, sizeOf } from "./size.ts";

/** A payload as it stands in `structuredContent` and, as text, in `content`. */
export type Payload = { [key: string]: unknown };

/** Characters kept of a text that is too long. */
const PREVIEW = 4_000;
/** Step numbers listed one by one; `still_pending` names all of them, in ranges. */
const MAX_NOT_SHOWN = 100;

export function formatAnswer(answer: InstanceAnswer, limit: number): Payload {
  const { instance_id, program, version, state, step_no, last_yield, yielded_at, progress_hint } = answer;
  const payload: Payload = {
    instance_id,
    program,
    state,
    step_no,
    ...(answer.duplicate && { duplicate: true }),
    last_yield: orderYield(last_yield),
    yielded_at,
    progress_hint,
    version,
  };
  const pending = answer.still_pending;
  if (sizeOf(payload) <= limit) {
    return pending === undefined ? payload : { ...payload, still_pending: describePending(pending) };
  }
  return { ...payload, ...shorten(answer, limit - sizeOf({ ...payload, last_yield: null })) };
}

function orderYield(lastYield: LastYield): object {
  if (lastYield.kind === "instruction") return orderInstruction(lastYield);
  if (lastYield.kind === "parallel") {
    return { kind: "parallel", instructions: lastYield.instructions.map(orderInstruction) };
  }
  return lastYield;
}

/** What was wrong comes before what is asked, and both before the rest. */
function orderInstruction(instruction: InstructionYield): object {
  const { kind, step_no, validation_error, text, expect_schema, ...rest } = instruction;
  return { kind, step_no, ...(validation_error && { validation_error }), text, expect_schema, ...rest };
}

/** @param room characters that are left for `last_yield` and what is said of it */
function shorten({ instance_id, last_yield, still_pending }: InstanceAnswer, room: number): Payload {
  switch (last_yield.kind) {
    case "instruction":
      return pendingOnly(still_pending);
    case "parallel":
      return shortenParallel(last_yield.instructions, still_pending, room);
    case "waiting":
      return shortenWaiting(last_yield, room);
    case "done": {
      const summary = fitText(JSON.stringify(last_yield.summary), Math.min(PREVIEW, room));
      const note = `The summary is too large to show; this is its beginning, as text. The whole: ${whereWhole(instance_id)}`;
      return { last_yield: { kind: "done", summary, summary_truncated: true, note } };
    }
    case "abort": {
      const reason = fitText(last_yield.reason, PREVIEW);
      return { last_yield: { kind: "abort", reason, note: `The reason is cut. ${whereWhole(instance_id)}` } };
    }
    case "error": {
      const { stack, ...error } = last_yield;
      const message = fitText(error.message, PREVIEW);
      const note = `The error is cut. The whole: ${whereWhole(instance_id)}`;
      return {
        last_yield: { ...error, message, ...(stack && { stack: fitText(stack, PREVIEW) }), note },
      };
    }
  }
}

function whereWhole(instanceId: string): string {
  return `the last line of the resource ${logUri(instanceId)}, or of: agent-sequencer show ${instanceId} --json`;
}

function shortenParallel(
  instructions: readonly InstructionYield[],
  pending: readonly number[] | undefined,
  room: number,
): Payload {
  const all = instructions.map(({ step_no }) => step_no);
  let left = room - sizeOf({ kind: "parallel", instructions: [] }) - mostMissing(all, pending ?? all);
  const shown = new Set<InstructionYield>();
  for (const instruction of instructions) {
    const size = sizeOf(instruction) + 1;
    if (shown.size > 0 && size > left) continue;
    shown.add(instruction);
    left -= size;
  }
  const notShown = instructions.filter((each) => !shown.has(each)).map(({ step_no }) => step_no);
  return {
    last_yield: { kind: "parallel", instructions: [...shown].map(orderInstruction) },
    ...(notShown.length === 0 ? pendingOnly(pending) : missing(notShown, pending ?? all)),
  };
}

function missing(notShown: readonly number[], pending: readonly number[]): Payload {
  return {
    not_shown: notShown.slice(0, MAX_NOT_SHOWN),
    ...(notShown.length > MAX_NOT_SHOWN && { not_shown_count: notShown.length }),
    still_pending: describePending(pending),
    note: "Not all steps fit into this answer. Fetch the others with sequencer_current { instance_id, step_nos }.",
  };
}

/** As if all were missing, those with the longest numbers first: never less room than `missing` takes. */
function mostMissing(stepNos: readonly number[], pending: readonly number[]): number {
  return sizeOf(missing(stepNos.toReversed(), pending));
}

function pendingOnly(pending: readonly number[] | undefined): Payload {
  return pending === undefined ? {} : { still_pending: describePending(pending) };
}

function describePending(stepNos: readonly number[]): { count: number; step_nos: string } {
  return { count: stepNos.length, step_nos: toRanges(stepNos) };
}

function shortenWaiting(
  { waiting_for, ...rest }: Extract<LastYield, { kind: "waiting" }>,
  room: number,
): Payload {
  const all = waiting_for.map(({ step_no }) => step_no);
  let left = room - sizeOf({ ...rest, waiting_for: [] }) - mostMissing(all, all);
  const shown: object[] = [];
  for (const step of waiting_for) {
    const cut = { ...step, what: fitText(step.what, 200) };
    left -= sizeOf(cut) + 1;
    if (shown.length > 0 && left < 0) break;
    shown.push(cut);
  }
  const { note: _, ...said } = missing(all.slice(shown.length), all);
  return { last_yield: { ...rest, waiting_for: shown }, ...(shown.length < all.length && said) };
}
