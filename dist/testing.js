import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Tape,
  deviationError,
  firstDeviation,
  inTurn
} from "./chunks/chunk-SE2OE4XY.js";
import {
  createTurns,
  effectScope,
  facadeOf,
  turnOfCaller
} from "./chunks/chunk-WJMNOWQF.js";
import {
  isDerived,
  judge,
  stateOf
} from "./chunks/chunk-I2YG3OXN.js";
import {
  FORMAT_VERSION
} from "./chunks/chunk-I77IYGI3.js";
import "./chunks/chunk-OS7THQEV.js";
import {
  toJsonSchema
} from "./chunks/chunk-EHSHSBMI.js";
import {
  describeThrown
} from "./chunks/chunk-BJSSGFKS.js";
import {
  toJson
} from "./chunks/chunk-4PNFGV6Y.js";
import {
  PACKAGE_ROOT,
  VERSION
} from "./chunks/chunk-E62NFHGA.js";
import {
  isProgram
} from "./chunks/chunk-G3OAAUZY.js";
import {
  Command,
  SideEffect,
  parseDuration
} from "./chunks/chunk-H3QHES3G.js";
import "./chunks/chunk-X2D4U2RG.js";
import {
  SequencerError
} from "./chunks/chunk-ZWYVAR4N.js";
import "./chunks/chunk-6E5ESL5F.js";

// src/testing/process.ts
import { spawn } from "node:child_process";
import { resolve } from "node:path";
function runProcess({ file, args, options }, projectDir, signal) {
  return new Promise((done, failed) => {
    const child = spawn(file, args, {
      cwd: resolve(projectDir, options.cwd ?? "."),
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      signal
    });
    const stdout = [];
    const stderr = [];
    child.stdout.on("data", (bytes) => stdout.push(bytes));
    child.stderr.on("data", (bytes) => stderr.push(bytes));
    child.stdin.on("error", () => {
    });
    child.stdin.end(options.input ?? "");
    child.on("error", failed);
    child.on(
      "close",
      (exit_code, endedBy) => done({
        exit_code,
        signal: endedBy,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8")
      })
    );
  });
}

// src/testing/effects.ts
function whoDoes(step, stepNo, standIns, options) {
  const names = namesOf(step);
  if (names === void 0) return void 0;
  const name = names.find((each) => Object.hasOwn(standIns, each));
  if (name !== void 0) {
    const standIn = standIns[name];
    const { label: label2, args } = callOf(step);
    return (attempt) => outcomeOf(() => answerWith(standIn, { label: label2, args, stepNo, attempt }), step);
  }
  if (!options.real) return void 0;
  if (step instanceof Command) {
    return (_, signal) => outcomeOf(() => runProcess(step, options.projectDir, signal), step);
  }
  const { label, fn } = step;
  return (attempt, signal) => outcomeOf(() => effectScope.run({ label }, () => fn({ signal, attempt })), step);
}
function givenOutcome(given, step) {
  return given instanceof Error ? { error: given } : { value: completed(given, step) };
}
async function outcomeOf(work, step) {
  try {
    return { value: completed(await work(), step) };
  } catch (error) {
    return { error };
  }
}
function answerWith(standIn, call) {
  if (typeof standIn === "function") return standIn(call);
  if (standIn instanceof Error) throw standIn;
  return standIn;
}
function completed(value, step) {
  const isResult = step instanceof Command && typeof value === "object" && value !== null;
  return isResult ? { exit_code: 0, signal: null, stdout: "", stderr: "", ...value } : value;
}
function callOf(step) {
  return step instanceof Command ? { label: step.file, args: step.args } : { label: step.label, args: [] };
}
function namesOf(step) {
  if (step instanceof Command) return [[step.file, ...step.args].join(" "), step.file];
  return step instanceof SideEffect ? [step.label] : void 0;
}

