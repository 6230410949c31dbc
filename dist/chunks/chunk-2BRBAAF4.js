import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/host/program-host.ts
import { Worker } from "node:worker_threads";

// src/host/effect-messages.ts
var PROGRESS_BYTES = 8;
var BEGUN_REQUEST = 0;
var ENTERED_EFFECT = 1;

// src/host/effect-table.ts
var EffectTable = class {
  entries = /* @__PURE__ */ new Map();
  nextNumber = 1;
  /** True while somebody waits for one. */
  get awaited() {
    return [...this.entries.values()].some(({ cancelled }) => !cancelled);
  }
  add(instance) {
    const number = this.nextNumber++;
    const end = new Promise((resolve) => {
      this.entries.set(number, { instance, resolve, cancelled: false });
    });
    return { number, end };
  }
  finish({ effect, value, error }) {
    this.end(effect, error === void 0 ? { how: "value", value: value ?? null } : { how: "error", error });
  }
  /** False if there is nothing to cancel any more. */
  cancel(number) {
    const entry = this.entries.get(number);
    if (entry === void 0 || entry.cancelled) return false;
    entry.cancelled = true;
    entry.resolve({ how: "cancelled" });
    return true;
  }
  interrupt(number) {
    this.end(number, { how: "interrupted" });
  }
  /**
   * Whoever may hold the thread: the effect whose function did not come back, or all that wait for something.
   *
   * @param entered the effect that was entered last, 0 if it has come back
   */
  suspects(entered) {
    if (this.entries.has(entered)) return /* @__PURE__ */ new Set([entered]);
    return new Set([...this.entries].filter(([, { cancelled }]) => !cancelled).map(([number]) => number));
  }
  /** The worker is gone. */
  endAll(blamed) {
    for (const number of [...this.entries.keys()]) {
      this.end(number, { how: blamed.has(number) ? "blocked" : "interrupted" });
    }
  }
  end(number, end) {
    this.entries.get(number)?.resolve(end);
    this.entries.delete(number);
  }
};

