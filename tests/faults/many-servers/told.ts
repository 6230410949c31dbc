/**
 * What the answers told, against the log: each shows the instance as it was at some moment (see `story.ts`).
 *
 * T1. What is shown as pending was pending at that moment, and is what the log says: same text, same schema.
 * T2. Of all moments that fit an answer, the earliest and the latest are known; an order in time that fits all
 *     answers exists only if no answer's latest moment lies before the earliest one of an answer that was
 *     there before it was asked for.
 */

import { isDeepStrictEqual } from "node:util";
import { type Call, isAccepted, nameOf } from "./history.ts";
import type { Sent } from "./senders.ts";
import type { Story } from "./story.ts";
import type { Report } from "./violation.ts";

/** An answer, and which moments of the instance it may show. */
export interface Sight {
  readonly story: Story;
  readonly call: Call;
  readonly earliest: number;
  readonly latest: number;
}

export function findSights(
  stories: ReadonlyMap<string, Story>,
  calls: readonly Call[],
  sent: readonly Sent[],
  report: Report,
): Sight[] {
  const ownEvent = new Map(sent.map(({ call, line }) => [call, line]));
  const sights: Sight[] = [];
  for (const call of calls) {
    const story = stories.get(call.answer?.instance_id ?? call.args.instance_id);
    if (call.returned === undefined || story === undefined) continue;
    const sight = new Looking(story, call, report);
    if (isAccepted(call)) {
      sight.look();
      const own = ownEvent.get(call);
      if (own !== undefined && own.type !== "started") sight.isAfter(own.seq);
      if (call.answer.duplicate) sight.isAfter(story.steps.get(call.args.for_step_no)?.settled?.seq ?? 0);
    } else if (call.answer.error === "InstanceEnded") {
      sight.sawEnd();
    }
    sights.push(sight.close());
  }
  return sights;
}

class Looking {
  readonly #story: Story;
  readonly #call: Call;
  readonly #report: Report;
  #earliest = 1;
  #latest = Number.POSITIVE_INFINITY;

  constructor(story: Story, call: Call, report: Report) {
    this.#story = story;
    this.#call = call;
    this.#report = report;
  }

  /** The event of this number has happened. */
  isAfter(seq: number): void {
    this.#earliest = Math.max(this.#earliest, seq + 1);
  }

  #isBefore(seq: number): void {
    this.#latest = Math.min(this.#latest, seq);
  }

  look(): void {
    const { state, last_yield: shown } = this.#call.answer;
    const { ended } = this.#story;
    // Of a run that got stuck it is told why, not where it stands.
    if (state === undefined || shown === undefined || state === "stalled") return;
    if (state !== "awaiting_result" && state !== "waiting") {
      this.#lookAtEnd(state, shown);
      return;
    }
    if (ended !== undefined) this.#isBefore(ended.seq);
    const steps =
      shown.kind === "parallel" ? shown.instructions : shown.kind === "waiting" ? shown.waiting_for : [shown];
    for (const step of steps) this.#lookAtStep(step, shown.kind !== "waiting");
  }

  #lookAtStep(shown: any, isInstruction: boolean): void {
    const step = this.#story.steps.get(shown.step_no);
    const { issued } = step ?? {};
    const isRecorded =
      issued?.type === "step_issued" &&
      (!isInstruction ||
        (issued["text"] === shown.text && isDeepStrictEqual(issued["schema"] ?? null, shown.expect_schema)));
    if (!isRecorded) {
      const what = `step ${shown.step_no} of ${this.#story.id} as ${JSON.stringify(shown.text ?? shown.what)}`;
      this.#report(
        "shown-not-recorded",
        `${nameOf(this.#call)} was shown ${what}, which the log does not have`,
      );
      return;
    }
    this.isAfter(issued.seq);
    if (step?.settled !== undefined) this.#isBefore(step.settled.seq);
  }

  #lookAtEnd(state: string, shown: any): void {
    const { ended } = this.#story;
    const recorded = ended && (ended["summary"] ?? ended["reason"] ?? ended["error"]?.message);
    const told = shown.summary ?? shown.reason ?? shown.message;
    if (ended?.["state"] !== state || !isDeepStrictEqual(recorded ?? null, told ?? null)) {
      const really = ended === undefined ? "it goes on" : `${ended["state"]} ${JSON.stringify(recorded)}`;
      this.#report(
        "end-not-recorded",
        `${nameOf(this.#call)} was told ${state} ${JSON.stringify(told)}: ${really}`,
      );
    }
    if (ended !== undefined) this.isAfter(ended.seq);
  }

  sawEnd(): void {
    const { ended, id } = this.#story;
    if (ended !== undefined) this.isAfter(ended.seq);
    else this.#report("end-not-recorded", `${nameOf(this.#call)} was told that ${id} has ended: it goes on`);
  }

  close(): Sight {
    if (this.#earliest > this.#latest) {
      const when = `what it shows was so after event ${this.#earliest - 1} and before event ${this.#latest}`;
      this.#report("never-was", `${nameOf(this.#call)}: ${when} of ${this.#story.id}`);
    }
    return { story: this.#story, call: this.#call, earliest: this.#earliest, latest: this.#latest };
  }
}
