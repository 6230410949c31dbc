/**
 * A run that has everything that matters, and the agent that drives it: over any number of servers, each of
 * which may die or refuse at any moment. The agent keeps account of what was acknowledged to it.
 *
 * J1. Acknowledged is what the answer to it was received of. What was sent without an answer may stand or not.
 * J2. After a refusal the same call is sent again, as every such answer says; a signal is not, since it would
 *     count twice: whether it is still awaited is looked up.
 * J3. Every reply names the server that it was sent to, so that it can be told from the same one sent again.
 * J4. A reply that a server died on is sent to the next one as it was: it counts once.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { payloadOf } from "../server/in-memory.ts";
import type { Sandbox, ServerProcess } from "../server/stdio.ts";
import { writeProgram } from "../whole/sandbox-programs.ts";

/** What the server was asked when it died. */
export class ServerDied extends Error {}

export interface Acknowledged {
  /** Of a step or a signal; `START`, `FORK`. */
  readonly question: string;
  /** Who sent it; of a fork, its instance. */
  readonly by: string;
  /** Id of the request that it was the answer to. */
  readonly request: string;
}

export interface Refusal {
  readonly ok: false;
  readonly error: string;
  readonly message: string;
  readonly fix: string;
}

export interface JourneyOptions {
  readonly sandbox: Sandbox;
  /** Of its file and its program. */
  readonly program?: string;
  /** Default: a refusal is an error. */
  readonly onRefusal?: (refusal: Refusal, tool: string) => Promise<void> | void;
  readonly onAcknowledged?: (count: number) => void;
  /** Tells this journey's effects and requests from others in the same sandbox. */
  readonly name?: string;
  /** What is known from before. */
  readonly past?: Pick<Journey, "instanceId" | "acknowledged" | "servers">;
}

interface Reply {
  readonly question: string;
  readonly args: {
    readonly for_step_no: number;
    readonly result: { readonly value: number; readonly by: string };
  };
}

const VALUES: { readonly [question: string]: number } = { first: 1, left: 2, right: 4, further: 8, last: 32 };
const LOOK_EVERY_MS = 15;
const MOST_REFUSALS = 20;
/** Far more than half a minute of them. */
const MOST_IDLE_LOOKS = 2000;
/** Longer than a page of a file. */
const LONG = "x".repeat(9000);

export const START = "start";
export const FORK = "fork";
/** Labels of the side effects; the command is called `command`. */
export const EFFECTS = ["alone", "beside"];

export function writeJourney(sandbox: Sandbox, program = "journey", remark = ""): void {
  writeProgram(
    sandbox,
    program,
    `import { all, command, sideEffect, signal, sleep } from "agent-sequencer";
    import { appendFileSync } from "node:fs";
    import { join } from "node:path";
    // ${remark}
    const ask = (question: string) =>
      instruct(question, { reply: z.object({ value: z.int(), by: z.string(), more: z.string().optional() }) });
    async function* branch() {
      const right = yield* ask("right");
      const further = yield* ask("further");
      return [right, further];
    }
    export default defineProgram({
      name: "${program}",
      description: "Has everything that matters.",
      params: z.object({ name: z.string() }),
      signals: { go: z.object({ value: z.int(), by: z.string() }) },
      async *run({ params, instance }) {
        const effects = join(instance.projectDir, "effects-" + params.name);
        const effect = (label: string) =>
          sideEffect(label, ({ attempt }) => {
            appendFileSync(effects, label + " " + attempt + "\\n");
            return label;
          });
        const first = yield* ask("first");
        const alone = yield* effect("alone");
        const [left, [right, further], beside] = yield* all([ask("left"), branch(), effect("beside")]);
        const told = yield* command("sh", ["-c", 'echo command >> "$0"; echo told', effects]);
        const go = yield* signal("go");
        yield* sleep("20ms");
        const last = yield* ask("last");
        const replies = [first, left, right, further, go, last];
        return {
          sum: replies.reduce((sum, { value }) => sum + value, 0),
          effects: [alone, beside, told.stdout.trim()],
          by: replies.map(({ by }) => by),
        };
      },
    });`,
  );
}

/** What the run returns, but for who answered. */
export const RESULT = { sum: 63, effects: ["alone", "beside", "told"] };

export class Journey {
  readonly acknowledged: Acknowledged[];
  readonly refusals: Refusal[] = [];
  readonly name: string;
  /** Also before it is acknowledged, its log may be there. */
  instanceId: string | undefined;
  /** How many have been at it. */
  servers: number;
  private readonly options: JourneyOptions;
  private requests = 0;
  /** A reply that a server died on. */
  private unanswered: Reply | undefined;
  private lastStepNo: number | undefined;
  private idleLooks = 0;

  constructor(options: JourneyOptions) {
    this.options = options;
    this.name = options.name ?? "run";
    this.acknowledged = [...(options.past?.acknowledged ?? [])];
    this.instanceId = options.past?.instanceId;
    this.servers = options.past?.servers ?? 0;
  }

