import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Unanswered,
  apply,
  awaitsDriver,
  describeInstance,
  differenceOf,
  initialState,
  isDerived,
  mismatchOf,
  nameOf,
  sketchOf,
  stateOf
} from "./chunk-TJG3RKOP.js";
import {
  MAX_DEPTH,
  preview,
  sameJson
} from "./chunk-XOSMML67.js";
import "./chunk-GBZ66VWN.js";
import "./chunk-X2D4U2RG.js";
import {
  createCatalog
} from "./chunk-DHNN36SA.js";
import {
  ProgramNotLoadable
} from "./chunk-G32TDBMB.js";
import "./chunk-VFSHRO5Y.js";
import {
  createLogStore
} from "./chunk-FPZ35OED.js";
import {
  FORMAT_VERSION,
  isKnownEventType
} from "./chunk-I77IYGI3.js";
import {
  SequencerError
} from "./chunk-J27JKALQ.js";
import "./chunk-6E5ESL5F.js";

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
    const end = new Promise((resolve2) => {
      this.entries.set(number, { instance, resolve: resolve2, cancelled: false });
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
    return new Promise((resolve2, reject) => {
      if (this.disposed) {
        reject(new SequencerError("InternalError", "The program host has been disposed of."));
        return;
      }
      const job = { id: this.nextId++, call, request, generation, resolve: resolve2, reject };
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
    this.guard = setTimeout(() => this.timedOut(job), this.turnTimeoutMs);
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
    clearTimeout(this.guard);
    this.running = void 0;
    this.keepAlive();
  }
  /** A running request or effect keeps the process alive; an idle host does not. */
  keepAlive() {
    const { awaited: awaited2 } = this.effects;
    if (this.running !== void 0 || awaited2) this.worker?.ref();
    else this.worker?.unref();
    if (!awaited2) {
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
  timedOut(job) {
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
    this.release();
    this.worker = void 0;
    this.ready = false;
    this.generation++;
    job?.reject(
      this.hasBegun(job) ? new SequencerError("ProgramStalled", `The program did not come back to the sequencer: ${why}.`) : new HostRestarted()
    );
    this.effects.endAll(/* @__PURE__ */ new Set());
    if (this.queue.length > 0) {
      this.start();
    }
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
    if (this.disposed) for (const job of this.queue.splice(0)) job.reject(error);
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

// src/instances/shell.ts
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as setTimeout2 } from "node:timers/promises";

// node_modules/ulid/dist/node/index.js
import crypto from "node:crypto";
var ENCODING = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
var ENCODING_LEN = 32;
var RANDOM_LEN = 16;
var TIME_LEN = 10;
var TIME_MAX = 281474976710655;
var ULIDErrorCode;
(function(ULIDErrorCode2) {
  ULIDErrorCode2["Base32IncorrectEncoding"] = "B32_ENC_INVALID";
  ULIDErrorCode2["DecodeTimeInvalidCharacter"] = "DEC_TIME_CHAR";
  ULIDErrorCode2["DecodeTimeValueMalformed"] = "DEC_TIME_MALFORMED";
  ULIDErrorCode2["EncodeTimeNegative"] = "ENC_TIME_NEG";
  ULIDErrorCode2["EncodeTimeSizeExceeded"] = "ENC_TIME_SIZE_EXCEED";
  ULIDErrorCode2["EncodeTimeValueMalformed"] = "ENC_TIME_MALFORMED";
  ULIDErrorCode2["PRNGDetectFailure"] = "PRNG_DETECT";
  ULIDErrorCode2["ULIDInvalid"] = "ULID_INVALID";
  ULIDErrorCode2["Unexpected"] = "UNEXPECTED";
  ULIDErrorCode2["UUIDInvalid"] = "UUID_INVALID";
})(ULIDErrorCode || (ULIDErrorCode = {}));
var ULIDError = class extends Error {
  constructor(errorCode, message) {
    super(`${message} (${errorCode})`);
    this.name = "ULIDError";
    this.code = errorCode;
  }
};
function randomChar(prng) {
  const randomPosition = Math.floor(prng() * ENCODING_LEN) % ENCODING_LEN;
  return ENCODING.charAt(randomPosition);
}
function detectPRNG(root) {
  const rootLookup = detectRoot();
  const globalCrypto = rootLookup && (rootLookup.crypto || rootLookup.msCrypto) || (typeof crypto !== "undefined" ? crypto : null);
  if (typeof globalCrypto?.getRandomValues === "function") {
    return () => {
      const buffer = new Uint8Array(1);
      globalCrypto.getRandomValues(buffer);
      return buffer[0] / 256;
    };
  } else if (typeof globalCrypto?.randomBytes === "function") {
    return () => globalCrypto.randomBytes(1).readUInt8() / 256;
  } else if (crypto?.randomBytes) {
    return () => crypto.randomBytes(1).readUInt8() / 256;
  }
  throw new ULIDError(ULIDErrorCode.PRNGDetectFailure, "Failed to find a reliable PRNG");
}
function detectRoot() {
  if (inWebWorker())
    return self;
  if (typeof window !== "undefined") {
    return window;
  }
  if (typeof global !== "undefined") {
    return global;
  }
  if (typeof globalThis !== "undefined") {
    return globalThis;
  }
  return null;
}
function encodeRandom(len, prng) {
  let str = "";
  for (; len > 0; len--) {
    str = randomChar(prng) + str;
  }
  return str;
}
function encodeTime(now, len = TIME_LEN) {
  if (isNaN(now)) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeValueMalformed, `Time must be a number: ${now}`);
  } else if (now > TIME_MAX) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeSizeExceeded, `Cannot encode a time larger than ${TIME_MAX}: ${now}`);
  } else if (now < 0) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeNegative, `Time must be positive: ${now}`);
  } else if (Number.isInteger(now) === false) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeValueMalformed, `Time must be an integer: ${now}`);
  }
  let mod, str = "";
  for (let currentLen = len; currentLen > 0; currentLen--) {
    mod = now % ENCODING_LEN;
    str = ENCODING.charAt(mod) + str;
    now = (now - mod) / ENCODING_LEN;
  }
  return str;
}
function inWebWorker() {
  return typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
}
function ulid(seedTime, prng) {
  const currentPRNG = prng || detectPRNG();
  const seed = !seedTime || isNaN(seedTime) ? Date.now() : seedTime;
  return encodeTime(seed, TIME_LEN) + encodeRandom(RANDOM_LEN, currentPRNG);
}

// src/instances/clock.ts
function timestamp(clock, notBefore = "") {
  const now = new Date(clock()).toISOString();
  return now < notBefore ? notBefore : now;
}

// src/instances/surroundings.ts
function explainDivergence(error, started) {
  if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged" || started === void 0)
    return error;
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const node = Number(process.versions.node.split(".", 1)[0]);
  const differences = [
    ...timeZone === started.time_zone ? [] : [`time zone ${started.time_zone}, now ${timeZone}`],
    ...locale === started.locale ? [] : [`locale ${started.locale}, now ${locale}`],
    ...node === started.node ? [] : [`Node ${started.node}, now ${node}`]
  ];
  if (differences.length === 0) return error;
  return new SequencerError(
    error.code,
    `${error.message} The run began elsewhere (${differences.join("; ")}), which the program may depend on.`,
    error.fix,
    { cause: error, details: error.details }
  );
}

// src/instances/instance.ts
var Instance = class {
  state = initialState();
  parts;
  /** Host generation that holds the execution; undefined: none does. */
  generation;
  unfed = [];
  drafts = [];
  readFromStart = false;
  adoptions = [];
  /** How many of them the execution was told of. */
  adoptionsTold = 0;
  constructor(parts) {
    this.parts = parts;
  }
  get id() {
    return this.parts.log.instanceId;
  }
  /** How many events it has seen: whether something happened. */
  get seen() {
    return this.parts.log.nextSeq;
  }
  /** False while something of it would be lost or broken off without it. */
  get evictable() {
    return this.drafts.length === 0;
  }
  /** Reads what others have written, replays it, completes the last turn, and fires the timers that are due. */
  async catchUp() {
    await this.readOn();
    await this.completeTurn();
    for (let due = this.dueStep(); due !== void 0; due = this.dueStep()) {
      if (await this.record({ type: "timer_fired", step_no: due }) !== void 0) continue;
      await this.readOn();
      await this.completeTurn();
    }
    if (this.state.ended !== void 0) await this.releaseExecution();
  }
  /**
   * Appends an event that happened, and everything the program does about it.
   *
   * @returns the steps that it issued; `undefined` if another process wrote first: decide again
   */
  async record(happening) {
    const at2 = timestamp(this.parts.clock, this.state.lastAt);
    const { type, ...rest } = happening;
    const batch = this.parts.log.append([{ type, at: at2, ...rest }]);
    if (batch === void 0) return void 0;
    this.accept(batch);
    if (this.generation === void 0) return [];
    const before = this.state.lastStepNo;
    await this.feed();
    await this.completeTurn();
    return [...this.state.pending.values()].map(({ issued }) => issued).filter((issued) => issued.step_no > before);
  }
  /** @returns `undefined` if the program does not wait for that step */
  async judge(stepNo, reply) {
    const request = { instance: this.id, lines: this.takeUnfed(), stepNo, reply };
    try {
      return (await this.parts.host.call("judge", request, this.generation)).verdict;
    } catch (error) {
      throw error instanceof SequencerError && error.code === "ProgramStalled" ? checkTimedOut(stepNo, error) : error;
    }
  }
  /** @throws SequencerError `UnknownSignal` */
  judgeSignal(name, value) {
    return this.parts.host.call(
      "judgeSignal",
      { instance: this.id, lines: this.takeUnfed(), name, value },
      this.generation
    );
  }
  /** When the clock next ends a step; undefined: none waits for it. */
  nextDue() {
    let next;
    for (const { issued } of this.state.pending.values()) {
      const due = issued.timeout_at;
      if (due !== void 0 && (next === void 0 || due < next)) next = due;
    }
    return next;
  }
  /** Nothing is answered before this: what led to the answer is on disk. */
  sync() {
    return this.parts.log.sync();
  }
  async dispose() {
    this.parts.log.close();
    await this.releaseExecution();
  }
  /** A run that has ended needs no generators any more. */
  async releaseExecution() {
    const { generation } = this;
    this.generation = void 0;
    if (generation === void 0 || generation !== this.parts.host.generation) return;
    await this.parts.host.call("unload", { instance: this.id }, generation).catch(() => {
    });
  }
  dueStep() {
    if (this.generation === void 0) return void 0;
    const due = this.nextDue();
    if (due === void 0 || due > new Date(this.parts.clock()).toISOString()) return void 0;
    for (const { issued } of this.state.pending.values()) {
      if (issued.timeout_at === due) return issued.step_no;
    }
    return void 0;
  }
  async readOn() {
    const { log } = this.parts;
    if (this.readFromStart && !log.hasGrown()) return;
    this.readFromStart = true;
    let replaying = Promise.resolve(void 0);
    let failure;
    try {
      for await (const batch of log.readOn()) {
        this.accept(batch);
        failure ??= await replaying;
        const isOutdated = this.adoptionsTold < this.adoptions.length;
        try {
          if (isOutdated && (failure !== void 0 || this.generation !== void 0)) {
            failure = void 0;
            await this.startAnew();
          } else if (failure === void 0) {
            if (this.generation === void 0) await this.load();
            replaying = failureOf(this.feed());
          } else {
            this.unfed = [];
          }
        } catch (error) {
          failure = { error };
        }
      }
    } finally {
      failure ??= await replaying;
    }
    if (failure !== void 0 && this.state.ended === void 0) throw failure.error;
  }
  /** Replays the new version over all that was read so far. */
  async startAnew() {
    await this.releaseExecution();
    this.unfed = [];
    this.drafts = [];
    const { nextSeq } = this.parts.log;
    const log = this.parts.reopen();
    try {
      await this.load();
      for await (const batch of log.readOn()) {
        if (batch.firstSeq >= nextSeq) break;
        this.unfed.push(linesUpTo(batch, nextSeq));
        await this.feed();
      }
    } finally {
      log.close();
    }
  }
  async load() {
    const { started, version, ended } = this.state;
    if (started === void 0 || ended !== void 0) return;
    const loaded = await this.parts.loadVersion(version, started.program.name);
    const generation = await this.parts.host.define(loaded);
    const { adoptions } = this;
    await this.parts.host.call(
      "load",
      {
        instance: this.id,
        version,
        seed: started.seed,
        atMs: Date.parse(started.at),
        ...adoptions.length > 0 && { adoptions }
      },
      generation
    );
    this.generation = generation;
    this.adoptionsTold = adoptions.length;
  }
  async feed() {
    if (this.generation === void 0) {
      this.unfed = [];
      return;
    }
    const request = { instance: this.id, lines: this.takeUnfed() };
    try {
      this.drafts = (await this.parts.host.call("feed", request, this.generation)).drafts;
    } catch (error) {
      throw explainDivergence(error, this.state.started);
    }
  }
  async completeTurn() {
    while (this.drafts.length > 0) {
      const { log } = this.parts;
      const batch = log.append(this.drafts);
      if (batch === void 0) {
        await this.readOn();
      } else {
        this.drafts = [];
        this.accept(batch);
      }
    }
  }
  accept(batch) {
    for (const event of batch.events) {
      apply(this.state, event);
      if (event.type === "version_adopted") this.adoptions.push(event);
    }
    this.unfed.push(batch.lines);
    const { storageFailed } = this.state;
    if (storageFailed !== void 0) {
      throw new SequencerError(
        "StorageFailed",
        `The log of ${this.id} was fenced after a failed sync: ${storageFailed}.`
      );
    }
  }
  takeUnfed() {
    const lines = this.unfed.join("");
    this.unfed = [];
    return lines;
  }
};
function checkTimedOut(stepNo, cause) {
  return new SequencerError(
    "ReplyCheckTimedOut",
    `The schema of step ${stepNo} did not come to a verdict on this reply, which was not recorded. ${cause.message}`,
    void 0,
    { cause }
  );
}
function linesUpTo({ firstSeq, events, lines }, seq) {
  if (firstSeq + events.length <= seq) return lines;
  let end = 0;
  for (let at2 = firstSeq; at2 < seq; at2++) end = lines.indexOf("\n", end) + 1;
  return lines.slice(0, end);
}
async function failureOf(work) {
  try {
    await work;
    return void 0;
  } catch (error) {
    return { error };
  }
}