// src/testing/history.ts
function historyBefore(events, stepNo) {
  const end = endOfHistory(events, stepNo);
  if (end === void 0) return void 0;
  const kept = events.slice(0, end).filter(({ type }) => type !== "closed" && type !== "reopened");
  const done = new Set(kept.flatMap((event) => event.type === "effect_finished" ? [event.step_no] : []));
  const [started, ...rest] = kept.filter(
    (event) => event.type !== "effect_started" || done.has(event.step_no)
  );
  return [started, ...rest];
}
function endOfHistory(events, stepNo) {
  if (!(stepNo >= 1)) return void 0;
  const asked = events.findIndex((event) => numberOf(event) === stepNo);
  if (asked >= 0) return asked;
  const last = Math.max(0, ...events.map(numberOf));
  if (stepNo !== last + 1) return void 0;
  const ending = events.findIndex(({ type }) => type === "cancel_requested" || type === "ended");
  if (ending === -1) return events.length;
  if (events[ending].type === "cancel_requested") return ending;
  return events.findLastIndex((event, at) => at < ending && !isDerived(event)) + 1;
}
function numberOf(event) {
  if (event.type === "step_issued") return event.step_no;
  return event.type === "step_failed" && event.scope !== void 0 ? event.step_no : 0;
}

// src/testing/pending.ts
function pendingSteps(state) {
  return [...state.pending.values()].map(shown);
}
function shown({ issued }) {
  const { kind, label, args = [] } = issued;
  return {
    stepNo: issued.step_no,
    kind,
    text: kind === "command" ? [label, ...args].join(" ") : issued.text ?? "",
    schema: issued.schema,
    id: issued.id,
    label,
    args,
    choices: issued.choices,
    tools: issued.tools,
    attempt: issued.attempt ?? 1,
    maxAttempts: issued.max_attempts ?? 1,
    problems: issued.validation_error?.problems ?? [],
    timeoutAt: issued.timeout_at,
    scope: issued.scope
  };
}
function isDriven({ kind }) {
  return kind === "instruction" || kind === "ask";
}
function isEffect({ kind }) {
  return kind === "effect" || kind === "command";
}
function listOf(steps) {
  return steps.map((step) => `step ${step.stepNo} (${nameOf(step)})`).join(", ");
}
function nameOf({ kind, text, label }) {
  const told = text || label || "";
  const short = told.length > 40 ? `${told.slice(0, 40)}…` : told;
  return short === "" ? kind : `${kind} ${JSON.stringify(short)}`;
}

