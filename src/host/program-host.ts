/**
 * The main thread's side of the program host: one worker, started when first needed, guarded.
 *
 * G1. Requests go one at a time, first come first served; while one waits, the main thread is free.
 * G2. A request that exceeds the guard ends the worker. Its caller gets `ProgramStalled`; every other
 *     caller gets `HostRestarted` and starts over from the log.
 * G3. `generation` counts workers: what was loaded into an earlier one is gone.
 * G4. Side effects run beside the requests. A request that could not even begin was held up by one of them:
 *     the effect is to blame, and whoever asked starts over. While effects run, somebody always asks.
 */

import { Worker } from "node:worker_threads";
import type { ProgramVersion } from "../catalog/version.ts";
import { type ErrorAnswer, SequencerError } from "../errors.ts";
import { BEGUN_REQUEST, type EffectOrder, ENTERED_EFFECT, PROGRESS_BYTES } from "./effect-messages.ts";
import { type EffectHandle, EffectTable } from "./effect-table.ts";
import type { HostAnswer, HostCall, HostCalls, HostNotice, Place } from "./messages.ts";

export interface HostOptions {
  /** The worker's entry file. */
  readonly entry: URL;
  /** Milliseconds that one turn may take. Default 5,000. */
  readonly turnTimeoutMs?: number;
  /** Node's own flags for the worker. */
  readonly execArgv?: string[];
}

/** The worker that held the caller's execution is gone, and the caller is not to blame. */
export class HostRestarted extends Error {
  override readonly name = "HostRestarted";
}

interface Job {
  readonly id: number;
  readonly call: HostCall;
  readonly request: unknown;
  /** The caller's execution lives in this worker; in another it would find nothing. */
  readonly generation: number | undefined;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const DEFAULT_TURN_TIMEOUT_MS = 5_000;

export class ProgramHost {
  private readonly options: HostOptions;
  private readonly turnTimeoutMs: number;
  private readonly queue: Job[] = [];
  private worker: Worker | undefined;
  private ready = false;
  private running: Job | undefined;
  /** One timer for all requests, begun anew with each. */
  private guard: NodeJS.Timeout | undefined;
  private pinging: NodeJS.Timeout | undefined;
  private nextId = 1;
  private defined = new Set<string>();
  private disposed = false;
  private readonly effects = new EffectTable();
  /** Shared with the worker, see `HostProgress`. */
  private progress = new Int32Array(new SharedArrayBuffer(PROGRESS_BYTES));
  /** Which worker this is; grows with each new one. */
  generation = 0;

  constructor(options: HostOptions) {
    this.options = options;
    this.turnTimeoutMs = options.turnTimeoutMs ?? DEFAULT_TURN_TIMEOUT_MS;
  }

  /** Starts the worker, if it does not run: callers that will need it soon save the wait. */
  warm(): void {
    this.start();
  }

  /**
   * @param generation the worker that must answer, where the request relies on something loaded in it
   * @throws HostRestarted, SequencerError `ProgramStalled`, or what the request failed with
   */
  call<C extends HostCall>(
    call: C,
    request: HostCalls[C]["request"],
    generation?: number,
  ): Promise<HostCalls[C]["answer"]> {
    return new Promise((resolve, reject) => {
      if (this.disposed) {
        reject(new SequencerError("InternalError", "The program host has been disposed of."));
        return;
      }
      const job: Job = { id: this.nextId++, call, request, generation, resolve: resolve as never, reject };
      this.queue.push(job);
      this.start();
      this.pump();
    });
  }