// src/instances/past.ts
var Past = class {
  state = initialState();
  adoptions = [];
  unanswered = new Unanswered();
  /** Events seen. */
  length = 0;
  /** @throws SequencerError `CorruptedLog` for events that cannot follow each other */
  see(events) {
    for (const event of events) {
      apply(this.state, event);
      this.unanswered.see(event);
      if (event.type === "version_adopted") this.adoptions.push(event);
    }
    this.length += events.length;
  }
};
var EVENTS_A_PART = 500;
function* inParts(events) {
  for (let from = 0; from < events.length; from += EVENTS_A_PART) {
    const part = events.slice(from, from + EVENTS_A_PART);
    yield { events: part, lines: part.map((event) => `${JSON.stringify(event)}
`).join("") };
  }
}

// src/engine/rehearsal.ts
function recordedSteps(events) {
  const ends = /* @__PURE__ */ new Map();
  const again = /* @__PURE__ */ new Map();
  const steps = [];
  for (const event of events) {
    if (event.type === "step_issued") {
      if (event.validation_error === void 0) steps.push(event);
      else again.set(event.validation_error.step_no, event.step_no);
    } else if ("step_no" in event && isEnd(event)) {
      ends.set(event.step_no, event);
    }
  }
  return steps.map((issued) => {
    let last = issued.step_no;
    for (let next = again.get(last); next !== void 0; next = again.get(last)) last = next;
    const end = ends.get(last);
    return { step_no: issued.step_no, sketch: sketchOf(issued), ...end && { end } };
  });
}
function isEnd(event) {
  return ["reply_accepted", "timer_fired", "effect_finished"].includes(event.type);
}
function isAlike(recorded, asked, programDir) {
  return differenceOf(recorded, asked, programDir) === void 0;
}

// src/engine/alignment.ts
var REACH = 5;
function alignmentOf(recorded, asked, programDir) {
  const [first, second] = recorded;
  if (first === void 0) return void 0;
  const alike = (r, a) => {
    const [one, other] = [recorded[r], asked[a]];
    return one !== void 0 && other !== void 0 && isAlike(one.sketch, other, programDir);
  };
  if (alike(0, 0)) return void 0;
  if (second !== void 0 && alike(0, 1) && alike(1, 0)) {
    return `steps ${first.step_no} and ${second.step_no} changed places`;
  }
  const inARow = (r, a) => {
    let count = 0;
    while (count < REACH && alike(r + count, a + count)) count++;
    return count;
  };
  const guesses = [];
  for (let by = 1; by <= REACH; by++) {
    const inserted = by === 1 ? "a step was" : `${by} steps were`;
    guesses.push({ hint: `${inserted} inserted before step ${first.step_no}`, confirmed: inARow(0, by) });
    const last = recorded[by - 1];
    if (last === void 0) continue;
    const removed = by === 1 ? `step ${first.step_no} was` : `steps ${first.step_no} to ${last.step_no} were`;
    guesses.push({ hint: `${removed} removed`, confirmed: inARow(by, 0) });
  }
  const changed = `step ${first.step_no} was changed, and what follows is the same`;
  guesses.push({ hint: changed, confirmed: inARow(1, 1) });
  const best = Math.max(...guesses.map(({ confirmed }) => confirmed));
  return best === 0 ? void 0 : guesses.find(({ confirmed }) => confirmed === best).hint;
}

// src/engine/text-diff.ts
var MAX_LINES = 400;
var MAX_SHOWN = 40;
var MAX_WIDTH = 160;
var CONTEXT = 1;
function diffOfLines(before, after) {
  const lines = align(before.slice(0, MAX_LINES), after.slice(0, MAX_LINES));
  const isNear = (at2) => lines.slice(Math.max(0, at2 - CONTEXT), at2 + CONTEXT + 1).some(({ mark }) => mark !== " ");
  const kept = lines.filter((_, at2) => isNear(at2));
  if (kept.length === 0) return void 0;
  const shown2 = kept.slice(0, MAX_SHOWN).map(({ mark, text }) => `${mark} ${cut(text)}`);
  const more = kept.length - MAX_SHOWN;
  return [...shown2, ...more > 0 ? [`… and ${more} more lines`] : []].join("\n");
}
function align(before, after) {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let i2 = before.length - 1; i2 >= 0; i2--) {
    for (let j2 = after.length - 1; j2 >= 0; j2--) {
      common[i2 * width + j2] = before[i2] === after[j2] ? common[(i2 + 1) * width + j2 + 1] + 1 : Math.max(common[(i2 + 1) * width + j2], common[i2 * width + j2 + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      lines.push({ mark: " ", text: before[i++] });
      j++;
    } else if (i < before.length && (j === after.length || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      lines.push({ mark: "-", text: before[i++] });
    } else {
      lines.push({ mark: "+", text: after[j++] });
    }
  }
  return lines;
}
function cut(text) {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}…` : text;
}

// src/engine/replay-report.ts
function divergenceReport(mismatch, found) {
  const { what, step_no, seq, recorded, asked, asked_at } = mismatch;
  const { instanceId, program, version, recordedVersion, line, recordedAt, hint, programDir } = found;
  const diff = recorded === void 0 || typeof asked !== "object" ? void 0 : diffOfLines(linesOf(shown(recorded, programDir)), linesOf(shown(asked, programDir)));
  const where = line === void 0 ? "" : ` (line ${line} of its log)`;
  const paragraphs = [
    `Version ${short(version)} of program '${program}' does not do what the log of ${instanceId} says was done. ${step_no === void 0 ? upper(what) : `Step ${step_no}${where}: ${what}`}.`,
    recorded && `recorded${at(recordedAt)}: ${nameOf(shown(recorded, programDir))}`,
    asked !== void 0 && `asked now${at(asked_at)}: ${typeof asked === "string" ? asked : nameOf(shown(asked, programDir))}`,
    diff,
    hint && `It seems that ${hint}.`,
    "The instance stays as it was."
  ];
  return new SequencerError(
    "ProgramDiverged",
    paragraphs.filter((text) => typeof text === "string").join("\n"),
    fixFor(step_no),
    {
      details: withoutAbsent({
        instance_id: instanceId,
        step_no,
        line,
        seq,
        what,
        recorded: recorded && withoutAbsent({ ...recorded, at: recordedAt }),
        asked: typeof asked === "object" ? withoutAbsent({ ...asked, at: asked_at }) : asked,
        diff,
        hint,
        version,
        recorded_version: recordedVersion
      })
    }
  );
}
function fixFor(stepNo) {
  const stay = "To go on with the recorded version, call sequencer_resume without program_version.";
  return stepNo === void 0 ? `${stay} To run the new version, start a new instance.` : `${stay} To go on from there with the new version, call sequencer_fork with before_step_no: ${stepNo} and program_version: "latest".`;
}
function at(place) {
  return place === void 0 ? "" : ` at ${place}`;
}
function short(version) {
  return version.slice(0, 8);
}
function upper(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
function shown(sketch, programDir) {
  const text = JSON.stringify(sketch).replaceAll(JSON.stringify(programDir).slice(1, -1), "{program_dir}").replaceAll(/\/[^\s"'`<>()]*?\/versions\/[0-9a-f]{32}\/files/g, "{program_dir}");
  return JSON.parse(text);
}
function linesOf({ text, ...rest }) {
  const lines = Object.entries(rest).flatMap(([part, value]) => {
    const json = typeof value === "string" ? value : JSON.stringify(value, void 0, 2);
    return `${part}: ${json}`.split("\n");
  });
  return text === void 0 ? lines : [...lines, ...`text: ${text}`.split("\n")];
}
function withoutAbsent(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== void 0));
}

// src/instances/trial-run.ts
var REHEARSED_STEPS = 12;
var EVENTS_AHEAD = 400;
var trials = 0;
function tryVersion(parts, version, subject) {
  const { host, catalog } = parts;
  const programDir = catalog.filesFolder(version.version);
  const { adoptions, unanswered: unanswered2, state } = subject.past;
  return parts.programs.ask(
    version,
    (generation) => withExecution(
      host,
      state.started,
      { version: version.version, adoptions, trial: unanswered2.trial(programDir) },
      generation,
      async (instance) => {
        try {
          for await (const { lines } of subject.parts())
            await host.call("feed", { instance, lines }, generation);
          return await host.call("finishTrial", { instance }, generation);
        } catch (error) {
          if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged") throw error;
          const mismatch = mismatchOf(error) ?? { what: error.message };
          const soFar = await host.call("finishTrial", { instance, soFar: true }, generation);
          throw await new Report(parts, version, subject, generation).of(mismatch, soFar);
        }
      }
    )
  );
}
async function withExecution(host, { seed, at: at2 }, load, generation, work) {
  const instance = `trial ${++trials}`;
  await host.call("load", { ...load, instance, seed, atMs: Date.parse(at2) }, generation);
  try {
    return await work(instance);
  } finally {
    await host.call("unload", { instance }, generation).catch(() => {
    });
  }
}
var Report = class {
  constructor(parts, version, subject, generation) {
    this.parts = parts;
    this.version = version;
    this.subject = subject;
    this.generation = generation;
    this.programDir = parts.catalog.filesFolder(version.version);
  }
  parts;
  version;
  subject;
  generation;
  programDir;
  async of(mismatch, soFar) {
    const { instanceId, past, isRunnable } = this.subject;
    const { seq, step_no } = mismatch;
    const line = await ifPossible(
      async () => seq === void 0 ? void 0 : this.parts.store.lineOf(instanceId, seq)
    );
    const recordedAt = await ifPossible(
      async () => step_no === void 0 || !isRunnable ? void 0 : this.placeOf(step_no)
    );
    const hint = await ifPossible(async () => seq === void 0 ? void 0 : this.hintAt(seq, soFar));
    return divergenceReport(mismatch, {
      instanceId,
      program: this.version.name,
      version: this.version.version,
      recordedVersion: past.state.version,
      programDir: this.programDir,
      ...line !== void 0 && { line },
      ...recordedAt !== void 0 && { recordedAt },
      ...hint !== void 0 && { hint }
    });
  }
  /** Where the recorded version makes a step: it is replayed until it does. */
  async placeOf(stepNo) {
    const { host, catalog } = this.parts;
    const { version, started } = this.subject.past.state;
    const pinned = await catalog.load(version, started.program.name);
    const generation = await host.define(pinned);
    const load = { version, adoptions: this.subject.past.adoptions, seek: stepNo };
    return withExecution(host, started, load, generation, async (instance) => {
      for await (const { lines } of this.subject.parts()) {
        await host.call("feed", { instance, lines }, generation);
        const { place } = await host.call("soughtPlace", { instance }, generation);
        if (place !== void 0) return place;
      }
      return void 0;
    });
  }
  /** Lets the new version go on from before the turn that differs, and compares what it asks. */
  async hintAt(seq, soFar) {
    const { host } = this.parts;
    const { before, after } = await this.splitBefore(seq);
    if (after.length === 0) return void 0;
    const { version: previous, started } = this.subject.past.state;
    const { at: at2 } = before.at(-1);
    const withdrawn = [
      ...soFar.withdrawn ?? [],
      ...this.subject.past.adoptions.flatMap(({ withdrawn: withdrawn2 = [] }) => withdrawn2)
    ];
    const { version } = this.version;
    const adopted = { type: "version_adopted", at: at2, version, previous, ...soFar, withdrawn };
    const adoptions = [...before.filter((event) => event.type === "version_adopted"), adopted];
    const recorded = recordedSteps(after);
    return withExecution(host, started, { version, adoptions }, this.generation, async (instance) => {
      for (const { lines } of inParts([...before, adopted])) {
        await host.call("feed", { instance, lines }, this.generation);
      }
      const { programDir } = this;
      const { asked } = await host.call(
        "rehearse",
        { instance, recorded, at: at2, programDir, limit: REHEARSED_STEPS },
        this.generation
      );
      return alignmentOf(recorded, asked, programDir);
    });
  }
  /** The log up to what happened before the event `seq` was derived, and what was derived and followed. */
  async splitBefore(seq) {
    const events = [];
    let turn = 0;
    let found = false;
    for await (const part of this.subject.parts()) {
      for (const event of part.events) {
        if (!found && !isDerived(event)) turn = events.length + 1;
        if (event.seq === seq) {
          if (!isDerived(event)) return { before: [], after: [] };
          found = true;
        }
        events.push(event);
        if (found && events.length > turn + EVENTS_AHEAD) break;
      }
      if (found && events.length > turn + EVENTS_AHEAD) break;
    }
    return { before: events.slice(0, turn), after: found ? events.slice(turn) : [] };
  }
};
async function ifPossible(find) {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HostRestarted) throw error;
    return void 0;
  }
}

