/**
 * A process of a peer. A worker holds a peer's program: it is told things by lines of JSON on its stdin, and
 * announces on descriptor 3 that the request of a step has become visible. Its own output goes to a log.
 */

import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { processTree } from "./processes.mjs";

const SYNCS = "trace=fsync,fdatasync,sync_file_range,msync";

/** `command` under strace, which notes each sync in `trace`; as it is without one. */
export function traced(command, trace) {
  return trace ? ["strace", "-f", "-qq", "--seccomp-bpf", "-e", SYNCS, "-o", trace, ...command] : command;
}

/**
 * Starts a process in the way of all peers.
 *
 * @param {string[]} command
 * @param {{ cwd: string, env?: Record<string, string>, log: string, trace?: string, as?: object, stdin?: string }} options
 */
export function startProcess(command, { cwd, env = {}, log, trace, as = {}, extra = [] }) {
  const [file, ...args] = traced(command, trace);
  const output = openSync(log, "a");
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, DO_NOT_TRACK: "1", ...env },
    stdio: ["pipe", output, output, ...extra],
    ...as,
  });
  child.ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin.on("error", () => {});
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  return child;
}

/** Processes that were started and have not ended. */
const alive = new Set();

/** Ends what a session that was given up has left behind. */
export function endAll() {
  for (const child of alive) {
    for (const pid of process.platform === "linux" ? processTree([child.pid]) : [child.pid]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {} // It has ended meanwhile.
    }
  }
}

/** Ends a process, politely, then not; where strace runs it, what strace has started. */
export async function endProcess(child, signal = "SIGTERM") {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (child.spawnfile === "strace")
    for (const pid of processTree([child.pid]).slice(1)) process.kill(pid, signal);
  else child.kill(signal);
  const impatience = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await child.ended;
  clearTimeout(impatience);
}

export class Worker {
  #child;
  #visible = new Map();
  #waiting = new Map();

  /** Resolves when the worker says that it is ready. */
  static async start(command, options) {
    const worker = new Worker();
    worker.#child = startProcess(command, { ...options, extra: ["pipe"] });
    let partial = "";
    worker.#child.stdio[3].setEncoding("utf8").on("data", (chunk) => {
      const lines = (partial + chunk).split("\n");
      partial = lines.pop();
      for (const line of lines) worker.#announce(JSON.parse(line));
    });
    worker.#child.once("error", (error) => worker.#fail(error));
    worker.#child.once("exit", (code, signal) =>
      worker.#fail(new Error(`its process ended: ${signal ?? code}`)),
    );
    if (options.announcesItself !== false) await worker.visible("worker", "ready");
    return worker;
  }

  get pid() {
    return this.#child.pid;
  }

  get ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  tell(message) {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** The request of a step of a run, once it is visible; a run that is done shows the step after its last. */
  visible(run, step) {
    const key = `${run}:${step}`;
    if (this.#visible.has(key)) return this.#visible.get(key);
    return new Promise((resolve, reject) => this.#waiting.set(key, { resolve, reject }));
  }

  async kill() {
    this.#child.kill("SIGKILL");
    await this.#child.ended;
  }

  async close() {
    this.#child.stdin.end();
    await endProcess(this.#child);
  }

  #announce(request) {
    const key = `${request.run}:${request.step}`;
    this.#visible.set(key, request);
    this.#waiting.get(key)?.resolve(request);
    this.#waiting.delete(key);
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
