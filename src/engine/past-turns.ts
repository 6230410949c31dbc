/**
 * The turns that other versions made, one event from outside and what was derived from it at a time.
 *
 * B1. The last turn of what was fed is held back: more of it may follow.
 * B2. Before a version that is tried handles an event, it judges anew what came with it.
 * B3. Bookkeeping is passed over.
 */

import type { Program } from "../program/program.ts";
import { type DerivedEvent, isBookkeeping, isDerived } from "./derived.ts";
import type { Divergence } from "./divergence.ts";
import type { Ending } from "./ending.ts";
import type { Event } from "./event.ts";
import type { Asking, History } from "./history.ts";
import { schemaOf } from "./issue.ts";
import type { PendingSteps } from "./pending.ts";
import { reconsiderParams, reconsiderReply, reconsiderSignal } from "./reconsider.ts";
import type { Steps } from "./steps.ts";
import type { Findings } from "./trial.ts";

/** The parts of an execution that a past turn concerns. */
export interface PastTurnParts {
  readonly program: Program;
  readonly history: History;
  readonly divergence: Divergence;
  readonly pending: PendingSteps;
  readonly steps: Steps;
  readonly ending: Ending;
  /** It is the time of this event now. */
  readonly goOn: (event: Event) => void;
  readonly judging: (judge: () => Promise<void>) => Promise<void>;
  /** The program runs on the event until it waits again. */
  readonly run: (event: Event) => Promise<void>;
}

export class PastTurns {
  /** The last turn of what was fed. */
  private held: readonly Event[] = [];

  constructor(private readonly parts: PastTurnParts) {}

  /** @returns the events with which history ends, and those that follow */
  async feed(events: readonly Event[]): Promise<readonly Event[]> {
    const left = [...this.held, ...events].filter((event) => !isBookkeeping(event));
    this.held = [];
    for (let at = 0; at < left.length; ) {
      if (this.parts.history.isEndedBy(left[at]!)) return left.slice(at);
      const first = at++;
      while (at < left.length && isDerived(left[at]!)) at++;
      const turn = left.slice(first, at);
      if (at === left.length) this.held = turn;
      else await this.turn(turn);
    }
    return [];
  }

  /** Nothing more follows. */
  async finish(): Promise<void> {
    const events = this.held;
    this.held = [];
    if (events.length > 0) await this.turn(events);
  }

  private async turn([event, ...derived]: readonly Event[]): Promise<void> {
    const { history, divergence, goOn, run } = this.parts;
    goOn(event!);
    try {
      history.begin(derived as DerivedEvent[]);
      if (history.findings !== undefined) await this.reconsider(event!, history.findings);
      await run(event!);
      if (!divergence.isFound) history.finish(() => this.doing());
    } catch (error) {
      throw divergence.keep(error);
    }
    divergence.throwIfFound();
  }

  private async reconsider(event: Event, findings: Findings): Promise<void> {
    const { program, history, pending, steps, judging } = this.parts;
    if (event.type === "started") {
      await judging(() => reconsiderParams(event, program, findings));
    } else if (event.type === "signal_received") {
      const no = history.nextSignalNo;
      await judging(() => reconsiderSignal(event, no, program, findings));
    } else if (event.type === "reply_accepted") {
      const waiting = pending.at(event.step_no);
      if (waiting === undefined) return;
      const { leaf, issued } = waiting;
      await judging(() =>
        reconsiderReply(event, issued, schemaOf(leaf.step), findings, () => steps.asking(leaf)),
      );
    }
  }

  /** What the program does instead of what it does not do. */
  private doing(): ReturnType<Asking> {
    const { ending, history, steps } = this.parts;
    if (ending.outcome !== undefined) {
      const { state, reason, error } = ending.verdictOf(ending.outcome);
      const why = error === undefined ? reason : `${error.type}: ${error.message}`;
      return { asked: `the run ends (${state}${why === undefined ? "" : `, ${why}`})` };
    }
    const leaf = history.lastDeferred;
    return leaf === undefined ? { asked: "nothing in its place" } : steps.asking(leaf);
  }
}