// src/instances/adopt.ts
async function adoptLatest(parts, instanceId, isRunnable) {
  const { store, catalog, programs, clock } = parts;
  const log = store.open(instanceId);
  try {
    const past = new Past();
    for (; ; ) {
      for await (const { events } of log.readOn()) past.see(events);
      const { started, ended, version: previous, lastAt } = past.state;
      if (started === void 0) throw new SequencerError("CorruptedLog", "The log holds no events.");
      const version = await programs.link(started.program.name);
      if (version.version === previous) return false;
      if (ended !== void 0) throw endedAlready(instanceId, ended.state, past.state.lastStepNo);
      const subject = {
        instanceId,
        past,
        isRunnable,
        parts: () => readAgain(parts, instanceId, past.length)
      };
      const adoption = await tryVersion(parts, version, subject);
      await catalog.store(version);
      const at2 = timestamp(clock, lastAt);
      const adopted = {
        type: "version_adopted",
        at: at2,
        version: version.version,
        previous,
        ...adoption
      };
      if (log.append([adopted]) === void 0) continue;
      await log.sync();
      return true;
    }
  } finally {
    log.close();
  }
}
async function* readAgain({ store }, instanceId, length) {
  let log;
  try {
    log = store.open(instanceId);
    for await (const batch of log.readOn()) {
      if (batch.firstSeq >= length) return;
      yield { events: batch.events.slice(0, length - batch.firstSeq), lines: linesUpTo(batch, length) };
    }
  } finally {
    log?.close();
  }
}
function endedAlready(instanceId, state, lastStepNo) {
  return new SequencerError(
    "InstanceEnded",
    `Instance ${instanceId} has ended (${state}): it cannot move to another version.`,
    `To go on with the new version from a step, call sequencer_fork with program_version: "latest" and before_step_no from 1 to ${lastStepNo + 1} (${lastStepNo + 1}: after the last answer).`
  );
}

// src/instances/effects/effects.ts
import { stat as stat2 } from "node:fs/promises";
import { join as join4 } from "node:path";

// src/instances/listing.ts
var DEFAULT_LIMIT = 20;
var MAX_LIMIT = 200;
async function foldLog(log, state = initialState()) {
  for await (const { events } of log.readOn()) {
    for (const event of events) apply(state, event);
  }
  if (state.started === void 0) throw new SequencerError("CorruptedLog", "The log holds no events.");
  return state;
}
var Listing = class {
  store;
  projectDir;
  stallOf;
  known = /* @__PURE__ */ new Map();
  constructor(store, projectDir, stallOf) {
    this.store = store;
    this.projectDir = projectDir;
    this.stallOf = stallOf;
  }
  /** This project's instances first, then the others; newest first within each. */
  async page({
    filter = "active",
    limit = DEFAULT_LIMIT,
    cursor,
    includeClosed = filter === "all"
  }) {
    const offset = parseCursor(cursor);
    const count = Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT);
    const matching = (await this.entries()).filter((entry) => matches(entry, filter, includeClosed));
    const here = matching.filter((entry) => entry.project_dir === this.projectDir);
    const elsewhere = matching.filter((entry) => entry.project_dir !== this.projectDir);
    const ordered = [...here, ...elsewhere];
    const end = offset + count;
    return {
      instances: ordered.slice(offset, end),
      total: ordered.length,
      next_cursor: end < ordered.length ? String(end) : null
    };
  }
  /** Every instance there is, newest first. */
  async entries() {
    const infos = this.store.list();
    const entries = [];
    for (const info of infos) {
      const known = this.known.get(info.instanceId);
      const fresh = known?.bytes === info.bytes && known.modifiedMs === info.modifiedMs;
      const entry = fresh ? known.entry : await this.read(info);
      if (entry === void 0) continue;
      if (!fresh) this.known.set(info.instanceId, { bytes: info.bytes, modifiedMs: info.modifiedMs, entry });
      entries.push(this.stallOf(info.instanceId) === void 0 ? entry : { ...entry, state: "stalled" });
    }
    if (this.known.size > infos.length) this.forgetRemoved(infos);
    return entries;
  }
  async read(info) {
    let log;
    try {
      log = this.store.open(info.instanceId);
      return entryOf(info.instanceId, await foldLog(log));
    } catch (error) {
      if (error instanceof SequencerError && error.code === "UnknownInstance") return void 0;
      return unreadable(info, error instanceof Error ? error.message : String(error));
    } finally {
      log?.close();
    }
  }
  forgetRemoved(infos) {
    const present = new Set(infos.map(({ instanceId }) => instanceId));
    for (const id of this.known.keys()) if (!present.has(id)) this.known.delete(id);
  }
};
function entryOf(id, state) {
  const started = state.started;
  const pending = state.pending.keys().next();
  return {
    instance_id: id,
    program: started.program.name,
    version: state.version,
    state: stateOf(state),
    closed: state.closed,
    step_no: pending.done ? state.lastStepNo : pending.value,
    started_at: started.at,
    updated_at: state.lastAt,
    project_dir: started.project_dir,
    progress_hint: state.progress,
    ...state.storageFailed !== void 0 && { problem: `The log was fenced: ${state.storageFailed}` }
  };
}
function unreadable({ instanceId, modifiedMs }, problem) {
  const modified = new Date(modifiedMs).toISOString();
  return {
    instance_id: instanceId,
    program: "",
    version: "",
    state: "unreadable",
    closed: false,
    step_no: 0,
    started_at: modified,
    updated_at: modified,
    project_dir: "",
    progress_hint: null,
    problem
  };
}
function matches(entry, filter, includeClosed) {
  if (entry.closed && !includeClosed) return false;
  if (filter === "all") return true;
  const ended = ["completed", "aborted", "failed", "cancelled"].includes(entry.state);
  return ended === (filter === "ended");
}
function parseCursor(cursor) {
  if (cursor === void 0) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new SequencerError(
    "InvalidArguments",
    `$.cursor: ${JSON.stringify(cursor.slice(0, 40))} is not a cursor.`,
    "Pass next_cursor of the page before, or leave it out."
  );
}

// src/instances/effects/attention.ts
var POLL_MS = 250;
var LONGEST_PAUSE_MS = 3e4;
var FINAL = /* @__PURE__ */ new Set(["UnknownInstance", "StorageFailed", "CorruptedLog", "LogFromNewerVersion"]);
var Attention = class {
  options;
  watched = /* @__PURE__ */ new Map();
  tending = /* @__PURE__ */ new Set();
  again = /* @__PURE__ */ new Set();
  timer;
  looking = false;
  constructor(options) {
    this.options = options;
  }
  /** @param keepAlive something runs here: the process must not end meanwhile */
  start(keepAlive) {
    this.timer ??= setInterval(() => void this.look(), this.options.pollMs ?? POLL_MS);
    if (keepAlive) this.timer.ref();
    else this.timer.unref();
  }
  stop() {
    clearInterval(this.timer);
    this.timer = void 0;
    this.watched.clear();
    this.again.clear();
  }
  /** The instance has had a turn: its program runs. */
  turned(id) {
    const watched = this.watched.get(id);
    if (watched !== void 0) watched.stalled = false;
  }
  /** Something has come. */
  wake(id) {
    if (this.watched.get(id)?.stalled) return;
    if (this.tending.has(id)) this.again.add(id);
    else void this.tend(id);
  }
  async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      const ids = new Set(this.options.ids());
      for (const id of this.watched.keys()) if (!ids.has(id)) this.watched.delete(id);
      if (ids.size === 0) this.stop();
      for (const id of ids) await this.lookAt(id).catch(() => {
      });
    } finally {
      this.looking = false;
    }
  }
  async lookAt(id) {
    const length = await this.options.lengthOf(id);
    if (length === void 0) {
      await this.options.abandon(id);
      return;
    }
    const watched = this.watchedOf(id);
    const grown = watched.length !== length;
    watched.length = length;
    if (watched.stalled) {
      if (grown) await this.options.followStalled(id);
      return;
    }
    if (performance.now() < watched.notBeforeMs) return;
    if (grown || await this.options.isDue(id)) this.wake(id);
  }
  async tend(id) {
    this.tending.add(id);
    try {
      await this.options.tend(id);
      this.watchedOf(id).failures = 0;
    } catch (error) {
      await this.failed(id, error);
    } finally {
      this.tending.delete(id);
      if (this.again.delete(id)) this.wake(id);
    }
  }
  /** Whoever calls about the instance meets the same error and is told; here it only matters what is next. */
  async failed(id, error) {
    const code = error instanceof SequencerError ? error.code : "";
    if (FINAL.has(code)) {
      await this.options.abandon(id);
      return;
    }
    const watched = this.watchedOf(id);
    watched.stalled = code === "ProgramStalled";
    watched.failures++;
    watched.notBeforeMs = performance.now() + Math.min(POLL_MS * 2 ** Math.min(watched.failures, 20), LONGEST_PAUSE_MS);
  }
  watchedOf(id) {
    let watched = this.watched.get(id);
    if (watched === void 0) {
      watched = { length: void 0, stalled: false, failures: 0, notBeforeMs: 0 };
      this.watched.set(id, watched);
    }
    return watched;
  }
};

// src/instances/effects/claims.ts
var Claims = class {
  byInstance = /* @__PURE__ */ new Map();
  get isEmpty() {
    return this.byInstance.size === 0;
  }
  has(id) {
    return this.byInstance.has(id);
  }
  instances() {
    return this.byInstance.keys();
  }
  get(id, stepNo) {
    return this.byInstance.get(id)?.get(stepNo);
  }
  of(id) {
    return [...this.byInstance.get(id)?.values() ?? []];
  }
  all() {
    return [...this.byInstance.keys()].flatMap((id) => this.of(id));
  }
  /** False once it was released, or another attempt took its place. */
  isHeld(claim) {
    return this.get(claim.id, claim.issued.step_no) === claim;
  }
  hold(claim) {
    let claims = this.byInstance.get(claim.id);
    if (claims === void 0) {
      claims = /* @__PURE__ */ new Map();
      this.byInstance.set(claim.id, claims);
    }
    claims.set(claim.issued.step_no, claim);
  }
  release(claim) {
    if (!this.isHeld(claim)) return;
    const claims = this.byInstance.get(claim.id);
    claims.delete(claim.issued.step_no);
    if (claims.size === 0) this.byInstance.delete(claim.id);
  }
};