// src/host/program-host.ts
var HostRestarted = class extends Error {
  name = "HostRestarted";
};
var DEFAULT_TURN_TIMEOUT_MS = 5e3;
var ProgramHost = class {
  options;
  turnTimeoutMs;
  queue = [];
  worker;
  ready = false;
  running;
  /** One timer for all requests, begun anew with each. */
  guard;
  pinging;
  nextId = 1;
  defined = /* @__PURE__ */ new Set();
  disposed = false;
  effects = new EffectTable();
  /** Shared with the worker, see `HostProgress`. */
  progress = new Int32Array(new SharedArrayBuffer(PROGRESS_BYTES));
  /** Which worker this is; grows with each new one. */
  generation = 0;
  constructor(options) {
    this.options = options;
    this.turnTimeoutMs = options.turnTimeoutMs ?? DEFAULT_TURN_TIMEOUT_MS;
  }
  /** Starts the worker, if it does not run: callers that will need it soon save the wait. */
  warm() {
    this.start();
  }
  /**
   * @param generation the worker that must answer, where the request relies on something loaded in it
   * @throws HostRestarted, SequencerError `ProgramStalled`, or what the request failed with
   */
  call(call, request, generation) {
    return new Promise((resolve, reject) => {
      if (this.disposed) {
        reject(new SequencerError("InternalError", "The program host has been disposed of."));
        return;
      }
      const job = { id: this.nextId++, call, request, generation, resolve, reject };
      this.queue.push(job);
      this.start();
      this.pump();
    });
  }
  /** Makes sure that the host knows a version, and returns the generation that does. */
  async define(version) {
    for (; ; ) {
      this.start();
      const { generation } = this;
      if (this.defined.has(version.version)) return generation;
      try {
        await this.call("define", { version }, generation);
        if (generation !== this.generation) continue;
        this.defined.add(version.version);
        return generation;
      } catch (error) {
        if (!(error instanceof HostRestarted)) throw error;
      }
    }
  }
  /** Runs the side effect that a loaded instance waits for. `end` never rejects. */
  startEffect(order) {
    const handle = this.effects.add(order.instance);
    const { number } = handle;
    this.start();
    void this.call("startEffect", { ...order, effect: number }, this.generation).then(
      ({ started }) => started,
      () => false
    ).then((started) => {
      if (!started) this.effects.interrupt(number);
    });
    void handle.end.then(() => this.keepAlive());
    return handle;
  }
  /** Its `end` is `cancelled` at once; its code hears of it by its signal. */
  cancelEffect(effect) {
    if (!this.effects.cancel(effect)) return;
    this.call("cancelEffect", { effect }, this.generation).catch(() => {
    });
  }
  async dispose() {
    this.disposed = true;
    await this.end(new SequencerError("InternalError", "The server is shutting down."));
  }
  start() {
    if (this.worker !== void 0 || this.disposed) return;
    const memory = new SharedArrayBuffer(PROGRESS_BYTES);
    this.progress = new Int32Array(memory);
    const worker = new Worker(this.options.entry, {
      workerData: { memory },
      // A program's console must never reach the transport.
      stdout: true,
      stderr: true,
      stdin: false,
      ...this.options.execArgv && { execArgv: this.options.execArgv }
    });
    this.generation++;
    this.worker = worker;
    this.ready = false;
    this.defined = /* @__PURE__ */ new Set();
    worker.stdout.on("data", (chunk) => process.stderr.write(chunk));
    worker.stderr.on("data", (chunk) => process.stderr.write(chunk));
    worker.on("message", (message) => {
      if (worker !== this.worker) return;
      if (message === "ready") {
        this.ready = true;
        this.pump();
      } else if ("notice" in message) {
        this.effects.finish(message.notice);
      } else {
        this.finish(message);
      }
    });
    worker.on("error", (error) => this.lost(worker, `it ended with ${error.name}: ${error.message}`));
    worker.on("exit", (code) => this.lost(worker, `it ended the program host (exit code ${code})`));
    worker.unref();
  }
  pump() {
    if (this.running !== void 0 || !this.ready) return;
    const job = this.queue.shift();
    if (job === void 0) return;
    if (job.generation !== void 0 && job.generation !== this.generation) {
      job.reject(new HostRestarted());
      this.pump();
      return;
    }
    this.running = job;
    this.keepAlive();
    this.guard = this.guard?.refresh() ?? setTimeout(() => this.timedOut(), this.turnTimeoutMs).unref();
    this.worker.postMessage({ id: job.id, call: job.call, request: job.request });
  }
  finish(message) {
    const job = this.running;
    if (job === void 0 || job.id !== message.id) return;
    if ("foreignAwait" in message) {
      this.stalled(job, FOREIGN_AWAIT);
      return;
    }
    this.release();
    if ("failure" in message) job.reject(revive(message.failure, message.place));
    else job.resolve(message.answer);
    this.pump();
  }
  release() {
    this.running = void 0;
    this.keepAlive();
  }
  /** A running request or effect keeps the process alive; an idle host does not. */
  keepAlive() {
    const { awaited } = this.effects;
    if (this.running !== void 0 || awaited) this.worker?.ref();
    else this.worker?.unref();
    if (!awaited) {
      clearInterval(this.pinging);
      this.pinging = void 0;
    } else {
      this.pinging ??= setInterval(() => this.ping(), this.turnTimeoutMs).unref();
    }
  }
  ping() {
    if (this.running === void 0 && this.ready) this.call("ping", {}).catch(() => {
    });
  }
  hasBegun(job) {
    return Atomics.load(this.progress, BEGUN_REQUEST) === job.id;
  }
  /** The guard goes off: so long ago the last request was sent. */
  timedOut() {
    const job = this.running;
    if (job === void 0) return;
    if (this.hasBegun(job)) {
      this.stalled(job, stuckFor(this.turnTimeoutMs));
      return;
    }
    const suspects = this.effects.suspects(Atomics.load(this.progress, ENTERED_EFFECT));
    void this.end(new HostRestarted(), suspects);
  }
  /** The running request is stuck: it fails, the worker ends, everybody else starts over. */
  stalled(job, why) {
    this.release();
    job.reject(
      new SequencerError("ProgramStalled", `The program did not come back to the sequencer: ${why}.`)
    );
    void this.end(new HostRestarted());
  }
  lost(worker, why) {
    if (worker !== this.worker) return;
    const job = this.running;
    const neverReady = !this.ready;
    this.release();
    this.worker = void 0;
    this.ready = false;
    this.generation++;
    if (neverReady)
      this.refuseAll(new SequencerError("InternalError", `The program host did not start: ${why}.`));
    job?.reject(
      this.hasBegun(job) ? new SequencerError("ProgramStalled", `The program did not come back to the sequencer: ${why}.`) : new HostRestarted()
    );
    this.effects.endAll(/* @__PURE__ */ new Set());
    if (this.queue.length > 0) {
      this.start();
    }
  }
  refuseAll(error) {
    for (const job of this.queue.splice(0)) job.reject(error);
  }
  async end(error, blamed = /* @__PURE__ */ new Set()) {
    const { worker, running } = this;
    this.worker = void 0;
    this.ready = false;
    this.generation++;
    if (running !== void 0) {
      this.release();
      running.reject(error);
    }
    this.effects.endAll(blamed);
    if (this.disposed) this.refuseAll(error);
    await worker?.terminate();
    if (this.queue.length > 0) this.start();
  }
};
var FOREIGN_AWAIT = "it awaits something that is not a step (a timer, a request, a promise that is settled elsewhere)";
function stuckFor(milliseconds) {
  return `one turn took longer than ${milliseconds / 1e3} s (an endless loop, or a chain of promises that never ends)`;
}
function revive({ error, message, fix, details }, place) {
  return Object.assign(new SequencerError(error, message, fix, { ...details && { details } }), place);
}

export {
  HostRestarted,
  ProgramHost
};
