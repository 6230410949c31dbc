/**
 * The checker: from what the callers saw and the bytes of the logs, whether every instance has a linear history.
 * A pure function; it knows nothing else of the product, and shares no code with it.
 */

import type { Call, Evidence } from "./history.ts";
import { nameOf } from "./history.ts";
import { checkOrder } from "./order.ts";
import { checkEffects, checkWhatWasHeard } from "./programs-say.ts";
import { checkForks, checkStarts, findSenders } from "./senders.ts";
import { type Story, tellStory } from "./story.ts";
import { findSights } from "./told.ts";
import type { Kind, Violation } from "./violation.ts";

/** What a caller may be told who asks for too much, too late, or for nothing that there is. */
const EXPECTED_ERRORS = new Set([
  "OutOfSync",
  "InstanceEnded",
  "UnknownInstance",
  "InvalidInstanceId",
  "InvalidArguments",
  "InvalidSignal",
  "UnknownSignal",
]);

/** Where a program may hold everything up. */
const STALLS = new Set(["ProgramStalled", "ReplyCheckTimedOut"]);

export function check({ calls, logs, executions, stalls = false }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const report = (kind: Kind, sentence: string) => violations.push({ kind, sentence });
  const stories = new Map<string, Story>();
  for (const [id, bytes] of logs) stories.set(id, tellStory(id, bytes, report));
  const sent = findSenders(stories, calls, report);
  const sights = findSights(stories, calls, sent, report);
  checkOrder(sights, sent, report);
  checkStarts(stories, report);
  checkForks(stories, report);
  for (const story of stories.values()) {
    checkWhatWasHeard(story, report);
    checkEffects(story, executions, report);
  }
  for (const call of calls) checkAnswer(call, stalls, report);
  return violations;
}

function checkAnswer(call: Call, stalls: boolean, report: (kind: Kind, sentence: string) => void): void {
  const { answer, unanswered } = call;
  if (unanswered !== undefined) report("no-answer", `${nameOf(call)}: ${unanswered}`);
  const isExpected = EXPECTED_ERRORS.has(answer?.error) || (stalls && STALLS.has(answer?.error));
  if (answer?.ok === false && !isExpected) {
    report("unexpected-error", `${nameOf(call)}: ${answer.error}: ${answer.message}`);
  }
}