// src/instances/effects/command-run.ts
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// src/guard/protocol.ts
var GUARD_MARKER = "AGENT_SEQUENCER_GUARD";

// src/instances/effects/command-run.ts
var SHOWN_OUTPUT_BYTES = 1e5;
var KEPT_OUTPUT_BYTES = 1e8;
var STOP_MS = 15e3;
function runCommand(guardEntry, order, secrets) {
  let guard;
  let stopped = false;
  const carryOut = async () => {
    const known = await secrets;
    if (known === void 0 || stopped) return { kind: "interrupted" };
    guard = startGuard(guardEntry, { ...planOf(order), command: commandOf(order, known) });
    return guard.outcome;
  };
  const outcome = carryOut().catch(() => ({ kind: "interrupted" }));
  return {
    outcome: outcome.then((ended) => stopped ? void 0 : ended),
    stop: async () => {
      stopped = true;
      await guard?.stop();
      await outcome;
    }
  };
}
async function endLeftovers(guardEntry, order) {
  await startGuard(guardEntry, planOf(order)).outcome;
}
function planOf({ instance, issued, lastStep, pending }) {
  return { instance, step: issued.step_no, lastStep, pending };
}
function commandOf({ instance, issued, projectDir, stateDir }, { env, input }) {
  const { cwd = "." } = issued.options;
  const output2 = (name) => ({
    shown: SHOWN_OUTPUT_BYTES,
    file: join(stateDir, `${instance}.${issued.step_no}.${name}`),
    kept: KEPT_OUTPUT_BYTES
  });
  return {
    file: issued.label,
    args: issued.args ?? [],
    cwd: resolve(projectDir, cwd),
    env: { ...process.env, ...env },
    ...input !== void 0 && { input },
    stdout: output2("stdout"),
    stderr: output2("stderr")
  };
}
function startGuard(entry, plan) {
  const guard = spawn(process.execPath, [fileURLToPath(entry)], {
    // In a session of its own: who ends the server's whole group does not end its guards.
    detached: true,
    cwd: "/",
    env: guardEnvironment(`${plan.instance}/${plan.step}`),
    stdio: ["pipe", "pipe", "ignore"]
  });
  const chunks = [];
  guard.stdout.on("data", (chunk) => chunks.push(chunk));
  const outcome = new Promise((done) => {
    guard.once("error", (error) => done(notStarted(error)));
    guard.once("close", () => done(outcomeOf(Buffer.concat(chunks).toString("utf8"))));
  });
  guard.stdin.on("error", () => {
  });
  guard.stdin.write(`${JSON.stringify(plan)}
`);
  return { outcome, stop: () => stopGuard(guard, outcome) };
}
async function stopGuard(guard, outcome) {
  guard.stdin.end();
  const stuck = setTimeout(() => guard.kill("SIGKILL"), STOP_MS);
  await outcome;
  clearTimeout(stuck);
}
function guardEnvironment(marker) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("NODE_"));
  return { ...Object.fromEntries(inherited), [GUARD_MARKER]: marker };
}
function outcomeOf(text) {
  let report2;
  try {
    report2 = JSON.parse(text);
  } catch {
    return { kind: "interrupted" };
  }
  if ("result" in report2) return { kind: "finished", value: report2.result };
  if ("failed" in report2) return { kind: "failed", error: report2.failed };
  return { kind: "interrupted" };
}
function notStarted(error) {
  const why = error.code ?? error.message;
  return {
    kind: "failed",
    error: {
      type: "CommandNotStarted",
      message: `the process that guards the command could not be started: ${why}`
    }
  };
}

// src/instances/effects/effect-run.ts
function runEffect(host, order) {
  const { number, end } = host.startEffect(order);
  return {
    outcome: end.then(outcomeOf2),
    // Code that does not listen to its signal cannot be ended; what it still returns is not heard.
    stop: async () => host.cancelEffect(number)
  };
}
function outcomeOf2(end) {
  switch (end.how) {
    case "value":
      return { kind: "finished", value: end.value };
    case "error":
      return { kind: "failed", error: end.error };
    case "cancelled":
      return void 0;
    default:
      return { kind: end.how };
  }
}

// src/instances/effects/lease.ts
import { access, mkdir, open, unlink } from "node:fs/promises";
import { dirname, join as join2 } from "node:path";

// src/instances/effects/process-identity.ts
import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

// src/guard/proc-stat.ts
function parseStat(line) {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const started = fields[19];
  if (!state || !group || !started) return void 0;
  return { state, group: Number(group), started };
}
function hasEnded({ state }) {
  return state === "Z" || state === "X";
}

