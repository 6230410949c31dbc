import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  EvaluationFailed,
  Execution,
  SequencerError,
  createBuiltins,
  createTurns,
  errorInfo,
  evaluateProgram,
  facadeOf,
  installDeterminism,
  isDerived,
  judge,
  pathTo,
  placeOf,
  provide,
  sameJson,
  schemaOf,
  toErrorAnswer,
  toJsonSchema,
  turnOfCaller
} from "./chunks/chunk-CAP4GDDT.js";

// src/authoring/probe.ts
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

// src/testing/version-source.ts
function sourceOfVersion(version) {
  return {
    name: version.name,
    version: version.version,
    evaluate: () => evaluateProgram(version, provide, { requireBuiltin: createBuiltins() }),
    describeError: (error) => errorInfo(error, version),
    placeOf: (stack) => placeOf(stack, version)
  };
}

// src/engine/state.ts
function initialState() {
  return {
    started: void 0,
    version: "",
    pastVersions: [],
    pending: /* @__PURE__ */ new Map(),
    lastStepNo: 0,
    lastAt: "",
    yieldedAt: "",
    progress: null,
    earlySignals: /* @__PURE__ */ new Map(),
    ending: void 0,
    ended: void 0,
    closed: false,
    storageFailed: void 0
  };
}
function apply(state, event) {
  if (event.type === "started") {
    if (state.started !== void 0) throw impossible("a second started event");
    state.started = event;
    state.version = event.program.version;
    state.yieldedAt = event.at;
  } else if (state.started === void 0) {
    throw impossible(`${event.type} before started`);
  } else if (state.ended !== void 0 && !isAfterTheEnd(event)) {
    throw impossible(`${event.type} after the run has ended`);
  } else {
    applyFurther(state, event);
  }
  state.lastAt = event.at;
  return state;
}
function applyFurther(state, event) {
  switch (event.type) {
    case "step_issued":
      number(state, event.step_no);
      if (!needsNoWait(state, event)) state.pending.set(event.step_no, { issued: event });
      state.yieldedAt = event.at;
      if (event.progress !== void 0) state.progress = event.progress;
      break;
    case "reply_accepted":
      take(state, event.step_no, event.type);
      state.closed = false;
      break;
    case "reply_rejected":
      take(state, event.step_no, event.type);
      if (event.then === "abort") state.ending ??= `the reply to step ${event.step_no} was not valid`;
      state.closed = false;
      break;
    case "step_failed":
      if (event.scope !== void 0) {
        number(state, event.step_no);
        break;
      }
      take(state, event.step_no, event.type);
      state.closed = false;
      break;
    case "step_cancelled":
    case "timer_fired":
      take(state, event.step_no, event.type);
      break;
    case "effect_finished": {
      const step = state.pending.get(event.step_no);
      if (step?.issued.kind === "ask")
        state.pending.set(event.step_no, { issued: step.issued, formTried: true });
      else take(state, event.step_no, event.type);
      break;
    }
    case "effect_started": {
      const step = state.pending.get(event.step_no);
      if (step === void 0)
        throw impossible(`effect_started for step ${event.step_no}, which is not pending`);
      state.pending.set(event.step_no, {
        issued: step.issued,
        effect: { owner: event.owner, attempt: event.attempt }
      });
      break;
    }
    case "signal_received":
      receive(state, event.name);
      break;
    case "cancel_requested":
      state.ending ??= event.reason;
      break;
    case "version_adopted":
      state.pastVersions.push(event.previous);
      state.version = event.version;
      break;
    case "closed":
      state.closed = true;
      break;
    case "reopened":
      state.closed = false;
      break;
    case "storage_failed":
      state.storageFailed = event.reason;
      break;
    case "ended":
      state.ended = event;
      state.ending = void 0;
      state.pending.clear();
      state.yieldedAt = event.at;
      if (event.progress !== void 0) state.progress = event.progress;
      break;
  }
}
function needsNoWait(state, { kind, label = "" }) {
  if (kind === "call") return true;
  const early = kind === "signal" ? state.earlySignals.get(label) ?? 0 : 0;
  if (early > 0) state.earlySignals.set(label, early - 1);
  return early > 0;
}
function receive(state, name) {
  for (const { issued } of state.pending.values()) {
    if (issued.kind !== "signal" || issued.label !== name) continue;
    state.pending.delete(issued.step_no);
    return;
  }
  state.earlySignals.set(name, (state.earlySignals.get(name) ?? 0) + 1);
}
function isAfterTheEnd({ type }) {
  return type === "closed" || type === "reopened" || type === "storage_failed";
}
function number(state, stepNo) {
  if (stepNo !== state.lastStepNo + 1) throw impossible(`step ${stepNo} after step ${state.lastStepNo}`);
  state.lastStepNo = stepNo;
}
function take(state, stepNo, type) {
  if (!state.pending.delete(stepNo)) throw impossible(`${type} for step ${stepNo}, which is not pending`);
}
function impossible(what) {
  return new SequencerError(
    "CorruptedLog",
    `The log is whole, but its events cannot follow each other: ${what}.`
  );
}

