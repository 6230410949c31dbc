/**
 * Who sent what stands in the logs, and whether it stands there as they were told.
 *
 * W1. Every reply, failure, signal and cancel in a log was sent by a caller who was told that it is recorded,
 *     or by one who got no answer. Every log was started or forked by such a caller.
 * W2. Of those who sent the same, one was told that it is recorded; the others were told `duplicate`.
 * W3. Who was told that it is recorded finds it in the log; who was refused does not.
 */

import { grouped } from "./grouped.ts";
import { type Call, isAccepted, isRefused, nameOf } from "./history.ts";
import type { LogLine } from "./log-lines.ts";
import { isDerived, isInherited, type Story } from "./story.ts";
import type { Report } from "./violation.ts";

/** The call that an event came with. */
export interface Sent {
  readonly story: Story;
  readonly line: LogLine;
  readonly call: Call;
}

export function findSenders(
  stories: ReadonlyMap<string, Story>,
  calls: readonly Call[],
  report: Report,
): Sent[] {
  const byContent = grouped(calls, contentOf);
  const sent: Sent[] = [];
  const recorded = new Set<string>();
  for (const story of stories.values()) {
    for (const [content, lines] of grouped(sendable(story), (line) => contentIn(story, line))) {
      recorded.add(content);
      const candidates = byContent.get(content) ?? [];
      for (const line of lines.slice(1)) {
        report(
          "applied-twice",
          `events ${lines[0]!.seq} and ${line.seq} of ${story.id} hold the same: ${content}`,
        );
      }
      const call = senderOf(story, lines[0]!, candidates, report);
      if (call !== undefined) sent.push({ story, line: lines[0]!, call });
    }
  }
  for (const call of calls) {
    const isSure = isAccepted(call) && mustBeRecorded(call, stories);
    if (isSure && !recorded.has(contentOf(call)!)) missing(call, stories, byContent, recorded, report);
  }
  return sent;
}

function sendable(story: Story): LogLine[] {
  return story.lines.filter((line) => {
    if (line.type === "started") return line.seq === 0;
    if (isDerived(line) || isInherited(story, line)) return false;
    if (line.type === "step_failed") return line["code"] === "agent_failure" || line["reply"] !== undefined;
    return [
      "reply_accepted",
      "reply_rejected",
      "step_failed",
      "signal_received",
      "cancel_requested",
    ].includes(line.type);
  });
}

/** What a call sends, as a key: the same for an event that holds just that. */
export function contentOf({ tool, args }: Call): string | undefined {
  const { instance_id: id } = args;
  switch (tool) {
    case "sequencer_next":
      return key(id, "step", args.for_step_no, args.failure ?? { reply: args.result });
    case "sequencer_signal":
      return key(id, "signal", args.name, args.value);
    case "sequencer_cancel":
      return key(id, "cancel", args.reason);
    case "sequencer_start":
      return key("start", args.request_id, args.params);
    case "sequencer_fork":
      return key("fork", id, args.before_step_no);
    default:
      return undefined;
  }
}

function contentIn({ id }: Story, line: LogLine): string {
  const { forked_from: origin } = line;
  switch (line.type) {
    case "started":
      if (origin !== undefined) return key("fork", origin.instance_id, origin.before_step_no);
      return key("start", line.request_id, line.params);
    case "signal_received":
      return key(id, "signal", line.name, line.sent ?? line.value);
    case "cancel_requested":
      return key(id, "cancel", line.reason);
    case "step_failed":
      return key(
        id,
        "step",
        line.step_no,
        line.reply === undefined ? { reason: line.reason } : { reply: line.reply },
      );
    default:
      return key(id, "step", line.step_no, { reply: line.reply });
  }
}

function key(...parts: unknown[]): string {
  return JSON.stringify(parts.map((part) => part ?? null));
}

