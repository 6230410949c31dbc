/**
 * A run in memory: what stands in its log, the execution over that, and the state folded from it.
 *
 * A1. `happen` is the only way on. An event and what the program did about it are on the tape together, or
 *     neither is.
 * A2. What is on the tape is JSON and belongs to the tape: the program is given copies.
 */

import type { Event, Started } from "../engine/event.ts";
import { type DerivedEvent, Execution, type Verdict } from "../engine/execution.ts";
import type { Judgement } from "../engine/judge.ts";
import { apply, initialState, type State } from "../engine/state.ts";
import type { Json } from "../program/schema.ts";
import type { Step } from "../program/step.ts";
import type { RunSurroundings } from "./surroundings.ts";
import { inTurn } from "./turn.ts";

/** An event without its time. */
export type Untimed<E> = E extends unknown ? Omit<E, "at"> : never;

export type External = Untimed<Exclude<Event, DerivedEvent | Started>> | Untimed<Verdict>;

export class Tape {
  readonly events: Event[] = [];
  readonly state: State = initialState();
  private readonly execution: Execution;

  private constructor(execution: Execution) {
    this.execution = execution;
  }

  /** The run from its first event on, or from a history: a turn of it that is incomplete is completed. */
  static async play(surroundings: RunSurroundings, history: readonly [Started, ...Event[]]): Promise<Tape> {
    const [started] = history;
    const program = surroundings.evaluate(Date.parse(started.at));
    const tape = new Tape(new Execution(program, surroundings));
    await tape.take(history);
    return tape;
  }

  /** @param at ISO 8601; never before the last event's */
  async happen(event: External, at: string): Promise<readonly DerivedEvent[]> {
    return this.take([{ ...event, at } as Event]);
  }

  /** `undefined`: the step is not pending. */
  judge(stepNo: number, reply: Json): Promise<Verdict | undefined> {
    return inTurn(() => this.execution.judge(stepNo, reply));
  }

  judgeSignal(name: string, value: Json): Promise<Judgement> {
    return inTurn(() => this.execution.judgeSignal(name, value));
  }

  /** The pending step as the program made it. */
  stepOf(stepNo: number): Step<unknown> | undefined {
    return this.execution.stepOf(stepNo);
  }

  private async take(events: readonly Event[]): Promise<readonly DerivedEvent[]> {
    const { execution } = this;
    const derived = await inTurn(async () => {
      await execution.feed(copyOf(events));
      const drafts = copyOf(execution.drafts);
      await execution.feed(copyOf(drafts));
      return drafts;
    });
    for (const event of [...copyOf(events), ...derived]) {
      this.events.push(event);
      apply(this.state, event);
    }
    return derived;
  }
}

function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