// src/instances/effects/process-identity.ts
var own;
function ownIdentity() {
  own ??= (async () => ({
    pid: process.pid,
    boot: await orNull(bootOf()),
    pid_namespace: process.platform === "linux" ? await orNull(readlink("/proc/self/ns/pid")) : "the only one",
    started: await orNull(startOf(process.pid))
  }))();
  return own;
}
async function isRunning(identity) {
  const { boot, pid_namespace, started } = await ownIdentity();
  if (boot === null || pid_namespace === null || started === null) return void 0;
  if (identity.boot !== boot || identity.pid_namespace !== pid_namespace) return void 0;
  if (identity.started === null || !Number.isSafeInteger(identity.pid)) return void 0;
  try {
    return await startOf(identity.pid) === identity.started;
  } catch {
    return void 0;
  }
}
function bootOf() {
  if (process.platform === "linux") return readText("/proc/sys/kernel/random/boot_id");
  return output("sysctl", ["-n", "kern.bootsessionuuid"]);
}
async function startOf(pid) {
  if (process.platform !== "linux") {
    return await output("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => "") || void 0;
  }
  try {
    const facts = parseStat(await readFile(`/proc/${pid}/stat`, "latin1"));
    return facts === void 0 || hasEnded(facts) ? void 0 : facts.started;
  } catch (error) {
    const { code = "" } = error;
    if (["ENOENT", "ESRCH"].includes(code) && !isHidden(pid)) return void 0;
    throw error;
  }
}
function isHidden(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
async function readText(path) {
  return (await readFile(path, "utf8")).trim();
}
async function output(file, args) {
  return (await promisify(execFile)(file, args)).stdout.trim();
}
async function orNull(fact) {
  try {
    return await fact || null;
  } catch {
    return null;
  }
}

// src/instances/effects/lease.ts
var BEAT_MS = 5e3;
var FRESH_MS = 1e3;
var Lease = class {
  options;
  currentId;
  content;
  taking;
  wanted = /* @__PURE__ */ new Set();
  beating;
  /** By the monotonic clock. */
  writtenMs = Number.NEGATIVE_INFINITY;
  constructor(options) {
    this.options = options;
    this.currentId = options.id ?? ulid();
  }
  get id() {
    return this.currentId;
  }
  /** The id to name in the log. @throws SequencerError `StateDirUnusable` */
  hold() {
    this.taking ??= this.take().finally(() => {
      this.taking = void 0;
    });
    return this.taking;
  }
  /** Beats while somebody has something running under the lease. */
  keepAlive(who, wanted) {
    if (wanted) this.wanted.add(who);
    else this.wanted.delete(who);
    if (this.wanted.size === 0) {
      clearInterval(this.beating);
      this.beating = void 0;
      return;
    }
    this.beating ??= setInterval(() => {
      this.beat().catch(() => {
      });
    }, this.options.beatMs ?? BEAT_MS).unref();
  }
  async release() {
    this.wanted.clear();
    clearInterval(this.beating);
    this.beating = void 0;
    await this.taking?.catch(() => {
    });
    if (this.content === void 0) return;
    this.content = void 0;
    await unlink(this.path).catch(() => {
    });
  }
  get path() {
    return join2(this.options.folder, this.currentId);
  }
  async take() {
    try {
      const isFresh = performance.now() - this.writtenMs < FRESH_MS;
      if (this.content !== void 0 && (isFresh || await this.beat())) return this.currentId;
      this.content = Buffer.from(`${JSON.stringify(await ownIdentity())}
`);
      await mkdir(this.options.folder, { recursive: true, mode: 448 });
      const file = await open(this.path, "wx", 384);
      try {
        await file.writeFile(this.content);
        await file.sync();
      } finally {
        await file.close();
      }
      this.writtenMs = performance.now();
      for (const folder of [this.options.folder, dirname(this.options.folder)]) await syncFolder(folder);
      return this.currentId;
    } catch (error) {
      this.content = void 0;
      throw new SequencerError(
        "StateDirUnusable",
        `The lease ${this.path} cannot be written, so no side effect can be started: ${error.message}.`,
        void 0,
        { cause: error }
      );
    }
  }
  /** False if the lease is lost. */
  async beat() {
    const { content, path } = this;
    if (content === void 0) return false;
    try {
      const file = await open(path, "r+");
      await file.write(content, 0, content.length, 0).finally(() => file.close());
      await access(path);
      this.writtenMs = performance.now();
      return true;
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      if (this.content === content) this.lose();
      return false;
    }
  }
  lose() {
    const lost = this.currentId;
    this.content = void 0;
    this.currentId = ulid();
    this.options.onLost(lost);
  }
};
async function syncFolder(folder) {
  const handle = await open(folder, "r");
  await handle.sync().catch(() => {
  }).finally(() => handle.close());
}

// src/instances/effects/owners.ts
import { open as open2, readdir, rm, stat, unlink as unlink2 } from "node:fs/promises";
import { join as join3 } from "node:path";
var STALE_MS = 3e4;
var WATCH_OLD_MS = 12e3;
var FORGOTTEN_MS = 7 * 24 * 36e5;
var OWNER_ID = /^[0-9A-Z]{26}$/;
var Owners = class {
  folder;
  monotonicMs;
  sightings = /* @__PURE__ */ new Map();
  constructor(folder, monotonicMs = () => performance.now()) {
    this.folder = folder;
    this.monotonicMs = monotonicMs;
  }
  /** An owner that cannot be judged yet counts as alive: look again later. */
  async isAlive(owner) {
    if (!OWNER_ID.test(owner)) return false;
    const lease = await this.read(owner);
    if (lease === void 0) {
      this.sightings.delete(owner);
      return false;
    }
    const running = lease.identity === void 0 ? void 0 : await isRunning(lease.identity);
    if (running ?? await this.beats(owner, lease.beatAtMs)) return true;
    await this.bury(owner);
    return false;
  }
  /** Removes the leases of the dead, as far as that can be told at once. */
  async cleanUp() {
    const now = await this.fileSystemTime();
    for (const owner of (await readdir(this.folder)).filter((name) => OWNER_ID.test(name))) {
      const lease = await this.read(owner);
      if (lease === void 0) continue;
      const running = lease.identity === void 0 ? void 0 : await isRunning(lease.identity);
      const forgotten = now - lease.beatAtMs > FORGOTTEN_MS;
      if (running === false || running === void 0 && forgotten) await this.bury(owner);
    }
  }
  async beats(owner, beatAtMs) {
    const now = this.monotonicMs();
    const seen = this.sightings.get(owner);
    if (seen === void 0 || seen.beatAtMs !== beatAtMs) {
      this.sightings.set(owner, { beatAtMs, sinceMs: now });
      return true;
    }
    const quietMs = now - seen.sinceMs;
    if (quietMs >= STALE_MS) return false;
    return quietMs < WATCH_OLD_MS || await this.fileSystemTime() - beatAtMs < STALE_MS;
  }
  /** `undefined`: there is none. */
  async read(owner) {
    const path = join3(this.folder, owner);
    try {
      const file = await open2(path, "r");
      try {
        const { mtimeMs: beatAtMs } = await file.stat();
        return { identity: parseIdentity(await file.readFile("utf8")), beatAtMs };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(error.code ?? "")) return void 0;
      throw new SequencerError(
        "StateDirUnusable",
        `The lease ${path} cannot be read: ${error.message}.`,
        void 0,
        { cause: error }
      );
    }
  }
  async bury(owner) {
    this.sightings.delete(owner);
    await unlink2(join3(this.folder, owner)).catch(() => {
    });
  }
  /** What the file system takes for now. */
  async fileSystemTime() {
    const probe = join3(this.folder, `.now-${process.pid}`);
    try {
      await (await open2(probe, "w", 384)).close();
      return (await stat(probe)).mtimeMs;
    } finally {
      await rm(probe, { force: true });
    }
  }
};
function parseIdentity(text) {
  try {
    return JSON.parse(text) ?? void 0;
  } catch {
    return void 0;
  }
}

// src/instances/effects/effects.ts
var MAX_ATTEMPTS = 20;
var OWNERS_EVERY_MS = 1e3;
var LAUNCH_WITHIN_MS = 1e3;
var BLOCKED = "A side effect of the program holds the thread that all programs share (an endless loop, or long work without an await).";
var BLOCKED_FIX = "Do such work in a process of its own, with command(); then call sequencer_resume. It is not run again until then.";
var Effects = class {
  options;
  claims = new Claims();
  /** Owners of what others do, by the instance that waits for it. */
  foreign = /* @__PURE__ */ new Map();
  /** Also for what else `effect_started` says that this process is at. */
  lease;
  owners;
  attention;
  cleanedUp = false;
  disposed = false;
  constructor(options) {
    this.options = options;
    const folder = join4(options.stateDir, "owners");
    this.lease = new Lease({
      folder,
      id: options.ownerId,
      beatMs: options.beatMs,
      onLost: (id) => this.interrupt(this.claims.all().filter(({ owner }) => owner === id))
    });
    this.owners = new Owners(folder);
    this.attention = new Attention({
      tend: options.tend,
      ids: () => [...this.claims.instances(), ...this.foreign.keys()],
      isDue: (id) => this.isDue(id),
      lengthOf: (id) => this.lengthOf(id),
      followStalled: (id) => this.followStalled(id),
      abandon: (id) => this.abandon(id),
      pollMs: options.pollMs
    });
  }
  /** True while this process is at something for the instance: it stays in memory. */
  busy(id) {
    return this.claims.has(id);
  }
  /** Everything at once, at the end of a turn: claims, makes durable, launches. */
  async proceed(instance) {
    const claims = await this.claim(instance);
    await instance.sync();
    this.launch(instance, claims);
  }
  /**
   * In a turn, caught up: ends what is over, records what has ended, and claims every effect and command
   * that nobody alive is at.
   *
   * @returns what `launch` must start once the turn is synced
   * @throws SequencerError `ProgramStalled` if an effect of the instance held the program host's thread
   */
  async claim(instance) {
    const { id, state } = instance;
    if (this.disposed) return [];
    this.attention.turned(id);
    if (!this.claims.has(id) && !this.foreign.has(id) && effectsOf(state).next().done) return [];
    do
      await this.endWhatIsOver(id, state);
    while (await this.advance(instance));
    this.watch(id, state);
    return this.claims.of(id).filter(({ run, outcome }) => run === void 0 && outcome === void 0);
  }
  /** After `sync`, in the same turn. What comes of it comes in turns of its own. */
  launch(instance, claims) {
    for (const claim of claims) {
      if (this.disposed || !this.claims.isHeld(claim) || claim.run !== void 0) continue;
      const { id, issued, attempt } = claim;
      if (claim.owner !== this.lease.id) {
        this.settle(claim, { kind: "interrupted" });
        continue;
      }
      const stepNo = issued.step_no;
      claim.run = issued.kind === "effect" ? runEffect(this.options.host, { instance: id, stepNo, attempt }) : runCommand(
        this.options.guardEntry,
        this.orderOf(instance, claim),
        this.options.host.call("commandSecrets", { instance: id, stepNo })
      );
      void claim.run.outcome.then((outcome) => outcome && this.settle(claim, outcome));
    }
  }
  /** Ends what runs for the instance here and forgets it: its log goes, or nobody may write it any more. */
  async abandon(id) {
    this.foreign.delete(id);
    await this.end(this.claims.of(id));
  }
  /** Ends everything that runs here. The log says that it was begun; whoever goes on applies `onInterrupted`. */
  async dispose() {
    this.disposed = true;
    this.attention.stop();
    await this.end(this.claims.all());
    await this.lease.release();
  }
  /** One round over the pending effects. @returns true if it must be looked again */
  async advance(instance) {
    for (const step of [...effectsOf(instance.state)]) {
      const move = await this.moveFor(instance, step);
      if (move === void 0) continue;
      if (await instance.record(move.happening) === void 0) {
        await instance.catchUp();
        return true;
      }
      if (move.claim === void 0) return true;
      this.claims.hold(move.claim);
    }
    return false;
  }
  /** What this process has to record about a pending effect, if anything. */
  async moveFor(instance, step) {
    const { issued, effect } = step;
    const step_no = issued.step_no;
    const claim = this.claims.get(instance.id, step_no);
    if (claim !== void 0) {
      const { outcome } = claim;
      switch (outcome?.kind) {
        case void 0:
          return void 0;
        case "finished":
          return { happening: { type: "effect_finished", step_no, value: outcome.value } };
        case "failed":
          return { happening: { type: "effect_finished", step_no, error: outcome.error } };
        case "blocked":
          claim.outcome = { kind: "interrupted" };
          throw new SequencerError("ProgramStalled", BLOCKED, BLOCKED_FIX);
        case "interrupted":
          return this.afterInterruption(instance, step, claim.attempt);
      }
    }
    if (effect === void 0) return this.begin(instance.id, step, 1);
    if (effect.owner === this.lease.id) {
      this.claims.hold(newClaim(instance.id, step, effect.owner, effect.attempt));
      return void 0;
    }
    if (await this.owners.isAlive(effect.owner)) return void 0;
    return this.afterInterruption(instance, step, effect.attempt);
  }
  async begin(id, step, attempt) {
    const owner = await this.lease.hold();
    if (!this.cleanedUp) {
      this.cleanedUp = true;
      void this.owners.cleanUp().catch(() => {
      });
    }
    return {
      happening: { type: "effect_started", step_no: step.issued.step_no, owner, attempt },
      claim: newClaim(id, step, owner, attempt)
    };
  }
  /** E4. */
  async afterInterruption(instance, step, attempt) {
    const { issued } = step;
    const { on_interrupted } = issued.options;
    if (on_interrupted === "rerun" && attempt < MAX_ATTEMPTS) {
      return this.begin(instance.id, step, attempt + 1);
    }
    if (issued.kind === "command") {
      await endLeftovers(this.options.guardEntry, this.orderOf(instance, { issued }));
    }
    const times = attempt === 1 ? "" : ` ${attempt} times`;
    const reason = `'${issued.label}' was interrupted${times} before its result was recorded; what it did so far is not known`;
    return {
      happening: { type: "step_failed", step_no: issued.step_no, code: "interrupted", reason }
    };
  }
  settle(claim, outcome) {
    if (!this.claims.isHeld(claim)) return;
    claim.outcome = outcome;
    this.attention.wake(claim.id);
  }
  /** E3. */
  async endWhatIsOver(id, state) {
    const over = this.claims.of(id).filter(({ issued, owner, attempt }) => {
      const effect = state.pending.get(issued.step_no)?.effect;
      return effect?.owner !== owner || effect.attempt !== attempt;
    });
    if (over.length > 0) await this.end(over);
  }
  async end(claims) {
    await Promise.all(claims.map(({ run }) => run?.stop()));
    for (const claim of claims) this.claims.release(claim);
    this.lease.keepAlive(this, !this.claims.isEmpty);
  }
  /** The lease they name is lost: others may be at them by now. */
  interrupt(claims) {
    for (const claim of claims) {
      if (claim.outcome !== void 0) continue;
      void Promise.resolve(claim.run?.stop()).then(() => this.settle(claim, { kind: "interrupted" }));
    }
  }
  watch(id, state) {
    const owners = /* @__PURE__ */ new Set();
    for (const { issued, effect } of effectsOf(state)) {
      if (effect !== void 0 && this.claims.get(id, issued.step_no) === void 0) owners.add(effect.owner);
    }
    if (owners.size > 0) this.foreign.set(id, { owners, seenMs: performance.now() });
    else this.foreign.delete(id);
    this.lease.keepAlive(this, !this.claims.isEmpty);
    if (this.claims.has(id) || owners.size > 0) this.attention.start(!this.claims.isEmpty);
  }
  async isDue(id) {
    const now = this.options.clock();
    const late = this.claims.of(id).filter(({ issued, outcome }) => {
      return outcome === void 0 && issued.timeout_at !== void 0 && Date.parse(issued.timeout_at) <= now;
    });
    await Promise.all(late.map(({ run }) => run?.stop()));
    if (late.length > 0) return true;
    const forgotten = performance.now() - LAUNCH_WITHIN_MS;
    const waits = this.claims.of(id).some(({ run, outcome, claimedMs }) => outcome !== void 0 || !run && claimedMs < forgotten);
    return waits || this.isOwnerDead(id);
  }
  async isOwnerDead(id) {
    const foreign = this.foreign.get(id);
    if (foreign === void 0 || performance.now() - foreign.seenMs < OWNERS_EVERY_MS) return false;
    foreign.seenMs = performance.now();
    for (const owner of foreign.owners) if (!await this.owners.isAlive(owner)) return true;
    return false;
  }
  async lengthOf(id) {
    try {
      return (await stat2(join4(this.options.stateDir, `${id}.jsonl`))).size;
    } catch (error) {
      if (error.code === "ENOENT") return void 0;
      throw error;
    }
  }
  /** The program is not run here; what its log says is over is ended all the same. */
  async followStalled(id) {
    const log = this.options.store.open(id);
    try {
      await this.endWhatIsOver(id, await foldLog(log));
    } finally {
      log.close();
    }
  }
  orderOf({ id, state }, { issued }) {
    const pending = [...state.pending.values()].filter((step) => step.issued.kind === "command");
    return {
      instance: id,
      issued,
      projectDir: state.started.project_dir,
      stateDir: this.options.stateDir,
      lastStep: state.lastStepNo,
      pending: pending.map((step) => step.issued.step_no)
    };
  }
};
function newClaim(id, { issued }, owner, attempt) {
  return { id, issued, owner, attempt, claimedMs: performance.now(), run: void 0, outcome: void 0 };
}
function* effectsOf(state) {
  for (const step of state.pending.values()) {
    if (step.issued.kind === "effect" || step.issued.kind === "command") yield step;
  }
}

// src/instances/fork.ts
async function forkInstance(parts, { instanceId, beforeStepNo, programVersion = "recorded" }, isRunnable) {
  const { store, catalog, programs, clock } = parts;
  const readable = await readWhatIsGood(store, instanceId);
  const origin = new Past();
  origin.see(readable);
  const history = cutBefore(readable, beforeStepNo, origin.state.lastStepNo);
  const { name } = origin.state.started.program;
  const version = programVersion === "latest" ? await programs.link(name) : await catalog.load(origin.state.version, name);
  const past = new Past();
  past.see(history);
  const now = timestamp(clock, past.state.lastAt);
  const events = rebase(history, past, { instanceId, beforeStepNo, now });
  if (version.version !== past.state.version) {
    const subject = { instanceId, past, isRunnable, parts: () => inParts(history) };
    const adoption = await tryVersion(parts, version, subject);
    const previous = past.state.version;
    events.push({ type: "version_adopted", at: now, version: version.version, previous, ...adoption });
  }
  await catalog.store(version);
  for (; ; ) {
    const forked = ulid(clock());
    const log = await store.create(forked, events);
    log?.close();
    if (log !== void 0) return forked;
  }
}
async function readWhatIsGood(store, instanceId) {
  const events = [];
  const state = initialState();
  const log = store.open(instanceId);
  try {
    for await (const batch of log.readOn()) {
      for (const event of batch.events) {
        if (event.type === "storage_failed") continue;
        apply(state, event);
        events.push(event);
      }
    }
  } catch (error) {
    const isDamaged = error instanceof SequencerError && (error.code === "CorruptedLog" || error.code === "StorageFailed");
    if (!isDamaged || events.length === 0) throw error;
  } finally {
    log.close();
  }
  return events;
}
function cutBefore(events, stepNo, lastStepNo) {
  if (!Number.isInteger(stepNo) || stepNo < 1 || stepNo > lastStepNo + 1) {
    throw new SequencerError(
      "InvalidArguments",
      `before_step_no: the run can be forked before each of its steps, from 1 to ${lastStepNo}, and after the last one, as ${lastStepNo + 1}; got ${stepNo}.`
    );
  }
  const turns = turnsOf(events);
  const upTo = stepNo > lastStepNo ? turns.length : turns.findIndex((turn) => turn.some(isIssueOf(stepNo))) + 1;
  const kept = turns.slice(0, upTo);
  const last = kept.at(-1);
  const ended = last.find((event) => event.type === "ended");
  if (ended !== void 0) {
    kept.pop();
    if (last[0].type !== "cancel_requested") kept.push([last[0]]);
  }
  return withoutUnfinishedEffects(kept.flat());
}
function turnsOf(events) {
  const turns = [];
  for (const event of events) {
    if (event.type === "closed" || event.type === "reopened" || event.type === "storage_failed") continue;
    if (isDerived(event)) turns.at(-1).push(event);
    else turns.push([event]);
  }
  return turns;
}
function isIssueOf(stepNo) {
  return (event) => isDerived(event) && (event.type === "step_issued" || event.type === "step_failed") && event.step_no === stepNo;
}
function withoutUnfinishedEffects(events) {
  const underWay = /* @__PURE__ */ new Map();
  for (const event of events) {
    if (event.type === "effect_started") {
      underWay.set(event.step_no, [...underWay.get(event.step_no) ?? [], event]);
    } else if ("step_no" in event) {
      underWay.delete(event.step_no);
    }
  }
  const dropped = new Set([...underWay.values()].flat());
  return events.filter((event) => !dropped.has(event));
}
function rebase(history, { state }, { instanceId, beforeStepNo, now }) {
  const pause = Date.parse(now) - Date.parse(state.lastAt);
  return history.map((event) => {
    if (event.type === "started") {
      const forked_from = { instance_id: instanceId, before_step_no: beforeStepNo };
      const { request_id: _, ...started } = event;
      const pauses = [...event.pauses ?? [], { until: now, ms: pause }];
      return { ...started, forked_from, ...pause > 0 && { pauses } };
    }
    const isWaiting = event.type === "step_issued" && state.pending.has(event.step_no);
    return isWaiting && event.timeout_at !== void 0 ? laterBy(event, pause) : event;
  });
}
function laterBy(issued, ms) {
  const { timeout_at, timeout_moved_ms = 0 } = issued;
  const moved = new Date(Date.parse(timeout_at) + ms).toISOString();
  return { ...issued, timeout_at: moved, timeout_moved_ms: timeout_moved_ms + ms };
}

// src/instances/mutex.ts
var Mutex = class {
  last = Promise.resolve();
  waiting = 0;
  get idle() {
    return this.waiting === 0;
  }
  /** Runs `work` after everything that was asked for before it. */
  run(work) {
    this.waiting++;
    const result = this.last.then(work);
    this.last = result.catch(() => {
    }).finally(() => {
      this.waiting--;
    });
    return result;
  }
};

// src/instances/instance-cache.ts
var DEFAULT_CAPACITY = 64;
var MAX_RESTARTS = 8;
var InstanceCache = class {
  open;
  isBusy;
  capacity;
  /** Least recently used first. */
  instances = /* @__PURE__ */ new Map();
  turns = /* @__PURE__ */ new Map();
  stalls = /* @__PURE__ */ new Map();
  constructor({ open: open3, isBusy, capacity = DEFAULT_CAPACITY }) {
    this.open = open3;
    this.isBusy = isBusy;
    this.capacity = capacity;
  }
  stallOf(id) {
    return this.stalls.get(id);
  }
  /** Runs the instance again, on somebody's word that its program is mended. */
  release(id) {
    this.stalls.delete(id);
  }
  /** Serialised with every other turn of `id`, loaded and caught up or not. */
  exclusive(id, work) {
    let mutex = this.turns.get(id);
    if (mutex === void 0) {
      mutex = new Mutex();
      this.turns.set(id, mutex);
    }
    const held = mutex;
    return held.run(work).finally(() => {
      queueMicrotask(() => {
        if (held.idle && this.turns.get(id) === held) this.turns.delete(id);
      });
    });
  }
  /** One turn: `work` gets the instance caught up, its last turn complete. */
  turn(id, work) {
    return this.exclusive(id, async () => {
      for (let restarts = 0; ; restarts++) {
        try {
          const instance = this.instances.get(id) ?? this.open(id);
          this.touch(id, instance);
          await instance.catchUp();
          return await work(instance);
        } catch (error) {
          if (!isRefusal(error)) await this.drop(id);
          if (error instanceof HostRestarted && restarts < MAX_RESTARTS) continue;
          if (error instanceof SequencerError && error.code === "ProgramStalled") {
            this.stalls.set(id, { message: error.message, fix: error.fix });
          }
          throw error;
        }
      }
    });
  }
  /** Takes over an instance that was made elsewhere. */
  adopt(instance) {
    this.touch(instance.id, instance);
  }
  /** Lets go of an instance; the caller holds its turn. */
  async drop(id) {
    const instance = this.instances.get(id);
    this.instances.delete(id);
    await instance?.dispose();
  }
  async dispose() {
    for (const id of [...this.instances.keys()]) await this.drop(id);
  }
  touch(id, instance) {
    this.instances.delete(id);
    this.instances.set(id, instance);
    if (this.instances.size <= this.capacity) return;
    for (const [oldest, idle] of this.instances) {
      if (this.instances.size <= this.capacity) break;
      if (this.turns.has(oldest) || !idle.evictable || this.isBusy(oldest)) continue;
      this.instances.delete(oldest);
      void idle.dispose();
    }
  }
};
function isRefusal(error) {
  return error instanceof SequencerError && ["OutOfSync", "InstanceEnded", "ReplyTooLarge", "ReplyTooDeep"].includes(error.code);
}

// src/instances/news.ts
import { EventEmitter } from "node:events";
var News = class {
  emitter = new EventEmitter().setMaxListeners(0);
  changed(id) {
    this.emitter.emit(id);
  }
  /**
   * Listens from now on, so that nothing is missed between a look and the wait.
   *
   * @returns a wait until the instance has moved on, at most `milliseconds`; it must be called, once
   */
  listen(id) {
    let heard = false;
    let wake = () => {
    };
    const onChange = () => {
      heard = true;
      wake();
    };
    this.emitter.on(id, onChange);
    return (milliseconds) => new Promise((resolve2) => {
      const timer = setTimeout(() => wake(), milliseconds);
      wake = () => {
        clearTimeout(timer);
        this.emitter.off(id, onChange);
        resolve2();
      };
      if (heard || milliseconds <= 0) wake();
    });
  }
};

// src/instances/past-reply.ts
async function findPastStep(log, stepNo) {
  let settled;
  const issued = [];
  for await (const { events } of log.readOn()) {
    for (const event of events) {
      if (settled !== void 0) {
        if (!isDerived(event)) return { settled, issued };
        if (event.type === "step_issued") issued.push(event.step_no);
      } else if (settles(event, stepNo)) {
        settled = event;
      }
    }
  }
  return settled && { settled, issued };
}
function settles(event, stepNo) {
  switch (event.type) {
    case "reply_accepted":
    case "reply_rejected":
    case "step_failed":
    case "step_cancelled":
    case "timer_fired":
      return event.step_no === stepNo;
    default:
      return false;
  }
}
function isSameAnswer(settled, result, failure) {
  switch (settled.type) {
    case "reply_accepted":
    case "reply_rejected":
      return result !== void 0 && sameJson(settled.reply, result);
    case "step_failed":
      return settled.code === "agent_failure" && settled.reason === failure;
    default:
      return false;
  }
}
function whatBecameOf(settled) {
  switch (settled.type) {
    case "reply_accepted":
      return "was answered, with another reply";
    case "reply_rejected":
      return "was answered with an invalid reply and asked again under a new number";
    case "step_failed":
      return `failed (${settled.code})`;
    case "step_cancelled":
      return `was cancelled: ${settled.reason}`;
    case "timer_fired":
      return "timed out";
    default:
      return "is over";
  }
}

// src/instances/programs.ts
var Programs = class {
  catalog;
  host;
  /** By version hash: what a program says of itself cannot change while its content does not. */
  described = /* @__PURE__ */ new Map();
  constructor(catalog, host) {
    this.catalog = catalog;
    this.host = host;
  }
  /** Everything that can be started, and every file that cannot, with its reason. */
  async list(filter) {
    const { files, problems } = this.catalog.find();
    const programs = [];
    const failed = problems.map(({ name: _, ...problem }) => problem);
    for (const file of files) {
      try {
        const version = await this.catalog.link(file);
        const { name, description, paramsSchema } = await this.describe(version);
        programs.push({
          name,
          description,
          params_schema: paramsSchema,
          source: file.source,
          file: file.file,
          version: version.version
        });
      } catch (error) {
        failed.push(...problemsOf(error, file));
      }
    }
    const wanted = filter?.trim().toLowerCase();
    if (!wanted) return { programs, problems: failed };
    return {
      programs: programs.filter(
        ({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted)
      ),
      problems: failed.filter(({ file }) => file.toLowerCase().includes(wanted))
    };
  }
  /**
   * The program of that name as it is now.
   *
   * @throws SequencerError `UnknownProgram`, with the names that are close; `ProgramNotLoadable`
   */
  async link(name) {
    const { files, problems } = this.catalog.find();
    const file = files.find((candidate) => candidate.name === name);
    if (file === void 0)
      throw unknownProgram(name, files, problems.find((problem) => problem.name === name)?.message);
    return this.catalog.link(file);
  }
  /** Runs a request that needs nothing but the version, again if the worker ended under it. */
  async ask(version, request) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await request(await this.host.define(version));
      } catch (error) {
        if (!(error instanceof HostRestarted) || attempt >= 8) throw error;
      }
    }
  }
  async describe(version) {
    const known = this.described.get(version.version);
    if (known !== void 0) return known;
    const description = await this.ask(
      version,
      (generation) => this.host.call("describe", { version: version.version }, generation)
    );
    this.described.set(version.version, description);
    return description;
  }
};
function unknownProgram(name, files, problem) {
  if (problem !== void 0)
    return new SequencerError("ProgramNotLoadable", `Program '${name}' cannot be loaded: ${problem}`);
  const names = files.map((file) => file.name);
  const known = names.length === 0 ? "No program was found at all" : `There are: ${names.slice(0, 20).join(", ")}`;
  return new SequencerError(
    "UnknownProgram",
    `There is no program named ${JSON.stringify(name.slice(0, 80))}. ${known}.`
  );
}
function problemsOf(error, { file }) {
  if (error instanceof ProgramNotLoadable) return error.problems.map(({ name: _, ...problem }) => problem);
  const { message, line, column } = error;
  return [{ file, message, ...line !== void 0 && { line }, ...column !== void 0 && { column } }];
}

