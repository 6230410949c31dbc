/**
 * Callers who drive instances through whichever server they come by: mostly as they should, sometimes late,
 * twice, wrongly, or several at once with different replies to one step.
 *
 * C1. What a caller sends holds a token that nobody else ever sends, except where the same is meant.
 * C2. A caller who got no answer sends the same again, somewhere else; as a client would.
 */

import type { Fleet } from "./fleet.ts";
import { type Call, isAccepted } from "./history.ts";

export type Random = (below: number) => number;

export const PROGRAMS = ["chain", "branches", "effects", "signals", "fragile"];
const NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LAST_RESORT = 400;

/** What is known of an instance from the answers about it. */
interface Known {
  readonly id: string;
  program: string;
  /** Steps that await a reply, lowest first. */
  steps: number[];
  state: string;
  /** Without a step that awaits a reply: the kind of one that is waited for. */
  waitsFor: string | undefined;
}

export class Crowd {
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #instances: number;
  readonly #programs: readonly string[];
  readonly #known = new Map<string, Known>();
  readonly #replies: Call["args"][] = [];
  #tokens = 0;
  #starts = 0;
  #starting = 0;

  constructor(fleet: Fleet, random: Random, instances: number, programs: readonly string[] = PROGRAMS) {
    this.#fleet = fleet;
    this.#random = random;
    this.#instances = instances;
    this.#programs = programs;
  }

  get started(): number {
    return this.#known.size;
  }