// src/testing/turn.ts
var { setImmediate } = globalThis;
var previous = Promise.resolve();
function inTurn(work2) {
  const result = previous.then(() => Promise.race([work2(), eventLoopComesRound()]));
  previous = result.catch(() => {
  });
  return result;
}
function eventLoopComesRound() {
  return new Promise((_, reject) => {
    setImmediate(
      () => reject(
        new SequencerError(
          "ProgramStalled",
          "The program awaits something that is not a step (a timer, a request, a promise that is settled elsewhere).",
          "Wait with `yield* sleep(...)`, and move what touches the world into a sideEffect."
        )
      )
    );
  });
}

// src/testing/tape.ts
var Tape = class _Tape {
  events = [];
  state = initialState();
  execution;
  constructor(execution) {
    this.execution = execution;
  }
  /** The run from its first event on, or from a history: a turn of it that is incomplete is completed. */
  static async play(surroundings, history) {
    const [started] = history;
    const program = surroundings.evaluate(Date.parse(started.at));
    const tape = new _Tape(new Execution(program, surroundings));
    await tape.take(history);
    return tape;
  }
  /** @param at ISO 8601; never before the last event's */
  async happen(event, at) {
    return this.take([{ ...event, at }]);
  }
  /** `undefined`: the step is not pending. */
  judge(stepNo, reply) {
    return inTurn(() => this.execution.judge(stepNo, reply));
  }
  judgeSignal(name, value) {
    return inTurn(() => this.execution.judgeSignal(name, value));
  }
  /** The pending step as the program made it. */
  stepOf(stepNo) {
    return this.execution.stepOf(stepNo);
  }
  async take(events) {
    const { execution } = this;
    const derived = await inTurn(async () => {
      await execution.feed(copyOf(events));
      const drafts = copyOf(execution.drafts);
      await execution.feed(copyOf(drafts));
      return drafts;
    });
    for (const event of [...copyOf(events), ...derived]) {
      this.events.push(event);
      apply(this.state, event);
    }
    return derived;
  }
};
function copyOf(value) {
  return JSON.parse(JSON.stringify(value));
}

// src/testing/deviation.ts
async function firstDeviation(surroundings, events, change = (event) => event) {
  const [started, ...rest] = events;
  const tape = await Tape.play(surroundings, [change(started)]);
  let derived = tape.events.slice(1);
  for (let i = 0; ; ) {
    const recorded = [];
    for (let next = rest[i]; next !== void 0 && isDerived(next); next = rest[++i]) recorded.push(next);
    const at = recorded.findIndex((event, place) => !sameJson(event, derived[place]));
    const differs = at === -1 ? derived.length > recorded.length ? recorded.length : -1 : at;
    if (differs !== -1) {
      const now2 = derived[differs];
      return { before: recorded[differs], now: now2, place: placeOf2(now2, tape, surroundings) };
    }
    if (i === rest.length) return void 0;
    const { at: time, ...external } = change(rest[i++]);
    derived = await tape.happen(external, time);
  }
}
function placeOf2(event, tape, surroundings) {
  if (event?.type === "ended") return /\(?([^()\s]+:\d+:\d+)\)?$/m.exec(event.error?.stack ?? "")?.[1];
  if (event === void 0) return void 0;
  return surroundings.placeOf(tape.stepOf(event.step_no)?.trace.made?.stack);
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

// src/testing/surroundings.ts
function hostSurroundings(source, seed) {
  const { placeOf: placeOf3, describeError } = source;
  const { enter, leave, evaluating } = createTurns({ seed, placeOf: placeOf3 });
  return {
    enter,
    leave,
    evaluate: (atMs) => evaluating(atMs, () => source.evaluate()),
    placeOf: placeOf3,
    describeError
  };
}

// src/authoring/choices.ts
var Choices = class {
  visits = /* @__PURE__ */ new Map();
  /** One of `count`, from 0. @param place the same for the same question */
  next(place, count) {
    const visit = this.visits.get(place) ?? 0;
    this.visits.set(place, visit + 1);
    const first = hash(place);
    return (visit < count ? first + visit : hash(`${place} ${visit}`)) % count;
  }
  pick(place, options) {
    return options[this.next(place, options.length)];
  }
};
function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 16777619);
  }
  value ^= value >>> 15;
  value = Math.imul(value, 739982445);
  return (value ^ value >>> 12) >>> 0;
}