  /** Makes sure that the host knows a version, and returns the generation that does. */
  async define(version: ProgramVersion): Promise<number> {
    for (;;) {
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
  startEffect(order: EffectOrder): EffectHandle {
    const handle = this.effects.add(order.instance);
    const { number } = handle;
    this.start();
    void this.call("startEffect", { ...order, effect: number }, this.generation)
      .then(
        ({ started }) => started,
        () => false,
      )
      .then((started) => {
        if (!started) this.effects.interrupt(number);
      });
    void handle.end.then(() => this.keepAlive());
    return handle;
  }

  /** Its `end` is `cancelled` at once; its code hears of it by its signal. */
  cancelEffect(effect: number): void {
    if (!this.effects.cancel(effect)) return;
    this.call("cancelEffect", { effect }, this.generation).catch(() => {});
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.end(new SequencerError("InternalError", "The server is shutting down."));
  }

  private start(): void {
    if (this.worker !== undefined || this.disposed) return;
    const memory = new SharedArrayBuffer(PROGRESS_BYTES);
    this.progress = new Int32Array(memory);
    const worker = new Worker(this.options.entry, {
      workerData: { memory },
      // A program's console must never reach the transport.
      stdout: true,
      stderr: true,
      stdin: false,
      ...(this.options.execArgv && { execArgv: this.options.execArgv }),
    });
    this.generation++;
    this.worker = worker;
    this.ready = false;
    this.defined = new Set();
    worker.stdout.on("data", (chunk) => process.stderr.write(chunk));
    worker.stderr.on("data", (chunk) => process.stderr.write(chunk));
    worker.on("message", (message: HostNotice | HostAnswer) => {
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

  private pump(): void {
    if (this.running !== undefined || !this.ready) return;
    const job = this.queue.shift();
    if (job === undefined) return;
    if (job.generation !== undefined && job.generation !== this.generation) {
      job.reject(new HostRestarted());
      this.pump();
      return;
    }
    this.running = job;
    this.keepAlive();
    this.guard = this.guard?.refresh() ?? setTimeout(() => this.timedOut(), this.turnTimeoutMs).unref();
    this.worker!.postMessage({ id: job.id, call: job.call, request: job.request });
  }

  private finish(message: HostAnswer): void {
    const job = this.running;
    if (job === undefined || job.id !== message.id) return;
    if ("foreignAwait" in message) {
      this.stalled(job, FOREIGN_AWAIT);
      return;
    }
    this.release();
    if ("failure" in message) job.reject(revive(message.failure, message.place));
    else job.resolve(message.answer);
    this.pump();
  }

  private release(): void {
    this.running = undefined;
    this.keepAlive();
  }

  /** A running request or effect keeps the process alive; an idle host does not. */
  private keepAlive(): void {
    const { awaited } = this.effects;
    if (this.running !== undefined || awaited) this.worker?.ref();
    else this.worker?.unref();
    if (!awaited) {
      clearInterval(this.pinging);
      this.pinging = undefined;
    } else {
      this.pinging ??= setInterval(() => this.ping(), this.turnTimeoutMs).unref();
    }
  }

  private ping(): void {
    if (this.running === undefined && this.ready) this.call("ping", {}).catch(() => {});
  }

  private hasBegun(job: Job): boolean {
    return Atomics.load(this.progress, BEGUN_REQUEST) === job.id;
  }

  /** The guard goes off: so long ago the last request was sent. */
  private timedOut(): void {
    const job = this.running;
    if (job === undefined) return;
    if (this.hasBegun(job)) {
      this.stalled(job, stuckFor(this.turnTimeoutMs));
      return;
    }
    const suspects = this.effects.suspects(Atomics.load(this.progress, ENTERED_EFFECT));
    void this.end(new HostRestarted(), suspects);
  }

  /** The running request is stuck: it fails, the worker ends, everybody else starts over. */
  private stalled(job: Job, why: string): void {
    this.release();
    job.reject(
      new SequencerError("ProgramStalled", `The program did not come back to the sequencer: ${why}.`),
    );
    void this.end(new HostRestarted());
  }

  private lost(worker: Worker, why: string): void {
    if (worker !== this.worker) return;
    const job = this.running;
    const neverReady = !this.ready;
    this.release();
    this.worker = undefined;
    this.ready = false;
    this.generation++;
    if (neverReady)
      this.refuseAll(new SequencerError("InternalError", `The program host did not start: ${why}.`));
    job?.reject(
      this.hasBegun(job)
        ? new SequencerError("ProgramStalled", `The program did not come back to the sequencer: ${why}.`)
        : new HostRestarted(),
    );
    this.effects.endAll(new Set());
    if (this.queue.length > 0) {
      this.start();
    }
  }

  private refuseAll(error: unknown): void {
    for (const job of this.queue.splice(0)) job.reject(error);
  }

  private async end(error: unknown, blamed: ReadonlySet<number> = new Set()): Promise<void> {
    const { worker, running } = this;
    this.worker = undefined;
    this.ready = false;
    this.generation++;
    if (running !== undefined) {
      this.release();
      running.reject(error);
    }
    this.effects.endAll(blamed);
    if (this.disposed) this.refuseAll(error);
    await worker?.terminate();
    if (this.queue.length > 0) this.start();
  }
}

const FOREIGN_AWAIT =
  "it awaits something that is not a step (a timer, a request, a promise that is settled elsewhere)";

function stuckFor(milliseconds: number): string {
  return `one turn took longer than ${milliseconds / 1000} s (an endless loop, or a chain of promises that never ends)`;
}

function revive({ error, message, fix, details }: ErrorAnswer, place: Place | undefined): SequencerError {
  return Object.assign(new SequencerError(error, message, fix, { ...(details && { details }) }), place);
}