// src/instances/form.ts
var PLAIN = /* @__PURE__ */ new Set(["string", "number", "integer", "boolean"]);
var KEYWORDS = /* @__PURE__ */ new Set([
  "type",
  "title",
  "description",
  "enum",
  "enumNames",
  "default",
  "format",
  "minLength",
  "maxLength",
  "minimum",
  "maximum"
]);
function formFor({ schema = {} }) {
  if (isField(schema)) {
    return {
      schema: { type: "object", properties: { answer: fieldOf(schema) }, required: ["answer"] },
      unwrap: (content) => content?.answer ?? null
    };
  }
  const { type, properties, required } = schema;
  if (type !== "object" || properties === void 0) return void 0;
  const fields = Object.entries(properties);
  if (fields.length === 0 || !fields.every(([, field]) => isField(field))) return void 0;
  return {
    schema: {
      type: "object",
      properties: Object.fromEntries(fields.map(([name, field]) => [name, fieldOf(field)])),
      ...Array.isArray(required) && { required }
    },
    unwrap: (content) => content
  };
}
function isField(schema) {
  if (!PLAIN.has(schema["type"])) return false;
  const options = schema["enum"];
  return options === void 0 || Array.isArray(options) && options.every((option) => typeof option === "string");
}
function fieldOf(schema) {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => KEYWORDS.has(keyword)));
}