// src/testing/stage.ts
var DEFAULT_BACKOFF = "1s";
var Stage = class {
  tape;
  options;
  /** Of the effects that have failed and are tried again: the try that is next. */
  tries = /* @__PURE__ */ new Map();
  nowMs;
  constructor(tape, options) {
    this.tape = tape;
    this.options = options;
    this.nowMs = Date.parse(tape.state.lastAt);
  }
  /** ISO 8601. */
  get now() {
    return new Date(this.nowMs).toISOString();
  }
  /** What is pending, with the tries of effects counted. */
  get steps() {
    return pendingSteps(this.tape.state).map(
      (step) => isEffect(step) ? { ...step, attempt: this.triesOf(step.stepNo) } : step
    );
  }
  async happen(event) {
    await this.tape.happen(event, this.now);
    await this.doEffects();
  }
  /** Fires what is due until then, each at its time. */
  async advance(milliseconds) {
    const target = this.nowMs + milliseconds;
    for (; ; ) {
      const due = this.nextDue();
      if (due === void 0 || due.atMs > target) break;
      this.nowMs = Math.max(this.nowMs, due.atMs);
      await this.happen({ type: "timer_fired", step_no: due.stepNo });
    }
    this.nowMs = Math.max(this.nowMs, target);
  }
  /** Does what stand-ins or the real thing can do, until none is left. */
  async doEffects() {
    const { effects = {}, run: real = false } = this.options;
    const { project_dir: projectDir } = this.tape.state.started;
    const whoDoesStep = ({ stepNo }) => whoDoes(this.tape.stepOf(stepNo), stepNo, effects, { real, projectDir });
    for (; ; ) {
      const next = this.steps.find((step) => isEffect(step) && whoDoesStep(step) !== void 0);
      if (next === void 0) return;
      const { stepNo, attempt, timeoutAt } = next;
      const outcome = await this.within(timeoutAt, (signal) => whoDoesStep(next)(attempt, signal));
      if (outcome === void 0) {
        this.nowMs = Math.max(this.nowMs, Date.parse(timeoutAt));
        await this.tape.happen({ type: "timer_fired", step_no: stepNo }, this.now);
      } else {
        await this.finishTry(stepNo, outcome);
      }
    }
  }
  /** One try of an effect has ended: well, or it is tried again after its pause, or it has failed. */
  async finishTry(stepNo, outcome) {
    const step = this.tape.stepOf(stepNo);
    const attempt = this.triesOf(stepNo);
    if (this.tape.state.pending.get(stepNo).effect === void 0) {
      await this.tape.happen(
        { type: "effect_started", step_no: stepNo, owner: "test", attempt: 1 },
        this.now
      );
    }
    const retry = step instanceof SideEffect ? step.options.retry : void 0;
    if ("value" in outcome || attempt >= (retry?.attempts ?? 1)) {
      this.tries.delete(stepNo);
      await this.tape.happen({ type: "effect_finished", step_no: stepNo, ...endOf(outcome) }, this.now);
      return;
    }
    this.tries.set(stepNo, attempt + 1);
    await this.advance(parseDuration(retry?.backoff ?? DEFAULT_BACKOFF) * 2 ** (attempt - 1));
  }
  /** `undefined`: it did not end in the time that it has; real time, since the effect is real. */
  async within(timeoutAt, work) {
    const controller = new AbortController();
    if (timeoutAt === void 0) return work(controller.signal);
    let timer;
    const timeout = new Promise((resolve2) => {
      timer = setTimeout(() => resolve2(void 0), Math.max(0, Date.parse(timeoutAt) - this.nowMs));
    });
    try {
      return await Promise.race([work(controller.signal), timeout]);
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }
  triesOf(stepNo) {
    return this.tries.get(stepNo) ?? 1;
  }
  nextDue() {
    let next;
    for (const { stepNo, timeoutAt } of this.steps) {
      if (timeoutAt === void 0) continue;
      const atMs = Date.parse(timeoutAt);
      if (next === void 0 || atMs < next.atMs) next = { stepNo, atMs };
    }
    return next;
  }
};
function endOf(outcome) {
  if ("error" in outcome) {
    const { error } = outcome;
    const { name, message: message2 } = error instanceof Error ? error : { name: typeof error, message: String(error) };
    return { error: { type: name, message: message2 } };
  }
  const copied = toJson(outcome.value ?? null);
  if ("json" in copied) return { value: copied.json };
  const message = `the result is not JSON: ${copied.path} ${copied.reason}; return plain data`;
  return { error: { type: "ResultNotJson", message } };
}

// src/testing/globals.ts
var RealDate = Date;
var { crypto: realCrypto, performance: realPerformance, Math: realMath } = globalThis;
var realRandom = Math.random;
var now = () => turnOfCaller()?.nowMs ?? RealDate.now();
function TurnDate(...parameters) {
  if (new.target === void 0) return new RealDate(now()).toString();
  return Reflect.construct(RealDate, parameters.length === 0 ? [now()] : parameters, new.target);
}
var members = Object.getOwnPropertyDescriptors(RealDate);
Object.defineProperties(TurnDate, { ...members, now: { ...members.now, value: now } });
var turnCrypto = facadeOf("crypto", realCrypto, {
  replace: {
    randomUUID: () => turnOfCaller()?.chance().uuid() ?? realCrypto.randomUUID(),
    getRandomValues: (array) => {
      realCrypto.getRandomValues(array);
      const { buffer, byteOffset, byteLength } = array;
      turnOfCaller()?.chance().fill(new Uint8Array(buffer, byteOffset, byteLength));
      return array;
    }
  }
});
var turnPerformance = facadeOf("performance", realPerformance, {
  replace: {
    now: () => {
      const turn = turnOfCaller();
      return turn === void 0 ? realPerformance.now() : turn.nowMs - turn.originMs;
    }
  }
});
var REACHING_OUT = ["setTimeout", "setInterval", "setImmediate", "fetch", "WebSocket"];
var PATCHES = [
  { owner: globalThis, name: "Date", value: TurnDate },
  { owner: globalThis, name: "crypto", value: turnCrypto },
  { owner: globalThis, name: "performance", value: turnPerformance },
  { owner: realMath, name: "random", value: () => turnOfCaller()?.chance().float() ?? realRandom() },
  ...REACHING_OUT.flatMap((name) => {
    const value = Reflect.get(globalThis, name);
    return typeof value === "function" ? [{ owner: globalThis, name, value: facadeOf(name, value) }] : [];
  })
];
var replaced;
function putTurnGlobals() {
  if (replaced !== void 0) return;
  replaced = PATCHES.map(({ owner, name, value }) => {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    const { enumerable } = before;
    Object.defineProperty(owner, name, { value, enumerable, writable: true, configurable: true });
    return before;
  });
}
function restoreGlobals() {
  if (replaced === void 0) return;
  for (const [i, { owner, name }] of PATCHES.entries()) Object.defineProperty(owner, name, replaced[i]);
  replaced = void 0;
}

// src/testing/surroundings.ts
function hostSurroundings(source, seed) {
  const { placeOf, describeError: describeError2 } = source;
  const { enter, leave, evaluating } = createTurns({ seed, placeOf });
  return {
    enter,
    leave,
    evaluate: (atMs) => evaluating(atMs, () => source.evaluate()),
    placeOf,
    describeError: describeError2
  };
}
function testSurroundings(source, seed) {
  const host = hostSurroundings(source, seed);
  return {
    ...host,
    enter(scope, atMs) {
      putTurnGlobals();
      host.enter(scope, atMs);
    },
    leave() {
      host.leave();
      restoreGlobals();
    },
    evaluate(atMs) {
      putTurnGlobals();
      try {
        return host.evaluate(atMs);
      } finally {
        restoreGlobals();
      }
    }
  };
}

// src/testing/imported.ts
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
var NO_VERSION = "0".repeat(32);
function importedSource(program) {
  return {
    name: program.name,
    version: NO_VERSION,
    evaluate: () => program,
    describeError,
    placeOf: (stack) => authorFrames(stack)[0]?.place
  };
}
function describeError(error) {
  const described = describeThrown(error);
  if (!(error instanceof Error)) return described;
  const stack = authorFrames(error.stack).map(({ name, place }) => name === "" ? `at ${place}` : `at ${name} (${place})`).join("\n");
  return { ...described, ...stack !== "" && { stack } };
}
function authorFrames(stack) {
  const frames = [];
  for (const line of (stack ?? "").split("\n")) {
    const called = /^\s+at (?:(.*?) \()?(.+?):(\d+):(\d+)\)?$/.exec(line);
    if (called === null) continue;
    const [, name = "", file = "", row, column] = called;
    const path = pathOf(file.replace(/^async /, ""));
    if (isOurs(path)) {
      if (frames.length > 0) break;
      continue;
    }
    frames.push({ name: plainName(name), place: `${basename(path)}:${row}:${column}` });
  }
  return frames;
}
var OURS = ["src/", "dist/"].map((folder) => fileURLToPath(new URL(folder, PACKAGE_ROOT)));
function isOurs(path) {
  return path.startsWith("node:") || OURS.some((folder) => path.startsWith(folder));
}
function pathOf(file) {
  const plain = file.replace(/\?.*$/, "");
  return plain.startsWith("file:") ? fileURLToPath(plain) : plain;
}
function plainName(name) {
  const plain = name.replace(/^async /, "").replace(/ \[as .*\]$/, "");
  return plain.replace(/^(Object|Module|Function)\./, "").replace(/^<anonymous>$/, "");
}

// src/testing/which-program.ts
async function sourceOf(program) {
  if (isProgram(program)) return importedSource(program);
  const href = program?.href;
  if (typeof program === "string" || typeof href === "string") {
    const { fileSource } = await import("./chunks/file-44OCEW6T.js");
    return fileSource(program);
  }
  throw new TypeError(
    "drive takes a program, the default export of its file, or the path or URL of that file."
  );
}

// src/testing/run.ts
var Run = class _Run {
  source;
  options;
  stage;
  constructor(source, tape, options) {
    this.source = source;
    this.options = options;
    this.stage = new Stage(tape, options);
  }
  /** Tests call `drive`. */
  static async begin(source, history, options) {
    const surroundings = testSurroundings(source, history[0].seed);
    const run = new _Run(source, await Tape.play(surroundings, history), options);
    await run.stage.doEffects();
    return run;
  }
  /**
   * The step that the program waits for; with several the first that the agent or a person must answer.
   *
   * @throws Error if nothing is pending, with how the run ended
   */
  get step() {
    const { steps } = this;
    const first = steps.find(isDriven) ?? steps[0];
    return first ?? this.misused("run.step", "the program waits for nothing");
  }
  /** All steps that the program waits for, in the order in which it asked; none when it has ended. */
  get steps() {
    return this.stage.steps;
  }
  /** What it waits for, or how it ended. */
  get state() {
    return stateOf(this.tape.state);
  }
  /**
   * What the program returned.
   *
   * @throws Error if it has not completed, with what it does instead
   */
  get summary() {
    const { ended } = this.tape.state;
    if (ended?.state !== "completed") this.misused("run.summary", "the run has not completed");
    return ended.summary;
  }
  /** Why a `failed` run failed. */
  get error() {
    return this.tape.state.ended?.error;
  }
  /** Why a run was `aborted` or `cancelled`. */
  get reason() {
    return this.tape.state.ended?.reason;
  }
  /** What was wrong with the last reply, where the step is asked again; none otherwise. */
  get problems() {
    return this.steps.find(isDriven)?.problems ?? [];
  }
  /** The last `progress(...)` that came with a step. */
  get progress() {
    return this.tape.state.progress;
  }
  /** What would stand in the log. */
  get events() {
    return this.tape.events;
  }
  /** The time that the program sees, ISO 8601. */
  get now() {
    return this.stage.now;
  }
  async reply(...given) {
    const [stepNo, json] = given.length === 1 ? [void 0, given[0]] : given;
    const step = this.choose("run.reply", stepNo, isDriven, "an instruction or a question");
    const verdict = await this.tape.judge(step.stepNo, asJson("run.reply", json));
    await this.stage.happen(verdict);
  }
  async fail(...given) {
    const [stepNo, reason] = given.length === 1 ? [void 0, given[0]] : given;
    const step = this.choose("run.fail", stepNo, isDriven, "an instruction or a question");
    await this.stage.happen({ type: "step_failed", step_no: step.stepNo, code: "agent_failure", reason });
  }
  async effect(...given) {
    const [stepNo, result] = given.length === 1 ? [void 0, given[0]] : given;
    const pending = this.choose("run.effect", stepNo, isEffect, "a side effect or a command");
    const step = this.tape.stepOf(pending.stepNo);
    await this.stage.finishTry(pending.stepNo, givenOutcome(result, step));
    await this.stage.doEffects();
  }
  /**
   * Sends a signal; it is kept where nobody waits for it yet.
   *
   * @throws SequencerError `UnknownSignal`, `InvalidSignal`
   * @example await run.signal("approval", { approved: true });
   */
  async signal(name, value = null) {
    this.requireRunning("run.signal");
    const judgement = await this.tape.judgeSignal(name, asJson("run.signal", value));
    if (judgement.verdict === "valid") {
      await this.stage.happen({ type: "signal_received", name, value: judgement.value });
      return;
    }
    const why = judgement.verdict === "broken" ? judgement.reason : judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new SequencerError("InvalidSignal", `The value of signal '${name}' is not valid: ${why}.`);
  }
  /**
   * Lets time pass: sleeps that are over and timeouts that have come fire, each at its time.
   *
   * @example await run.advance("90s");
   */
  async advance(duration) {
    await this.stage.advance(parseDuration(duration));
  }
  /**
   * Cancels the run, as `sequencer_cancel` does: `finally` blocks run, and may ask for steps.
   *
   * @example await run.cancel("not needed any more");
   */
  async cancel(reason) {
    this.requireRunning("run.cancel");
    await this.stage.happen({ type: "cancel_requested", reason });
  }
  /**
   * Runs the program again over what happened, as a restarted server does, and compares what it does. The run
   * itself stays as it is.
   *
   * @param program a changed program: would a run in flight fit it?
   * @throws SequencerError `ProgramDiverged` with the first difference
   */
  async replay(program) {
    const source = program === void 0 ? this.source : await sourceOf(program);
    const deviation = await firstDeviation(testSurroundings(source, this.seed), this.tape.events);
    if (deviation !== void 0) throw deviationError(deviation);
  }
  /**
   * A new run that begins with what happened before a step was asked, for which it then waits. The last step
   * plus one is allowed: all that happened, and the program goes on from there.
   *
   * @param program a changed program, which must do the same up to there
   * @example const again = await run.fork(3);
   */
  async fork(beforeStepNo, program) {
    const history = historyBefore(this.tape.events, beforeStepNo);
    if (history === void 0) {
      const { lastStepNo } = this.tape.state;
      throw new Error(
        `run.fork(${beforeStepNo}): the run has steps 1 to ${lastStepNo}; fork before one of them, or before ${lastStepNo + 1}.`
      );
    }
    const source = program === void 0 ? this.source : await sourceOf(program);
    return _Run.begin(source, history, this.options);
  }
  /** The step that is meant: the one that was named, or the only one of its sort. */
  choose(call, stepNo, fits, sort) {
    const { steps } = this;
    const candidates = steps.filter(fits);
    if (stepNo !== void 0) {
      const found = candidates.find((step) => step.stepNo === stepNo);
      return found ?? this.misused(call, `step ${stepNo} is not pending as ${sort}`);
    }
    if (candidates.length === 1) return candidates[0];
    if (candidates.length === 0) this.misused(call, `the program does not wait for ${sort}`);
    throw new Error(
      `${call}: several steps are pending: ${listOf(candidates)}. Name one: ${call}(${candidates[0].stepNo}, ...).`
    );
  }
  get seed() {
    return this.tape.state.started.seed;
  }
  get tape() {
    return this.stage.tape;
  }
  requireRunning(call) {
    if (this.tape.state.ended !== void 0) this.misused(call, "the run has ended");
  }
  misused(call, fact) {
    throw new Error(`${call}: ${fact}. ${this.described()}`);
  }
  described() {
    const { ended } = this.tape.state;
    if (ended === void 0) return `Pending: ${listOf(this.steps)}.`;
    const { error, reason } = ended;
    const where = error?.stack === void 0 ? "" : `
${error.stack}`;
    const why = error === void 0 ? reason ?? "" : `${error.type}: ${error.message}${where}`;
    const has = ended.state === "completed" || ended.state === "failed" ? "has" : "was";
    return `The run ${has} ${ended.state}${why === "" ? "." : `: ${why}`}`;
  }
};
function asJson(call, value) {
  const copied = toJson(value);
  if ("json" in copied) return copied.json;
  throw new TypeError(`${call}: what is sent must be JSON: ${copied.path} ${copied.reason}.`);
}

// src/testing/drive.ts
var BEGINNING = "2026-01-01T00:00:00.000Z";
var INSTANCE_ID = "01KDVSNM000000000000000000";
async function drive(program, params = {}, options = {}) {
  const source = await sourceOf(program);
  const { now: now2 = BEGINNING, seed = "test", projectDir, instanceId = INSTANCE_ID, ...stageOptions } = options;
  const nowMs = new Date(now2).getTime();
  if (Number.isNaN(nowMs)) throw new TypeError(`drive: now is ${JSON.stringify(now2)}, which is no time.`);
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const started = {
    type: "started",
    at: new Date(nowMs).toISOString(),
    format: FORMAT_VERSION,
    engine: VERSION,
    instance_id: instanceId,
    program: { name: source.name, version: source.version },
    params: await judgedParams(source, params, seed, nowMs),
    seed,
    project_dir: projectDir ?? process.cwd(),
    time_zone: timeZone,
    locale,
    node: Number(process.versions.node.split(".")[0])
  };
  return Run.begin(source, [started], stageOptions);
}
async function judgedParams(source, params, seed, nowMs) {
  const { name, params: schema } = testSurroundings(source, seed).evaluate(nowMs);
  const given = toJson(params);
  if (!("json" in given)) throw invalidParams(name, `${given.path} ${given.reason}`);
  if (schema === void 0) {
    if (typeof given.json === "object" && Object.keys(given.json ?? {}).length === 0) return {};
    throw invalidParams(name, "it takes none");
  }
  const what = `params of program '${name}'`;
  const judgement = await inTurn(() => judge(given.json, toJsonSchema(schema, what), schema, what));
  if (judgement.verdict === "valid") return judgement.value;
  if (judgement.verdict === "broken")
    throw new SequencerError("SchemaNotJson", `${what}: ${judgement.reason}.`);
  throw invalidParams(name, judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; "));
}
function invalidParams(name, why) {
  return new SequencerError(
    "InvalidParams",
    `The params of program '${name}' are not valid: ${why}.`,
    "Correct what the test passes as params."
  );
}
export {
  drive
};