// src/authoring/schema-gaps.ts
function gapsOf(schema) {
  const gaps = [];
  const seen = /* @__PURE__ */ new Set();
  const visit = (current, path) => {
    const definition = definitionOf(current);
    if (definition === void 0 || seen.has(current)) return;
    seen.add(current);
    gaps.push(...ownGaps(definition, path));
    for (const [inner, at] of within(definition, path)) visit(inner, at);
  };
  visit(schema, "$");
  return gaps;
}
function definitionOf(schema) {
  const definition = schema?._zod?.def;
  return typeof definition === "object" && definition !== null ? definition : void 0;
}
function ownGaps(definition, path) {
  const gaps = [];
  const warn = (message) => gaps.push({ severity: "warning", path, message });
  const { type } = definition;
  if (definition["coerce"] === true) {
    warn(`z.coerce does nothing: the agent must send a ${type}. Write z.${type}(), or transform a text.`);
  }
  if (type === "pipe" && definitionOf(definition["in"])?.type === "transform") {
    warn(
      "z.preprocess comes too late: the reply must fit the inner schema before it. Use .transform() after."
    );
  }
  if (type === "catch") {
    warn(
      ".catch() does nothing: a reply that does not fit is asked again. Use .default() for what is absent."
    );
  }
  for (const check of definition["checks"] ?? []) {
    const { check: kind, format, pattern } = definitionOf(check) ?? {};
    if (format === "regex" && pattern instanceof RegExp && /[ims]/.test(pattern.flags)) {
      warn(`the flags of ${pattern} are lost: the agent is judged by /${pattern.source}/. Write it without.`);
    }
    if (kind === "custom" || kind === "property") gaps.push({ severity: "info", path, message: UNSEEN });
  }
  return gaps;
}
var UNSEEN = "the agent cannot see this refinement, only its message when a reply breaks it. Say it in the text, or with .describe().";
function* within(definition, path) {
  const { shape, options, items, element, parts } = definition;
  for (const [key, member] of Object.entries(shape ?? {})) yield [member, pathTo(path, key)];
  for (const option of options ?? []) yield [option, path];
  for (const [i, item] of (items ?? []).entries()) yield [item, `${path}[${i}]`];
  for (const part of parts ?? []) yield [part, path];
  if (element !== void 0) yield [element, `${path}[]`];
  if (definition["rest"]) yield [definition["rest"], `${path}[]`];
  if (definition["valueType"]) yield [definition["valueType"], `${path}.*`];
  for (const key of ["keyType", "innerType", "left", "right", "in"]) {
    if (definition[key] !== void 0) yield [definition[key], path];
  }
  if (definitionOf(definition["in"])?.type === "transform") yield [definition["out"], path];
  const getter = definition["getter"];
  if (typeof getter === "function") yield [getter(), path];
}

