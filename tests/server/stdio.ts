/**
 * A real server process, driven over real stdio by the SDK's client: for whole-server tests.
 *
 * P1. Anything on stdout that is not JSON-RPC fails the next `call`, `close` or `kill9`, and names the line.
 * P2. Home, state folder and project folder are temporary; nothing of the developer's shell is passed on.
 * P3. `kill9` ends exactly the process that this harness started.
 *
 * @example
 *   const sandbox = createSandbox();
 *   const server = await startServer(sandbox);
 *   const { instance_id } = await server.call("sequencer_start", { program: "hello" });
 *   await server.kill9();
 *   const again = await startServer(sandbox);
 *   await again.call("sequencer_current", { instance_id });
 *   await again.close();
 *   sandbox.remove();
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  ElicitRequestSchema,
  type ElicitResult,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { payloadOf } from "./in-memory.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const CALL_TIMEOUT_MS = 55_000;

export interface Sandbox {
  readonly folder: string;
  readonly home: string;
  readonly stateDir: string;
  readonly projectDir: string;
  /** `<project>/.claude/sequencer/programs`, made already: put programs here. */
  readonly programsDir: string;
  /** All of the environment that a server gets. */
  readonly env: Record<string, string>;
  remove(): void;
}

export function createSandbox(): Sandbox {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "agent-sequencer-")));
  const at = (name: string) => join(folder, name);
  const programsDir = join(at("project"), ".claude", "sequencer", "programs");
  mkdirSync(at("home"));
  mkdirSync(programsDir, { recursive: true });
  return {
    folder,
    home: at("home"),
    stateDir: at("state"),
    projectDir: at("project"),
    programsDir,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: at("home"),
      CLAUDE_PROJECT_DIR: at("project"),
      AGENT_SEQUENCER_STATE_DIR: at("state"),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface ServerOptions {
  /** The script that Node runs. Default `dist/cli.js`. */
  readonly entry?: string;
  /** Node's own flags. */
  readonly execArgv?: readonly string[];
  readonly args?: readonly string[];
  /** Besides the sandbox's. */
  readonly env?: Record<string, string>;
  readonly clientName?: string;
  /** Makes the client one that has forms: how its person answers. */
  readonly elicit?: (params: any) => Promise<ElicitResult> | ElicitResult;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly client: Client;
  readonly pid: number;
  /** What it wrote to stderr so far. */
  readonly stderr: string;
  readonly exited: Promise<Exit>;
  /** The payload of a good result, or the error answer `{ ok: false, error, message, fix }`. */
  call(tool: string, args?: Record<string, unknown>): Promise<any>;
  /** Writes bytes to its stdin, past the client. */
  write(text: string): Promise<void>;
  /** The response to a request that was written by hand. */
  response(id: string | number): Promise<any>;
  /** SIGKILL, and waits until it is gone. */
  kill9(): Promise<Exit>;
  signal(signal: NodeJS.Signals): Promise<Exit>;
  /** Closes its stdin, as a client does, and waits until it has ended. */
  close(): Promise<Exit>;
  /** Closes our end of its stdout. */
  stopReading(): void;
}

/** Starts a server and completes the handshake with it. */
export async function startServer(sandbox: Sandbox, options: ServerOptions = {}): Promise<ServerProcess> {
  const { entry = CLI, execArgv = [], args = [], env = {}, clientName = "test-client", elicit } = options;
  const child = spawn(process.execPath, [...execArgv, entry, ...args], {
    cwd: sandbox.projectDir,
    env: { ...sandbox.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const wire = new Wire(child);
  const capabilities = elicit === undefined ? {} : { elicitation: {} };
  const client = new Client({ name: clientName, version: "1.0.0" }, { capabilities });
  if (elicit !== undefined)
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => elicit(params));
  try {
    await client.connect(wire);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`the server did not start: ${String(error)}\n${wire.stderr}`);
  }

  async function gone(): Promise<Exit> {
    const exit = await wire.exited;
    wire.assertClean();
    return exit;
  }
  return {
    client,
    pid: child.pid!,
    exited: wire.exited,
    get stderr() {
      return wire.stderr;
    },
    async call(name, args = {}) {
      const result = await client.callTool({ name, arguments: args }, undefined, {
        timeout: CALL_TIMEOUT_MS,
      });
      wire.assertClean();
      return payloadOf(result);
    },
    write: (text) => new Promise((resolve) => child.stdin.write(text, () => resolve())),
    response: (id) => wire.response(id),
    kill9() {
      child.kill("SIGKILL");
      return gone();
    },
    signal(signal) {
      child.kill(signal);
      return gone();
    },
    close() {
      child.stdin.end();
      return gone();
    },
    stopReading: () => child.stdout.destroy(),
  };
}

/** The client's transport over the child's pipes, which keeps what does not belong there. */
class Wire implements Transport {
  onmessage?: Transport["onmessage"];
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly exited: Promise<Exit>;
  stderr = "";

  readonly #child: ChildProcess;
  readonly #stray: string[] = [];
  readonly #responses = new Map<string | number, JSONRPCMessage>();
  readonly #waiting = new Map<string | number, (message: JSONRPCMessage) => void>();
  #partial: string[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    child.stdin!.on("error", () => {});
    this.exited = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        const rest = this.#partial.join("");
        // A killed process may leave half a line.
        if (rest !== "" && signal === null) this.#stray.push(rest);
        this.onclose?.();
        resolve({ code, signal });
      });
    });
  }

  async start(): Promise<void> {
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = text.split("\n");
      if (lines.length === 1) {
        this.#partial.push(text);
        return;
      }
      lines[0] = this.#partial.join("") + lines[0];
      this.#partial = [lines.pop()!];
      for (const line of lines) this.#receive(line);
    });
  }

  #receive(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = JSONRPCMessageSchema.parse(JSON.parse(line));
    } catch {
      this.#stray.push(line);
      return;
    }
    const id = "id" in message ? message.id : undefined;
    // Ids of requests written by hand are text; the client's own are numbers.
    if (typeof id === "string") {
      this.#responses.set(id, message);
      this.#waiting.get(id)?.(message);
    } else {
      this.onmessage?.(message);
    }
  }

  response(id: string | number): Promise<JSONRPCMessage> {
    return new Promise((resolve) => {
      const there = this.#responses.get(id);
      if (there !== undefined) resolve(there);
      else this.#waiting.set(id, resolve);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    this.#child.stdin!.end();
  }

  assertClean(): void {
    if (this.#stray.length === 0) return;
    const shown = this.#stray.map((line) => JSON.stringify(line.slice(0, 500))).join("\n");
    throw new Error(`the server wrote to stdout what is not JSON-RPC:\n${shown}`);
  }
}
