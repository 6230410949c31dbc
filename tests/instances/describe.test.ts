import { describe, expect, it } from "vitest";
import type { Event, StepIssued } from "../../src/engine/event.ts";
import { apply, initialState, type State } from "../../src/engine/state.ts";
import { describeInstance } from "../../src/instances/describe.ts";

const at = "2025-03-01T10:00:00.000Z";
const ID = "01JDQ3V5Z8M4X7C2B9N6K1H0GT";

function stateAfter(...events: readonly Event[]): State {
  const state = initialState();
  apply(state, {
    type: "started",
    at,
    format: 1,
    engine: "1.0.0",
    instance_id: ID,
    program: { name: "hello", version: "v" },
    params: null,
    seed: "00",
    project_dir: "/project",
    time_zone: "UTC",
    locale: "en",
    node: 20,
  });
  for (const event of events) apply(state, event);
  return state;
}

const issued = (step_no: number, kind: StepIssued["kind"] = "instruction"): StepIssued => ({
  type: "step_issued",
  at,
  step_no,
  kind,
  scope: `1.${step_no - 1}`,
  ordinal: 1,
});

describe("still_pending", () => {
  it("is left out where the answer holds everything that awaits a reply", () => {
    const one = describeInstance(ID, stateAfter(issued(1)));
    expect(one).not.toHaveProperty("still_pending");
    const all = describeInstance(ID, stateAfter(issued(1), issued(2)));
    expect(all.last_yield.kind).toBe("parallel");
    expect(all).not.toHaveProperty("still_pending");
  });

  it("names every step that awaits a reply where only some are handed out", () => {
    const state = stateAfter(issued(1), issued(2), issued(3));
    expect(describeInstance(ID, state, [3])).toMatchObject({
      last_yield: { kind: "instruction", step_no: 3 },
      still_pending: [1, 2, 3],
    });
  });

  it("does not name what nobody has to reply to", () => {
    const state = stateAfter(issued(1), issued(2, "sleep"), issued(3), issued(4, "effect"));
    expect(describeInstance(ID, state, [1])).toMatchObject({ still_pending: [1, 3] });
    expect(describeInstance(ID, stateAfter(issued(1, "sleep")))).not.toHaveProperty("still_pending");
  });

  it("is not said of a run that is stuck or over", () => {
    const state = stateAfter(issued(1), issued(2));
    const stalled = describeInstance(ID, state, undefined, { message: "stuck", fix: "mend it" });
    expect(stalled).not.toHaveProperty("still_pending");
    apply(state, { type: "ended", at, state: "completed", summary: 1 });
    expect(describeInstance(ID, state)).not.toHaveProperty("still_pending");
  });
});

it("a run that is stuck here and was ended elsewhere is told with its end", () => {
  const stall = { message: "it did not come back", fix: "resume" };
  expect(describeInstance(ID, stateAfter(issued(1)), undefined, stall)).toMatchObject({
    state: "stalled",
    last_yield: { kind: "error", type: "ProgramStalled" },
  });
  const ended = stateAfter(issued(1), { type: "ended", at, state: "cancelled", reason: "enough" });
  expect(describeInstance(ID, ended, undefined, stall)).toMatchObject({
    state: "cancelled",
    last_yield: { kind: "abort", reason: "enough" },
  });
});