// src/authoring/findings.ts
var LONGEST_PROMPT = 10 * 1024;
function findingsInSchema(what, schema, place) {
  return gapsOf(schema).map(({ severity, path, message }) => {
    const at = path === "$" ? "" : ` at ${path}`;
    return { severity, code: "schema", place, message: `${what}${at}: ${message}` };
  });
}
function findingsInStep(issued, schema, place) {
  const { kind, text = "", attempt } = issued;
  if (kind !== "instruction" && kind !== "ask" || (attempt ?? 1) > 1) return [];
  const findings = findingsInSchema(`reply of the ${kind}`, schema, place);
  if (kind === "instruction" && schema === void 0) {
    findings.push({
      severity: "warning",
      code: "no-reply-schema",
      place,
      message: "the instruction has no reply schema, so any reply is taken: add { reply: z.object({ ... }) }"
    });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_PROMPT) {
    findings.push({
      severity: "warning",
      code: "long-prompt",
      place,
      message: `the prompt has ${(bytes / 1024).toFixed(1)} KB, and clients cut beyond 10 KB: put the input into a file and name its path`
    });
  }
  return findings;
}
var AUTHORS_ERRORS = /* @__PURE__ */ new Set([
  "StepNotYielded",
  "NotAStep",
  "InvalidSchema",
  "SchemaNotJson",
  "SummaryNotJson",
  "UnknownSignal",
  "NondeterministicCall",
  "CleanupTooLong"
]);
function findingsInEnd(events, misfit) {
  const ended = events.at(-1);
  if (ended?.type !== "ended" || ended.error === void 0) return [];
  const { type, message, stack = "" } = ended.error;
  const place = /([^()\s]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
  if (type === "StepFailed") return [];
  if (AUTHORS_ERRORS.has(type)) return [{ severity: "problem", code: type, place, message }];
  const cause = misfit === void 0 ? "over replies that were made up" : `with the made-up result of the side effect '${misfit}', which check does not run`;
  return [
    { severity: "info", code: "ended-early", place, message: `the run failed ${cause}: ${type}: ${message}` }
  ];
}

// src/authoring/pattern-text.ts
var MORE = 3;
var DIGITS = "0123456789";
var LOWER = "abcdefghijklmnopqrstuvwxyz";
var WORD = `${LOWER}${LOWER.toUpperCase()}${DIGITS}_`;
var PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
function textFor(source, choices, place) {
  return new PatternReader(source, choices, place).read();
}
var PatternReader = class {
  at = 0;
  groups = 0;
  made = [];
  named = /* @__PURE__ */ new Map();
  source;
  choices;
  place;
  constructor(source, choices, place) {
    this.source = source;
    this.choices = choices;
    this.place = place;
  }
  read() {
    return this.alternatives()();
  }
  alternatives() {
    const start = this.at;
    const branches = [this.sequence()];
    while (this.take("|")) branches.push(this.sequence());
    const place = `${this.place} |${start}`;
    return () => this.choices.pick(place, branches)();
  }
  sequence() {
    const pieces = [];
    while (this.at < this.source.length && this.peek() !== "|" && this.peek() !== ")") {
      pieces.push(this.repeated(this.atom()));
    }
    return () => pieces.map((piece) => piece()).join("");
  }
  repeated(piece) {
    const start = this.at;
    const [min, max] = this.quantifier();
    this.take("?");
    const place = `${this.place} *${start}`;
    return () => {
      const count = min === max ? min : min + this.choices.next(place, Math.min(max - min, MORE) + 1);
      return Array.from({ length: count }, piece).join("");
    };
  }
  quantifier() {
    if (this.take("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.take("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.take("?")) return [0, 1];
    const braces = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.source.slice(this.at));
    if (braces === null) return [1, 1];
    this.at += braces[0].length;
    const min = Number(braces[1]);
    if (braces[2] === void 0) return [min, min];
    return [min, braces[3] ? Number(braces[3]) : Number.POSITIVE_INFINITY];
  }
  atom() {
    const character = this.source[this.at++];
    switch (character) {
      case "(":
        return this.group();
      case "[":
        return this.oneOf(this.characterClass());
      case ".":
        return this.oneOf(WORD);
      case "^":
      case "$":
        return () => "";
      case "\\":
        return this.escape();
      default:
        return () => character;
    }
  }
  group() {
    const head = /^\?(?:([:=!])|<([=!])|<([^>]+)>)/.exec(this.source.slice(this.at));
    if (head !== null) this.at += head[0].length;
    const [, plain, behind, name] = head ?? [];
    const isCapturing = plain === void 0 && behind === void 0;
    const number2 = isCapturing ? this.groups++ : -1;
    if (name !== void 0) this.named.set(name, number2);
    const inner = this.alternatives();
    this.take(")");
    if (behind !== void 0 || plain === "=" || plain === "!") return () => "";
    return () => {
      const text = inner();
      if (isCapturing) this.made[number2] = text;
      return text;
    };
  }
  escape() {
    const rest = this.source.slice(this.at);
    const back = /^(?:([1-9])|k<([^>]+)>)/.exec(rest);
    if (back !== null) {
      this.at += back[0].length;
      return () => this.made[back[1] ? Number(back[1]) - 1 : this.named.get(back[2]) ?? -1] ?? "";
    }
    if (/^[bB]/.test(rest)) {
      this.at++;
      return () => "";
    }
    return this.oneOf(this.escapedSet());
  }
  /** The characters that an escape stands for; `at` is behind the backslash. */
  escapedSet() {
    const rest = this.source.slice(this.at);
    const coded = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\})/.exec(rest);
    if (coded !== null) {
      this.at += coded[0].length;
      return String.fromCodePoint(Number.parseInt(coded[1] ?? coded[2] ?? coded[3], 16));
    }
    const property = /^([pP])\{([^}]*)\}/.exec(rest);
    if (property !== null) {
      this.at += property[0].length;
      return having(new RegExp(`\\${property[1]}{${property[2]}}`, "u"));
    }
    this.at++;
    return ESCAPES[rest[0]] ?? rest[0] ?? "";
  }
  /** `at` is behind the bracket. */
  characterClass() {
    const isNegated = this.take("^");
    let members2 = "";
    while (this.at < this.source.length && this.peek() !== "]") {
      const from = this.classMember();
      const isRange = this.peek() === "-" && this.source[this.at + 1] !== "]" && from.length === 1;
      if (!isRange) {
        members2 += from;
        continue;
      }
      this.at++;
      const to = this.classMember();
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0) && members2.length < 500; code++) {
        members2 += String.fromCharCode(code);
      }
    }
    this.at++;
    if (!isNegated) return members2;
    return [...PRINTABLE].filter((character) => !members2.includes(character)).join("");
  }
  classMember() {
    const character = this.source[this.at++];
    if (character !== "\\") return character;
    if (this.peek() === "b") {
      this.at++;
      return "\b";
    }
    return this.escapedSet();
  }
  oneOf(characters) {
    const options = [...characters];
    const place = `${this.place} .${this.at}`;
    return () => options.length === 0 ? "" : this.choices.pick(place, options);
  }
  peek() {
    return this.source[this.at];
  }
  take(character) {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }
};
function having(property) {
  return [...PRINTABLE, "é", "Ω", "漢"].filter((character) => property.test(character)).join("");
}
var ESCAPES = {
  d: DIGITS,
  D: `${LOWER} -`,
  w: WORD,
  W: " -.,!",
  s: " ",
  S: WORD,
  n: "\n",
  r: "\r",
  t: "	",
  f: "\f",
  v: "\v",
  0: "\0"
};

