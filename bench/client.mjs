/** The least that can drive an MCP server over stdio: one JSON-RPC message a line. The same for ours and the floor. */

import { spawn } from "node:child_process";

const INITIALIZE = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "bench", version: "1.0.0" },
};

export class LineClient {
  /** Milliseconds from before the process was spawned until `initialize` was answered. */
  startMs;
  #child;
  #waiting = new Map();
  #nextId = 1;
  #partial = [];

  /**
   * @param {string[]} args of `node`
   * @param {Record<string, string>} env added to the environment
   * @param {string[]} [under] a command that runs it, as `strace` does
   */
  static async start(args, env, under = []) {
    const client = new LineClient();
    const spawned = performance.now();
    const [file, ...rest] = [...under, process.execPath, ...args];
    client.#child = spawn(file, rest, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    client.#child.stdout.setEncoding("utf8").on("data", (chunk) => client.#receive(chunk));
    client.#child.on("exit", (code, signal) => client.#fail(`the server ended: ${signal ?? code}`));
    await client.request("initialize", INITIALIZE);
    client.startMs = performance.now() - spawned;
    client.spawned = spawned;
    client.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return client;
  }

  get pid() {
    return this.#child.pid;
  }

  request(method, params) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ jsonrpc: "2.0", id, method, params });
    });
  }

  /** Calls a tool and gives its structured content. */
  async call(name, args) {
    const result = await this.request("tools/call", { name, arguments: args });
    if (result.isError) throw new Error(`${name}: ${result.content[0].text}`);
    return result.structuredContent;
  }

  /** Ends the server as a client does, by closing its stdin. */
  async close() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    if (this.#child.exitCode !== null) return;
    this.#child.stdin.end();
    const impatience = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(impatience);
  }

  /** Ends the server as a crash does. */
  async kill() {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }

  #send(message) {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #receive(chunk) {
    const lines = chunk.split("\n");
    if (lines.length === 1) {
      this.#partial.push(chunk);
      return;
    }
    lines[0] = this.#partial.join("") + lines[0];
    this.#partial = [lines.pop()];
    for (const line of lines) {
      const { id, result, error } = JSON.parse(line);
      const waiting = this.#waiting.get(id);
      if (!waiting) continue;
      this.#waiting.delete(id);
      if (error) waiting.reject(new Error(error.message));
      else waiting.resolve(result);
    }
  }

  #fail(reason) {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