  /** Goes on by this server, to the end. @throws ServerDied */
  async drive(server: ServerProcess): Promise<{ sum: number; effects: string[]; by: string[] }> {
    this.servers++;
    let answer = await this.begin(server);
    for (;;) {
      const { last_yield } = answer;
      if (last_yield.kind === "done") return last_yield.summary;
      const asked = last_yield.kind === "instruction" ? last_yield : last_yield.instructions?.[0];
      if (asked !== undefined) answer = await this.reply(server, asked);
      else if (last_yield.kind === "waiting") answer = await this.wait(server, last_yield.waiting_for);
      else throw new Error(`the run has ended otherwise: ${JSON.stringify(answer)}`);
    }
  }

  /** A new instance that waits for the reply that was sent last. It is not driven. */
  async fork(server: ServerProcess): Promise<void> {
    if (this.lastStepNo === undefined) return;
    const args = { instance_id: this.instanceId, before_step_no: this.lastStepNo };
    const { instance_id } = await this.call(server, "sequencer_fork", args);
    this.acknowledge(FORK, instance_id);
  }

  /** The lines that its effects left in the outside world. */
  effects(): string[] {
    const file = this.effectsFile;
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  get effectsFile(): string {
    return join(this.options.sandbox.projectDir, `effects-${this.name}`);
  }

  private async begin(server: ServerProcess): Promise<any> {
    if (this.instanceId !== undefined) {
      const answer = await this.call(server, "sequencer_resume", { instance_id: this.instanceId });
      return this.unanswered === undefined ? answer : this.send(server, this.unanswered);
    }
    const { program = "journey" } = this.options;
    const answer = await this.call(server, "sequencer_start", {
      program,
      params: { name: this.name },
      request_id: this.name,
    });
    this.instanceId = answer.instance_id;
    this.acknowledge(START, this.by);
    return answer;
  }

  private reply(server: ServerProcess, { text, step_no }: { text: string; step_no: number }): Promise<any> {
    const more = text === "left" ? { more: LONG } : {};
    return this.send(server, {
      question: text,
      args: { for_step_no: step_no, result: { value: VALUES[text]!, by: this.by, ...more } },
    });
  }

  /** J4. */
  private async send(server: ServerProcess, reply: Reply): Promise<any> {
    this.unanswered = reply;
    this.lastStepNo = reply.args.for_step_no;
    const args = { instance_id: this.instanceId, ...reply.args };
    const answer = await this.call(server, "sequencer_next", args);
    this.unanswered = undefined;
    this.acknowledge(reply.question, reply.args.result.by);
    return this.isNews(answer) ? answer : this.look(server);
  }

  private async wait(server: ServerProcess, waitingFor: readonly { kind: string }[]): Promise<any> {
    if (waitingFor.length === 0) throw new Error("the run waits for nothing");
    if (!waitingFor.some(({ kind }) => kind === "signal")) {
      this.idleLooks++;
      if (this.idleLooks > MOST_IDLE_LOOKS) throw new Error("the run waits for something that never comes");
      await pause(LOOK_EVERY_MS);
      return this.look(server);
    }
    const value = { value: 16, by: this.by };
    const args = { instance_id: this.instanceId, name: "go", value };
    const answer = await this.ask(server, "sequencer_signal", args);
    if (answer.ok === false) await this.refused(answer, "sequencer_signal");
    else this.acknowledge("go", this.by);
    return this.look(server);
  }

  private look(server: ServerProcess): Promise<any> {
    return this.call(server, "sequencer_current", { instance_id: this.instanceId });
  }

  private isNews({ last_yield }: any): boolean {
    return last_yield.kind === "instruction" || last_yield.kind === "done";
  }

  private get by(): string {
    return `server ${this.servers}`;
  }

  private acknowledge(question: string, by: string): void {
    this.acknowledged.push({ question, by, request: this.request });
    this.options.onAcknowledged?.(this.acknowledged.length);
  }

  private get request(): string {
    return `${this.name}:${this.by}:${this.requests}`;
  }

  /** J2. */
  private async call(server: ServerProcess, tool: string, args: object): Promise<any> {
    for (;;) {
      const answer = await this.ask(server, tool, args);
      if (answer.ok !== false) return answer;
      await this.refused(answer, tool);
    }
  }

  private async refused(refusal: Refusal, tool: string): Promise<void> {
    this.refusals.push(refusal);
    if (this.options.onRefusal === undefined || this.refusals.length > MOST_REFUSALS)
      throw new Error(`${tool}: ${JSON.stringify(refusal)}`);
    await this.options.onRefusal(refusal, tool);
  }

  private async ask(server: ServerProcess, name: string, args: object): Promise<any> {
    this.requests++;
    const message = {
      jsonrpc: "2.0",
      id: this.request,
      method: "tools/call",
      params: { name, arguments: args },
    };
    const died = server.exited.then(() => {
      throw new ServerDied(`${name} was not answered`);
    });
    await server.write(`${JSON.stringify(message)}\n`);
    const { result, error } = await Promise.race([server.response(this.request), died]);
    if (error !== undefined) throw new Error(`${name}: ${JSON.stringify(error)}`);
    return payloadOf(result);
  }
}
