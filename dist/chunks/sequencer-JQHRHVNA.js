import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Listing,
  Owners,
  Past,
  Programs,
  foldLog,
  inParts,
  ownIdentity,
  tryVersion
} from "./chunk-7JLD5QEF.js";
import {
  recorded
} from "./chunk-4SLOI5IN.js";
import {
  KNOWN_FORMAT,
  createLogStore,
  formProblem
} from "./chunk-USIXQFKQ.js";
import {
  isInstanceId
} from "./chunk-Y4Q2QEGS.js";
import {
  apply,
  awaitsDriver,
  describeInstance,
  initialState,
  isDerived,
  stateOf
} from "./chunk-I2YG3OXN.js";
import {
  FORMAT_VERSION,
  isKnownEventType
} from "./chunk-I77IYGI3.js";
import "./chunk-OS7THQEV.js";
import "./chunk-EHSHSBMI.js";
import "./chunk-BJSSGFKS.js";
import {
  MAX_DEPTH,
  preview,
  sameJson
} from "./chunk-4PNFGV6Y.js";
import "./chunk-H3QHES3G.js";
import "./chunk-X2D4U2RG.js";
import {
  createCatalog
} from "./chunk-CNEQKZSG.js";
import {
  isProgramName
} from "./chunk-RIFG6GVS.js";
import {
  digest,
  isVersion,
  manifestOf,
  versionOf
} from "./chunk-A3KDQBFZ.js";
import {
  MAX_BYTES,
  MAX_FILES
} from "./chunk-76ASFBWX.js";
import {
  SyntaxProblem
} from "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import {
  HostRestarted,
  ProgramHost
} from "./chunk-2BRBAAF4.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/catalog/transform-aside.ts
import { Worker } from "node:worker_threads";
var IDLE_MS = 1e3;
function transformAside(entry) {
  const jobs = /* @__PURE__ */ new Map();
  let worker;
  let nextId = 1;
  let idle;
  function begin() {
    const begun = new Worker(entry, { stdout: true, stderr: true });
    begun.on("message", finish);
    begun.on("error", (error) => lost(begun, error));
    begun.on("exit", (code) => lost(begun, new Error(`the compiling thread ended (exit code ${code})`)));
    return begun;
  }
  function finish(answer) {
    const job = jobs.get(answer.id);
    jobs.delete(answer.id);
    if ("compiled" in answer) job.resolve(answer.compiled);
    else if ("failure" in answer) job.reject(new Error(answer.failure));
    else job.reject(new SyntaxProblem(answer.problem.message, answer.problem.line, answer.problem.column));
    if (jobs.size > 0) return;
    worker?.unref();
    idle = setTimeout(end, IDLE_MS).unref();
  }
  function end() {
    const idling = worker;
    worker = void 0;
    void idling?.terminate();
  }
  function lost(ended, error) {
    if (ended !== worker) return;
    worker = void 0;
    for (const { reject } of jobs.values()) reject(error);
    jobs.clear();
  }
  return (source, dialect) => new Promise((resolve2, reject) => {
    clearTimeout(idle);
    const id = nextId++;
    jobs.set(id, { resolve: resolve2, reject });
    worker ??= begin();
    worker.ref();
    worker.postMessage({ id, source, dialect });
  });
}

