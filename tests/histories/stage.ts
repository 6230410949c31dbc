/**
 * Where a history is recorded: a real server on a folder of its own, driven as a client drives it.
 *
 * A scenario leaves one run behind. For a run that is recorded in its midst, `further` says how it goes on:
 * each later version carries out just that.
 */

import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createSandbox,
  type Sandbox,
  type ServerOptions,
  type ServerProcess,
  startServer,
} from "../server/stdio.ts";

const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));

/** A call about the recorded run: its id is not among the arguments. */
export interface Continuation {
  readonly tool: string;
  readonly args: { readonly [name: string]: unknown };
}

/** All programs, and the package that one of them imports. */
export function putPrograms({ programsDir }: Sandbox): void {
  cpSync(PROGRAMS, programsDir, { recursive: true });
  const counter = join(programsDir, "node_modules", "counter");
  mkdirSync(counter, { recursive: true });
  writeFileSync(
    join(counter, "package.json"),
    '{ "name": "counter", "version": "1.2.3", "main": "counter.js" }',
  );
  writeFileSync(join(counter, "counter.js"), "let n = 0;\nexports.next = () => ++n;\n");
}

export class Stage {
  readonly sandbox: Sandbox = createSandbox();
  /** Of the run that is recorded. */
  id = "";
  /** How it goes on. */
  readonly further: Continuation[] = [];
  /** Its program gets stuck: it is only looked at. */
  isStuck = false;
  /** It is also carried away, with `agent-sequencer export`. */
  isExported = false;
  /** Another server on the same folder, where a scenario wants one. */
  rival: ServerProcess | undefined;
  #server: ServerProcess | undefined;
  #options: ServerOptions = {};

  constructor() {
    putPrograms(this.sandbox);
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error("no server was started");
    return this.#server;
  }

  get logPath(): string {
    return join(this.sandbox.stateDir, `${this.id}.jsonl`);
  }

  async open(options: ServerOptions = this.#options): Promise<void> {
    this.#options = options;
    this.#server = await startServer(this.sandbox, options);
  }

  /** As a crash does it. */
  async kill(): Promise<void> {
    await this.server.kill9();
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.rival?.close();
    await this.#server?.close();
  }

  /** The answer, which must be a good one. */
  async call(tool: string, args: { readonly [name: string]: unknown }): Promise<any> {
    const answer = await this.server.call(tool, args);
    if (answer.ok === false)
      throw new Error(`${tool} ${JSON.stringify(args)}: ${answer.error}: ${answer.message}`);
    return answer;
  }

  async start(program: string, params: object = {}, request_id?: string): Promise<any> {
    if (this.#server === undefined) await this.open();
    const answer = await this.call("sequencer_start", { program, params, ...(request_id && { request_id }) });
    this.id = answer.instance_id;
    return answer;
  }

  current(args: object = {}): Promise<any> {
    return this.call("sequencer_current", { instance_id: this.id, ...args });
  }

  /** To the lowest step that awaits one. */
  async reply(...results: unknown[]): Promise<any> {
    let answer = await this.#awaiting();
    for (const result of results) {
      const args = { instance_id: this.id, for_step_no: answer.step_no, result };
      await this.call("sequencer_next", args);
      answer = await this.#awaiting();
    }
    return answer;
  }

  async fail(reason: string): Promise<any> {
    const { step_no } = await this.#awaiting();
    return this.call("sequencer_next", { instance_id: this.id, for_step_no: step_no, failure: { reason } });
  }

  signal(name: string, value: unknown): Promise<any> {
    return this.call("sequencer_signal", { instance_id: this.id, name, value });
  }

  /** The next replies of whoever goes on, to the steps of these numbers. */
  goesOn(...replies: (readonly [stepNo: number, result: unknown])[]): void {
    for (const [for_step_no, result] of replies)
      this.further.push({ tool: "sequencer_next", args: { for_step_no, result } });
  }

  /** What the log holds, line by line. */
  lines(): string[] {
    return readFileSync(this.logPath, "utf8").split("\n").filter(Boolean);
  }

  appendToLog(text: string): void {
    appendFileSync(this.logPath, text);
  }

  /** In the project folder. */
  git(...args: string[]): void {
    execFileSync("git", args, { cwd: this.sandbox.projectDir, stdio: "ignore" });
  }

  /** Changes a program's file, as its author would. */
  edit(program: string, edit: (source: string) => string): void {
    const file = join(this.sandbox.programsDir, `${program}.ts`);
    writeFileSync(file, edit(readFileSync(file, "utf8")));
  }

  /** Once nothing but the agent, a signal or a far-off day is waited for. */
  async #awaiting(): Promise<any> {
    for (;;) {
      const answer = await this.current({ wait_seconds: 1 });
      const kinds = answer.last_yield.waiting_for?.map(({ kind }: any) => kind) ?? [];
      const isBusy = kinds.some((kind: string) => kind === "effect" || kind === "command");
      const isSoon = answer.last_yield.waiting_for?.some(
        ({ until }: any) => until !== null && until < "2040",
      );
      if (!isBusy && !isSoon) return answer;
    }
  }

  settled(): Promise<any> {
    return this.#awaiting();
  }
}
