/**
 * Real time: what was seen stays seen, and nothing is seen before it was sent.
 *
 * O1. If an answer came before a call began, that call's answer shows no earlier state: states told only move
 *     forward, whoever is told and by whichever server.
 * O2. If an answer came before a call began, it shows nothing of what that call sent: so the events of two
 *     calls, one of which returned before the other began, stand in the log in that order.
 */

import { grouped } from "./grouped.ts";
import { nameOf } from "./history.ts";
import type { Sent } from "./senders.ts";
import type { Sight } from "./told.ts";
import type { Report } from "./violation.ts";

export function checkOrder(sights: readonly Sight[], sent: readonly Sent[], report: Report): void {
  const eventsOf = grouped(sent, ({ story }) => story);
  for (const [story, seen] of grouped(sights, (sight) => sight.story)) {
    const returned = seen.toSorted((a, b) => a.call.returned! - b.call.returned!);
    checkStates(story.id, returned, report);
    checkEvents(story.id, returned, eventsOf.get(story) ?? [], report);
  }
}

/** O1. */
function checkStates(id: string, returned: readonly Sight[], report: Report): void {
  const began = returned.toSorted((a, b) => a.call.began - b.call.began);
  let furthest: Sight | undefined;
  let next = 0;
  for (const sight of began) {
    for (; next < returned.length && returned[next]!.call.returned! < sight.call.began; next++) {
      if (furthest === undefined || returned[next]!.earliest > furthest.earliest) furthest = returned[next];
    }
    if (furthest === undefined || furthest.earliest <= sight.latest) continue;
    const late = `event ${furthest.earliest - 1} of ${id}`;
    report(
      "went-back",
      `${nameOf(sight.call)} does not know ${late}, which was told before: ${nameOf(furthest.call)}`,
    );
  }
}

/** O2. */
function checkEvents(id: string, returned: readonly Sight[], sent: readonly Sent[], report: Report): void {
  const far = returned.toSorted((a, b) => b.earliest - a.earliest);
  const events = sent.toSorted((a, b) => b.line.seq - a.line.seq);
  let first: Sight | undefined;
  let next = 0;
  for (const { line, call } of events) {
    for (; next < far.length && far[next]!.earliest > line.seq; next++) {
      if (first === undefined || far[next]!.call.returned! < first.call.returned!) first = far[next];
    }
    if (first === undefined || first.call.returned! > call.began) continue;
    const seen = `event ${line.seq} of ${id} was seen by ${nameOf(first.call)}`;
    report("order", `${seen}, before it was sent: ${nameOf(call)}`);
  }
}