// src/authoring/made-up.ts
var DEEP = 4;
var TOO_DEEP = 24;
var FAR = 1e15;
var MadeUp = class {
  choices = new Choices();
  root = {};
  schemaText = "";
  words = 0;
  /** @param schema none: any JSON */
  value(schema) {
    if (schema === void 0) return this.text("anything", {});
    this.root = schema;
    this.schemaText = JSON.stringify(schema);
    return this.make(schema, "$", 0);
  }
  make(given, path, depth) {
    const schema = this.resolve(given);
    if (schema === true || depth > TOO_DEEP) return this.text("anything", {});
    if ("const" in schema) return schema["const"];
    if (isFilled(schema["enum"])) return this.pick(path, schema["enum"]);
    if (isFilled(schema["allOf"])) return this.make(this.merged(schema), path, depth);
    for (const keyword of ["anyOf", "oneOf"]) {
      const forms = schema[keyword];
      if (!isFilled(forms)) continue;
      const { [keyword]: _, ...rest } = schema;
      const form = depth > DEEP ? this.simplest(forms) : this.pick(`${path} ${keyword}`, forms);
      return this.make(merge(rest, this.resolve(form)), path, depth + 1);
    }
    if (isFilled(schema["examples"])) return this.pick(path, schema["examples"]);
    return this.ofType(this.typeOf(schema, path), schema, path, depth);
  }
  ofType(type, schema, path, depth) {
    switch (type) {
      case "object":
        return this.object(schema, path, depth);
      case "array":
        return this.array(schema, path, depth);
      case "integer":
        return this.number(schema, path, true);
      case "number":
        return this.number(schema, path, false);
      case "boolean":
        return this.pick(path, [true, false]);
      case "null":
        return null;
      default:
        return this.text(path, schema);
    }
  }
  typeOf(schema, path) {
    const { type } = schema;
    if (typeof type === "string") return type;
    if (isFilled(type)) return this.pick(`${path} type`, type);
    if ("properties" in schema || "required" in schema || "additionalProperties" in schema) return "object";
    if ("items" in schema || "prefixItems" in schema || "minItems" in schema) return "array";
    if ("minimum" in schema || "maximum" in schema || "multipleOf" in schema) return "number";
    return "string";
  }
  object(schema, path, depth) {
    const properties = schema["properties"] ?? {};
    const required = new Set(schema["required"] ?? []);
    const others = schema["additionalProperties"] ?? {};
    const made = {};
    for (const key of /* @__PURE__ */ new Set([...Object.keys(properties), ...required])) {
      const at = `${path}.${key}`;
      const isLeftOut = !required.has(key) && (depth > DEEP || this.choices.next(this.at(`${at}?`), 2) === 1);
      if (!isLeftOut) made[key] = this.make(properties[key] ?? others, at, depth + 1);
    }
    this.fill(made, schema, path, depth);
    return made;
  }
  /** Entries of a record, and as many properties as there must be. */
  fill(made, schema, path, depth) {
    const { additionalProperties: others, patternProperties, propertyNames } = schema;
    const [pattern, ofPattern] = Object.entries(patternProperties ?? {})[0] ?? [];
    const isRecord = isSchema(others) || ofPattern !== void 0;
    const wanted = isRecord && depth <= DEEP ? this.pick(`${path} count`, [1, 2, 0]) : 0;
    const least = Math.max(wanted, Number(schema["minProperties"] ?? 0));
    for (let tries = 0; Object.keys(made).length < least && tries < 50; tries++) {
      const key = pattern !== void 0 ? textFor(pattern, this.choices, this.at(`${path} key`)) : String(this.make(propertyNames ?? { type: "string" }, `${path}.key`, depth + 1));
      made[key] = this.make(ofPattern ?? (isSchema(others) ? others : {}), `${path}.*`, depth + 1);
    }
  }
  array(schema, path, depth) {
    const first = schema["prefixItems"] ?? [];
    const { items } = schema;
    const least = Number(schema["minItems"] ?? 0);
    const most = Math.min(Number(schema["maxItems"] ?? Number.POSITIVE_INFINITY), least + 3);
    const lengths = [Math.max(least, 1), least, least + 2].filter((length2) => length2 <= most);
    const isOpen = first.length === 0 && items !== false;
    const length = isOpen ? depth > DEEP ? least : this.pick(`${path} length`, lengths.length === 0 ? [least] : lengths) : Math.max(first.length, least);
    const made = [];
    for (let tries = 0; made.length < length && tries < 10 * length; tries++) {
      const schemaOfItem = first[made.length] ?? items ?? {};
      const item = this.make(schemaOfItem, `${path}[${Math.min(made.length, first.length)}]`, depth + 1);
      const isTwice = schema["uniqueItems"] === true && made.some((other) => same(other, item));
      if (!isTwice) made.push(item);
    }
    return made;
  }
  number(schema, path, isInteger) {
    const step = Number(schema["multipleOf"] ?? (isInteger ? 1 : 0));
    const gap = step || 0.5;
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    const low = Math.max(bound(minimum, -FAR), bound(exclusiveMinimum, -FAR) + gap);
    const high = Math.min(bound(maximum, FAR), bound(exclusiveMaximum, FAR) - gap);
    const options = [1, low, high, 0, 7, Math.floor((low + high) / 2)].filter(
      (value2) => value2 >= low && value2 <= high && Math.abs(value2) < FAR / 2
    );
    const value = options.length === 0 ? low : this.pick(path, [...new Set(options)]);
    if (step === 0) return value;
    const rounded = Math.round(value / step) * step;
    return rounded < low ? rounded + step : rounded > high ? rounded - step : rounded;
  }
  text(path, schema) {
    const { format, pattern } = schema;
    if (typeof pattern === "string") return textFor(pattern, this.choices, this.at(path));
    const ready = FORMATS[String(format)];
    if (ready !== void 0) return this.pick(path, ready);
    const least = Number(schema["minLength"] ?? 0);
    const most = Number(schema["maxLength"] ?? Number.POSITIVE_INFINITY);
    const name = /(\w+)(\[\d+\])*$/.exec(path)?.[1] ?? "text";
    const word = `${name} ${++this.words}`;
    return word.padEnd(Math.min(least, 1e5), ".").slice(0, most);
  }
  /** The form that needs the least: a plain value before an array, an array before an object. */
  simplest(forms) {
    const weight = (form) => {
      const schema = this.resolve(form);
      if (schema === true || "const" in schema || "enum" in schema) return 0;
      return { object: 2, array: 1 }[String(schema["type"])] ?? ("$ref" in Object(form) ? 3 : 0);
    };
    return [...forms].sort((a, b) => weight(a) - weight(b))[0];
  }
  merged(schema) {
    const { allOf, ...rest } = schema;
    return allOf.reduce((all, part) => merge(all, this.resolve(part)), rest);
  }
  /** Through references within the schema. */
  resolve(given) {
    let schema = given;
    for (let hops = 0; hops < TOO_DEEP; hops++) {
      if (!isSchema(schema)) return true;
      const { $ref, ...rest } = schema;
      if (typeof $ref !== "string" || !$ref.startsWith("#")) return schema;
      const target = $ref.split("/").slice(1).reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], this.root);
      schema = isSchema(target) ? { ...target, ...rest } : true;
    }
    return true;
  }
  pick(path, options) {
    return this.choices.pick(this.at(path), options);
  }
  /** A place of this schema, wherever in the program the schema is used. */
  at(path) {
    return `${path} of ${this.schemaText}`;
  }
};
function merge(one, other) {
  if (other === true) return one;
  const { properties: a, required: b, pattern: x } = one;
  const { properties: c, required: d, pattern: y } = other;
  return {
    ...one,
    ...other,
    ...(a ?? c) && { properties: { ...a, ...c } },
    ...(b ?? d) && { required: [.../* @__PURE__ */ new Set([...b ?? [], ...d ?? []])] },
    // A beginning and an end, mostly: one after the other fits both.
    ...x !== void 0 && y !== void 0 && { pattern: x + y }
  };
}
function bound(value, otherwise) {
  return typeof value === "number" && Math.abs(value) < FAR ? value : otherwise;
}
function isSchema(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isFilled(value) {
  return Array.isArray(value) && value.length > 0;
}
function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
var FORMATS = {
  date: ["2026-02-28", "2024-02-29"],
  time: ["09:30:00Z", "23:59:59Z"],
  "date-time": ["2026-02-28T09:30:00Z", "2025-12-31T23:59:59.999Z"],
  duration: ["PT1H30M", "P1D"],
  email: ["ada@example.org", "bo@example.com"],
  hostname: ["example.org", "www.example.com"],
  ipv4: ["192.0.2.1", "198.51.100.7"],
  ipv6: ["2001:db8::1", "::1"],
  uri: ["https://example.org/a", "https://example.com/b?c=1"],
  url: ["https://example.org/a", "https://example.com/b?c=1"],
  "uri-reference": ["/a/b", "https://example.org/"],
  uuid: ["3f2b8c1e-9d4a-4c6b-8e1f-2a7d5b9c0e13", "7a1c9e4d-2b6f-4d8a-9c3e-5f0b1d7a8c24"]
};

// src/authoring/scenario.ts
import { basename } from "node:path";

// src/engine/event.ts
var FORMAT_VERSION = 1;

// src/package.ts
import { readFileSync } from "node:fs";
var BUNDLED = true;
var DEPTH = import.meta.url.includes("/dist/chunks/") ? "../../" : "../";
var PACKAGE_ROOT = new URL(DEPTH, import.meta.url).href;
var VERSION = BUNDLED ? "0.1.0" : JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8")).version;

// src/authoring/scenario.ts
var SEED = "check";
var BEGINNING = "2025-12-31T10:30:00.000Z";
var INSTANCE_ID = "01KDVSNM000000000000000000";
var PAUSE_MS = 1e3;
var MAX_TRIES = 25;
var FAILS_ONCE_IN = 4;
var RESULT_FORMS = ["made up\nby check", {}, [], ["made up"], 1, true, null];
async function runScenario(source, materials, options) {
  return new Rehearsal(source, materials, options).run();
}
var Rehearsal = class {
  source;
  materials;
  options;
  findings = [];
  places = {};
  nowMs = Date.parse(BEGINNING);
  misfit;
  tape;
  constructor(source, materials, options) {
    this.source = source;
    this.materials = materials;
    this.options = options;
  }
  async run() {
    const surroundings = hostSurroundings(this.source, SEED);
    const program = surroundings.evaluate(this.nowMs);
    this.tape = await Tape.play(surroundings, [await this.started(program)]);
    this.look(this.tape.events.slice(1));
    const stopped = await this.goOn();
    const { findings, places, misfit } = this;
    return { events: this.tape.events, places, findings, stopped, ...misfit !== void 0 && { misfit } };
  }
  async goOn() {
    for (; ; ) {
      const { ended, pending, lastStepNo } = this.tape.state;
      if (ended !== void 0) return "ended";
      if (lastStepNo >= this.options.maxSteps) return "limit";
      const waiting = [...pending.values()].map(({ issued }) => issued);
      const next = waiting.find(({ kind }) => kind !== "sleep") ?? earliest(waiting);
      if (next === void 0) return "waiting";
      this.options.onTurn?.();
      const event = await this.answerTo(next);
      if (event === void 0) return "waiting";
      const due = next.kind === "sleep" ? Date.parse(next.timeout_at) : this.nowMs + PAUSE_MS;
      this.nowMs = Math.max(this.nowMs, due);
      this.look(await this.tape.happen(event, new Date(this.nowMs).toISOString()));
      const failed = this.tape.state.ended?.error?.type === "TypeError";
      if (next.kind === "effect" && failed) this.misfit = next.label;
    }
  }
  /** Notes what is to be said of the steps that were just asked, and where they are made. */
  look(derived) {
    for (const event of derived) {
      if (event.type !== "step_issued" || event.kind === "call") continue;
      const step = this.tape.stepOf(event.step_no);
      const place = this.source.placeOf(step?.trace.made?.stack);
      if (place !== void 0) this.places[event.step_no] = place;
      this.findings.push(...findingsInStep(event, step && schemaOf(step), place));
    }
  }
  async answerTo(issued) {
    const { step_no, kind, label = "", schema } = issued;
    const { choices, forms, madeUp } = this.materials;
    switch (kind) {
      case "instruction":
      case "ask":
        return this.reply(issued);
      case "command": {
        const exit_code = choices.next(`command ${JSON.stringify([label, issued.args])}`, 2);
        return finished(step_no, { exit_code, signal: null, stdout: "", stderr: "" });
      }
      case "effect":
        return finished(step_no, RESULT_FORMS[forms.get(label) ?? 0]);
      case "signal": {
        for (let tries = 0; tries < MAX_TRIES; tries++) {
          const judgement = await this.tape.judgeSignal(label, madeUp.value(schema));
          if (judgement.verdict === "valid")
            return { type: "signal_received", name: label, value: judgement.value };
        }
        return void 0;
      }
      default:
        return { type: "timer_fired", step_no };
    }
  }
  /** One that the author's own schema takes, too; if none is found, the agent says it cannot. */
  async reply({ step_no, schema }) {
    const { choices, madeUp } = this.materials;
    const place = this.places[step_no];
    const reason = "check made this failure up";
    const where = place === void 0 ? "an unknown place" : basename(place);
    if (!this.options.plain && choices.next(`failure at ${where}`, FAILS_ONCE_IN) === 0) {
      return { type: "step_failed", step_no, code: "agent_failure", reason };
    }
    let problems = "";
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const verdict = await this.tape.judge(step_no, madeUp.value(schema));
      if (verdict.type !== "reply_rejected") return verdict;
      problems = inWords(verdict.problems);
    }
    const message = `no reply could be made up that its schema takes, so check went on as if the agent had failed (${problems})`;
    this.findings.push({ severity: "info", code: "no-reply", place, message });
    return { type: "step_failed", step_no, code: "agent_failure", reason };
  }
  async started(program) {
    const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
    const { name, version } = this.source;
    return {
      type: "started",
      at: BEGINNING,
      format: FORMAT_VERSION,
      engine: VERSION,
      instance_id: INSTANCE_ID,
      program: { name, version },
      params: await this.params(program),
      seed: SEED,
      project_dir: this.options.projectDir,
      time_zone: timeZone,
      locale,
      node: Number(process.versions.node.split(".")[0])
    };
  }
  async params({ name, params: schema }) {
    const given = this.options.params === void 0 ? void 0 : JSON.parse(this.options.params);
    if (schema === void 0) {
      if (given === void 0 || JSON.stringify(given) === "{}") return {};
      throw new SequencerError("InvalidParams", `Program '${name}' takes no params.`, FIX);
    }
    const what = `params of program '${name}'`;
    const shown = toJsonSchema(schema, what);
    let problems = "";
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const tried = given ?? (tries === 0 && this.options.plain ? {} : this.materials.madeUp.value(shown));
      const judgement = await inTurn(() => judge(tried, shown, schema, what));
      if (judgement.verdict === "valid") return judgement.value;
      problems = judgement.verdict === "broken" ? judgement.reason : inWords(judgement.problems);
      if (given !== void 0) break;
    }
    const which = given === void 0 ? "No params could be made up" : "The params are not valid";
    throw new SequencerError("InvalidParams", `${which} for program '${name}': ${problems}.`, FIX);
  }
};
var FIX = "Pass params that the program takes: --params JSON.";
function earliest(steps) {
  return [...steps].sort((a, b) => a.timeout_at < b.timeout_at ? -1 : 1)[0];
}
function finished(step_no, value) {
  return { type: "effect_finished", step_no, value };
}
function inWords(problems) {
  return problems.map(({ path, message }) => `${path} ${message}`).join("; ");
}