// src/instances/questions.ts
var Questions = class {
  options;
  open = /* @__PURE__ */ new Map();
  asker;
  constructor(options) {
    this.options = options;
  }
  /** How a person is asked from now on; `undefined`: by the agent. */
  askWith(asker) {
    this.asker = asker;
  }
  /** In a turn, caught up: closes forms whose question is over, and claims the questions to be asked. */
  async claim(instance) {
    this.closeWhatIsOver(instance);
    const claimed = [];
    for (; ; ) {
      const step = [...instance.state.pending.values()].find(
        (pending) => this.wants(instance, pending, claimed)
      );
      if (step === void 0) return claimed;
      const happening = await this.moveFor(step);
      if (happening === void 0) return claimed;
      if (await instance.record(happening) === void 0) await instance.catchUp();
      else if (happening.type === "effect_started") claimed.push(step.issued);
    }
  }
  /** After the turn is on disk: shows the forms. */
  launch(instance, claimed) {
    for (const issued of claimed) void this.show(instance.id, issued);
  }
  dispose() {
    for (const { stop } of this.open.values()) stop.abort();
    this.options.effects.lease.keepAlive(this, false);
  }
  wants({ id }, step, claimed) {
    const { issued, effect, formTried } = step;
    if (issued.kind !== "ask" || claimed.includes(issued)) return false;
    if (effect !== void 0) return !this.open.has(keyOf(id, issued.step_no));
    return this.asker !== void 0 && formTried === void 0 && formFor(issued) !== void 0;
  }
  /** @returns `undefined` if somebody alive is asking */
  async moveFor({ issued, effect }) {
    const { lease, owners } = this.options.effects;
    const { step_no } = issued;
    if (effect === void 0) {
      return { type: "effect_started", step_no, owner: await lease.hold(), attempt: 1 };
    }
    if (effect.owner !== lease.id && await owners.isAlive(effect.owner)) return void 0;
    return unanswered(step_no, "Interrupted", "whoever asked is gone");
  }
  async show(id, issued) {
    const key = keyOf(id, issued.step_no);
    const stop = new AbortController();
    this.open.set(key, { id, stepNo: issued.step_no, stop });
    this.options.effects.lease.keepAlive(this, true);
    const form = formFor(issued);
    const timeoutMs = issued.timeout_at === void 0 ? void 0 : Date.parse(issued.timeout_at) - Date.now();
    let answer;
    try {
      answer = await this.asker({
        text: issued.text ?? "",
        schema: form.schema,
        timeoutMs,
        signal: stop.signal
      });
    } catch (error) {
      answer = { action: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
    if (stop.signal.aborted) return;
    try {
      await this.options.turn(id, (instance) => this.record(instance, issued, answer, form.unwrap));
    } catch (error) {
      if (!(error instanceof SequencerError)) this.options.report(`question of ${key}: ${String(error)}`);
    } finally {
      this.open.delete(key);
      if (this.open.size === 0) this.options.effects.lease.keepAlive(this, false);
    }
  }
  async record(instance, { step_no }, answer, unwrap) {
    const stillAsking = () => instance.state.pending.get(step_no)?.effect?.owner === this.options.effects.lease.id;
    while (stillAsking()) {
      const happening = await this.verdictOf(instance, step_no, answer, unwrap);
      if (await instance.record(happening) !== void 0) return;
      await instance.catchUp();
    }
  }
  async verdictOf(instance, stepNo, answer, unwrap) {
    if (answer.action === "failed") return unanswered(stepNo, "Failed", answer.reason);
    if (answer.action !== "accept")
      return unanswered(stepNo, answer.action === "decline" ? "Declined" : "Cancelled", "no answer");
    const verdict = await instance.judge(stepNo, JSON.stringify(unwrap(answer.content)));
    if (verdict?.type === "reply_accepted") return { ...verdict, by: "person" };
    return unanswered(stepNo, "InvalidAnswer", "the answer did not fit the question's schema");
  }
  closeWhatIsOver({ id, state }) {
    for (const [key, open3] of this.open) {
      if (open3.id !== id || state.pending.get(open3.stepNo)?.effect !== void 0) continue;
      open3.stop.abort();
      this.open.delete(key);
    }
    if (this.open.size === 0) this.options.effects.lease.keepAlive(this, false);
  }
};
function unanswered(step_no, type, message) {
  return { type: "effect_finished", step_no, error: { type, message } };
}
function keyOf(id, stepNo) {
  return `${id}/${stepNo}`;
}

// src/instances/retention.ts
var DAY_MS = 24 * 60 * 60 * 1e3;
var RETENTION_DAYS = {
  completed: 30,
  aborted: 7,
  cancelled: 7,
  failed: 90
};
var COMPILED_DAYS = 30;
function prune(parts, entries, now, dryRun) {
  const expired = entries.filter((entry) => isExpired(entry, now));
  const gone = new Set(expired.map(({ instance_id }) => instance_id));
  const unreadable2 = entries.some(({ state }) => state === "unreadable");
  const needed = new Set(
    entries.filter(({ instance_id }) => !gone.has(instance_id)).map(({ version }) => version)
  );
  const versions = unreadable2 ? [] : parts.catalog.storedVersions().filter(({ version, storedAtMs }) => !needed.has(version) && now - storedAtMs > DAY_MS).map(({ version }) => version);
  if (!dryRun) {
    for (const { instance_id } of expired) parts.store.remove(instance_id);
    for (const version of versions) parts.catalog.removeVersion(version);
    parts.catalog.pruneCompiled(COMPILED_DAYS * DAY_MS);
  }
  return { instances: expired, versions };
}
function isExpired({ state, updated_at }, now) {
  const days = RETENTION_DAYS[state];
  return days !== void 0 && now - Date.parse(updated_at) > days * DAY_MS;
}

// src/instances/timers.ts
var LONGEST_WAIT_MS = 2 ** 31 - 1;
var Timers = class {
  pending = /* @__PURE__ */ new Map();
  fire;
  constructor(fire) {
    this.fire = fire;
  }
  /** Replaces what was watched of the instance; `undefined`: it waits for no clock. */
  watch(id, waitMs) {
    clearTimeout(this.pending.get(id));
    this.pending.delete(id);
    if (waitMs === void 0) return;
    const timer = setTimeout(
      () => {
        this.pending.delete(id);
        this.fire(id);
      },
      Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS)
    );
    timer.unref();
    this.pending.set(id, timer);
  }
  dispose() {
    for (const timer of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
  }
};

// src/instances/shell.ts
var MAX_REPLY_LENGTH = 1e6;
var MAX_WAIT_SECONDS = 45;
var EFFECT_WAIT_MS = 2e4;
var POLL_MS2 = 1e3;
var FOLLOW_MS = 200;
var Shell = class {
  parts;
  programs;
  instances;
  listing;
  effects;
  questions;
  news = new News();
  timers = new Timers((id) => this.onTimer(id));
  constructor(parts) {
    this.parts = parts;
    this.programs = new Programs(parts.catalog, parts.host);
    this.instances = new InstanceCache({
      open: (id) => new Instance(this.partsOf(id)),
      isBusy: (id) => this.effects.busy(id),
      capacity: parts.capacity
    });
    this.effects = new Effects({ ...parts, tend: (id) => this.tend(id) });
    this.questions = new Questions({
      effects: this.effects,
      report,
      turn: (id, work) => this.turn(id, async (instance) => {
        await work(instance);
        await this.settle(instance);
      })
    });
    this.listing = new Listing(parts.store, parts.projectDir, (id) => this.instances.stallOf(id));
  }
  listPrograms(filter) {
    return this.programs.list(filter);
  }
  async start({
    program,
    params,
    requestId
  }) {
    const { store, catalog } = this.parts;
    const text = params === void 0 ? void 0 : jsonText(params, "The params have");
    store.prepare();
    let instanceId = ulid(this.parts.clock());
    if (requestId !== void 0) {
      const digest = createHash("sha256").update(JSON.stringify([program, text ?? null])).digest("hex");
      const claim = store.claimRequest(requestId, { instanceId, digest });
      if (claim.digest !== digest) {
        throw new SequencerError(
          "RequestIdReused",
          `request_id ${JSON.stringify(requestId.slice(0, 80))} was used before, with another program or other params.`
        );
      }
      instanceId = claim.instanceId;
      if (this.exists(instanceId)) return this.current({ instanceId });
    }
    const version = await this.programs.link(program);
    const started = await this.prepare(instanceId, version, text, requestId);
    await catalog.store(version);
    await this.instances.exclusive(instanceId, async () => {
      const { drafts, generation } = await this.firstTurn(instanceId, version, started);
      const log = await store.create(instanceId, [started, ...drafts]);
      if (log === void 0)
        await this.parts.host.call("unload", { instance: instanceId }, generation).catch(() => {
        });
      log?.close();
    });
    return this.withEffects(await this.look(instanceId));
  }
  async current({
    instanceId,
    stepNos,
    waitSeconds = 0,
    onWaiting = () => {
    }
  }) {
    const seconds = Math.min(Math.max(0, waitSeconds), MAX_WAIT_SECONDS);
    return this.untilNotWaiting(seconds * 1e3, () => this.look(instanceId, stepNos), onWaiting);
  }
  /** Looks again until somebody has to do something; never holds the instance in between. */
  async untilNotWaiting(milliseconds, look, onWaiting = () => {
  }) {
    const begun = performance.now();
    let answer = await look();
    for (; ; ) {
      const waited = performance.now() - begun;
      if (answer.state !== "waiting" || waited >= milliseconds) return answer;
      onWaiting(Math.floor(waited / 1e3), Math.ceil(milliseconds / 1e3));
      const changed = this.news.listen(answer.instance_id);
      try {
        answer = await look();
      } catch (error) {
        await changed(0);
        throw error;
      }
      await changed(answer.state === "waiting" ? Math.min(milliseconds - waited, POLL_MS2) : 0);
    }
  }
  async look(instanceId, stepNos) {
    const stall = this.instances.stallOf(instanceId);
    if (stall !== void 0) return this.describeStalled(instanceId);
    try {
      return await this.turn(instanceId, async (instance) => {
        await this.settle(instance);
        return describeInstance(instanceId, instance.state, stepNos);
      });
    } catch (error) {
      if (this.instances.stallOf(instanceId) === void 0) throw error;
      return this.describeStalled(instanceId);
    }
  }
  async next(request) {
    const { instanceId, forStepNo, failure } = request;
    const result = request.result;
    const text = failure === void 0 ? jsonText(result ?? null, "The reply has") : void 0;
    this.refuseStalled(instanceId);
    const answer = await this.turn(instanceId, async (instance) => {
      for (; ; ) {
        const stepNo = forStepNo ?? onlyPending(instance);
        const issued = await this.answerStep(instance, stepNo, text, failure?.reason);
        if (issued === "lost") {
          await instance.catchUp();
          continue;
        }
        if (issued === "not pending") return this.answerPastStep(instance, stepNo, result, failure?.reason);
        await this.settle(instance);
        return describeInstance(instanceId, instance.state, handedOut(instance, issued));
      }
    });
    return this.withEffects(answer);
  }
  /** The answer once the effects that a call set off have ended; as it is when they take too long. */
  async withEffects(answer) {
    if (!waitsForEffects(answer)) return answer;
    return this.untilNotWaiting(EFFECT_WAIT_MS, () => this.look(answer.instance_id));
  }
  async signal({
    instanceId,
    name,
    value
  }) {
    const text = jsonText(value ?? null, "The value has");
    this.refuseStalled(instanceId);
    return this.turn(instanceId, async (instance) => {
      refuseEnded(instance);
      const judgement = await instance.judgeSignal(name, text);
      if (judgement.verdict === "broken")
        throw new SequencerError("SchemaNotJson", `Signal '${name}': ${judgement.reason}.`);
      if (judgement.verdict === "invalid") {
        const problems = judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
        throw new SequencerError("InvalidSignal", `The value of signal '${name}' is not valid: ${problems}.`);
      }
      const sent = JSON.parse(text);
      const parsed = !sameJson(sent, judgement.value) && { sent };
      await insist(instance, { type: "signal_received", name, value: judgement.value, ...parsed });
      await this.settle(instance);
      return describeInstance(instanceId, instance.state);
    });
  }
  async cancel({ instanceId, reason }) {
    if (this.instances.stallOf(instanceId) !== void 0) return this.forceCancel(instanceId, reason);
    try {
      return await this.turn(instanceId, async (instance) => {
        refuseEnded(instance);
        if (instance.state.ending === void 0) await insist(instance, { type: "cancel_requested", reason });
        await this.settle(instance);
        return describeInstance(instanceId, instance.state);
      });
    } catch (error) {
      if (this.instances.stallOf(instanceId) === void 0) throw error;
      return this.forceCancel(instanceId, reason);
    }
  }
  async resume({
    instanceId,
    programVersion = "recorded"
  }) {
    await this.instances.exclusive(instanceId, async () => {
      await this.instances.drop(instanceId);
      const isRunnable = this.instances.stallOf(instanceId) === void 0;
      if (programVersion === "latest") await adoptLatest(this.versionParts, instanceId, isRunnable);
      this.instances.release(instanceId);
    });
    return this.turn(instanceId, async (instance) => {
      if (instance.state.closed) await insist(instance, { type: "reopened" });
      await this.settle(instance);
      return describeInstance(instanceId, instance.state);
    });
  }
  /** A new instance with the history of another one before a step. */
  async fork(request) {
    const isRunnable = this.instances.stallOf(request.instanceId) === void 0;
    return this.current({ instanceId: await forkInstance(this.versionParts, request, isRunnable) });
  }
  list(request) {
    return this.listing.page(request);
  }
  async close({ instanceId, deleteLog = false }) {
    if (deleteLog) {
      await this.instances.exclusive(instanceId, async () => {
        this.parts.store.open(instanceId).close();
        await this.instances.drop(instanceId);
        this.parts.store.remove(instanceId);
        this.instances.release(instanceId);
      });
      return { instance_id: instanceId, closed: true, deleted: true };
    }
    await this.instances.exclusive(instanceId, () => this.markClosed(instanceId));
    return { instance_id: instanceId, closed: true, deleted: false };
  }
  /**
   * The events of an instance as they stand in its log, without running its program.
   *
   * @param follow goes on with what is appended until the run has ended or `signal` is aborted
   */
  async *events(instanceId, { follow = false, signal } = {}) {
    const log = this.parts.store.open(instanceId);
    try {
      for (; ; ) {
        for await (const { firstSeq, events } of log.readOn()) {
          for (const [i, event] of events.entries()) {
            yield { seq: firstSeq + i, event };
            if (follow && event.type === "ended") return;
          }
        }
        if (!follow || signal?.aborted) return;
        await setTimeout2(FOLLOW_MS, void 0, { signal }).catch(() => {
        });
      }
    } finally {
      log.close();
    }
  }
  /** Removes what its retention has passed. @returns what went, or what would go in a dry run */
  async prune({ dryRun = false } = {}) {
    return prune(this.parts, await this.listing.entries(), this.parts.clock(), dryRun);
  }
  askWith(asker) {
    this.questions.askWith(asker);
  }
  async dispose() {
    this.timers.dispose();
    this.questions.dispose();
    await this.effects.dispose();
    await this.instances.dispose();
    await this.parts.host.dispose();
  }
  /** A turn, and word of it to those who wait. */
  async turn(id, work) {
    let before = -1;
    let after = -1;
    try {
      return await this.instances.turn(id, async (instance) => {
        before = instance.seen;
        try {
          return await work(instance);
        } finally {
          after = instance.seen;
        }
      });
    } finally {
      if (before !== after) this.news.changed(id);
    }
  }
  /** What a turn led to is on disk, and what it set going is under way; then it may be answered. */
  async settle(instance) {
    const asked = await this.questions.claim(instance);
    await this.effects.proceed(instance);
    this.questions.launch(instance, asked);
    const due = instance.nextDue();
    this.timers.watch(instance.id, due === void 0 ? void 0 : Date.parse(due) - this.parts.clock());
  }
  /** A turn that nobody asked for: something that the instance waits for may have ended. */
  async tend(id) {
    this.refuseStalled(id);
    await this.turn(id, (instance) => this.settle(instance));
  }
  /** Fires what is due; whoever waits for the instance looks again. */
  onTimer(id) {
    this.tend(id).catch((error) => report(`timer of ${id}: ${String(error)}`));
  }
  /** The program is stuck: the run is ended without it. */
  async forceCancel(instanceId, reason) {
    await this.instances.exclusive(instanceId, async () => {
      await this.instances.drop(instanceId);
      const log = this.parts.store.open(instanceId);
      try {
        const state = await foldLog(log);
        while (state.ended === void 0) {
          const at2 = timestamp(this.parts.clock, state.lastAt);
          const won = log.append([
            { type: "cancel_requested", at: at2, reason },
            { type: "ended", at: at2, state: "cancelled", reason, forced: true }
          ]);
          if (won !== void 0) break;
          await foldLog(log, state);
        }
        await log.sync();
      } finally {
        log.close();
      }
      this.instances.release(instanceId);
    });
    return this.look(instanceId);
  }
  get versionParts() {
    return { ...this.parts, programs: this.programs };
  }
  partsOf(id) {
    const { host, clock, catalog, store } = this.parts;
    return {
      log: store.open(id),
      reopen: () => store.open(id),
      host,
      clock,
      loadVersion: (version, program) => catalog.load(version, program)
    };
  }
  exists(instanceId) {
    try {
      this.parts.store.open(instanceId).close();
      return true;
    } catch (error) {
      if (error instanceof SequencerError && error.code === "UnknownInstance") return false;
      throw error;
    }
  }
  /** Judges the params and writes down everything that the run begins with. */
  async prepare(instanceId, version, params, requestId) {
    const preparation = await this.programs.ask(
      version,
      (generation) => this.parts.host.call("prepare", { version: version.version, params }, generation)
    );
    if ("problems" in preparation) {
      const problems = preparation.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
      throw new SequencerError(
        "InvalidParams",
        `The params of program '${version.name}' are not valid: ${problems}.`
      );
    }
    return {
      type: "started",
      at: timestamp(this.parts.clock),
      format: FORMAT_VERSION,
      engine: this.parts.engineVersion,
      instance_id: instanceId,
      program: { name: version.name, version: version.version },
      params: preparation.params,
      seed: randomBytes(16).toString("hex"),
      project_dir: this.parts.projectDir,
      time_zone: preparation.timeZone,
      locale: preparation.locale,
      node: Number(process.versions.node.split(".", 1)[0]),
      ...requestId !== void 0 && { request_id: requestId }
    };
  }
  /** Runs the program to its first wait; nothing stands in a log yet, so nobody can have been faster. */
  firstTurn(instanceId, version, started) {
    const lines = `${JSON.stringify(started)}
`;
    return this.programs.ask(version, async (generation) => {
      const { host } = this.parts;
      await host.call(
        "load",
        { instance: instanceId, version: version.version, seed: started.seed, atMs: Date.parse(started.at) },
        generation
      );
      const { drafts } = await host.call("feed", { instance: instanceId, lines }, generation);
      return { drafts, generation };
    });
  }
  /** @returns the steps issued; "lost" if another process wrote first; "not pending" if nobody waits for it */
  async answerStep(instance, stepNo, text, failure) {
    const pending = instance.state.pending.get(stepNo);
    if (pending === void 0 || !awaitsDriver(pending)) return "not pending";
    const verdict = text === void 0 ? { type: "step_failed", step_no: stepNo, code: "agent_failure", reason: failure ?? "" } : await instance.judge(stepNo, text);
    if (verdict === void 0) return "not pending";
    return await instance.record(verdict) ?? "lost";
  }
  /** The step is over: the same answer again is accepted again, another one is told what became of it. */
  async answerPastStep(instance, stepNo, result, failure) {
    const log = this.parts.store.open(instance.id);
    const past = await findPastStep(log, stepNo).finally(() => log.close());
    if (past !== void 0 && isSameAnswer(past.settled, result, failure)) {
      await instance.sync();
      const issued = past.issued.filter((no) => instance.state.pending.has(no));
      return {
        ...describeInstance(instance.id, instance.state, issued.length > 0 ? issued : void 0),
        duplicate: true
      };
    }
    const what = past === void 0 ? "was never issued" : whatBecameOf(past.settled);
    const { ended } = instance.state;
    await instance.sync();
    if (ended !== void 0) {
      throw new SequencerError(
        "InstanceEnded",
        `The run has ended (${ended.state}); step ${stepNo} ${what}.`
      );
    }
    throw new SequencerError("OutOfSync", `Step ${stepNo} ${what}. ${awaited(instance)}`);
  }
  refuseStalled(instanceId) {
    const stall = this.instances.stallOf(instanceId);
    if (stall !== void 0) throw new SequencerError("ProgramStalled", stall.message, stall.fix);
  }
  /** A stalled program is not run; its state is folded from the log alone. */
  async describeStalled(instanceId) {
    const log = this.parts.store.open(instanceId);
    try {
      const state = await foldLog(log);
      await log.sync();
      return describeInstance(instanceId, state, void 0, this.instances.stallOf(instanceId));
    } finally {
      log.close();
    }
  }
  /** Needs no program: also a stalled or diverged instance can be closed. */
  async markClosed(instanceId) {
    await this.instances.drop(instanceId);
    const log = this.parts.store.open(instanceId);
    try {
      for (; ; ) {
        const state = await foldLog(log);
        if (state.closed) break;
        if (log.append([{ type: "closed", at: timestamp(this.parts.clock, state.lastAt) }]) !== void 0)
          break;
      }
      await log.sync();
    } finally {
      log.close();
    }
  }
};
async function insist(instance, happening) {
  while (await instance.record(happening) === void 0) {
    await instance.catchUp();
    refuseEnded(instance);
  }
}
function refuseEnded({ state: { ended } }) {
  if (ended !== void 0) throw new SequencerError("InstanceEnded", `The run has ended (${ended.state}).`);
}
function waitsForEffects({ state, last_yield }) {
  if (state !== "waiting" || last_yield.kind !== "waiting") return false;
  return last_yield.waiting_for.some(({ kind }) => kind === "effect" || kind === "command");
}
function report(line) {
  process.stderr.write(`agent-sequencer: ${line}
`);
}
function handedOut(instance, issued) {
  const pending = issued.map(({ step_no }) => step_no).filter((no) => instance.state.pending.has(no));
  return pending.length > 0 ? pending : void 0;
}
function onlyPending(instance) {
  const numbers = awaitedSteps(instance);
  if (numbers.length === 1) return numbers[0];
  refuseEnded(instance);
  throw new SequencerError("OutOfSync", `for_step_no is needed here. ${awaited(instance)}`);
}
function awaitedSteps({ state }) {
  return [...state.pending.values()].filter(awaitsDriver).map(({ issued }) => issued.step_no);
}
function awaited(instance) {
  const numbers = awaitedSteps(instance);
  if (numbers.length === 0) return `Nothing is awaited from you now (${stateOf(instance.state)}).`;
  if (numbers.length === 1) {
    return `Step ${numbers[0]} is awaited: ${preview(instance.state.pending.get(numbers[0])?.issued.text, 200)}`;
  }
  return `Steps ${numbers.slice(0, 20).join(", ")}${numbers.length > 20 ? ", …" : ""} are awaited.`;
}
function jsonText(value, what) {
  refuseTooDeep(value);
  const text = JSON.stringify(value);
  if (text.length <= MAX_REPLY_LENGTH) return text;
  throw new SequencerError(
    "ReplyTooLarge",
    `${what} ${text.length} characters of JSON; at most ${MAX_REPLY_LENGTH} are accepted. Nothing was recorded.`
  );
}
function refuseTooDeep(root) {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw new SequencerError(
        "ReplyTooDeep",
        `The value is nested more than ${MAX_DEPTH} levels deep. Nothing was recorded.`
      );
    }
    level = level.flatMap(
      (value) => typeof value === "object" && value !== null ? Object.values(value) : []
    );
  }
}

// src/instances/sequencer.ts
function createSequencer(options) {
  const { stateDir, projectDir, home, programDirs, version, hostEntry, guardEntry, turnTimeoutMs, capacity } = options;
  const clock = options.clock ?? Date.now;
  return new Shell({
    store: createLogStore({
      stateDir,
      isKnownType: isKnownEventType,
      formatVersion: FORMAT_VERSION,
      now: clock
    }),
    catalog: createCatalog({ projectDir, home, programDirs, stateDir }),
    host: new ProgramHost({ entry: hostEntry, turnTimeoutMs }),
    clock,
    stateDir,
    guardEntry,
    projectDir,
    engineVersion: version,
    capacity
  });
}
export {
  createSequencer
};
