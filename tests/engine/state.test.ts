import { describe, expect, test } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import { apply, initialState } from "../../src/engine/state.ts";
import { all } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import { Run, startedEvent, timeAt } from "./run.ts";

const issued = (step_no: number): Event => ({
  type: "step_issued",
  at: timeAt(step_no),
  step_no,
  scope: "",
  ordinal: step_no,
  kind: "instruction",
  text: `Step ${step_no}`,
});
const accepted = (step_no: number): Event => ({
  type: "reply_accepted",
  at: timeAt(step_no),
  step_no,
  reply: "x",
});
const ended: Event = { type: "ended", at: timeAt(9), state: "completed", summary: 1 };

function fold(...events: Event[]) {
  return events.reduce(apply, initialState());
}

describe("an event that cannot follow what came before is corruption", () => {
  test.each<[string, Event[], string]>([
    ["anything before started", [issued(1)], "step_issued before started"],
    ["started twice", [startedEvent(), startedEvent()], "a second started event"],
    ["a step number left out", [startedEvent(), issued(2)], "step 2 after step 0"],
    ["a step number twice", [startedEvent(), issued(1), issued(1)], "step 1 after step 1"],
    [
      "a reply to a step never issued",
      [startedEvent(), accepted(1)],
      "reply_accepted for step 1, which is not pending",
    ],
    [
      "two replies to one step",
      [startedEvent(), issued(1), accepted(1), accepted(1)],
      "reply_accepted for step 1, which is not pending",
    ],
    [
      "a timer of an answered step",
      [startedEvent(), issued(1), accepted(1), { type: "timer_fired", at: timeAt(2), step_no: 1 }],
      "timer_fired for step 1",
    ],
    [
      "an effect that is not pending",
      [startedEvent(), { type: "effect_started", at: timeAt(1), step_no: 1, owner: "o", attempt: 1 }],
      "effect_started for step 1",
    ],
    [
      "a step that failed before it was issued, out of order",
      [
        startedEvent(),
        {
          type: "step_failed",
          at: timeAt(1),
          step_no: 3,
          code: "invalid_schema",
          reason: "r",
          scope: "",
          ordinal: 1,
        },
      ],
      "step 3 after step 0",
    ],
    ["a step after the end", [startedEvent(), ended, issued(1)], "step_issued after the run has ended"],
    ["a second end", [startedEvent(), ended, ended], "ended after the run has ended"],
    [
      "a signal after the end",
      [startedEvent(), ended, { type: "signal_received", at: timeAt(9), name: "s", value: 1 }],
      "signal_received after the run has ended",
    ],
  ])("%s", (_, events, what) => {
    expect(() => fold(...events)).toThrow(
      expect.objectContaining({ code: "CorruptedLog", message: expect.stringContaining(what) }),
    );
  });
});

test("a run is hidden when it is closed and shown again when it is driven", () => {
  const log: Event[] = [startedEvent(), issued(1), { type: "closed", at: timeAt(2) }];
  expect(fold(...log).closed).toBe(true);
  expect(fold(...log, accepted(1)).closed).toBe(false);
  expect(fold(...log, { type: "reopened", at: timeAt(3) }).closed).toBe(false);
});

test("what the program derives does not reopen a closed run: nobody drove it", () => {
  const failed: Event = {
    type: "step_failed",
    at: timeAt(2),
    step_no: 1,
    code: "invalid_schema",
    reason: "r",
    scope: "",
    ordinal: 1,
  };
  expect(fold(startedEvent(), { type: "closed", at: timeAt(1) }, failed, issued(2)).closed).toBe(true);
});

test("a run that ended may be closed and reopened", () => {
  expect(fold(startedEvent(), ended, { type: "closed", at: timeAt(10) }).closed).toBe(true);
  expect(
    fold(startedEvent(), ended, { type: "closed", at: timeAt(10) }, { type: "reopened", at: timeAt(11) })
      .closed,
  ).toBe(false);
});

test("why a run is ending is known until it has ended", async () => {
  async function* tested() {
    try {
      yield* instruct("Work.", { reply: { type: "integer" }, onInvalid: "abort" });
    } finally {
      yield* instruct("Clean up.");
    }
  }
  const cancelled = await Run.start(tested);
  await cancelled.cancel("enough");
  expect(cancelled.state).toMatchObject({ ending: "enough", ended: undefined });
  await cancelled.reply("x");
  expect(cancelled.state).toMatchObject({
    ending: undefined,
    ended: { state: "cancelled", reason: "enough" },
  });

  const aborted = await Run.start(tested);
  await aborted.reply("x");
  expect(aborted.state).toMatchObject({ ending: "the reply to step 1 was not valid", ended: undefined });
  await aborted.cancel("too late");
  expect(aborted.state.ending).toBe("the reply to step 1 was not valid");
});

test("the size of a state does not grow with the run", async () => {
  const run = await Run.start(async function* () {
    for (let i = 0; i < 300; i++) yield* instruct(`Step ${i}`);
  });
  const size = () => JSON.stringify({ ...run.state, pending: [...run.state.pending] }).length;
  await run.reply("x");
  const early = size();
  for (let i = 0; i < 290; i++) await run.reply("x");
  expect(size()).toBeLessThan(early + 20);
});

test("every prefix of a log folds to a state, and the whole to the last one", async () => {
  const run = await Run.start(async function* () {
    yield* all([instruct("A"), instruct("B", { reply: { type: "integer" } })]);
  });
  await run.reply("x", 2);
  await run.reply("a", 1);
  await run.reply(1, 3);
  const state = initialState();
  const pending: number[][] = [];
  for (const event of run.log) pending.push([...apply(state, event).pending.keys()]);
  expect(pending).toEqual([[], [1], [1, 2], [1], [1, 3], [3], [], []]);
  expect(state).toEqual(run.state);
});