// src/authoring/dry-run.ts
var MAX_RUNS = 8;
async function dryRun(source, options) {
  const program = hostSurroundings(source, SEED).evaluate(Date.parse(BEGINNING));
  const { name, description, params } = program;
  const findings = schemasOf(program).flatMap(([what, schema]) => findingsInSchema(what, schema));
  const materials = { madeUp: new MadeUp(), choices: new Choices(), forms: /* @__PURE__ */ new Map() };
  const runs = /* @__PURE__ */ new Map();
  let steps = 0;
  for (let number2 = 1; number2 <= MAX_RUNS && (number2 === 1 || steps < options.maxSteps); number2++) {
    const plain = number2 === 1;
    const scenario = await fitting(source, materials, {
      ...options,
      plain,
      maxSteps: options.maxSteps - steps
    });
    if (scenario === void 0) break;
    const { findings: found, ...run } = scenario;
    steps += run.events.filter(({ type }) => type === "step_issued").length;
    findings.push(...found, ...findingsInEnd(run.events, run.misfit));
    const shape = shapeOf(run);
    if (!runs.has(shape)) runs.set(shape, run);
  }
  return {
    name,
    description,
    paramsSchema: params === void 0 ? null : toJsonSchema(params, `params of program '${name}'`),
    runs: [...runs.values()],
    findings
  };
}
async function fitting(source, materials, options) {
  for (; ; ) {
    let scenario;
    try {
      scenario = await runScenario(source, materials, options);
    } catch (error) {
      if (!options.plain && error instanceof SequencerError && error.code === "InvalidParams")
        return void 0;
      throw error;
    }
    const { misfit } = scenario;
    if (misfit === void 0) return scenario;
    const next = (materials.forms.get(misfit) ?? 0) + 1;
    if (next === RESULT_FORMS.length) return scenario;
    materials.forms.set(misfit, next);
  }
}
function shapeOf({ events, places }) {
  return JSON.stringify(
    events.flatMap((event) => {
      if (event.type === "step_issued") return [[event.kind, places[event.step_no]]];
      return event.type === "ended" ? [[event.state, event.error?.message]] : [];
    })
  );
}
function schemasOf({ params, signals = {} }) {
  return [
    ...params === void 0 ? [] : [["params", params]],
    ...Object.entries(signals).map(([name, schema]) => [`signal '${name}'`, schema])
  ];
}