  /** Starts as many instances as there are to be. */
  async begin(caller: string, callers: number): Promise<void> {
    await this.#atOnce(caller, callers, async (who) => {
      while (this.#missing() > 0) await this.#start(who);
    });
  }

  /** A caller acts until `until` says that it is over. */
  async act(caller: string, isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.#once(caller);
  }

  /** Drives every instance on until it has ended. @returns those that could not be */
  async driveToTheEnd(caller: string): Promise<string[]> {
    const stuck: string[] = [];
    const left = [...this.#known.values()];
    await this.#atOnce(caller, 4, async (who) => {
      for (let known = left.pop(); known !== undefined; known = left.pop()) {
        await this.#call(who, "sequencer_current", { instance_id: known.id });
        for (let calls = 0; !hasEnded(known) && calls < LAST_RESORT; calls++) await this.#driveOn(who, known);
        if (!hasEnded(known)) stuck.push(`${known.id} (${known.program}): ${known.state} ${known.steps}`);
      }
    });
    return stuck;
  }

  async #driveOn(caller: string, known: Known): Promise<void> {
    const [step] = known.steps;
    if (known.state === "stalled") await this.#unstick(caller, known);
    else if (step !== undefined) await this.#reply(caller, known, step, this.#good());
    else if (known.waitsFor === "signal") await this.#signal(caller, known, "go", { token: this.#token() });
    else await this.#call(caller, "sequencer_current", { instance_id: known.id, wait_seconds: 1 });
  }

  /** What is stuck by itself is ended; the others were held up by it. */
  async #unstick(caller: string, known: Known): Promise<void> {
    if (known.program === "stuck") await this.#cancel(caller, known);
    else await this.#call(caller, "sequencer_resume", { instance_id: known.id });
  }

  async #once(caller: string): Promise<void> {
    if (this.#missing() > 0) return this.#start(caller);
    const running = [...this.#known.values()].filter(isRunning);
    // Now and then somebody comes back to a run that has ended.
    const known = this.#random(20) === 0 ? this.#pick([...this.#known.values()]) : this.#pick(running);
    if (known === undefined) return;
    const step = this.#pick(known.steps);
    const roll = this.#random(100);
    if (roll < 45 && step !== undefined) await this.#reply(caller, known, step, this.#good());
    else if (roll < 60 && step !== undefined) await this.#race(caller, known, step);
    else if (roll < 68) await this.#again(caller);
    else if (roll < 76) await this.#astray(caller, known, step);
    else if (roll < 88) await this.#wait(caller, known);
    else if (roll < 89) await this.#cancel(caller, known);
    else if (roll < 90) await this.#fork(caller, known);
    else if (roll < 93) await this.#call(caller, "sequencer_resume", { instance_id: known.id });
    else await this.#look(caller, known);
  }

  #missing(): number {
    return this.#instances - this.#starting - [...this.#known.values()].filter(isRunning).length;
  }

  async #start(caller: string): Promise<void> {
    this.#starting++;
    // Each of them at first, then any.
    const program = this.#programs[this.#starts++] ?? this.#pick(this.#programs)!;
    const label = `${program} of ${this.#token()}`;
    const more = program === "chain" ? { steps: 6 + this.#random(20) } : {};
    const params = { label, ...more, ...(program === "effects" && { witness: this.#fleet.witness }) };
    const isNamed = this.#random(3) > 0;
    const args = { program, params, ...(isNamed && { request_id: this.#token() }) };
    const callers = isNamed ? 1 + this.#random(3) : 1;
    await this.#atOnce(caller, callers, (who) => this.#call(who, "sequencer_start", args, isNamed));
    this.#starting--;
  }

  /** Some replies to one step at once: mostly different ones, sometimes the same. */
  async #race(caller: string, known: Known, step: number): Promise<void> {
    const same = this.#random(4) === 0 ? this.#good() : undefined;
    await this.#atOnce(caller, 2 + this.#random(2), (who) =>
      this.#reply(who, known, step, same ?? this.#good()),
    );
  }

  /** What somebody has sent before. */
  async #again(caller: string): Promise<void> {
    const args = this.#pick(this.#replies.slice(-50));
    if (args !== undefined) await this.#call(caller, "sequencer_next", args);
  }

  async #astray(caller: string, known: Known, step: number | undefined): Promise<void> {
    const last = step ?? known.steps.at(-1) ?? 1;
    switch (this.#random(6)) {
      case 0:
        return this.#reply(caller, known, 1 + this.#random(last), this.#good());
      case 1:
        return this.#reply(caller, known, last, { token: this.#token(), n: "many" });
      case 2:
        return this.#reply(caller, known, last, JSON.stringify(this.#good()));
      case 3:
        await this.#call(caller, "sequencer_next", {
          instance_id: known.id,
          for_step_no: last,
          failure: { reason: this.#token() },
        });
        return;
      case 4:
        await this.#call(caller, "sequencer_current", {
          instance_id: this.#random(2) === 0 ? NOBODY : "../../etc",
        });
        return;
      default:
        // A number that no step has yet: nobody ever sends the same there.
        await this.#call(caller, "sequencer_next", {
          instance_id: known.id,
          for_step_no: last + 20,
          result: this.#good(),
        });
    }
  }

  async #wait(caller: string, known: Known): Promise<void> {
    if (known.program !== "signals") return this.#look(caller, known);
    const roll = this.#random(10);
    if (roll === 0) return this.#signal(caller, known, "stop", { token: this.#token() });
    if (roll === 1) return this.#signal(caller, known, "go", [this.#token()]);
    await this.#signal(caller, known, "go", { token: this.#token() });
  }

  async #look(caller: string, { id, steps }: Known): Promise<void> {
    const only = steps.length > 1 && this.#random(2) === 0 ? { step_nos: [this.#pick(steps)] } : {};
    await this.#call(caller, "sequencer_current", { instance_id: id, ...only });
  }

  async #cancel(caller: string, { id }: Known): Promise<void> {
    await this.#call(caller, "sequencer_cancel", { instance_id: id, reason: this.#token() });
  }

  async #fork(caller: string, { id, program, steps }: Known): Promise<void> {
    // What its effects did outside carries the name of the origin: nobody could tell whose it was.
    if (program === "effects") return;
    const before_step_no = Math.max(1, (steps[0] ?? 3) - this.#random(3));
    await this.#call(caller, "sequencer_fork", { instance_id: id, before_step_no });
  }

  async #signal(caller: string, { id }: Known, name: string, value: unknown): Promise<void> {
    await this.#call(caller, "sequencer_signal", { instance_id: id, name, value });
  }

  async #reply(caller: string, { id }: Known, step: number, result: unknown): Promise<void> {
    const args = { instance_id: id, for_step_no: step, result };
    this.#replies.push(args);
    await this.#call(caller, "sequencer_next", args, true);
  }

  /** Somebody, at some server. @param again without an answer the same is sent anew */
  async #call(caller: string, tool: string, args: Call["args"], again = false): Promise<void> {
    for (;;) {
      const call = await this.#fleet.call(caller, this.#fleet.somewhere(this.#random), tool, args);
      this.#learn(call);
      if (!again || call.answer !== undefined || call.unanswered !== undefined) return;
    }
  }

  #learn(call: Call): void {
    const asked = this.#known.get(call.args["instance_id"]);
    if (call.answer?.error === "ProgramStalled" && asked !== undefined && isRunning(asked))
      asked.state = "stalled";
    if (!isAccepted(call)) return;
    const { instance_id: id, program, state, last_yield } = call.answer;
    const shown = last_yield.kind === "parallel" ? last_yield.instructions : [last_yield];
    const steps = shown.filter(({ kind }: any) => kind === "instruction").map(({ step_no }: any) => step_no);
    const waitsFor = last_yield.waiting_for?.[0]?.kind;
    const known = this.#known.get(id);
    // Answers come out of order: what ended has ended.
    if (known === undefined) this.#known.set(id, { id, program, state, steps, waitsFor });
    else if (!hasEnded(known)) Object.assign(known, { state, steps, waitsFor });
  }

  async #atOnce(caller: string, count: number, act: (who: string) => Promise<unknown>): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, i) => act(`${caller}.${i}`)));
  }

  #good(): { token: string; n: number } {
    return { token: this.#token(), n: this.#random(1_000) };
  }

  #token(): string {
    return `t${this.#tokens++}`;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#random(items.length)];
  }
}

function isRunning({ state }: Known): boolean {
  return state === "awaiting_result" || state === "waiting";
}

function hasEnded({ state }: Known): boolean {
  return !["awaiting_result", "waiting", "stalled"].includes(state);
}
