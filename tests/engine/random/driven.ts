/**
 * A random run of the engine: a log, an execution that may be dropped at any time, and the model beside it.
 *
 * D1. After every event the engine has derived what the model says, in that order, and waits for the same steps.
 * D2. The state that is folded from the log waits for them too.
 * D3. An execution that is rebuilt from the log, in whatever pieces, owes what the log lacks and nothing else.
 */

import fc from "fast-check";
import { expect } from "vitest";
import type { Event } from "../../../src/engine/event.ts";
import { type DerivedEvent, Execution, type Surroundings } from "../../../src/engine/execution.ts";
import { apply, initialState } from "../../../src/engine/state.ts";
import type { Program } from "../../../src/program/program.ts";
import { startedEvent, throughJson, timeAt } from "../run.ts";
import type { RandomProgram } from "./ast.ts";
import { Model } from "./model.ts";
import { SCHEMAS } from "./schemas.ts";
import { nameOf, programOf } from "./written.ts";

/** What happens next, and to whom. */
export interface Move {
  readonly act: "valid" | "invalid" | "fail" | "cancel";
  readonly pick: number;
  readonly n: number;
  /** How many of the derived events somebody appends before the rest. */
  readonly half: number;
  /** The process dies: before anything is derived, in the middle of it, or not. */
  readonly crash: "no" | "before" | "half" | "after";
  /** Where the log is cut when it is read again. */
  readonly cuts: readonly number[];
}

export const randomMoves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 10, arbitrary: fc.constant("valid" as const) },
      { weight: 4, arbitrary: fc.constant("invalid" as const) },
      { weight: 3, arbitrary: fc.constant("fail" as const) },
      { weight: 1, arbitrary: fc.constant("cancel" as const) },
    ),
    pick: fc.nat(1000),
    n: fc.nat(99),
    half: fc.nat(1000),
    crash: fc.constantFrom("no", "no", "no", "before", "half", "after"),
    cuts: fc.array(fc.nat(1000), { maxLength: 3 }),
  }),
  { maxLength: 40 },
);

const CALM: Move = { act: "valid", pick: 0, n: 1, half: 0, crash: "no", cuts: [] };

/** More turns than any of the random programs takes. */
const MOST_TURNS = 3000;

const surroundings: Surroundings = {
  enter: () => {},
  leave: () => {},
  describeError: (error) => ({ type: nameOf(error), message: "" }),
  placeOf: () => "random.ts:1:1",
};

export class Driven {
  readonly log: Event[] = [];
  readonly program: Program;
  readonly model: Model;
  /** Of the program as it ran last. */
  trace: readonly string[] = [];
  private readonly state = initialState();
  private execution: Execution;
  private turns = 0;

  constructor(program: RandomProgram) {
    this.program = programOf(program, (trace) => {
      this.trace = trace;
    });
    this.model = new Model(program);
    this.execution = new Execution(this.program, surroundings);
  }

  static async run(program: RandomProgram, moves: readonly Move[]): Promise<Driven> {
    const driven = new Driven(program);
    await driven.happen(startedEvent(), CALM);
    for (let i = 0; driven.model.ended === undefined; i++) {
      expect(i).toBeLessThan(MOST_TURNS);
      await driven.move(moves[i] ?? CALM);
    }
    return driven;
  }

  private async move(move: Move): Promise<void> {
    const at = timeAt(++this.turns);
    if (move.act === "cancel") {
      this.model.cancel("enough");
      await this.happen({ type: "cancel_requested", at, reason: "enough" }, move);
      return;
    }
    const stepNos = [...this.model.pending.keys()];
    const step_no = stepNos[move.pick % stepNos.length]!;
    const { ask } = this.model.pending.get(step_no)!;
    const { valid, invalid } = SCHEMAS[ask.schema]!;
    if (move.act === "fail") {
      this.model.answer(step_no, "fail", move.n);
      await this.happen({ type: "step_failed", at, step_no, code: "agent_failure", reason: "no" }, move);
      return;
    }
    const reply = move.act === "invalid" && invalid !== undefined ? invalid(move.n) : valid(move.n).reply;
    const verdict = await this.execution.judge(step_no, throughJson(reply));
    expect(verdict?.type).toBe(
      move.act === "invalid" && invalid !== undefined ? "reply_rejected" : "reply_accepted",
    );
    this.model.answer(step_no, move.act, move.n);
    await this.happen({ ...verdict!, at } as Event, move);
  }

  private async happen(event: Event, { half, crash, cuts }: Move): Promise<void> {
    this.append(event);
    if (crash === "before") await this.rebuild(cuts);
    else await this.execution.feed([throughJson(event)]);
    const drafts = throughJson(this.execution.drafts);
    expect(drafts.map(describe)).toEqual(this.model.takeDerived());
    const first = drafts.slice(0, half % (drafts.length + 1));
    await this.settle(first);
    if (crash === "half") await this.rebuild(cuts);
    expect(throughJson(this.execution.drafts)).toEqual(drafts.slice(first.length));
    await this.settle(drafts.slice(first.length));
    if (crash === "after") await this.rebuild(cuts);
    expect(this.execution.drafts).toEqual([]);
    expect([...this.execution["pending"].keys()]).toEqual([...this.model.pending.keys()]);
    expect([...this.state.pending.keys()]).toEqual([...this.model.pending.keys()]);
    expect(this.trace).toEqual(this.model.trace);
  }

  private async settle(derived: DerivedEvent[]): Promise<void> {
    for (const event of derived) this.append(event);
    if (derived.length > 0) await this.execution.feed(throughJson(derived));
  }

  private append(event: Event): void {
    this.log.push(throughJson(event));
    apply(this.state, event);
  }

  private async rebuild(cuts: readonly number[]): Promise<void> {
    this.execution = await replay(this.program, this.log, cuts);
  }
}

/** An execution that has read the log in pieces. */
export async function replay(
  program: Program,
  log: readonly Event[],
  cuts: readonly number[],
): Promise<Execution> {
  const execution = new Execution(program, surroundings);
  const places = [...cuts.map((cut) => cut % (log.length + 1)), 0, log.length].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) {
    await execution.feed(throughJson(log.slice(places[i - 1], places[i])));
  }
  return execution;
}

/** A derived event in the model's words. */
function describe(event: DerivedEvent): string {
  switch (event.type) {
    case "step_issued": {
      const what = event.kind === "call" ? "call" : `${event.text} ${event.attempt}`;
      return `step_issued ${event.step_no} ${event.scope}#${event.ordinal} ${what}`;
    }
    case "step_failed":
      return `step_failed ${event.step_no} ${event.scope}#${event.ordinal}`;
    case "step_cancelled":
      return `step_cancelled ${event.step_no}`;
    case "ended":
      return `ended ${[event.state, event.error?.type].filter(Boolean).join(", ")}`;
  }
}
