/**
 * A true history, by a script: two servers, and at least one of everything that a violation can be planted in.
 */

import { Fleet } from "./fleet.ts";
import type { Call, Evidence } from "./history.ts";

/** What the script did, by name: so that a test can say where it plants. */
export interface RecordedHistory extends Evidence {
  readonly named: { readonly [name: string]: Call };
}

export async function recordHistory(): Promise<RecordedHistory> {
  const fleet = new Fleet(2);
  try {
    const named = await new Script(fleet).run();
    return { ...(await fleet.finish()), named };
  } finally {
    await fleet.remove();
  }
}

class Script {
  readonly #fleet: Fleet;
  #calls = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  async run(): Promise<Record<string, Call>> {
    const { call: chain, id } = await this.#start("chain", { label: "chain", steps: 4 }, "twice");
    await this.#start("chain", { label: "chain", steps: 4 }, "twice");
    const first = await this.#reply(id, 1, "a");
    const duplicate = await this.#reply(id, 1, "a");
    const refused = await this.#reply(id, 1, "b");
    const invalid = await this.#call("sequencer_next", {
      instance_id: id,
      for_step_no: 2,
      result: { token: 1 },
    });
    await this.#reply(id, 3, "c");
    const looked = await this.#call("sequencer_current", { instance_id: id });
    const rivals = await Promise.all(["d", "e", "f"].map((token) => this.#reply(id, 4, token)));
    const winner = rivals.find(({ answer }) => answer.ok !== false)!;
    const loser = rivals.find((call) => call !== winner)!;
    const fork = await this.#call("sequencer_fork", { instance_id: id, before_step_no: 4 });
    await this.#reply(id, 5, "g");
    const ended = await this.#call("sequencer_current", { instance_id: id });

    const { id: signals } = await this.#start("signals", { label: "signals" });
    await this.#reply(signals, 1, "h");
    const signal = await this.#signal(signals, "i");
    // Nobody waits for these yet.
    const [early, later] = [await this.#signal(signals, "j"), await this.#signal(signals, "l")];

    const { id: effects } = await this.#start("effects", { label: "effects", witness: this.#fleet.witness });
    const effect = await this.#reply(effects, 1, "k");

    const { id: fragile } = await this.#start("fragile", { label: "fragile" });
    const cancel = await this.#call("sequencer_cancel", { instance_id: fragile, reason: "enough" });
    const failure = await this.#call("sequencer_next", {
      instance_id: fragile,
      for_step_no: 2,
      failure: { reason: "nothing to clean" },
    });
    return {
      ...{ chain, first, duplicate, refused, invalid, looked, winner, loser, fork, ended },
      ...{ signal, early, later, effect, cancel, failure },
    };
  }

  async #start(program: string, params: object, request_id?: string): Promise<{ call: Call; id: string }> {
    const call = await this.#call("sequencer_start", { program, params, ...(request_id && { request_id }) });
    return { call, id: call.answer.instance_id };
  }

  #signal(instance_id: string, token: string): Promise<Call> {
    return this.#call("sequencer_signal", { instance_id, name: "go", value: { token } });
  }

  #reply(instance_id: string, for_step_no: number, token: string): Promise<Call> {
    return this.#call("sequencer_next", { instance_id, for_step_no, result: { token, n: 1 } });
  }

  #call(tool: string, args: Call["args"]): Promise<Call> {
    const number = this.#calls++;
    return this.#fleet.call(`call ${number}`, number % 2, tool, args);
  }
}