// src/instances/shell.ts
import { createHash as createHash2 } from "node:crypto";

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
var MAX_RESTARTS = 8;
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
    const readOn = () => this.readOn();
    await this.goOn(readOn);
    for (let due = this.dueStep(); due !== void 0; due = this.dueStep()) {
      if (await this.record({ type: "timer_fired", step_no: due }) !== void 0) continue;
      await this.goOn(readOn);
    }
    if (this.state.ended !== void 0) await this.releaseExecution();
  }
  /**
   * Appends an event that happened, and everything the program does about it.
   *
   * @param options.syncing it becomes durable meanwhile, not only when the turn is synced
   * @returns the steps that it issued; `undefined` if another process wrote first: decide again
   */
  async record(happening, { syncing = false } = {}) {
    const at = timestamp(this.parts.clock, this.state.lastAt);
    const { type, ...rest } = happening;
    const batch = this.parts.log.append([{ type, at, ...rest }]);
    if (batch === void 0) return void 0;
    this.accept(batch);
    if (this.generation === void 0) return [];
    const before = this.state.lastStepNo;
    await this.goOn(() => {
      const fed = this.feed();
      if (syncing) this.sync().catch(() => {
      });
      return fed;
    });
    return [...this.state.pending.values()].map(({ issued }) => issued).filter((issued) => issued.step_no > before);
  }
  /** @returns `undefined` if the program does not wait for that step */
  async judge(stepNo, reply) {
    const request = { instance: this.id, lines: this.takeUnfed(), stepNo, reply };
    try {
      return (await this.parts.host.call("judge", request, this.generation)).verdict;
    } catch (error) {
      throw asCheck(error, `step ${stepNo}`, "reply");
    }
  }
  /** @throws SequencerError `UnknownSignal`, `ReplyCheckTimedOut` */
  async judgeSignal(name, value) {
    const request = { instance: this.id, lines: this.takeUnfed(), name, value };
    try {
      return await this.parts.host.call("judgeSignal", request, this.generation);
    } catch (error) {
      throw asCheck(error, `signal '${name}'`, "value");
    }
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
  /** Lets the program see what there is, and completes the turn; I6. */
  async goOn(see) {
    for (let restarts = 0; ; restarts++) {
      try {
        await (restarts === 0 ? see() : this.startAnew());
        await this.completeTurn();
        return;
      } catch (error) {
        if (!(error instanceof HostRestarted) || restarts === MAX_RESTARTS) throw error;
      }
    }
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
        this.fold(batch);
        failure ??= await replaying;
        const isOutdated = this.adoptionsTold < this.adoptions.length;
        try {
          if (isOutdated && (failure !== void 0 || this.generation !== void 0)) {
            failure = void 0;
            await this.startAnew();
          } else if (failure === void 0) {
            if (this.generation === void 0) await this.load();
            const whole = linesUpTo(batch, batch.firstSeq + lastTurnIn(batch));
            this.unfed.push(whole);
            if (whole !== "") replaying = failureOf(this.feed());
            this.unfed.push(batch.lines.slice(whole.length));
          } else {
            this.unfed = [];
          }
        } catch (error) {
          failure = { error };
        }
      }
      failure ??= await replaying;
      if (failure === void 0 && this.unfed.length > 0) replaying = failureOf(this.feed());
    } finally {
      failure ??= await replaying;
    }
    if (failure !== void 0 && this.state.ended === void 0) throw failure.error;
  }
  /** Replays all that was read so far, in the worker and on the version that there are now. */
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
      const derived = this.drafts.every(({ type }) => type !== "ended");
      const batch = log.append(this.drafts, { derived });
      if (batch === void 0) {
        await this.readOn();
        if (this.state.ended !== void 0) this.drafts = [];
      } else {
        this.drafts = [];
        this.accept(batch);
      }
    }
  }
  accept(batch) {
    this.fold(batch);
    this.unfed.push(batch.lines);
  }
  fold(batch) {
    for (const event of batch.events) {
      apply(this.state, event);
      if (event.type === "version_adopted") this.adoptions.push(event);
    }
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
function asCheck(error, whose, what) {
  if (!(error instanceof SequencerError) || error.code !== "ProgramStalled") return error;
  return new SequencerError(
    "ReplyCheckTimedOut",
    `The schema of ${whose} did not come to a verdict on this ${what}, which was not recorded. ${error.message}`,
    what === "value" ? "Send a shorter value; else simplify the pattern in the signal's schema." : void 0,
    { cause: error }
  );
}
function lastTurnIn({ events }) {
  return Math.max(
    0,
    events.findLastIndex((event) => !isDerived(event))
  );
}
function linesUpTo({ firstSeq, events, lines }, seq) {
  if (firstSeq + events.length <= seq) return lines;
  let end = 0;
  for (let at = firstSeq; at < seq; at++) end = lines.indexOf("\n", end) + 1;
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
      const at = timestamp(clock, lastAt);
      const adopted = {
        type: "version_adopted",
        at,
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

// src/instances/awaited.ts
function refuseEnded({ state: { ended } }) {
  if (ended !== void 0) throw new SequencerError("InstanceEnded", `The run has ended (${ended.state}).`);
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

// src/instances/beginning.ts
import { randomBytes } from "node:crypto";
async function prepareStart({ host, clock, projectDir, engineVersion }, programs, start) {
  const { instanceId, version, params, requestId } = start;
  const preparation = await programs.ask(
    version,
    (generation) => host.call("prepare", { version: version.version, params }, generation)
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
    at: timestamp(clock),
    format: FORMAT_VERSION,
    engine: engineVersion,
    instance_id: instanceId,
    program: { name: version.name, version: version.version },
    params: preparation.params,
    seed: randomBytes(16).toString("hex"),
    project_dir: projectDir,
    time_zone: preparation.timeZone,
    locale: preparation.locale,
    node: Number(process.versions.node.split(".", 1)[0]),
    ...requestId !== void 0 && { request_id: requestId }
  };
}
function firstTurn(host, programs, version, started) {
  const instance = started.instance_id;
  const { seed } = started;
  const lines = `${JSON.stringify(started)}
`;
  return programs.ask(version, async (generation) => {
    const atMs = Date.parse(started.at);
    await host.call("load", { instance, version: version.version, seed, atMs }, generation);
    const { drafts } = await host.call("feed", { instance, lines }, generation);
    return { drafts, generation };
  });
}

// src/instances/effects/effects.ts
import { stat } from "node:fs/promises";
import { join as join3 } from "node:path";

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
  start() {
    this.timer ??= setInterval(() => void this.look(), this.options.pollMs ?? POLL_MS);
    if (this.options.isAtWork()) this.timer.ref();
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
      else this.start();
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
  const output = (name) => ({
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
    stdout: output("stdout"),
    stderr: output("stderr")
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
import { constants } from "node:fs";
import { access, mkdir, open, unlink } from "node:fs/promises";
import { dirname, join as join2 } from "node:path";
var BEAT_MS = 5e3;
var FRESH_MS = 1e3;
var Lease = class {
  options;
  currentId;
  /** Of the file; `undefined`: there is none. */
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
      await this.create();
      return this.currentId;
    } catch (error) {
      throw new SequencerError(
        "StateDirUnusable",
        `The lease ${this.path} cannot be written, so no side effect can be started: ${error.message}.`,
        void 0,
        { cause: error }
      );
    }
  }
  async create() {
    const { folder } = this.options;
    const content = Buffer.from(`${JSON.stringify(await ownIdentity())}
`);
    await mkdir(folder, { recursive: true, mode: 448 });
    const file = await open(this.path, "wx", 384);
    try {
      await file.writeFile(content);
      await file.sync();
      for (const each of [folder, dirname(folder)]) await syncFolder(each);
    } catch (error) {
      await unlink(this.path).catch(() => {
      });
      throw error;
    } finally {
      await file.close();
    }
    this.content = content;
    this.writtenMs = performance.now();
  }
  /** False if the lease is lost. */
  async beat() {
    const { content, path } = this;
    if (content === void 0) return false;
    try {
      const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
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

// src/instances/effects/moves.ts
var MAX_ATTEMPTS = 20;
var BLOCKED = "A side effect of the program holds the thread that all programs share (an endless loop, or long work without an await).";
var BLOCKED_FIX = 'Do such work in a process of its own, with command(); then call sequencer_resume with program_version: "latest".';
var Moves = class {
  options;
  cleanedUp = false;
  constructor(options) {
    this.options = options;
  }
  /** @throws SequencerError `ProgramStalled` if the effect held the program host's thread */
  async next(instance, step) {
    const { claims, lease, owners } = this.options;
    const { issued, effect } = step;
    const claim = claims.get(instance.id, issued.step_no);
    if (claim !== void 0) return this.afterRun(instance, step, claim);
    if (effect === void 0) return this.begin(instance.id, issued, 1);
    if (effect.owner === lease.id) {
      claims.hold(newClaim(instance.id, issued, effect.owner, effect.attempt));
      return void 0;
    }
    if (await owners.isAlive(effect.owner)) return void 0;
    return this.afterInterruption(instance, issued, effect.attempt);
  }
  async afterRun(instance, { issued }, claim) {
    const { step_no } = issued;
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
        return this.afterInterruption(instance, issued, claim.attempt);
    }
  }
  async begin(id, issued, attempt) {
    const owner = await this.options.lease.hold();
    if (!this.cleanedUp) {
      this.cleanedUp = true;
      this.options.owners.cleanUp().catch(() => {
      });
    }
    return {
      happening: { type: "effect_started", step_no: issued.step_no, owner, attempt },
      claim: newClaim(id, issued, owner, attempt)
    };
  }
  async afterInterruption(instance, issued, attempt) {
    const { on_interrupted } = issued.options;
    if (on_interrupted === "rerun" && attempt < MAX_ATTEMPTS) {
      return this.begin(instance.id, issued, attempt + 1);
    }
    if (issued.kind === "command") await this.options.endLeftovers(instance, issued);
    const times = attempt === 1 ? "" : ` ${attempt} times`;
    return {
      happening: {
        type: "step_failed",
        step_no: issued.step_no,
        code: "interrupted",
        reason: `'${issued.label}' was interrupted${times} before its result was recorded; what it did so far is not known`
      }
    };
  }
};
function newClaim(id, issued, owner, attempt) {
  return { id, issued, owner, attempt, claimedMs: performance.now(), run: void 0, outcome: void 0 };
}

// src/instances/effects/effects.ts
var OWNERS_EVERY_MS = 1e3;
var LAUNCH_WITHIN_MS = 1e3;
var Effects = class {
  options;
  claims = new Claims();
  /** Owners of what others do, by the instance that waits for it. */
  foreign = /* @__PURE__ */ new Map();
  /** Also for what else `effect_started` says that this process is at. */
  lease;
  owners;
  attention;
  moves;
  disposed = false;
  constructor(options) {
    this.options = options;
    const folder = join3(options.stateDir, "owners");
    this.lease = new Lease({
      folder,
      id: options.ownerId,
      beatMs: options.beatMs,
      onLost: (id) => this.interrupt(this.claims.all().filter(({ owner }) => owner === id))
    });
    this.owners = new Owners(folder);
    this.moves = new Moves({
      claims: this.claims,
      lease: this.lease,
      owners: this.owners,
      endLeftovers: (instance, issued) => endLeftovers(options.guardEntry, this.orderOf(instance, issued))
    });
    this.attention = new Attention({
      tend: options.tend,
      ids: () => [...this.claims.instances(), ...this.foreign.keys()],
      isDue: (id) => this.isDue(id),
      lengthOf: (id) => this.lengthOf(id),
      followStalled: (id) => this.followStalled(id),
      abandon: (id) => this.abandon(id),
      isAtWork: () => !this.claims.isEmpty,
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
        this.orderOf(instance, issued),
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
      const move = await this.moves.next(instance, step);
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
    if (this.claims.has(id) || owners.size > 0) this.attention.start();
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
      return (await stat(join3(this.options.stateDir, `${id}.jsonl`))).size;
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
  orderOf({ id, state }, issued) {
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
  const { name } = origin.state.started.program;
  const version = programVersion === "latest" ? await programs.link(name) : await catalog.load(origin.state.version, name);
  const isSame = version.version === versionAt(readable, beforeStepNo);
  const history = cutBefore(readable, beforeStepNo, origin.state.lastStepNo, isSame);
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
function versionAt(events, stepNo) {
  let version = "";
  for (const event of events) {
    if (isIssueOf(stepNo)(event)) break;
    if (event.type === "started") version = event.program.version;
    if (event.type === "version_adopted") version = event.version;
  }
  return version;
}
function cutBefore(events, stepNo, lastStepNo, keepsStep) {
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
  const hasEnded = last.some((event) => event.type === "ended");
  if (hasEnded || !keepsStep && stepNo <= lastStepNo) {
    kept.pop();
    if (!hasEnded || last[0].type !== "cancel_requested") kept.push([last[0]]);
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
      const earlier = (event.pauses ?? []).filter(({ until }) => until <= state.lastAt);
      const pauses = [...earlier, { until: now, ms: pause }];
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

// src/instances/incoming.ts
var MAX_REPLY_LENGTH = 1e6;
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
    const next = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      for (const member of Object.values(value)) next.push(member);
    }
    level = next;
  }
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
var InstanceCache = class {
  open;
  isBusy;
  capacity;
  /** Least recently used first. */
  instances = /* @__PURE__ */ new Map();
  turns = /* @__PURE__ */ new Map();
  stalls = /* @__PURE__ */ new Map();
  constructor({ open: open2, isBusy, capacity = DEFAULT_CAPACITY }) {
    this.open = open2;
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
  /**
   * One turn: `work` gets the instance caught up, its last turn complete.
   *
   * @param work `seenBefore`: how many events it had seen before it caught up; all, if it was not in memory
   */
  turn(id, work) {
    return this.exclusive(id, async () => {
      for (let restarts = 0; ; restarts++) {
        try {
          const known = this.instances.get(id);
          const instance = known ?? this.open(id);
          this.touch(id, instance);
          const seenBefore = known?.seen;
          await instance.catchUp();
          return await work(instance, seenBefore ?? instance.seen);
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
      if (settled.reply !== void 0) return result !== void 0 && sameJson(settled.reply, result);
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
    for (const [key, open2] of this.open) {
      if (open2.id !== id || state.pending.get(open2.stepNo)?.effect !== void 0) continue;
      open2.stop.abort();
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

// src/instances/transfer.ts
import { existsSync, statSync } from "node:fs";
import { dirname as dirname2, join as join4 } from "node:path";

// src/instances/export-format.ts
import { createHash } from "node:crypto";
var EXPORT_FORMAT = 1;
var MAX_EXPORT_LENGTH = 256 * 1024 * 1024;
var LONGEST_NAME = 1024;
var LONGEST_PART = 255;
var ExportWriter = class {
  hash = createHash("sha256");
  files = 0;
  events = 0;
  header(header) {
    return this.line({ agent_sequencer_export: EXPORT_FORMAT, ...header });
  }
  file(id, { bytes, executable }) {
    this.files++;
    const text = bytes.toString("utf8");
    const content = Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString("base64") };
    return this.line({ file: id, sha256: digest(bytes), ...executable && { executable }, ...content });
  }
  event(event) {
    this.events++;
    return this.line({ event });
  }
  end() {
    const { files, events } = this;
    return `${JSON.stringify({ end: { files, events, sha256: this.hash.digest("hex") } })}
`;
  }
  line(content) {
    const line = `${JSON.stringify(content)}
`;
    this.hash.update(line);
    return line;
  }
};
async function readExport(lines) {
  const reader = new ExportReader();
  for await (const line of lines) reader.line(line);
  return reader.finish();
}
var ExportReader = class {
  hash = createHash("sha256");
  files = /* @__PURE__ */ new Map();
  events = [];
  header;
  number = 0;
  length = 0;
  bytes = 0;
  isOver = false;
  line(line) {
    this.number++;
    this.length += line.length + 1;
    if (this.length > MAX_EXPORT_LENGTH) {
      throw this.invalid(`the file has more than ${MAX_EXPORT_LENGTH / 1024 / 1024} MB`);
    }
    if (line === "" && this.isOver) return;
    if (this.isOver) throw this.invalid("something follows the end");
    const content = this.parse(line);
    if (content["end"] !== void 0) {
      this.end(content["end"]);
      return;
    }
    this.hash.update(`${line}
`);
    if (this.header === void 0) this.header = this.asHeader(content);
    else if (content["event"] !== void 0) this.events.push(this.asEvent(content["event"]));
    else this.file(content);
  }
  finish() {
    if (this.header === void 0) throw this.invalid("the file is empty");
    if (!this.isOver) throw this.invalid("the file ends in the middle");
    const { header, files, events } = this;
    const { entry, packages } = header;
    if (!files.has(entry)) throw this.invalid(`the program's module ${JSON.stringify(entry)} is missing`);
    return { header, content: { entry, files, packages }, events };
  }
  parse(line) {
    let content;
    try {
      content = JSON.parse(line);
    } catch {
      throw this.invalid("it is not JSON");
    }
    if (typeof content !== "object" || content === null) throw this.invalid("it is not a JSON object");
    return content;
  }
  asHeader(content) {
    const { agent_sequencer_export: format, instance_id, program, version, entry, packages } = content;
    if (typeof format !== "number") throw this.invalid("it is not an export of agent-sequencer");
    if (format > EXPORT_FORMAT) {
      throw new SequencerError(
        "LogFromNewerVersion",
        `The file was exported in format ${format}; up to ${EXPORT_FORMAT} can be read.`
      );
    }
    const texts = [instance_id, program, version, entry];
    if (!texts.every((text) => typeof text === "string") || !isPackageList(packages)) {
      throw this.invalid("the header is not complete");
    }
    return { instance_id, program, version, entry, packages };
  }
  file({ file: id, sha256, text, base64, executable }) {
    if (typeof id !== "string" || typeof sha256 !== "string")
      throw this.invalid("it is neither file nor event");
    if (!isPlainName(id)) throw this.invalid(`${show(id)} is no name of a file within a program`);
    const [first] = this.events;
    if (first !== void 0) throw this.invalid("a file stands behind the events");
    for (const other of this.files.keys()) {
      if (other === id || other.startsWith(`${id}/`) || id.startsWith(`${other}/`)) {
        throw this.invalid(`${show(id)} and ${show(other)} cannot both be files`);
      }
    }
    const bytes = typeof text === "string" ? Buffer.from(text) : Buffer.from(String(base64), "base64");
    if (digest(bytes) !== sha256) throw this.invalid(`${show(id)} is not what its checksum says`);
    this.bytes += bytes.length;
    if (this.bytes > MAX_BYTES || this.files.size >= MAX_FILES)
      throw this.invalid("the program is too large");
    this.files.set(id, { bytes, executable: executable === true });
  }
  asEvent(event) {
    const { type, at, format } = event ?? {};
    if (typeof type !== "string" || typeof at !== "string")
      throw this.invalid("the event has no type or no time");
    if (!isKnownEventType(type) || type === "started" && Number(format) > FORMAT_VERSION) {
      throw new SequencerError(
        "LogFromNewerVersion",
        `Line ${this.number} holds an event of a newer version.`
      );
    }
    return event;
  }
  end(end) {
    const { files, events, sha256 } = end ?? {};
    if (files !== this.files.size || events !== this.events.length || sha256 !== this.hash.digest("hex")) {
      throw this.invalid("the lines before are not those that were exported");
    }
    this.isOver = true;
  }
  invalid(fact) {
    return new SequencerError("InvalidExport", `Line ${this.number} of the export cannot be taken: ${fact}.`);
  }
};
function isPackageList(packages) {
  const isPair = (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
  return Array.isArray(packages) && packages.every(isPair);
}
function isPlainName(id) {
  if (id.length > LONGEST_NAME || /[\0\\]/.test(id)) return false;
  const parts = id.split("/");
  return parts.every((part) => part !== "" && part !== "." && part !== ".." && part.length <= LONGEST_PART);
}
function show(id) {
  return JSON.stringify(id.slice(0, 100));
}

// src/instances/exported-event.ts
var isText = (value) => typeof value === "string";
var isTime = (value) => matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(value) && !Number.isNaN(Date.parse(value));
var FORMS = {
  at: isTime,
  timeout_at: isTime,
  scope: matches(/^(\d+(\.\d+)?(\/\d+(\.\d+)?)*)?$/),
  kind: matches(/^[a-z]+$/),
  instance_id: isInstanceId,
  program: objectOf({ name: (name) => isText(name) && isProgramName(name), version: isHash }),
  version: isHash,
  previous: isHash,
  forked_from: objectOf({ instance_id: isInstanceId })
};
function faultIn(event) {
  for (const [member, value] of Object.entries(event)) {
    const form = Object.hasOwn(FORMS, member) ? FORMS[member] : void 0;
    if (form?.(value) === false) return `'${member}' is not what it must be`;
  }
  return formProblem(event);
}
function isHash(value) {
  return typeof value === "string" && isVersion(value);
}
function matches(pattern) {
  return (value) => typeof value === "string" && pattern.test(value);
}
function objectOf(members) {
  return (value) => typeof value === "object" && value !== null && Object.entries(members).every(([name, form]) => form(value[name]));
}

// src/instances/transfer.ts
async function* exportInstance({ store, catalog }, instanceId) {
  const past = await readPast(store, instanceId);
  const { started, version } = past.state;
  const { manifest, files } = catalog.sources(version);
  const writer = new ExportWriter();
  yield writer.header({
    instance_id: instanceId,
    program: started.program.name,
    version,
    entry: manifest.entry,
    packages: manifest.packages
  });
  for (const [id, bytes] of files) {
    const { mode } = statSync(join4(catalog.filesFolder(version), id));
    yield writer.file(id, { bytes, executable: (mode & 73) !== 0 });
  }
  const log = store.open(instanceId);
  try {
    let left = past.length;
    for await (const { events } of log.readOn()) {
      for (const event of events.slice(0, left)) yield writer.event(withoutPlace(event));
      left -= events.length;
      if (left <= 0) break;
    }
  } finally {
    log.close();
  }
  yield writer.end();
}
async function readPast(store, instanceId) {
  const past = new Past();
  const log = store.open(instanceId);
  try {
    for await (const { events } of log.readOn()) past.see(events);
  } finally {
    log.close();
  }
  const { storageFailed } = past.state;
  if (storageFailed === void 0) return past;
  throw new SequencerError(
    "StorageFailed",
    `The log of ${instanceId} was fenced after a failed sync: ${storageFailed}.`
  );
}
function withoutPlace(event) {
  const { seq: _, off: __, w: ___, gap: ____, crc: _____, ...plain } = event;
  return plain;
}
async function importInstance({ store, catalog, clock }, lines) {
  const exported = await readExport(lines);
  const past = check(exported);
  const { header, content, events } = exported;
  store.prepare();
  await catalog.storeSources(content, packagesRoot(catalog, exported));
  for (let instance_id = header.instance_id; ; instance_id = ulid(clock())) {
    const log = await store.create(instance_id, events);
    if (log === void 0) continue;
    log.close();
    const { program, version } = header;
    const isNew = instance_id !== header.instance_id;
    const warnings = await warningsFor(catalog, exported, past);
    return { instance_id, program, version, ...isNew && { imported_from: header.instance_id }, warnings };
  }
}
function check({ header, content, events }) {
  const invalid = (fact) => new SequencerError("InvalidExport", `The export cannot be taken: ${fact}.`);
  if (!isInstanceId(header.instance_id)) throw invalid("its instance id is none");
  if (versionOf(manifestOf(content)) !== header.version) {
    throw invalid("its sources are not those of the version that it names; something was changed");
  }
  const past = new Past();
  try {
    past.see(events);
  } catch (error) {
    throw invalid(`its events cannot follow each other (${error.message})`);
  }
  const { started, version } = past.state;
  if (started === void 0) throw invalid("it holds no events");
  for (const event of events) {
    const fault = faultIn(event);
    if (fault !== void 0) throw invalid(`of its event ${event.type}, ${fault}`);
  }
  if (version !== header.version || started.program.name !== header.program) {
    throw invalid("its events are those of another program or version");
  }
  return past;
}
function packagesRoot(catalog, { header }) {
  const here = catalog.find().files.find(({ name }) => name === header.program);
  if (here === void 0) return catalog.filesFolder(header.version);
  const depth = header.entry.split("/").length;
  let root = here.realpath;
  for (let up = 0; up < depth; up++) root = dirname2(root);
  return root;
}
async function warningsFor(catalog, { header }, past) {
  const warnings = [];
  const { project_dir } = past.state.started;
  if (!existsSync(project_dir)) {
    warnings.push(`The run works on ${project_dir}, which does not exist here: its commands will fail.`);
  }
  try {
    await catalog.load(header.version, header.program);
  } catch (error) {
    if (!(error instanceof SequencerError)) throw error;
    warnings.push(`The program cannot be run here yet: ${error.message} ${error.fix}`);
  }
  return warnings;
}

// src/instances/without-program.ts
async function appendWithoutProgram(store, instanceId, decide) {
  const log = store.open(instanceId);
  try {
    const state = await foldLog(log);
    for (let events = decide(state); events !== void 0; events = decide(state)) {
      if (log.append(events) !== void 0) break;
      await foldLog(log, state);
    }
    await log.sync();
  } finally {
    log.close();
  }
}

// src/instances/shell.ts
var MAX_WAIT_SECONDS = 45;
var EFFECT_WAIT_MS = 2e4;
var POLL_MS2 = 1e3;
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
    this.programs = new Programs(parts.catalog, parts.host, parts.watch ? { report } : void 0);
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
      const digest2 = createHash2("sha256").update(JSON.stringify([program, text ?? null])).digest("hex");
      const claim = store.claimRequest(requestId, { instanceId, digest: digest2 });
      if (claim.digest !== digest2) {
        throw new SequencerError(
          "RequestIdReused",
          `request_id ${JSON.stringify(requestId.slice(0, 80))} was used before, with another program or other params.`
        );
      }
      instanceId = claim.instanceId;
      if (this.exists(instanceId)) return this.current({ instanceId });
    }
    const version = await this.programs.startable(program);
    const started = await prepareStart(this.parts, this.programs, {
      instanceId,
      version,
      params: text,
      requestId
    });
    await catalog.store(version);
    await this.instances.exclusive(instanceId, async () => {
      if (requestId !== void 0 && this.exists(instanceId)) return;
      const { drafts, generation } = await firstTurn(this.parts.host, this.programs, version, started);
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
    const isWaiting = ({ state }) => state === "waiting";
    return this.lookWhile(isWaiting, seconds * 1e3, () => this.look(instanceId, stepNos), onWaiting);
  }
  /** Looks again as long as the answer is such; never holds the instance in between. */
  async lookWhile(isWaiting, milliseconds, look, onWaiting = () => {
  }) {
    const begun = performance.now();
    let answer = await look();
    for (; ; ) {
      const waited = performance.now() - begun;
      if (!isWaiting(answer) || waited >= milliseconds) return answer;
      onWaiting(Math.floor(waited / 1e3), Math.ceil(milliseconds / 1e3));
      const changed = this.news.listen(answer.instance_id);
      try {
        answer = await look();
      } catch (error) {
        await changed(0);
        throw error;
      }
      await changed(isWaiting(answer) ? Math.min(milliseconds - waited, POLL_MS2) : 0);
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
    const later = await this.lookWhile(waitsForEffects, EFFECT_WAIT_MS, () => this.look(answer.instance_id));
    return answer.duplicate ? { ...later, duplicate: true } : later;
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
  exportInstance(instanceId) {
    return exportInstance(this.parts, instanceId);
  }
  importInstance(lines) {
    return importInstance(this.parts, lines);
  }
  list(request) {
    return this.listing.page(request);
  }
  recent(request) {
    return this.listing.recent(request);
  }
  async close({ instanceId, deleteLog = false }) {
    if (deleteLog) {
      await this.instances.exclusive(instanceId, async () => {
        this.parts.store.open(instanceId).close();
        await this.effects.abandon(instanceId);
        await this.instances.drop(instanceId);
        this.parts.store.remove(instanceId);
        this.instances.release(instanceId);
      });
      return { instance_id: instanceId, closed: true, deleted: true };
    }
    await this.instances.exclusive(instanceId, async () => {
      await this.instances.drop(instanceId);
      await appendWithoutProgram(
        this.parts.store,
        instanceId,
        ({ closed, lastAt }) => closed ? void 0 : [{ type: "closed", at: timestamp(this.parts.clock, lastAt) }]
      );
    });
    return { instance_id: instanceId, closed: true, deleted: false };
  }
  /** Without running its program. What was read is durable when the last event is followed by the end. */
  async *events(instanceId) {
    const log = this.parts.store.open(instanceId);
    try {
      for await (const { firstSeq, events } of log.readOn()) {
        for (const [i, event] of events.entries()) yield recorded(firstSeq + i, event);
      }
      await log.sync();
    } finally {
      log.close();
    }
  }
  onProgramsChanged(listener) {
    this.programs.onChange(listener);
  }
  askWith(asker) {
    this.questions.askWith(asker);
  }
  async dispose() {
    this.timers.dispose();
    this.questions.dispose();
    await this.programs.dispose();
    await this.effects.dispose();
    await this.instances.dispose();
    await this.parts.host.dispose();
  }
  /** A turn, and word of it to those who wait. */
  async turn(id, work) {
    let before = -1;
    let after = -1;
    try {
      return await this.instances.turn(id, async (instance, seenBefore) => {
        before = seenBefore;
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
      await appendWithoutProgram(this.parts.store, instanceId, ({ ended, lastAt }) => {
        if (ended !== void 0) return void 0;
        const at = timestamp(this.parts.clock, lastAt);
        return [
          { type: "cancel_requested", at, reason },
          { type: "ended", at, state: "cancelled", reason, forced: true }
        ];
      });
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
  /** @returns the steps issued; "lost" if another process wrote first; "not pending" if nobody waits for it */
  async answerStep(instance, stepNo, text, failure) {
    const pending = instance.state.pending.get(stepNo);
    if (pending === void 0 || !awaitsDriver(pending)) return "not pending";
    const verdict = text === void 0 ? { type: "step_failed", step_no: stepNo, code: "agent_failure", reason: failure ?? "" } : await instance.judge(stepNo, text);
    if (verdict === void 0) return "not pending";
    return await instance.record(verdict, { syncing: true }) ?? "lost";
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
};
async function insist(instance, happening) {
  while (await instance.record(happening) === void 0) {
    await instance.catchUp();
    refuseEnded(instance);
  }
}
function waitsForEffects({ state, last_yield }) {
  if (state !== "waiting" || last_yield.kind !== "waiting") return false;
  return last_yield.waiting_for.some(({ kind }) => kind === "effect" || kind === "command");
}
function report(line) {
  process.stderr.write(`agent-sequencer: ${line}
`);
}

// src/instances/sequencer.ts
function createSequencer(options) {
  const { stateDir, projectDir, home, programDirs, version, hostEntry, guardEntry, turnTimeoutMs, capacity } = options;
  const clock = options.clock ?? Date.now;
  const { transformEntry } = options;
  const loadTransform = transformEntry && (async () => transformAside(transformEntry));
  return new Shell({
    store: createLogStore({
      stateDir,
      ...KNOWN_FORMAT,
      now: clock
    }),
    catalog: createCatalog({
      projectDir,
      home,
      programDirs,
      stateDir,
      ...loadTransform && { loadTransform }
    }),
    host: options.host ?? new ProgramHost({ entry: hostEntry, turnTimeoutMs }),
    clock,
    stateDir,
    guardEntry,
    projectDir,
    engineVersion: version,
    capacity,
    watch: options.watch
  });
}
export {
  createSequencer
};
