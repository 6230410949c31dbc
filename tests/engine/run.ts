/**
 * A run of a program without any shell around it: events in, drafts out, and a log between them that holds
 * JSON only, as a file would.
 *
 * R1. After every turn the state that is folded from the log waits for what the execution waits for.
 * R2. `replayed` is what another process makes of the same log; it must owe nothing and wait for the same.
 */

import { expect } from "vitest";
import type { ErrorInfo, Event, Started, StepIssued } from "../../src/engine/event.ts";
import { type DerivedEvent, Execution, isDerived, type Surroundings } from "../../src/engine/execution.ts";
import { apply, initialState, type State } from "../../src/engine/state.ts";
import { type Context, defineProgram, type Program, type ProgramRun } from "../../src/program/program.ts";
import type { Json } from "../../src/program/schema.ts";

type WithoutTime<E> = E extends Event ? Omit<E, "at"> : never;
export type Happening = WithoutTime<Event>;

/** Tests of the engine need no file to lie anywhere: the place is the test file's own. */
export const surroundings: Surroundings = {
  enter: () => {},
  leave: () => {},
  describeError: (error): ErrorInfo =>
    error instanceof Error
      ? { type: error.name, message: error.message, stack: authorLines(error.stack ?? "") }
      : { type: typeof error, message: String(error) },
  placeOf: (stack) => authorLines(stack ?? "").split("\n")[0] || undefined,
};

/** Lines of a stack that lie in a test file, as `file:line:column`. */
function authorLines(stack: string): string {
  return [...stack.matchAll(/([\w-]+\.test\.ts:\d+:\d+)/g)].map(([place]) => place).join("\n");
}

export function program(
  run: (context: Context<any>) => ProgramRun<unknown>,
  more: Partial<Program> = {},
): Program {
  return defineProgram({ name: "tested", description: "A program of a test.", ...more, run }) as Program;
}

export function startedEvent(params: Json = {}): Started {
  return {
    type: "started",
    at: timeAt(0),
    format: 1,
    engine: "0.0.0",
    instance_id: "01JTESTTESTTESTTESTTESTTES",
    program: { name: "tested", version: "v1" },
    params,
    seed: "seed",
    project_dir: "/project",
    time_zone: "UTC",
    locale: "en",
    node: 20,
  };
}

/** The time of the nth turn: each begins a second after the one before. */
export function timeAt(turn: number): string {
  return new Date(Date.parse("2026-01-01T00:00:00.000Z") + turn * 1000).toISOString();
}

/** A verdict that the engine would not give by itself. */
export function rejected(step_no: number, then: "retry" | "fail" | "abort", turn = 1): Event {
  const problems = [{ path: "$", message: "is not what was asked" }];
  return { type: "reply_rejected", at: timeAt(turn), step_no, reply: "x", problems, then };
}

export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export class Run {
  readonly log: Event[] = [];
  readonly state: State = initialState();
  readonly program: Program;
  execution: Execution;
  private turns = 0;

  private constructor(tested: Program) {
    this.program = tested;
    this.execution = new Execution(tested, surroundings);
  }

  static async start(
    tested: Program | ((context: Context<any>) => ProgramRun<unknown>),
    params: Json = {},
  ): Promise<Run> {
    const run = new Run(typeof tested === "function" ? program(tested) : tested);
    await run.happen(startedEvent(params));
    return run;
  }

  /** An event wins its place, and what the program does about it is appended. */
  async happen(happening: Happening): Promise<void> {
    await this.append([throughJson({ ...happening, at: timeAt(this.turns++) } as Event)]);
    await this.completeTurn();
  }

  async reply(reply: Json, stepNo = this.onlyStepNo): Promise<void> {
    const verdict = await this.execution.judge(stepNo, throughJson(reply));
    if (verdict === undefined) throw new Error(`step ${stepNo} is not pending`);
    await this.happen(verdict as Happening);
  }

  async fail(reason: string, step_no = this.onlyStepNo): Promise<void> {
    await this.happen({ type: "step_failed", step_no, code: "agent_failure", reason });
  }

  async cancel(reason = "the user said so"): Promise<void> {
    await this.happen({ type: "cancel_requested", reason });
  }

  async completeTurn(): Promise<void> {
    if (this.execution.drafts.length > 0) await this.append(throughJson([...this.execution.drafts]));
    expect(this.execution.drafts).toEqual([]);
    expect([...this.execution["pending"].keys()]).toEqual([...this.state.pending.keys()]);
    expect([...this.state.pending.values()].map(({ issued }) => issued)).toEqual(
      [...this.execution["pending"].values()].map(({ issued }) => issued),
    );
  }

  private async append(events: Event[]): Promise<void> {
    this.log.push(...events);
    for (const event of events) apply(this.state, event);
    await this.execution.feed(throughJson(events));
  }

  /** The one step that is pending. */
  get step(): StepIssued {
    const [first, ...others] = this.steps;
    if (first === undefined || others.length > 0) {
      throw new Error(`${this.steps.length} steps are pending; ${JSON.stringify(this.state.ended)}`);
    }
    return first;
  }

  get steps(): StepIssued[] {
    return [...this.state.pending.values()].map(({ issued }) => issued);
  }

  get texts(): (string | undefined)[] {
    return this.steps.map(({ text }) => text);
  }

  private get onlyStepNo(): number {
    return this.step.step_no;
  }

  /** What `run` returned. */
  get summary(): unknown {
    expect(this.state.ended).toMatchObject({ state: "completed" });
    return this.state.ended?.summary;
  }

  /** Why the run failed. */
  get error(): ErrorInfo {
    expect(this.state.ended).toMatchObject({ state: "failed" });
    return this.state.ended!.error!;
  }

  eventsOf<T extends Event["type"]>(type: T): Extract<Event, { type: T }>[] {
    return this.log.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  }

  /** Derived events of the last turn. */
  get derived(): DerivedEvent[] {
    return this.log.slice(this.log.findLastIndex((event) => !isDerived(event)) + 1) as DerivedEvent[];
  }

  /** This run in another process, which has nothing but the log. */
  async replayed(by: Program = this.program, batches: readonly Event[][] = [this.log]): Promise<Run> {
    const other = new Run(by);
    other.turns = this.turns;
    for (const batch of batches) {
      other.log.push(...batch);
      for (const event of batch) apply(other.state, event);
      await other.execution.feed(throughJson(batch));
    }
    await other.completeTurn();
    expect(other.log).toEqual(this.log);
    expect(other.state).toEqual(this.state);
    return other;
  }

  /** The run goes on in another process. */
  async restart(by: Program = this.program): Promise<void> {
    this.execution = (await this.replayed(by)).execution;
  }
}