function senderOf(
  story: Story,
  line: LogLine,
  candidates: readonly Call[],
  report: Report,
): Call | undefined {
  const event = `event ${line.seq} of ${story.id}, ${line.type} ${JSON.stringify(line.reply ?? line.value ?? "")}`;
  const told = candidates.filter((call) => isAccepted(call) && call.answer.duplicate !== true);
  const open = candidates.filter((call) => !isAccepted(call) && !isRefused(call));
  const isReply = line.step_no !== undefined;
  if (isReply && told.length > 1)
    report("two-winners", `${event}: ${told.map(nameOf).join(" and ")} are both told so`);
  for (const call of candidates.filter(isRefused)) {
    if (isReply)
      report("refused-but-recorded", `${event}, but it was refused: ${nameOf(call)}: ${call.answer.error}`);
  }
  // Whom it was is not known if several may have been: the earliest, who could have been everywhere.
  const sender = told[0] ?? open[0];
  if (sender === undefined) report("from-nowhere", `nobody sent ${event}`);
  return sender === undefined || isReply ? sender : candidates.find((call) => !isRefused(call));
}

/** A cancel of a run that is being ended already needs no event of its own; forks are found by their ids. */
function mustBeRecorded({ tool, args, answer }: Call, stories: ReadonlyMap<string, Story>): boolean {
  if (tool === "sequencer_start" || tool === "sequencer_fork") return !stories.has(answer.instance_id);
  if (tool === "sequencer_next" || tool === "sequencer_signal") return true;
  if (tool !== "sequencer_cancel") return false;
  const lines = stories.get(args.instance_id)?.lines ?? [];
  return !lines.some(({ type, then }) => type === "cancel_requested" || then === "abort" || type === "ended");
}

function missing(
  call: Call,
  stories: ReadonlyMap<string, Story>,
  byContent: ReadonlyMap<string | undefined, readonly Call[]>,
  recorded: ReadonlySet<string>,
  report: Report,
): void {
  const { tool, args } = call;
  const settled = stories.get(args.instance_id)?.steps.get(args.for_step_no)?.settled;
  const winner = [...byContent.values()]
    .flat()
    .find(
      (other) =>
        tool === "sequencer_next" &&
        other !== call &&
        isRivalOf(call, other) &&
        recorded.has(contentOf(other)!),
    );
  if (winner !== undefined && settled !== undefined && call.answer.duplicate !== true) {
    report("two-winners", `${nameOf(call)} and ${nameOf(winner)} are both told that theirs is recorded`);
  } else {
    report("acknowledged-lost", `the log does not hold what was acknowledged: ${nameOf(call)}`);
  }
}

function isRivalOf({ args }: Call, other: Call): boolean {
  return (
    isAccepted(other) &&
    other.args.instance_id === args.instance_id &&
    other.args.for_step_no === args.for_step_no
  );
}

/** One start, one run: whoever called with the same request id got that one. */
export function checkStarts(stories: ReadonlyMap<string, Story>, report: Report): void {
  const begun = [...stories.values()].filter(
    ({ lines }) => lines.length > 0 && lines[0]!.forked_from === undefined,
  );
  for (const [content, runs] of grouped(begun, (story) => contentIn(story, story.lines[0]!))) {
    if (runs.length > 1)
      report("started-twice", `${runs.map(({ id }) => id).join(" and ")} are of one start: ${content}`);
  }
}

/** A fork holds what came to its origin, up to some event. */
export function checkForks(stories: ReadonlyMap<string, Story>, report: Report): void {
  for (const story of stories.values()) {
    const from = story.lines[0]?.["forked_from"];
    if (from === undefined) continue;
    const origin = stories.get(from.instance_id);
    const before = origin?.lines.filter(isHistory).map(historyIn) ?? [];
    const taken = story.lines.filter((line) => isInherited(story, line) && isHistory(line)).map(historyIn);
    const first = taken.findIndex((event, i) => event !== before[i]);
    if (first !== -1) {
      report(
        "fork-otherwise",
        `${story.id}, forked from ${from.instance_id}, has ${taken[first]}, not ${before[first]}`,
      );
    }
  }
}

function isHistory(line: LogLine): boolean {
  return !isDerived(line) && !["started", "effect_started", "closed", "reopened"].includes(line.type);
}

function historyIn({ type, step_no, reply, value, reason, name }: LogLine): string {
  return key(type, step_no, reply, value, reason, name);
}