// src/authoring/probe-job.ts
async function doJob(job, source, onTurn) {
  switch (job.kind) {
    case "dry-run":
      return dryRun(source, { ...job.options, onTurn });
    case "rerun": {
      for (const [run, events] of job.runs.entries()) {
        const surroundings = hostSurroundings(source, seedOf(events));
        const deviation = await firstDeviation(surroundings, events, (event) => {
          onTurn();
          return job.reverseKeys ? withValuesReversed(event) : event;
        });
        if (deviation !== void 0) return { deviation: { ...deviation, run } };
      }
      return {};
    }
  }
}
function seedOf([started]) {
  return started?.type === "started" ? started.seed : "";
}
function withValuesReversed(event) {
  const given = event;
  return {
    ...event,
    ..."reply" in given && { reply: reversed(given.reply) },
    ..."value" in given && { value: reversed(given.value) },
    ..."params" in given && { params: reversed(given.params) }
  };
}
function reversed(value) {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, member]) => [key, reversed(member)])
  );
}

// src/authoring/probe.ts
var TURN_MS = 5e3;
var ALIVE = "alive";
if (isMainThread) {
  process.once("message", (job) => supervise(job));
} else {
  installDeterminism();
  void work(workerData);
}
function supervise(job) {
  const worker = new Worker(new URL(import.meta.url), { workerData: job, stdout: true, stderr: true });
  let watch;
  const answer = (content) => {
    clearTimeout(watch);
    process.send(content, () => process.exit());
  };
  const watchOn = () => {
    clearTimeout(watch);
    watch = setTimeout(() => answer({ stalled: true }), TURN_MS);
  };
  watchOn();
  worker.on("message", (message) => message === ALIVE ? watchOn() : answer(message));
  worker.on("error", (error) => answer({ failure: toErrorAnswer(error) }));
}
async function work(job) {
  const port = parentPort;
  process.on("unhandledRejection", () => {
  });
  const source = sourceOfVersion(job.version);
  try {
    port.postMessage({ result: await doJob(job, source, () => port.postMessage(ALIVE)) });
  } catch (error) {
    const place = error instanceof EvaluationFailed ? error.place : void 0;
    port.postMessage({
      failure: toErrorAnswer(error),
      ...place && { place: `${place.line}:${place.column}` }
    });
  }
}
