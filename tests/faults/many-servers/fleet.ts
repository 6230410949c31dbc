/**
 * Several server processes on one state folder, each of which may be killed at any moment and is then
 * replaced. Every call is recorded with what its caller saw.
 *
 * F1. A call to a server that is killed meanwhile has no answer; from any other one an answer comes.
 */

import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../../server/stdio.ts";
import { type Call, type Evidence, type Execution, Recorder, readExecutions } from "./history.ts";

const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));

/** Otherwise a program gets as long as it needs: then it is only the machine that is slow. */
const PATIENT_MS = 50_000;
const IMPATIENT_MS = 1_500;

interface Slot {
  /** Replaced at once when it is killed. */
  server: Promise<ServerProcess>;
  isUp: boolean;
}

export class Fleet {
  readonly recorder = new Recorder();
  readonly sandbox: Sandbox = createSandbox();
  /** Where effects write what they do. */
  readonly witness: string = join(this.sandbox.folder, "witness.txt");
  kills = 0;
  readonly #slots: Slot[];
  readonly #stalls: boolean;

  /** @param stalls programs may get stuck, and are soon found to be */
  constructor(size: number, stalls = false) {
    this.#stalls = stalls;
    cpSync(PROGRAMS, this.sandbox.programsDir, { recursive: true });
    this.#slots = Array.from({ length: size }, () => ({ server: this.#begin(), isUp: true }));
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Any server; one that is starting only if all are. */
  somewhere(random: (below: number) => number): number {
    const up = [...this.#slots.keys()].filter((at) => this.#slots[at]!.isUp);
    return up[random(up.length)] ?? random(this.size);
  }

  /** The call with its answer; without one if the server was killed. Waits where a server is starting. */
  async call(caller: string, at: number, tool: string, args: Call["args"]): Promise<Call> {
    const slot = this.#slots[at]!;
    const begun = slot.server;
    const server = await begun;
    const call = this.recorder.begin(caller, at, tool, args);
    try {
      this.recorder.answered(call, await server.call(tool, args));
    } catch (error) {
      if (slot.server === begun) call.unanswered = `${String(error)}\n${server.stderr.slice(-2_000)}`;
    }
    return call;
  }

  /** SIGKILL, and another one in its place. */
  async kill(at: number): Promise<void> {
    const slot = this.#slots[at]!;
    const server = await slot.server;
    this.kills++;
    const gone = server.kill9();
    slot.isUp = false;
    slot.server = gone.then(() => this.#begin());
    await slot.server;
    slot.isUp = true;
  }

  /** Ends all of them, and gives what is there to check. */
  async finish(): Promise<Evidence> {
    const servers = await Promise.all(this.#slots.map(({ server }) => server));
    await Promise.all(servers.map((server) => server.close()));
    return this.evidence();
  }

  evidence(): Evidence {
    const { stateDir } = this.sandbox;
    const names = readdirSync(stateDir).filter((name) => name.endsWith(".jsonl"));
    const logs = new Map(names.map((name) => [name.slice(0, -6), readFileSync(join(stateDir, name))]));
    return { calls: this.recorder.calls, logs, executions: this.#executions(), stalls: this.#stalls };
  }

  /** Whatever happened before: no process and no file is left. */
  async remove(): Promise<void> {
    for (const { server } of this.#slots)
      await (await server.catch(() => undefined))?.kill9().catch(() => {});
    this.sandbox.remove();
  }

  #begin(): Promise<ServerProcess> {
    const patience = String(this.#stalls ? IMPATIENT_MS : PATIENT_MS);
    return startServer(this.sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: patience } });
  }

  #executions(): Execution[] {
    try {
      return readExecutions(readFileSync(this.witness, "utf8"));
    } catch {
      return [];
    }
  }
}
