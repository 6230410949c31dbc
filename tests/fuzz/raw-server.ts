/**
 * A real server process (the built `dist/`) that is spoken to in bytes, by a client that keeps no rules.
 *
 * W1. Everything on its stdout is kept line by line; what is not JSON-RPC as a server may write it is `faults`.
 * W2. Waiting is for conditions. What does not come in time fails with what the server said meanwhile.
 * W3. Home, state and project are the sandbox's; `end` ends exactly the process that was started here.
 */

import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { payloadOf } from "../server/in-memory.ts";
import type { Exit, Sandbox } from "../server/stdio.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
/** How long a server on a busy machine may take for anything that is asked here. */
const PATIENCE_MS = 30_000;
/** Of stderr, the last that are kept. */
const STDERR_KEPT = 4_000;

export type RequestId = string | number;

export interface Answer {
  readonly id: RequestId | null;
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: any };
}

export interface RawServer {
  readonly pid: number;
  /** Answers that came and were not taken yet, in their order. */
  readonly answers: Answer[];
  /** What it wrote to stdout that it must not write. */
  readonly faults: string[];
  /** Characters that it wrote to stderr since it began. */
  readonly stderrLength: number;
  /** The last of it. */
  readonly stderr: string;
  readonly exit: Exit | undefined;
  /** Resolves when the pipe has taken the bytes. */
  write(bytes: Buffer | string): Promise<void>;
  /** Waits until `condition` holds, looking after each line that the server writes. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Sends a request with an id of its own and waits for its answer, which it takes. */
  request(method: string, params?: unknown): Promise<Answer>;
  /** The same with the request's params as JSON text, which may hold what `JSON.stringify` never writes. */
  requestText(method: string, params: string): Promise<Answer>;
  /** A tool's payload: of a good result, or the error answer. */
  call(tool: string, args?: unknown): Promise<any>;
  end(): Promise<void>;
}

export async function startRawServer(
  sandbox: Sandbox,
  { env = {}, handshake = true }: { env?: Record<string, string>; handshake?: boolean } = {},
): Promise<RawServer> {
  const child = spawn(process.execPath, [CLI], {
    cwd: sandbox.projectDir,
    env: { ...sandbox.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const answers: Answer[] = [];
  const faults: string[] = [];
  let stderr = "";
  let stderrLength = 0;
  let exit: Exit | undefined;
  let looks: (() => void)[] = [];
  let partial: Buffer[] = [];
  let asked = 0;

  const look = () => {
    const waiting = looks;
    looks = [];
    for (const wake of waiting) wake();
  };
  const receive = (line: Buffer) => {
    const verdict = readAnswer(line);
    if (typeof verdict === "string") faults.push(`${verdict}: ${line.toString("utf8", 0, 300)}`);
    else if (verdict !== undefined) answers.push(verdict);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      receive(Buffer.concat([...partial, chunk.subarray(from, end)]));
      partial = [];
      from = end + 1;
    }
    partial.push(chunk.subarray(from));
    look();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderrLength += chunk.length;
    stderr = (stderr + chunk.toString("latin1")).slice(-STDERR_KEPT);
  });
  child.stdin.on("error", () => {});
  const gone = new Promise<void>((resolve) => {
    child.on("close", (code, signal) => {
      exit = { code, signal };
      look();
      resolve();
    });
  });

  const server: RawServer = {
    pid: child.pid!,
    answers,
    faults,
    get stderrLength() {
      return stderrLength;
    },
    get stderr() {
      return stderr;
    },
    get exit() {
      return exit;
    },
    write: (bytes) => new Promise((resolve) => child.stdin.write(bytes, () => resolve())),
    async until(condition, what) {
      const late = delay(PATIENCE_MS, "late", { ref: false });
      while (!condition()) {
        if (exit !== undefined) {
          throw new Error(`the server ended (${JSON.stringify(exit)}) while ${what} was awaited:\n${stderr}`);
        }
        const next = new Promise<void>((resolve) => looks.push(resolve));
        if ((await Promise.race([next, late])) === "late") {
          throw new Error(`the server hangs: ${what} did not come within ${PATIENCE_MS} ms\n${stderr}`);
        }
      }
    },
    request: (method, params = {}) => server.requestText(method, JSON.stringify(params)),
    async requestText(method, params) {
      const id = `asked ${asked++}`;
      const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}`;
      await server.write(`${head},"params":${params}}\n`);
      await server.until(() => answers.some((answer) => answer.id === id), `the answer to ${method}`);
      return answers.splice(
        answers.findIndex((answer) => answer.id === id),
        1,
      )[0]!;
    },
    async call(tool, args = {}) {
      const { result, error } = await server.request("tools/call", { name: tool, arguments: args });
      if (error !== undefined) throw new Error(`${tool}: ${error.code} ${error.message}`);
      return payloadOf(result);
    },
    async end() {
      child.stdin.end();
      const late = delay(10_000, "late", { ref: false });
      if ((await Promise.race([gone, late])) === "late") child.kill("SIGKILL");
      await gone;
    },
  };
  if (handshake) await shakeHands(server);
  return server;
}

export async function shakeHands(server: RawServer): Promise<void> {
  const clientInfo = { name: "fuzz", version: "1.0.0" };
  await server.request("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
  await server.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
}

/** An answer; `undefined` for a notification that a server may send; else what is wrong with the line. */
function readAnswer(line: Buffer): Answer | string | undefined {
  let message: any;
  try {
    message = JSON.parse(line.toString("utf8"));
  } catch {
    return "not JSON";
  }
  if (message?.jsonrpc !== "2.0") return "not JSON-RPC 2.0";
  if (typeof message.method === "string") {
    const isKnown = /^notifications\/(progress|prompts\/list_changed)$/.test(message.method);
    return isKnown && !("id" in message) ? undefined : "a message that a server must not send here";
  }
  const { id, result, error } = message;
  if (typeof id !== "string" && typeof id !== "number" && id !== null) return "an answer without an id";
  if ((result === undefined) === (error === undefined)) return "neither a result nor an error, or both";
  if (error === undefined) return typeof result === "object" ? message : "a result that is no object";
  const isError =
    Number.isSafeInteger(error.code) && typeof error.message === "string" && error.message !== "";
  return isError ? message : "an error without code and message";
}
