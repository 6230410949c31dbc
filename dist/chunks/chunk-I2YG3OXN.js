import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  whatIsAsked
} from "./chunk-OS7THQEV.js";
import {
  parse,
  problemsOf,
  toJsonSchema
} from "./chunk-EHSHSBMI.js";
import {
  attempt,
  describeThrown,
  tame,
  textOf
} from "./chunk-BJSSGFKS.js";
import {
  MAX_DEPTH,
  nameOf,
  pathTo,
  preview,
  sameJson,
  toJson
} from "./chunk-4PNFGV6Y.js";
import {
  Abort,
  Ask,
  Call,
  CallFailed,
  Command,
  Group,
  Instruction,
  SideEffect,
  Signal,
  Sleep,
  StepFailed,
  isGenerator,
  isStep,
  observeSteps,
  parseDuration
} from "./chunk-H3QHES3G.js";
import {
  ERROR_FIXES,
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/engine/state.ts
function awaitsDriver({ issued, effect }) {
  return issued.kind === "instruction" || issued.kind === "ask" && effect === void 0;
}
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

// src/engine/judge.ts
async function judge(value, shownSchema, schema, what) {
  const refused = findUnacceptable(value);
  if (refused !== void 0) return { verdict: "invalid", problems: [refused] };
  const direct = await judgeAsIs(value, shownSchema, schema, what);
  if (direct.verdict !== "invalid" || typeof value !== "string") return direct;
  const inner = parseText(value);
  if (inner === void 0 || findUnacceptable(inner.json) !== void 0) return direct;
  const unwrapped = await judgeAsIs(inner.json, shownSchema, schema, what);
  if (unwrapped.verdict === "valid") return { ...unwrapped, fromString: true };
  return typeof inner.json === "object" && inner.json !== null ? unwrapped : direct;
}
async function judgeAsIs(value, shownSchema, schema, what) {
  if (shownSchema !== void 0) {
    let problems;
    try {
      problems = problemsOf(shownSchema, value, what);
    } catch (error) {
      if (error instanceof SequencerError) throw error;
      return {
        verdict: "broken",
        code: "InvalidSchema",
        reason: `the schema cannot judge: ${textOf(error)}`
      };
    }
    if (problems.length > 0) return { verdict: "invalid", problems };
  }
  const parsed = await parse(schema, value);
  if ("value" in parsed) return { verdict: "valid", value: parsed.value };
  if ("problems" in parsed) return { verdict: "invalid", problems: parsed.problems };
  return { verdict: "broken", code: parsed.code, reason: parsed.broken };
}
function parseText(text) {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return void 0;
  }
}
function findUnacceptable(root) {
  const parts = [];
  const visit = (value, key, parent) => {
    if (typeof value === "object" && value !== null) {
      parts.push({ value, key, parent, depth: parent === void 0 ? 0 : parent.depth + 1 });
    }
  };
  visit(root, "$", void 0);
  for (const part of parts) {
    const { value, depth } = part;
    if (depth > MAX_DEPTH) return { path: "$", message: `is nested more than ${MAX_DEPTH} levels deep` };
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) visit(value[i], i, part);
      continue;
    }
    for (const key of Object.keys(value)) {
      if (key === "__proto__") {
        return { path: pathTo(pathOf(part), key), message: "is a name that is not accepted" };
      }
      visit(value[key], key, part);
    }
  }
  return void 0;
}
function pathOf({ key, parent }) {
  return parent === void 0 ? "$" : pathTo(pathOf(parent), key);
}

// src/instances/describe.ts
function describeInstance(id, state, only, stalled) {
  const started = state.started;
  const stall = state.ended === void 0 ? stalled : void 0;
  const lastYield = stall === void 0 ? lastYieldOf(state, only) : stalledYield(stall);
  const unshown = stall === void 0 ? stillPending(state, lastYield) : void 0;
  return {
    instance_id: id,
    program: started.program.name,
    version: state.version,
    state: stall === void 0 ? stateOf(state) : "stalled",
    step_no: firstStepNo(lastYield) ?? state.lastStepNo,
    last_yield: lastYield,
    yielded_at: state.yieldedAt,
    progress_hint: state.progress,
    ...unshown !== void 0 && { still_pending: unshown }
  };
}
function stillPending(state, lastYield) {
  const shown = lastYield.kind === "parallel" ? lastYield.instructions.length : 1;
  const pending = [...state.pending.values()].filter(awaitsDriver);
  return pending.length > shown ? pending.map(({ issued }) => issued.step_no) : void 0;
}
function stateOf(state) {
  if (state.ended !== void 0) return state.ended.state;
  for (const step of state.pending.values()) {
    if (awaitsDriver(step)) return "awaiting_result";
  }
  return "waiting";
}
function lastYieldOf(state, only) {
  if (state.ended !== void 0) return endOf(state.ended);
  const pending = [...state.pending.values()];
  const wanted = only === void 0 ? pending : pending.filter(({ issued }) => only.includes(issued.step_no));
  const instructions = wanted.filter(awaitsDriver).map(({ issued }) => toInstruction(issued));
  if (instructions.length === 1) return instructions[0];
  if (instructions.length > 1) return { kind: "parallel", instructions };
  if (wanted.length < pending.length && pending.some(awaitsDriver)) {
    return lastYieldOf(state, void 0);
  }
  return { kind: "waiting", waiting_for: pending.map(toWaiting), advice: adviceFor(pending) };
}
function endOf(ended) {
  switch (ended.state) {
    case "completed":
      return { kind: "done", summary: ended.summary ?? null };
    case "failed":
      return { kind: "error", ...ended.error ?? { type: "Error", message: "unknown" } };
    default:
      return { kind: "abort", reason: ended.reason ?? "" };
  }
}
function stalledYield({ message, fix }) {
  return { kind: "error", type: "ProgramStalled", message, fix };
}
function toInstruction(issued) {
  return {
    kind: "instruction",
    step_no: issued.step_no,
    text: issued.kind === "ask" ? questionFor(issued) : issued.text ?? "",
    expect_schema: issued.schema ?? null,
    on_invalid: issued.on_invalid ?? "retry",
    attempt: issued.attempt ?? 1,
    max_attempts: issued.max_attempts ?? 1,
    expected_minutes: issued.expected_minutes ?? null,
    timeout_at: issued.timeout_at ?? null,
    ...issued.tools !== void 0 && { tools: issued.tools },
    ...issued.validation_error !== void 0 && { validation_error: issued.validation_error }
  };
}
var FOR_A_PERSON = "Ask your user the following, and reply with their answer. Do not answer in their place.\n\n";
function questionFor({ text = "" }) {
  return `${FOR_A_PERSON}${text}`;
}
function questionIn({ text }) {
  return text.startsWith(FOR_A_PERSON) ? text.slice(FOR_A_PERSON.length) : void 0;
}
function toWaiting({ issued }) {
  return {
    step_no: issued.step_no,
    kind: issued.kind,
    what: issued.kind === "command" ? whatIsAsked(issued) : issued.label ?? issued.text ?? issued.kind,
    until: issued.timeout_at ?? null
  };
}
function adviceFor(pending) {
  if (pending.length === 0) return "The program is at work; call sequencer_current again in a moment.";
  return "Nothing for you to do now. Call sequencer_current with wait_seconds (at most 45) to wait a little; for longer waits tell the user and end your turn: nothing wakes an ended turn.";
}
function firstStepNo(lastYield) {
  switch (lastYield.kind) {
    case "instruction":
      return lastYield.step_no;
    case "parallel":
      return lastYield.instructions[0]?.step_no;
    case "waiting":
      return lastYield.waiting_for[0]?.step_no;
    default:
      return void 0;
  }
}

// src/engine/derived.ts
function isDerived(event) {
  switch (event.type) {
    case "step_issued":
    case "step_cancelled":
    case "ended":
      return true;
    case "step_failed":
      return event.scope !== void 0;
    default:
      return false;
  }
}
function isBookkeeping({ type }) {
  return type === "closed" || type === "reopened" || type === "storage_failed";
}

// src/engine/issue.ts
var DEFAULT_MAX_ATTEMPTS = 5;
function kindOf(step) {
  if (step.kind === "group") throw new Error("a group is not issued by itself");
  return step.kind;
}
var CONTENT = {
  kind: true,
  id: true,
  text: true,
  schema: true,
  on_invalid: true,
  attempt: true,
  max_attempts: true,
  validation_error: true,
  expected_minutes: true,
  tools: true,
  choices: true,
  label: true,
  args: true,
  options: true,
  timeout_at: true,
  timeout_moved_ms: true
};
function reissuedContent(issued) {
  const content = {};
  for (const field in CONTENT) {
    const value = issued[field];
    if (value !== void 0) content[field] = value;
  }
  return content;
}
function schemaOf(step) {
  if (step instanceof Instruction || step instanceof Ask) return step.options.reply;
  return void 0;
}
function contentOf(step, context) {
  if (step instanceof Instruction) return instructionContent(step, context);
  if (step instanceof Ask) return askContent(step, context);
  if (step instanceof SideEffect) return effectContent(step, context);
  if (step instanceof Command) return commandContent(step, context);
  if (step instanceof Signal) return signalContent(step, context);
  if (step instanceof Sleep) return { kind: "sleep", ...deadline(step.milliseconds, context) };
  throw new Error(`unknown step kind ${step.kind}`);
}
function instructionContent({ text, options }, context) {
  const { reply, id, maxAttempts, onInvalid, expected, timeout, tools } = options;
  return {
    kind: "instruction",
    ...id !== void 0 && { id },
    text,
    ...reply !== void 0 && {
      schema: toJsonSchema(reply, () => `The reply schema of the instruction at ${context.place()}`)
    },
    on_invalid: onInvalid ?? "retry",
    attempt: 1,
    max_attempts: maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    ...expected !== void 0 && { expected_minutes: parseDuration(expected) / 6e4 },
    ...deadline(timeout, context),
    ...tools !== void 0 && { tools: { ...tools } }
  };
}
function askContent({ question, options }, context) {
  const { reply, choices, id, timeout } = options;
  const schema = reply !== void 0 ? toJsonSchema(reply, () => `The reply schema of the question at ${context.place()}`) : choices !== void 0 ? { type: "string", enum: choices } : { type: "string", minLength: 1 };
  return {
    kind: "ask",
    ...id !== void 0 && { id },
    text: question,
    schema,
    ...choices !== void 0 && { choices },
    on_invalid: "retry",
    attempt: 1,
    max_attempts: DEFAULT_MAX_ATTEMPTS,
    ...deadline(timeout, context)
  };
}
function effectContent({ label, options }, context) {
  const plan = { on_interrupted: options.onInterrupted ?? "rerun" };
  return { kind: "effect", label, options: plan, ...deadline(options.timeout, context) };
}
function commandContent({ file, args, options }, context) {
  const { cwd, env, onInterrupted } = options;
  const plan = {
    on_interrupted: onInterrupted ?? "rerun",
    ...cwd !== void 0 && { cwd },
    ...env !== void 0 && { env: Object.keys(env) }
  };
  return { kind: "command", label: file, args, options: plan, ...deadline(options.timeout, context) };
}
function signalContent({ name, timeout }, context) {
  if (!Object.hasOwn(context.signals, name)) {
    const known = Object.keys(context.signals);
    throw new SequencerError(
      "UnknownSignal",
      `The program waits for signal '${name}' at ${context.place()}, which it does not declare. ${known.length === 0 ? "It declares none" : `It declares: ${known.join(", ")}`}.`,
      "Declare it with its schema: defineProgram({ signals: { name: schema } })."
    );
  }
  const schema = toJsonSchema(context.signals[name], `The schema of signal '${name}'`);
  return { kind: "signal", label: name, schema, ...deadline(timeout, context) };
}
function deadline(duration, { nowMs }) {
  if (duration === void 0) return {};
  return { timeout_at: new Date(nowMs + parseDuration(duration)).toISOString() };
}

// src/engine/step-error.ts
function stepError(event, step) {
  const { code, reason, step_no, error } = event;
  if (code === "invalid_schema") return madeAt(step, new SequencerError(errorCode(error), reason));
  return madeAt(step, new StepFailed(code, reason, step_no));
}
function errorCode(recorded) {
  return recorded !== void 0 && Object.hasOwn(ERROR_FIXES, recorded) ? recorded : "InvalidSchema";
}
function madeAt(step, error) {
  const made = step.trace.made?.stack;
  if (made === void 0) return error;
  const frames = made.indexOf("\n");
  if (frames !== -1) error.stack = `${error.name}: ${error.message}${made.slice(frames)}`;
  return error;
}

// src/engine/answers.ts
function passOverOrphan(event, { history, limits }) {
  if (!("step_no" in event && history.isOrphan(event.step_no))) return false;
  if (event.type === "reply_rejected") limits.countInvalidReply();
  history.passOver(event);
  return true;
}
function answer(event, parts) {
  const { pending, history } = parts;
  switch (event.type) {
    case "reply_accepted":
      pending.settle(event.step_no, { kind: "value", value: history.valueOf(event) });
      break;
    case "reply_rejected":
      reject(event, parts);
      break;
    case "step_failed":
      pending.fail(event.step_no, event);
      break;
    case "timer_fired": {
      const issued = pending.at(event.step_no)?.issued;
      if (issued?.kind === "sleep") pending.settle(event.step_no, { kind: "value", value: void 0 });
      else
        pending.fail(event.step_no, {
          code: "timeout",
          reason: `nothing came before ${issued?.timeout_at}`
        });
      break;
    }
    case "effect_finished":
      finishEffect(event, pending);
      break;
    case "signal_received":
      receive2(event, parts);
      break;
    default:
      break;
  }
}
function reject(event, { pending, limits, steps, ending }) {
  const { leaf, issued } = pending.take(event.step_no);
  limits.countInvalidReply();
  if (event.then === "retry") {
    steps.reissue(leaf, () => ({
      ...reissuedContent(issued),
      scope: leaf.scope,
      ordinal: leaf.ordinal,
      attempt: (issued.attempt ?? 1) + 1,
      validation_error: { step_no: event.step_no, problems: event.problems }
    }));
    return;
  }
  const first = event.problems[0];
  const why = `${event.problems.length} problem${event.problems.length === 1 ? "" : "s"} in the reply to step ${event.step_no}${first === void 0 ? "" : `, first: ${first.path} ${first.message}`}`;
  if (event.then === "fail") {
    const reason = `${issued.attempt ?? 1} invalid replies; ${why}`;
    const failed = { code: "invalid_replies", reason, step_no: event.step_no };
    leaf.settle({ kind: "error", error: stepError(failed, leaf.step) });
    return;
  }
  ending.abort(leaf, `invalid reply: ${why}`);
}
function finishEffect(event, pending) {
  if (pending.at(event.step_no)?.issued.kind === "ask") return;
  if (event.error === void 0) {
    pending.settle(event.step_no, { kind: "value", value: event.value });
    return;
  }
  const { type, message } = event.error;
  pending.fail(event.step_no, { code: "effect", reason: `${type}: ${message}` });
}
function receive2(event, { history, pending, signals }) {
  const value = history.valueOfSignal(event);
  const waiting = pending.waitingForSignal(event.name);
  if (waiting === void 0) signals.keep(event.name, value);
  else pending.settle(waiting.issued.step_no, { kind: "value", value });
}

// src/engine/callee.ts
async function judgeParams(program, params) {
  const given = toJson(params ?? {});
  if (!("json" in given)) {
    return { reason: `the params of '${program.name}' are not JSON: ${given.path} ${given.reason}` };
  }
  const schema = program.params;
  if (schema === void 0) return { params: given.json };
  const what = `The params schema of program '${program.name}'`;
  try {
    const judgement = await judge(given.json, toJsonSchema(schema, what), schema, what);
    if (judgement.verdict === "valid") return { params: judgement.value };
    if (judgement.verdict === "broken") return { reason: `${what} is at fault: ${judgement.reason}` };
    const problems = judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    return { reason: `the params of '${program.name}' are not valid: ${problems}` };
  } catch (error) {
    return { reason: describeThrown(error).message };
  }
}
function callFailed(program, error) {
  const failed = error instanceof CallFailed ? new CallFailed([program, ...error.path], withoutPath(error), error.aborted, { cause: error.cause }) : new CallFailed([program], reasonOf(error), error instanceof Abort, { cause: error });
  if (error instanceof Error && error.stack !== void 0) failed.stack = error.stack;
  return failed;
}
function withoutPath({ message, path }) {
  return message.slice(path.join(" > ").length + 2);
}
function reasonOf(error) {
  if (error instanceof Abort) return error.reason;
  return error instanceof Error ? `${error.name}: ${error.message}` : textOf(error);
}

// src/engine/divergence.ts
function differenceOf(recorded, actual) {
  const same = recorded.type === actual.type && recorded.step_no === actual.step_no && recorded.scope === actual.scope && recorded.ordinal === actual.ordinal && recorded.kind === actual.kind && recorded.state === actual.state;
  return same ? void 0 : `the log holds ${describe(recorded)}, the program does ${describe(actual)}`;
}
function describe({ type, step_no, scope, ordinal, kind, state }) {
  if (type === "ended") return `the end (${state})`;
  const branch = scope === void 0 || scope === "" ? "" : ` in branch ${scope}`;
  return `${type} of step ${step_no}${ordinal === void 0 ? "" : ` (${kind ?? "step"} ${ordinal}${branch})`}`;
}
function diverged(what) {
  return new SequencerError("ProgramDiverged", `The program does not do what its log says it did: ${what}.`);
}
var Divergence = class {
  first;
  get isFound() {
    return this.first !== void 0;
  }
  diverge(what) {
    this.first ??= diverged(what);
    throw this.first;
  }
  /** @returns what to throw: the first divergence, or the error that is none */
  keep(error) {
    if (error instanceof SequencerError && error.code === "ProgramDiverged") this.first ??= error;
    return this.first ?? error;
  }
  throwIfFound() {
    if (this.first !== void 0) throw this.first;
  }
};

// src/engine/drafts.ts
var Drafts = class {
  constructor(divergence, pending) {
    this.divergence = divergence;
    this.pending = pending;
  }
  divergence;
  pending;
  /** Derived events that the log does not hold yet. */
  events = [];
  /** What is being fed; from `nextRecorded` to `endRecorded` stands what the turn being replayed derived. */
  fed = [];
  nextRecorded = 0;
  endRecorded = 0;
  /** These events are fed next; none once they are. */
  follow(fed) {
    this.fed = fed;
  }
  /**
   * A turn begins with the event before `from`.
   *
   * @returns where the events go on with something that the turn did not derive
   */
  beginTurn(from) {
    const event = this.fed[from - 1];
    const [draft] = this.events;
    if (draft !== void 0) {
      this.divergence.diverge(
        `the log goes on with ${event.type}, the program first does ${describe(draft)}`
      );
    }
    let next = from;
    while (next < this.fed.length && isDerived(this.fed[next])) next++;
    this.nextRecorded = from;
    this.endRecorded = next;
    return next;
  }
  /** The turn is over: the program has done all that the log holds of it. */
  endTurn() {
    const extra = this.takeRecorded();
    if (extra === void 0) return;
    this.divergence.diverge(`the log holds ${describe(extra)}, the program did nothing more`);
  }
  takeRecorded() {
    return this.nextRecorded < this.endRecorded ? this.fed[this.nextRecorded++] : void 0;
  }
  compare(recorded, actual) {
    const difference = differenceOf(recorded, actual);
    if (difference !== void 0) this.divergence.diverge(difference);
  }
  add(event) {
    this.events.push(event);
  }
  /** A derived event that needs nothing of the log: taken from it in replay, a draft otherwise. */
  derive(event) {
    const recorded = this.takeRecorded();
    if (recorded === void 0) this.add(event);
    else this.compare(recorded, event);
  }
  /**
   * Another process, or this one, has appended what were drafts.
   *
   * @returns where the events go on with something else
   */
  settle(from) {
    let next = from;
    for (; next < this.fed.length; next++) {
      const event = this.fed[next];
      if (!isDerived(event)) break;
      const draft = this.events[next - from];
      if (draft === void 0) {
        return this.divergence.diverge(`the log holds ${describe(event)}, the program waits`);
      }
      this.compare(event, draft);
      if (event.type === "step_issued") this.pending.restate(event);
    }
    if (next > from) this.events.splice(0, next - from);
    return next;
  }
  /** Drafts are appended after what has come in between, so they are no older than that. */
  postpone(at) {
    for (const [i, draft] of this.events.entries()) this.events[i] = { ...draft, at };
  }
};

// src/engine/early-signals.ts
var EarlySignals = class {
  /** By name, oldest first. */
  waiting = /* @__PURE__ */ new Map();
  keep(name, value) {
    const waiting = this.waiting.get(name) ?? [];
    waiting.push(value);
    this.waiting.set(name, waiting);
  }
  take(name) {
    return this.waiting.get(name)?.shift();
  }
};

// src/engine/ending.ts
var Ending = class {
  constructor(describeError) {
    this.describeError = describeError;
  }
  describeError;
  /** What the program came to, once it did. */
  outcome;
  root;
  decision;
  get isDecided() {
    return this.decision !== void 0;
  }
  /** The program runs, and can be cancelled from now on. */
  begin(root) {
    this.root = root;
  }
  decide(decision) {
    if (this.decision !== void 0 || this.root === void 0) return;
    this.decision = decision;
    this.root.cancel(decision.reason);
  }
  /** Ends the run as aborted because of a step that is answered, or never issued. */
  abort(leaf, reason) {
    this.decide({ state: "aborted", reason });
    leaf.settle({ kind: "cancelled", reason });
  }
  verdictOf(outcome) {
    if (this.decision !== void 0) {
      const error2 = outcome.kind === "error" && { error: this.describeError(outcome.error) };
      return { ...this.decision, ...error2 };
    }
    if (outcome.kind === "value") {
      const summary = toJson(outcome.value ?? null);
      if ("json" in summary) return { state: "completed", summary: summary.json };
      return this.verdictOf({
        kind: "error",
        error: new SequencerError(
          "SummaryNotJson",
          `The summary that run returned is not JSON: ${summary.path} ${summary.reason}.`
        )
      });
    }
    if (outcome.kind === "error" && outcome.error instanceof Abort) {
      return { state: "aborted", reason: outcome.error.reason };
    }
    if (outcome.kind === "error" && outcome.error instanceof CallFailed && outcome.error.aborted) {
      return { state: "aborted", reason: outcome.error.message };
    }
    const error = outcome.kind === "error" ? outcome.error : new Error("the program ended without a result");
    return { state: "failed", error: this.describeError(error) };
  }
};

// src/engine/mismatch.ts
function mismatchError(mismatch) {
  const which = mismatch.step_no === void 0 ? "" : `step ${mismatch.step_no}: `;
  return new SequencerError(
    "ProgramDiverged",
    `The program does not do what its log says was done: ${which}${mismatch.what}.`,
    void 0,
    { details: { mismatch } }
  );
}
function mismatchOf(error) {
  if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged") return void 0;
  return error.details?.["mismatch"];
}

// src/engine/sameness.ts
function sketchOf(issued) {
  const { kind, id, text, schema, label, args, options, at, timeout_at, timeout_moved_ms = 0 } = issued;
  return {
    kind,
    ...id !== void 0 && { id },
    ...text !== void 0 && { text },
    ...schema !== void 0 && kind !== "signal" && { schema },
    ...label !== void 0 && { label },
    ...args !== void 0 && { args },
    ...kind === "call" && { params: options ?? {} },
    ...timeout_at !== void 0 && {
      wait_ms: Date.parse(timeout_at) - Date.parse(at) - timeout_moved_ms
    }
  };
}
function differenceOf2(recorded, asked, folders) {
  if (recorded.kind !== asked.kind) return "kind";
  if (recorded.id !== void 0 && asked.id !== void 0) {
    if (recorded.id !== asked.id) return "id";
  } else if (!isSameText(recorded.text, asked.text, folders)) {
    return "text";
  }
  if (!isSameText(recorded.label, asked.label, folders)) return "label";
  if (!isSameWithin(recorded.args, asked.args, folders)) return "args";
  if (!isSameWithin(recorded.params, asked.params, folders)) return "params";
  if (recorded.wait_ms !== asked.wait_ms) return "wait_ms";
  return void 0;
}
function isAskedAlike(recorded, asked, folders) {
  return isSameWithin(shownOf(recorded), shownOf(asked), folders);
}
function shownOf(issued) {
  const { kind, id, text, schema, on_invalid, max_attempts, expected_minutes, tools, choices } = issued;
  const { label, args, options } = issued;
  const { wait_ms } = sketchOf(issued);
  return {
    ...{ kind, id, text, schema, on_invalid, max_attempts, expected_minutes, tools, choices },
    ...{ label, args, options, wait_ms }
  };
}
function nameOf2({ kind, text, label }) {
  const what = text ?? label;
  return what === void 0 ? kind : `${kind} ${JSON.stringify(cut(what, 120))}`;
}
function cut(text, length) {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
var STORED = /\/versions\/([0-9a-f]{32})\/files/;
function isSameText(recorded, asked, folders) {
  if (recorded === asked) return true;
  if (recorded === void 0 || asked === void 0) return false;
  const before = recordedPieces(recorded, folders);
  const now = askedPieces(asked, folders);
  if (before.length !== now.length) return false;
  return before.every((piece, at) => {
    const other = now[at];
    if (at === before.length - 1) return piece === other;
    return piece.startsWith(other) && isStorePath(piece.slice(other.length));
  });
}
function recordedPieces(text, { recordedEntries }) {
  const [first, ...others] = text.split(STORED);
  const pieces = [first];
  for (let at = 0; at < others.length; at += 2) {
    const version = others[at];
    const entry = Object.hasOwn(recordedEntries, version) ? recordedEntries[version] : "";
    pieces.push(fromEntry(others[at + 1], entry));
  }
  return pieces;
}
function askedPieces(text, { asked, askedEntry }) {
  const [first, ...others] = text.split(asked);
  return [first, ...others.map((piece) => fromEntry(piece, askedEntry))];
}
function fromEntry(path, entry) {
  if (entry === "") return path;
  const within = `/${entry}`;
  const isWithin = path.startsWith(within) && !/^[\w.-]/.test(path.slice(within.length));
  return isWithin ? path.slice(within.length) : `${"/..".repeat(entry.split("/").length)}${path}`;
}
function withoutFolders(text, folders) {
  const isAsked = text.includes(folders.asked);
  const pieces = isAsked ? askedPieces(text, folders) : recordedPieces(text, folders);
  return pieces.map((piece, at) => isAsked || at === pieces.length - 1 ? piece : piece.replace(/\/[^\s"'`<>()]*$/, "")).join("{program_dir}");
}
function isStorePath(path) {
  return /^(\/[^\n]*)?$/.test(path);
}
function isSameWithin(recorded, asked, folders) {
  if (typeof recorded === "string" && typeof asked === "string") {
    return isSameText(recorded, asked, folders);
  }
  if (!isContainer(recorded) || !isContainer(asked)) return sameJson(recorded, asked);
  if (Array.isArray(recorded) !== Array.isArray(asked)) return false;
  const keys = /* @__PURE__ */ new Set([...Object.keys(recorded), ...Object.keys(asked)]);
  return [...keys].every((key) => isSameWithin(member(recorded, key), member(asked, key), folders));
}
function isContainer(value) {
  return typeof value === "object" && value !== null;
}
function member(container, key) {
  return Object.hasOwn(container, key) ? container[key] : void 0;
}

// src/engine/trial.ts
var Findings = class {
  trial;
  values = {};
  signal_values = {};
  calls = {};
  params;
  open;
  running;
  withdrawn = /* @__PURE__ */ new Set();
  /** By place. */
  schemas = /* @__PURE__ */ new Map();
  constructor(trial) {
    this.trial = trial;
    this.open = new Set(trial.open);
    this.running = new Set(trial.running);
  }
  isOpen(stepNo) {
    return this.open.has(stepNo);
  }
  isRunning(stepNo) {
    return this.running.has(stepNo);
  }
  withdraw(stepNo) {
    this.withdrawn.add(stepNo);
  }
  /** The program asks the recorded step, with a schema of its own. */
  ask(place, schema) {
    this.schemas.set(keyOf(place), schema);
  }
  /** What the program would show: under this the recorded reply must still be valid. Asked about once. */
  takeSchema(place) {
    const schema = this.schemas.get(keyOf(place));
    this.schemas.delete(keyOf(place));
    return schema;
  }
  get adoption() {
    const { values, signal_values, calls, params } = this;
    const withdrawn = [...this.withdrawn].sort((a, b) => a - b);
    return {
      ...Object.keys(values).length > 0 && { values },
      ...Object.keys(signal_values).length > 0 && { signal_values },
      ...params !== void 0 && { params },
      ...withdrawn.length > 0 && { withdrawn },
      ...Object.keys(calls).length > 0 && { calls }
    };
  }
};
function keyOf({ scope, ordinal }) {
  return `${scope}#${ordinal}`;
}
var Unanswered = class {
  pending = /* @__PURE__ */ new Map();
  running = /* @__PURE__ */ new Set();
  /** Of a step asked again: the number that it had before. */
  before = /* @__PURE__ */ new Map();
  calls = [];
  /** Scopes that hold an answered step. */
  answeredIn = /* @__PURE__ */ new Set();
  scopeOf = /* @__PURE__ */ new Map();
  earlySignals = /* @__PURE__ */ new Map();
  see(event) {
    switch (event.type) {
      case "step_issued":
        this.issue(event);
        break;
      case "step_failed":
        if (event.scope === void 0) this.answer(event.step_no);
        else this.answeredIn.add(event.scope);
        break;
      case "reply_accepted":
      case "step_cancelled":
      case "timer_fired":
        this.answer(event.step_no);
        break;
      case "reply_rejected":
        if (event.then === "retry") this.pending.delete(event.step_no);
        else this.answer(event.step_no);
        break;
      case "effect_started":
        this.running.add(event.step_no);
        break;
      case "effect_finished":
        this.running.delete(event.step_no);
        if (this.pending.get(event.step_no)?.kind !== "ask") this.answer(event.step_no);
        break;
      case "signal_received":
        this.receive(event.name);
        break;
      default:
        break;
    }
  }
  /** @param folders those of the version that is to be tried, and of those before it */
  trial(folders) {
    const open = /* @__PURE__ */ new Set();
    for (let step_no of this.pending.keys()) {
      for (; ; ) {
        open.add(step_no);
        const earlier = this.before.get(step_no);
        if (earlier === void 0) break;
        step_no = earlier;
      }
    }
    for (const call of this.calls) if (this.isOpenCall(call)) open.add(call.step_no);
    return {
      open: [...open].sort((a, b) => a - b),
      running: [...this.running].filter((no) => this.pending.has(no)),
      folders
    };
  }
  issue(event) {
    const { step_no, kind, scope, label = "", validation_error } = event;
    this.scopeOf.set(step_no, scope);
    if (kind === "call") {
      this.calls.push(event);
      return;
    }
    if (validation_error !== void 0) this.before.set(step_no, validation_error.step_no);
    const early = kind === "signal" ? this.earlySignals.get(label) ?? 0 : 0;
    if (early > 0) {
      this.earlySignals.set(label, early - 1);
      this.answeredIn.add(scope);
    } else {
      this.pending.set(step_no, event);
    }
  }
  answer(stepNo) {
    this.pending.delete(stepNo);
    this.running.delete(stepNo);
    const scope = this.scopeOf.get(stepNo);
    if (scope !== void 0) this.answeredIn.add(scope);
  }
  receive(name) {
    for (const [step_no, { kind, label }] of this.pending) {
      if (kind !== "signal" || label !== name) continue;
      this.answer(step_no);
      return;
    }
    this.earlySignals.set(name, (this.earlySignals.get(name) ?? 0) + 1);
  }
  /** Everything in the called program waits, and it waits for something. */
  isOpenCall({ scope, ordinal }) {
    const path = scope === "" ? String(ordinal) : `${scope}/${ordinal}`;
    const isInside = (other) => other === path || other.startsWith(`${path}/`);
    if (![...this.pending.values()].some((step) => isInside(step.scope))) return false;
    return ![...this.answeredIn].some(isInside);
  }
};

// src/engine/history.ts
var WITHDRAWN = "the program's new version asks something else";
var History = class {
  /** Of a version that is tried: what comes of it. */
  findings;
  /** Highest step number in the log so far. */
  lastStepNo = 0;
  ahead;
  latest;
  withdrawn;
  orphans = /* @__PURE__ */ new Set();
  deferred = [];
  /** Deferred, and being issued. */
  leaving = [];
  /** Derived events of the turn that is replayed. */
  recorded = [];
  signalNo = 0;
  /**
   * @param adoptions every `version_adopted` of the log, those to come included
   * @param trial the version is not adopted yet: whether it can be is what is asked
   */
  constructor(adoptions = [], trial) {
    this.ahead = [...adoptions];
    this.latest = trial === void 0 ? adoptions.at(-1) : void 0;
    this.withdrawn = new Set(adoptions.flatMap((adoption) => adoption.withdrawn ?? []));
    this.findings = trial && new Findings(trial);
  }
  get inProgress() {
    return this.ahead.length > 0 || this.findings !== void 0;
  }
  /** True for the event with which history ends. */
  isEndedBy(event) {
    return event.type === "version_adopted" && this.ahead.length === 1 && this.findings === void 0;
  }
  paramsOf(started) {
    return this.findings?.params ?? this.latest?.params ?? started.params;
  }
  valueOf({ step_no, reply, value = reply }) {
    const values = this.findings?.values ?? this.latest?.values ?? {};
    return Object.hasOwn(values, step_no) ? values[step_no] : value;
  }
  /** Number of the signal that comes next, from 1. */
  get nextSignalNo() {
    return this.signalNo + 1;
  }
  /** Each signal of the log is asked about once, in order. */
  valueOfSignal({ value }) {
    const no = ++this.signalNo;
    const values = this.findings?.signal_values ?? this.latest?.signal_values ?? {};
    return Object.hasOwn(values, no) ? values[no] : value;
  }
  /** A turn begins, of which the log holds these derived events. */
  begin(recorded) {
    this.recorded = [...recorded];
    for (const event of recorded) {
      if (isAtPlace(event)) this.lastStepNo = Math.max(this.lastStepNo, event.step_no);
    }
  }
  /** The turn is over: what is left of it was done by other versions only. */
  finish(does) {
    for (const event of this.recorded.splice(0)) this.pass(event, does);
  }
  /** The recorded event at a place, if there is one. */
  at({ scope, ordinal }, asking) {
    const is = (event) => isAtPlace(event) && event.scope === scope && event.ordinal === ordinal;
    return this.take(is, asking);
  }
  cancellationOf(stepNo) {
    const is = (event) => event.type === "step_cancelled" && event.step_no === stepNo;
    return this.take(is, () => ({ asked: `cancels step ${stepNo}` }));
  }
  take(is, asking) {
    const at = this.recorded.findIndex(is);
    if (at === -1) return void 0;
    for (const passed of this.recorded.splice(0, at)) this.pass(passed, asking);
    return this.recorded.shift();
  }
  /**
   * Whether the program asks what is recorded at this place. If not, the recorded step becomes an orphan.
   *
   * @param draft what the program would issue
   * @throws SequencerError `ProgramDiverged` if it asks something else, and the step is answered or under way
   */
  claim(recorded, draft, asking) {
    const { step_no } = recorded;
    const { findings } = this;
    if (this.withdrawn.has(step_no)) {
      this.orphan(recorded, asking);
      return false;
    }
    if (findings === void 0 || recorded.validation_error !== void 0) return true;
    const { folders } = findings.trial;
    const drafted = draft();
    if ("fault" in drafted) {
      this.release(recorded, `the program cannot ask it: ${drafted.fault}`, asking);
      return false;
    }
    const asked = drafted.issued;
    const difference = differenceOf2(sketchOf(recorded), sketchOf(asked), folders);
    if (difference !== void 0) {
      this.release(recorded, `the program asks something else: ${WORDS[difference]}`, asking);
      return false;
    }
    const isWaiting = findings.isOpen(step_no) && !findings.isRunning(step_no);
    if (isWaiting && !isAskedAlike(recorded, asked, folders)) {
      this.orphan(recorded, asking);
      return false;
    }
    findings.ask(recorded, asked.schema);
    return true;
  }
  /** A recorded step is not what the program asks: it becomes an orphan, where that is possible. */
  release(recorded, what, asking) {
    if (!this.mayWithdraw(recorded)) throw mismatchError({ what, ...whichOf(recorded), ...asking() });
    this.orphan(recorded, asking);
  }
  defer(deferred) {
    this.deferred.push(deferred);
  }
  /** A deferred step is cancelled before it was ever issued. */
  drop(leaf) {
    const others = (each) => !("leaf" in each && each.leaf === leaf);
    this.deferred = this.deferred.filter(others);
    this.leaving = this.leaving.filter(others);
  }
  isOrphan(stepNo) {
    return this.orphans.has(stepNo);
  }
  /** What happened to an orphan does not concern the program; an invalid reply brings it under a new number. */
  passOver(event) {
    if (event.type === "reply_rejected") this.orphans.delete(event.step_no);
  }
  /**
   * The log comes to the adoption of a version.
   *
   * @returns the steps that it withdraws, in the order of their numbers
   */
  adopt({ withdrawn = [] }) {
    this.ahead.shift();
    return withdrawn.filter((step_no) => this.orphans.delete(step_no)).sort((a, b) => a - b);
  }
  /** The log broke off before it cancelled this step: the next adoption does. */
  leaveOrphan(stepNo) {
    this.orphans.add(stepNo);
    this.findings?.withdraw(stepNo);
  }
  /** What is deferred, one after the other; what still is not recorded is deferred again. */
  *takeDeferred() {
    this.leaving = this.deferred;
    this.deferred = [];
    for (let next = this.leaving.shift(); next !== void 0; next = this.leaving.shift()) yield next;
  }
  /** The step that was deferred last: what the program asks instead of what it does not ask. */
  get lastDeferred() {
    const last = this.deferred.at(-1);
    return last !== void 0 && "leaf" in last ? last.leaf : void 0;
  }
  /** Params of a call that only this version makes, as they were judged when it was tried. */
  callAt(place) {
    const calls = this.latest?.calls ?? {};
    return Object.hasOwn(calls, place) ? calls[place] : void 0;
  }
  pass(event, does) {
    if (this.mayWithdraw(event)) this.orphan(event, does);
    else throw mismatchError({ what: WHAT_IS_MISSING[event.type], ...whichOf(event), ...does() });
  }
  mayWithdraw(event) {
    if (event.type !== "step_issued") return false;
    return this.withdrawn.has(event.step_no) || (this.findings?.isOpen(event.step_no) ?? false);
  }
  orphan(event, asking) {
    const { step_no } = event;
    if (!this.withdrawn.has(step_no)) {
      if (this.findings?.isRunning(step_no)) {
        const what = "it is under way, and the program asks something else";
        throw mismatchError({ what, ...whichOf(event), ...asking() });
      }
      this.findings?.withdraw(step_no);
    }
    if (event.kind !== "call") this.orphans.add(step_no);
  }
};
var WORDS = {
  kind: "another kind of step",
  id: "another id",
  text: "another text",
  label: "another name",
  args: "other arguments",
  params: "other params",
  wait_ms: "another duration"
};
var WHAT_IS_MISSING = {
  step_issued: "the program does not ask it",
  step_failed: "the program does not ask it (it failed before it was issued)",
  step_cancelled: "it was cancelled, and the program does not cancel it",
  ended: "the run ended, and the program does not end"
};
function isAtPlace(event) {
  return event.type === "step_issued" || event.type === "step_failed";
}
function whichOf(event) {
  const { seq } = event;
  return {
    ..."step_no" in event && { step_no: event.step_no },
    ...seq !== void 0 && { seq },
    ...event.type === "step_issued" && { recorded: sketchOf(event) }
  };
}

// src/engine/limits.ts
var LimitUse = class {
  steps = 0;
  invalidReplies = 0;
  countStep() {
    this.steps++;
  }
  countInvalidReply() {
    this.invalidReplies++;
  }
  /** @returns why one more step would break a limit; `undefined` if it would not */
  excess(limits, started, nowMs) {
    const { steps, minutes, invalidReplies } = limits;
    const since = (nowMs - Date.parse(started.at) - pausedMs(started, nowMs)) / 6e4;
    if (steps !== void 0 && this.steps > steps) return `limit of ${steps} steps reached`;
    if (minutes !== void 0 && since >= minutes) return `limit of ${minutes} minutes reached`;
    if (invalidReplies !== void 0 && this.invalidReplies > invalidReplies) {
      return `limit of ${invalidReplies} invalid replies exceeded`;
    }
    return void 0;
  }
};
function pausedMs({ pauses = [] }, nowMs) {
  return pauses.reduce((sum, { until, ms }) => Date.parse(until) <= nowMs ? sum + ms : sum, 0);
}

// src/engine/log-time.ts
var LogTime = class {
  at = "";
  ms = 0;
  goOn(event) {
    if (event.at === this.at) return;
    this.at = event.at;
    this.ms = Math.max(this.ms, Date.parse(event.at));
  }
};

// src/engine/misuse.ts
var YIELD_A_STEP = "Yield a step: `yield* instruct(text, { reply })`.";
function notAStep(value) {
  const advice = adviceFor2(value);
  return new SequencerError(
    "NotAStep",
    `The program yielded ${describe2(value)}, which is not a step. ${advice}`,
    advice
  );
}
function notAGenerator(program, value) {
  const advice = "Declare it with a star: async *run({ params }) { ... }.";
  return new SequencerError(
    "NotAStep",
    `run of program '${program}' gave ${describe2(value)}, not a generator. ${advice}`,
    advice
  );
}
function stepNotYielded(step, place) {
  const { text } = step;
  const which = typeof text === "string" ? ` ${preview(text)}` : "";
  const where = place === void 0 ? "" : ` made at ${place}`;
  return new SequencerError(
    "StepNotYielded",
    `The ${step.kind}${which}${where} was never yielded, so nothing happened: write \`yield*\` in front of it.`
  );
}
function blamedOnStep(notYielded, error) {
  const blamed = new SequencerError(
    notYielded.code,
    `${notYielded.message} It led to ${error.name}: ${error.message}`,
    void 0,
    { cause: error }
  );
  if (error.stack !== void 0) blamed.stack = error.stack;
  return blamed;
}
function branchUsedTwice() {
  return new SequencerError(
    "NotAStep",
    "A generator was given as a branch a second time; a generator runs only once.",
    "Call the generator function anew for each branch: all([review(a), review(b)])."
  );
}
function cleanupTooLong(scope, max) {
  return new SequencerError(
    "CleanupTooLong",
    `The cancelled ${scope === "" ? "program" : `branch ${scope}`} took more than ${max} steps to clean up.`
  );
}
function describe2(value) {
  return attempt(() => describeKind(value), "something that throws when it is looked at");
}
function describeKind(value) {
  if (value === void 0 || value === null) return String(value);
  if (typeof value === "function") return `a function (${value.name || "anonymous"})`;
  if (Array.isArray(value)) return "an array";
  if (isGenerator(value)) return "a generator";
  if (isPromise(value)) return "a promise";
  const shown = preview(value);
  return shown === nameOf(value) ? shown : `${shown} (${typeof value})`;
}
function adviceFor2(value) {
  return attempt(() => adviceForKind(value), YIELD_A_STEP);
}
function adviceForKind(value) {
  if (Array.isArray(value)) return "Wait for several steps with `yield* all([...])`.";
  if (isGenerator(value)) return "Run another generator with `yield* other()`, the star included.";
  if (isPromise(value)) {
    return "Programs wait for steps only; what touches the world goes into `yield* sideEffect(label, fn)`.";
  }
  if (typeof value === "string") return `Ask the agent with \`yield* instruct(${preview(value, 40)})\`.`;
  return YIELD_A_STEP;
}
function isPromise(value) {
  return typeof value === "object" && value !== null && !isStep(value) && "then" in value;
}

// src/engine/reconsider.ts
async function reconsiderReply(event, issued, schema, findings, asking) {
  const shown = findings.takeSchema(issued);
  const judgement = await judge(event.reply, shown, schema, `The schema of step ${event.step_no}`);
  if (judgement.verdict === "valid") {
    const { reply, value = reply } = event;
    if (!sameJson(value, judgement.value)) findings.values[event.step_no] = judgement.value;
    return;
  }
  const why = judgement.verdict === "invalid" ? inWords(judgement.problems) : judgement.reason;
  const what = `its recorded reply is not valid under the program's schema: ${why}`;
  throw mismatchError({ what, ...whichOf(event), recorded: sketchOf(issued), ...asking() });
}
async function reconsiderSignal(event, no, program, findings) {
  const { name, value, sent = value } = event;
  const signals = program.signals ?? {};
  if (!Object.hasOwn(signals, name)) return;
  const what = `The schema of signal '${name}'`;
  const judgement = await judge(sent, toJsonSchema(signals[name], what), signals[name], what);
  if (judgement.verdict === "valid") {
    if (!sameJson(value, judgement.value)) findings.signal_values[no] = judgement.value;
    return;
  }
  const why = judgement.verdict === "invalid" ? inWords(judgement.problems) : judgement.reason;
  throw mismatchError({
    what: `the recorded value of signal '${name}' is not valid under the program's schema: ${why}`,
    ...whichOf(event)
  });
}
async function reconsiderParams({ params }, program, findings) {
  const schema = program.params;
  if (schema === void 0 || !isObject(params)) return;
  const what = `The params schema of program '${program.name}'`;
  const judgement = await judge(params, toJsonSchema(schema, what), schema, what);
  if (judgement.verdict === "valid" && isObject(judgement.value)) {
    const completed = { ...judgement.value, ...params };
    if (!sameJson(completed, params)) findings.params = completed;
    return;
  }
  const missing = judgement.verdict === "invalid" ? judgement.problems.filter(isMissingParam) : [];
  if (missing.length === 0) return;
  const names = missing.map(({ path }) => path.slice(2)).join(", ");
  throw mismatchError({
    what: `the run was started without what the program's params now require: ${names}`
  });
}
function isMissingParam({ path, message }) {
  return message === "is missing" && /^\$\.[\w$]+$/.test(path);
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function inWords(problems) {
  return problems.map(({ path, message }) => `${path} ${message}`).join("; ");
}

// src/engine/past-turns.ts
var PastTurns = class {
  constructor(parts) {
    this.parts = parts;
  }
  parts;
  /** The last turn of what was fed. */
  held = [];
  /** @returns the events with which history ends, and those that follow */
  async feed(events) {
    const left = [...this.held, ...events].filter((event) => !isBookkeeping(event));
    this.held = [];
    for (let at = 0; at < left.length; ) {
      if (this.parts.history.isEndedBy(left[at])) return left.slice(at);
      const first = at++;
      while (at < left.length && isDerived(left[at])) at++;
      const turn = left.slice(first, at);
      if (at === left.length) this.held = turn;
      else await this.turn(turn);
    }
    return [];
  }
  /** Nothing more follows. */
  async finish() {
    const events = this.held;
    this.held = [];
    if (events.length > 0) await this.turn(events);
  }
  async turn([event, ...derived]) {
    const { history, divergence, goOn, run } = this.parts;
    goOn(event);
    try {
      history.begin(derived);
      if (history.findings !== void 0) await this.reconsider(event, history.findings);
      await run(event);
      if (!divergence.isFound) history.finish(() => this.doing());
    } catch (error) {
      throw divergence.keep(error);
    }
    divergence.throwIfFound();
  }
  async reconsider(event, findings) {
    const { program, history, pending, steps, judging: judging2 } = this.parts;
    if (event.type === "started") {
      await judging2(() => reconsiderParams(event, program, findings));
    } else if (event.type === "signal_received") {
      const no = history.nextSignalNo;
      await judging2(() => reconsiderSignal(event, no, program, findings));
    } else if (event.type === "reply_accepted") {
      const waiting = pending.at(event.step_no);
      if (waiting === void 0) return;
      const { leaf, issued } = waiting;
      await judging2(
        () => reconsiderReply(event, issued, schemaOf(leaf.step), findings, () => steps.asking(leaf))
      );
    }
  }
  /** What the program does instead of what it does not do. */
  doing() {
    const { ending, history, steps } = this.parts;
    if (ending.outcome !== void 0) {
      const { state, reason, error } = ending.verdictOf(ending.outcome);
      const why = error === void 0 ? reason : `${error.type}: ${error.message}`;
      return { asked: `the run ends (${state}${why === void 0 ? "" : `, ${why}`})` };
    }
    const leaf = history.lastDeferred;
    return leaf === void 0 ? { asked: "nothing in its place" } : steps.asking(leaf);
  }
};

// src/engine/pending.ts
var PendingSteps = class {
  constructor(divergence, placeOf) {
    this.divergence = divergence;
    this.placeOf = placeOf;
  }
  divergence;
  placeOf;
  /** For whoever only looks. */
  byNumber = /* @__PURE__ */ new Map();
  sought;
  /** Asks for the place where the step of this number is made. */
  seek(stepNo) {
    this.sought = { stepNo };
  }
  get isSeeking() {
    return this.sought !== void 0;
  }
  get soughtPlace() {
    return this.sought?.place;
  }
  at(stepNo) {
    return this.byNumber.get(stepNo);
  }
  waitingForSignal(name) {
    for (const pending of this.byNumber.values()) {
      if (pending.issued.kind === "signal" && pending.issued.label === name) return pending;
    }
    return void 0;
  }
  remember(stepNo, pending) {
    this.byNumber.set(stepNo, pending);
    pending.leaf.stepNo = stepNo;
    if (this.sought?.stepNo === stepNo) this.sought.place ??= this.placeOf(pending.leaf.step);
  }
  /** The step as it came to stand in the log. */
  restate(issued) {
    const pending = this.byNumber.get(issued.step_no);
    if (pending !== void 0) this.byNumber.set(issued.step_no, { leaf: pending.leaf, issued });
  }
  take(stepNo) {
    const pending = this.byNumber.get(stepNo);
    if (pending === void 0) {
      return this.divergence.diverge(`the log answers step ${stepNo}, which the program does not wait for`);
    }
    this.byNumber.delete(stepNo);
    pending.leaf.stepNo = void 0;
    return pending;
  }
  settle(stepNo, outcome) {
    this.take(stepNo).leaf.settle(outcome);
  }
  fail(step_no, failed) {
    const { leaf } = this.take(step_no);
    leaf.settle({ kind: "error", error: stepError({ ...failed, step_no }, leaf.step) });
  }
};

// src/engine/progress.ts
var Progress = class {
  latest;
  shown;
  /** What the program calls. */
  tell(current, of, label = "") {
    if (!Number.isFinite(current) || !Number.isFinite(of)) {
      throw new TypeError(`progress(current, of, label?) takes two numbers, got ${current} and ${of}`);
    }
    this.latest = { current, of, label: String(label) };
  }
  /** For the step that is issued next. */
  get news() {
    return this.latest === this.shown ? {} : { progress: this.latest };
  }
  /** For the end. */
  get last() {
    return this.latest === void 0 ? {} : { progress: this.latest };
  }
  /** A step that tells it stands in the log, or will. */
  markShown() {
    this.shown = this.latest;
  }
};

// src/engine/delegation.ts
var RETURN = /* @__PURE__ */ Symbol("agent-sequencer.return");
var isOn = false;
function delegateReturns(on) {
  isOn = on;
}
function delegateTo(helper, { prototype, map, answer: answer2 }) {
  let isReturned = false;
  let isDone = false;
  const goOn = (result) => {
    if (!result.done) return result;
    isDone = true;
    return { done: false, value: RETURN };
  };
  const seen = (given) => isReturned ? map(given, goOn) : given;
  const delegate = {
    next: (value) => seen(helper.next(value)),
    throw: (error) => seen(helper.throw(error)),
    return: (value) => {
      if (isDone) return answer2({ done: true, value });
      isReturned = true;
      return helper.return(value);
    }
  };
  return Object.assign(Object.create(prototype), delegate);
}
function interpose(generators, symbol, kind) {
  const prototype = Object.getPrototypeOf(generators);
  const itself = prototype[symbol];
  Object.defineProperty(generators, symbol, {
    configurable: true,
    writable: true,
    value() {
      return isOn ? delegateTo(this, { prototype, ...kind }) : itself.call(this);
    }
  });
}
interpose(Object.getPrototypeOf(function* () {
}.prototype), Symbol.iterator, {
  map: (result, change) => change(result),
  answer: (result) => result
});
interpose(Object.getPrototypeOf(async function* () {
}.prototype), Symbol.asyncIterator, {
  map: (result, change) => result.then(change),
  answer: (result) => Promise.resolve(result)
});

// src/engine/group.ts
function waitForGroup({ mode, branches, concurrency }, start, settle) {
  const active = /* @__PURE__ */ new Map();
  const results = new Array(branches.length);
  let nextBranch = 0;
  let verdict;
  let cleanupError;
  let starting = false;
  let finished = false;
  const decide = (outcome, reason) => {
    verdict = outcome;
    for (const wait of [...active.values()]) wait.cancel(reason);
  };
  const onSettled = (index, outcome) => {
    active.delete(index);
    if (verdict !== void 0) {
      if (outcome.kind === "error") cleanupError ??= outcome;
    } else if (outcome.kind === "cancelled") {
      decide(outcome, outcome.reason);
    } else if (mode === "race") {
      decide(outcome, "another branch of the race ended first");
    } else if (mode === "all" && outcome.kind === "error") {
      decide(outcome, "a sibling branch failed");
    } else {
      results[index] = mode === "all" ? outcome.value : settled(outcome);
    }
    proceed();
  };
  const proceed = () => {
    if (starting) return;
    starting = true;
    while (verdict === void 0 && active.size < concurrency && nextBranch < branches.length) {
      const index = nextBranch++;
      let settledAlready = false;
      const wait = start(index, (outcome) => {
        settledAlready = true;
        onSettled(index, outcome);
      });
      if (!settledAlready) active.set(index, wait);
    }
    starting = false;
    if (active.size > 0 || finished) return;
    finished = true;
    if (verdict === void 0) settle({ kind: "value", value: results });
    else settle(verdict.kind === "error" ? verdict : cleanupError ?? verdict);
  };
  proceed();
  return {
    cancel: (reason) => {
      if (verdict === void 0) decide({ kind: "cancelled", reason }, reason);
      else verdict = { kind: "cancelled", reason };
    }
  };
}
function settled(outcome) {
  if (outcome.kind === "value") return { status: "fulfilled", value: outcome.value };
  return { status: "rejected", reason: outcome.kind === "error" ? outcome.error : void 0 };
}

// src/engine/step-watch.ts
var FIRST_SWEEP = 32;
var StepWatch = class {
  wantsPlaces = true;
  open = [];
  suspects = [];
  sweepAt = FIRST_SWEEP;
  made(step) {
    if (this.open.length >= this.sweepAt) this.sweep();
    this.open.push(step);
  }
  awaited(step) {
    this.suspects.push(step);
  }
  /** A step that was awaited and not yielded: what came of it is not a reply. */
  takeAwaited() {
    if (this.suspects.length === 0) return void 0;
    const found = this.suspects.find(isUnyielded);
    this.suspects = [];
    return report(found);
  }
  /** The earliest step that was not yielded. */
  takeFirst() {
    return report(this.open.find(isUnyielded));
  }
  /** The latest one: what went wrong just now may come of it. */
  takeLast() {
    return report(this.open.findLast(isUnyielded));
  }
  sweep() {
    this.open = this.open.filter(isUnyielded);
    this.sweepAt = Math.max(FIRST_SWEEP, 2 * this.open.length);
  }
};
function isUnyielded(step) {
  return !step.trace.yielded;
}
function report(step) {
  if (step !== void 0) step.trace.yielded = true;
  return step;
}

// src/engine/scheduler.ts
var MAX_CLEANUP_STEPS = 20;
var CANCEL = { how: "return" };
var NOTHING = { cancel: () => {
} };
var Scheduler = class {
  ready = [];
  surface;
  used = /* @__PURE__ */ new WeakSet();
  constructor(surface) {
    this.surface = surface;
  }
  /** Puts the program itself at the end of the queue; `cancel` on the result ends it. */
  spawnRoot(generator, settle) {
    return this.spawn(generator, { path: "", nextOrdinal: 1 }, void 0, settle);
  }
  /**
   * Runs until every coroutine waits.
   *
   * @param wantsPlaces whether the steps that are made take a stack: not worth it where they are history
   */
  async runToQuiescence(wantsPlaces) {
    while (this.ready.length > 0) {
      const batch = this.ready;
      this.ready = [];
      for (const next of batch) {
        if ("begin" in next) {
          next.begin();
          continue;
        }
        next.watch.wantsPlaces = wantsPlaces;
        await this.advance(next);
      }
    }
  }
  spawn(generator, scope, cleanup, settle) {
    const coroutine = {
      scope,
      generator,
      settle,
      watch: new StepWatch(),
      wait: void 0,
      resumption: { how: "next", value: void 0 },
      cancelReason: void 0,
      returning: false,
      cleanup,
      cleanupError: void 0,
      cancel: (reason) => this.cancel(coroutine, reason)
    };
    this.ready.push(coroutine);
    return coroutine;
  }
  cancel(coroutine, reason) {
    if (coroutine.cancelReason !== void 0) return;
    coroutine.cancelReason = reason;
    if (coroutine.wait !== void 0) coroutine.wait.cancel(reason);
    else coroutine.resumption = CANCEL;
  }
  resume(coroutine, outcome) {
    coroutine.wait = void 0;
    if (coroutine.cancelReason !== void 0 && !coroutine.returning) {
      if (outcome.kind === "error") coroutine.cleanupError = outcome;
      coroutine.resumption = CANCEL;
    } else if (outcome.kind === "value") {
      coroutine.resumption = { how: "next", value: outcome.value };
    } else if (outcome.kind === "error") {
      coroutine.resumption = { how: "throw", error: outcome.error };
    } else {
      coroutine.cancelReason ??= outcome.reason;
      coroutine.resumption = CANCEL;
    }
    this.ready.push(coroutine);
  }
  async advance(coroutine) {
    const resumption = coroutine.resumption;
    coroutine.resumption = void 0;
    if (coroutine.cancelReason !== void 0) {
      coroutine.returning = true;
      coroutine.cleanup ??= { steps: 0 };
    }
    const { generator } = coroutine;
    let result;
    this.surface.enter(coroutine.scope.path);
    observeSteps(coroutine.watch);
    delegateReturns(true);
    try {
      if (resumption.how === "next") result = await generator.next(resumption.value);
      else if (resumption.how === "throw") result = await generator.throw(resumption.error);
      else result = await generator.return(void 0);
      while (result.value === RETURN && !result.done) result = await generator.return(void 0);
    } catch (error) {
      coroutine.settle({ kind: "error", error: this.blame(coroutine, tame(error)) });
      return;
    } finally {
      delegateReturns(false);
      observeSteps(void 0);
      this.surface.leave();
    }
    if (result.done) coroutine.settle(this.outcomeOf(coroutine, result.value));
    else this.begin(coroutine, result.value);
  }
  outcomeOf(coroutine, value) {
    if (coroutine.cleanupError !== void 0) return { kind: "error", ...coroutine.cleanupError };
    if (coroutine.returning) return { kind: "cancelled", reason: coroutine.cancelReason };
    const unyielded = coroutine.watch.takeFirst();
    if (unyielded !== void 0) return { kind: "error", error: this.notYielded(unyielded) };
    return { kind: "value", value };
  }
  /** A coroutine has yielded: what it yielded begins to be waited for. */
  begin(coroutine, yielded) {
    if (isExhausted(coroutine.cleanup)) {
      coroutine.settle({ kind: "error", error: cleanupTooLong(coroutine.scope.path, MAX_CLEANUP_STEPS) });
      return;
    }
    if (!attempt(() => isStep(yielded) && yielded.trace !== void 0, false)) {
      this.resume(coroutine, { kind: "error", error: notAStep(yielded) });
      return;
    }
    const step = yielded;
    step.trace.yielded = true;
    const awaited = coroutine.watch.takeAwaited();
    if (awaited !== void 0) {
      this.resume(coroutine, { kind: "error", error: this.notYielded(awaited) });
      return;
    }
    let settledAlready = false;
    const wait = this.wait(step, coroutine.scope, coroutine.cleanup, (outcome) => {
      settledAlready = true;
      this.resume(coroutine, outcome);
    });
    if (!settledAlready) coroutine.wait = wait;
  }
  wait(step, scope, cleanup, settle) {
    const ordinal = scope.nextOrdinal++;
    if (step instanceof Group) {
      const path = childPath(scope.path, ordinal);
      return waitForGroup(
        step,
        (index, settled2) => this.waitForBranch(step.branches[index], `${path}.${index}`, cleanup, settled2),
        settle
      );
    }
    if (step instanceof Call) {
      const path = childPath(scope.path, ordinal);
      const generator = this.surface.enterCall(step, { scope: scope.path, ordinal, path });
      return this.spawn(
        generator,
        { path, nextOrdinal: 1 },
        cleanup,
        (outcome) => settle(this.surface.leaveCall(step, outcome))
      );
    }
    return this.waitForLeaf(step, scope.path, ordinal, settle);
  }
  waitForLeaf(step, scope, ordinal, settle) {
    let settled2 = false;
    const leaf = {
      step,
      scope,
      ordinal,
      stepNo: void 0,
      settle: (outcome) => {
        if (settled2) return;
        settled2 = true;
        settle(outcome);
      }
    };
    this.surface.issue(leaf);
    if (settled2) return NOTHING;
    return {
      cancel: (reason) => {
        if (settled2) return;
        this.surface.withdraw(leaf, reason);
        leaf.settle({ kind: "cancelled", reason });
      }
    };
  }
  waitForBranch(branch, path, cleanup, settle) {
    const scope = { path, nextOrdinal: 1 };
    if (!isStep(branch)) {
      if (!this.used.has(branch)) {
        this.used.add(branch);
        return this.spawn(branch, scope, cleanup, settle);
      }
      settle({ kind: "error", error: branchUsedTwice() });
      return NOTHING;
    }
    if (isExhausted(cleanup)) {
      settle({ kind: "error", error: cleanupTooLong(path, MAX_CLEANUP_STEPS) });
      return NOTHING;
    }
    return branch instanceof Group || branch instanceof Call ? this.wait(branch, scope, cleanup, settle) : this.waitInTurn(branch, scope, cleanup, settle);
  }
  waitInTurn(step, scope, cleanup, settle) {
    let wait;
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      wait = this.wait(step, scope, cleanup, settle);
    };
    this.ready.push({ begin });
    return {
      cancel: (reason) => {
        wait?.cancel(reason);
        if (begun) return;
        begun = true;
        settle({ kind: "cancelled", reason });
      }
    };
  }
  blame(coroutine, error) {
    if (!(error instanceof TypeError)) return error;
    const step = coroutine.watch.takeLast();
    return step === void 0 ? error : blamedOnStep(this.notYielded(step), error);
  }
  notYielded(step) {
    return stepNotYielded(step, this.surface.placeOf(step));
  }
};
function isExhausted(cleanup) {
  return cleanup !== void 0 && ++cleanup.steps > MAX_CLEANUP_STEPS;
}
function childPath(parent, ordinal) {
  return parent === "" ? String(ordinal) : `${parent}/${ordinal}`;
}

// src/engine/past-steps.ts
var PastSteps = class {
  constructor(history, seat) {
    this.history = history;
    this.seat = seat;
  }
  history;
  seat;
  issue(leaf) {
    const { history } = this;
    const asking = () => this.asking(leaf);
    const recorded = history.at(leaf, asking);
    if (recorded?.type === "step_failed") {
      if (history.findings !== void 0 && "issued" in this.draftOf(leaf)) {
        history.release(recorded, "it could not be asked then, and the program asks it now", asking);
      }
      leaf.settle({ kind: "error", error: stepError(recorded, leaf.step) });
    } else if (recorded !== void 0 && history.claim(recorded, () => this.draftOf(leaf), asking)) {
      this.seat.remember(leaf, recorded);
    } else {
      history.defer({ leaf });
    }
  }
  /** The step as a report shows it. */
  asking(leaf) {
    const asked_at = this.seat.placeOf(leaf.step);
    const draft = this.draftOf(leaf);
    const asked = "issued" in draft ? sketchOf(draft.issued) : `a step that cannot be asked: ${draft.fault}`;
    return { asked, ...asked_at !== void 0 && { asked_at } };
  }
  /**
   * The params that a called program starts with.
   *
   * @throws SequencerError `InvalidParams` for the program that calls
   */
  async paramsOf(program, params, place) {
    const { history } = this;
    const key = `${place.scope}#${place.ordinal}`;
    const isTrial = history.findings !== void 0;
    const judged = isTrial ? await judgeParams(program, params) : history.callAt(key);
    const call = judged && callEvent(program.name, place, judged);
    const asking = () => call === void 0 ? {} : { asked: describeCall(call) };
    const recorded = history.at(place, asking);
    if (recorded?.type === "step_failed") {
      if (call?.type === "step_issued") {
        history.release(recorded, "the call failed then, and the program makes it now", asking);
      }
      throw new SequencerError("InvalidParams", recorded.reason);
    }
    if (recorded !== void 0 && history.claim(recorded, () => this.draftOfCall(call), asking)) {
      return recorded.options ?? {};
    }
    const begun = judged ?? await judgeParams(program, params);
    history.defer({ call: call ?? callEvent(program.name, place, begun) });
    if (history.findings !== void 0) history.findings.calls[key] = begun;
    if ("reason" in begun) throw new SequencerError("InvalidParams", begun.reason);
    return begun.params;
  }
  /** A deferred call comes to an adoption behind which history goes on: there it is recorded, or it waits on. */
  issueCall(call) {
    const asking = () => ({ asked: describeCall(call) });
    const recorded = this.history.at({ scope: call.scope, ordinal: call.ordinal }, asking);
    if (recorded?.type === "step_failed") return;
    if (recorded !== void 0 && this.history.claim(recorded, () => this.draftOfCall(call), asking)) return;
    this.history.defer({ call });
  }
  draftOf(leaf) {
    try {
      const content = this.seat.contentOf(leaf);
      return { issued: { type: "step_issued", at: this.seat.now(), step_no: 0, ...content } };
    } catch (error) {
      return { fault: describeThrown(error).message };
    }
  }
  draftOfCall(call) {
    if (call.type === "step_failed") return { fault: call.reason };
    return { issued: { ...call, at: this.seat.now(), step_no: 0 } };
  }
};
function callEvent(label, { scope, ordinal }, judged) {
  if ("params" in judged) {
    return { type: "step_issued", scope, ordinal, kind: "call", label, options: judged.params };
  }
  const { reason } = judged;
  return { type: "step_failed", scope, ordinal, code: "invalid_schema", error: "InvalidParams", reason };
}
function describeCall(call) {
  if (call.type === "step_failed") return `a call that cannot be made: ${call.reason}`;
  return sketchOf({ ...call, at: "" });
}
function asEvent(call, at, step_no) {
  return { ...call, at, step_no };
}

// src/engine/present-steps.ts
var PresentSteps = class {
  constructor(time, drafts, pending, progress) {
    this.time = time;
    this.drafts = drafts;
    this.pending = pending;
    this.progress = progress;
  }
  time;
  drafts;
  pending;
  progress;
  stepNo = 0;
  /** History ends here, with this as its highest number. */
  continueAfter(stepNo) {
    this.stepNo = stepNo;
  }
  /** @param content made only if the log does not hold the step; may throw */
  issue(leaf, content) {
    const step_no = ++this.stepNo;
    const place = { scope: leaf.scope, ordinal: leaf.ordinal };
    const recorded = this.drafts.takeRecorded();
    if (recorded?.type === "step_failed") {
      this.drafts.compare(recorded, { type: "step_failed", step_no, ...place });
      leaf.settle({ kind: "error", error: stepError(recorded, leaf.step) });
      return;
    }
    if (recorded !== void 0) {
      this.drafts.compare(recorded, { type: "step_issued", step_no, kind: kindOf(leaf.step), ...place });
      this.progress.markShown();
      this.pending.remember(step_no, { leaf, issued: recorded });
      return;
    }
    let issued;
    try {
      const { news } = this.progress;
      issued = { type: "step_issued", at: this.time.at, step_no, ...content(), ...news };
    } catch (thrown) {
      const error = tame(thrown);
      const code = error instanceof SequencerError ? error.code : "InvalidSchema";
      const reason = describeThrown(error).message;
      const failed = this.notIssued(step_no, place, code, reason);
      leaf.settle({ kind: "error", error: stepError(failed, leaf.step) });
      return;
    }
    this.progress.markShown();
    this.pending.remember(step_no, { leaf, issued });
    this.drafts.add(issued);
  }
  /**
   * The params that a called program starts with, judged once: in replay they stand in the log as they were
   * parsed.
   *
   * @throws SequencerError `InvalidParams` for the program that calls
   */
  async paramsOf(program, params, { scope, ordinal }) {
    const step_no = ++this.stepNo;
    const recorded = this.drafts.takeRecorded();
    if (recorded !== void 0) {
      if (recorded.type === "step_failed") {
        this.drafts.compare(recorded, { type: "step_failed", step_no, scope, ordinal });
        throw new SequencerError("InvalidParams", recorded.reason);
      }
      this.drafts.compare(recorded, { type: "step_issued", step_no, scope, ordinal, kind: "call" });
      return recorded.options ?? {};
    }
    const { at } = this.time;
    const judged = await judgeParams(program, params);
    if ("reason" in judged) {
      this.notIssued(step_no, { scope, ordinal }, "InvalidParams", judged.reason);
      throw new SequencerError("InvalidParams", judged.reason);
    }
    const options = judged.params;
    const label = program.name;
    this.drafts.add({ type: "step_issued", at, step_no, scope, ordinal, kind: "call", label, options });
    return options;
  }
  /** A call that was deferred until the adoption with which history ends. */
  issueCall(call) {
    const issued = asEvent(call, this.time.at, ++this.stepNo);
    const recorded = this.drafts.takeRecorded();
    if (recorded === void 0) this.drafts.add(issued);
    else this.drafts.compare(recorded, issued);
  }
  notIssued(step_no, place, error, reason) {
    const { at } = this.time;
    const failed = {
      type: "step_failed",
      at,
      step_no,
      code: "invalid_schema",
      error,
      reason,
      ...place
    };
    this.drafts.add(failed);
    return failed;
  }
};

// src/engine/steps.ts
var Steps = class {
  constructor(parts) {
    this.parts = parts;
    const { history, time, drafts, pending, progress } = parts;
    this.present = new PresentSteps(time, drafts, pending, progress);
    this.past = new PastSteps(history, {
      now: () => time.at,
      contentOf: (leaf) => this.contentOf(leaf),
      placeOf: parts.placeOf,
      remember: (leaf, issued) => {
        progress.markShown();
        pending.remember(issued.step_no, { leaf, issued });
      }
    });
  }
  parts;
  past;
  present;
  issue(leaf) {
    this.parts.limits.countStep();
    if (this.limitReached(leaf)) return;
    this.issueAnew(leaf);
  }
  /** The same step once more, after an invalid reply. */
  reissue(leaf, content) {
    if (this.limitReached(leaf)) return;
    this.issueAs(leaf, content);
  }
  withdraw(leaf, reason) {
    const { history, pending, drafts, time } = this.parts;
    const step_no = leaf.stepNo;
    if (step_no === void 0) {
      history.drop(leaf);
      return;
    }
    const { issued } = pending.take(step_no);
    if (history.inProgress && history.cancellationOf(step_no) === void 0) {
      history.release(issued, "the program cancels it", () => ({ asked: "cancels the step" }));
      return;
    }
    if (!history.inProgress) drafts.derive({ type: "step_cancelled", at: time.at, step_no, reason });
  }
  /**
   * The params that a called program starts with.
   *
   * @throws SequencerError `InvalidParams` for the program that calls
   */
  paramsOf(program, params, place) {
    if (!this.parts.history.inProgress) return this.present.paramsOf(program, params, place);
    return this.past.paramsOf(program, params, place).catch((error) => Promise.reject(this.parts.divergence.keep(error)));
  }
  /** From here on another version runs: what it does not ask is cancelled, what it asks besides is issued. */
  adopt(event) {
    const { history, divergence, drafts, time } = this.parts;
    if (!history.inProgress) divergence.diverge("the log goes on with a version that was not told of");
    for (const step_no of history.adopt(event)) {
      if (!history.inProgress) {
        drafts.derive({ type: "step_cancelled", at: time.at, step_no, reason: WITHDRAWN });
      } else if (history.cancellationOf(step_no) === void 0) {
        history.leaveOrphan(step_no);
      }
    }
    if (!history.inProgress) this.present.continueAfter(history.lastStepNo);
    for (const deferred of history.takeDeferred()) {
      if ("leaf" in deferred) this.issueAnew(deferred.leaf);
      else if (history.inProgress) this.past.issueCall(deferred.call);
      else this.present.issueCall(deferred.call);
    }
  }
  /** The step as a report shows it. */
  asking(leaf) {
    return this.past.asking(leaf);
  }
  issueAnew(leaf) {
    this.issueAs(leaf, () => this.contentOf(leaf));
    this.takeEarlySignal(leaf);
  }
  issueAs(leaf, content) {
    if (this.parts.history.inProgress) this.past.issue(leaf);
    else this.present.issue(leaf, content);
  }
  contentOf({ step, scope, ordinal }) {
    const { program, time, placeOf } = this.parts;
    const place = () => placeOf(step) ?? "an unknown place";
    const content = contentOf(step, { nowMs: time.ms, place, signals: program.signals ?? {} });
    return { ...content, scope, ordinal };
  }
  /** A signal that came before anybody waited for it ends the wait at once. */
  takeEarlySignal({ stepNo }) {
    const { pending, signals } = this.parts;
    const issued = stepNo === void 0 ? void 0 : pending.at(stepNo)?.issued;
    if (stepNo === void 0 || issued?.kind !== "signal") return;
    const value = signals.take(issued.label);
    if (value !== void 0) pending.settle(stepNo, { kind: "value", value });
  }
  /** Ends the run if one more step would break a limit; the step is then cancelled before it is issued. */
  limitReached(leaf) {
    const { program, limits, ending, started, time } = this.parts;
    if (program.limits === void 0 || ending.isDecided) return false;
    const reason = limits.excess(program.limits, started(), time.ms);
    if (reason === void 0) return false;
    ending.abort(leaf, reason);
    return true;
  }
};

// src/engine/surroundings.ts
var JUDGING = "(judging)";
async function judging(surroundings, atMs, judge2) {
  surroundings.enter(JUDGING, atMs);
  try {
    return await judge2();
  } finally {
    surroundings.leave();
  }
}

// src/engine/verdict.ts
async function verdictOn(reply, stepNo, { issued, leaf }, place) {
  const judgement = await judge(reply, issued.schema, schemaOf(leaf.step), `The schema of step ${stepNo}`);
  switch (judgement.verdict) {
    case "valid":
      return {
        type: "reply_accepted",
        step_no: stepNo,
        reply,
        ...!sameJson(reply, judgement.value) && { value: judgement.value },
        ...judgement.fromString && { from_string: true }
      };
    case "invalid": {
      const exhausted = (issued.attempt ?? 1) >= (issued.max_attempts ?? 1);
      const then = issued.on_invalid === "abort" ? "abort" : exhausted ? "fail" : "retry";
      return { type: "reply_rejected", step_no: stepNo, reply, problems: judgement.problems, then };
    }
    case "broken":
      return {
        type: "step_failed",
        step_no: stepNo,
        code: "invalid_schema",
        error: judgement.code,
        reply,
        reason: `${judgement.reason} (reply schema of the ${issued.kind} at ${place() ?? "an unknown place"})`
      };
  }
}
function signalSchema({ name: program, signals = {} }, name) {
  if (Object.hasOwn(signals, name)) return signals[name];
  const known = Object.keys(signals);
  throw new SequencerError(
    "UnknownSignal",
    `Program '${program}' has no signal ${preview(name)}. ${known.length === 0 ? "It declares none" : `It declares: ${known.join(", ")}`}.`
  );
}
async function judgeSignal(name, schema, value) {
  const what = `The schema of signal '${name}'`;
  return await judge(value, toJsonSchema(schema, what), schema, what);
}

// src/engine/execution.ts
var Execution = class {
  /** Derived events that the log does not hold yet. */
  drafts;
  program;
  surroundings;
  history;
  time = new LogTime();
  divergence = new Divergence();
  progress = new Progress();
  waiting;
  pending;
  derived;
  ending;
  steps;
  answerParts;
  pastTurns;
  scheduler;
  started;
  ended = false;
  /** @param history what the log says of versions, also further on */
  constructor(program, surroundings, history = new History()) {
    this.program = program;
    this.surroundings = surroundings;
    this.history = history;
    const { time, divergence, progress } = this;
    const placeOf = (step) => surroundings.placeOf(step.trace.made?.stack);
    const pending = new PendingSteps(divergence, placeOf);
    const derived = new Drafts(divergence, pending);
    const ending = new Ending((error) => surroundings.describeError(error));
    const shared = { program, history, divergence, pending, ending };
    const counted = { signals: new EarlySignals(), limits: new LimitUse() };
    const started = () => this.started;
    const steps = new Steps({ ...shared, ...counted, time, drafts: derived, progress, placeOf, started });
    this.waiting = pending;
    this.pending = pending.byNumber;
    this.derived = derived;
    this.drafts = derived.events;
    this.ending = ending;
    this.steps = steps;
    this.answerParts = { ...shared, ...counted, steps };
    this.pastTurns = new PastTurns({
      ...shared,
      steps,
      goOn: (event) => time.goOn(event),
      judging: (judge2) => judging(surroundings, time.ms, judge2),
      run: (event) => this.run(event, this.wantsPlaces)
    });
    this.scheduler = new Scheduler({
      issue: (leaf) => steps.issue(leaf),
      withdraw: (leaf, reason) => steps.withdraw(leaf, reason),
      enterCall: (call, place) => this.callee(call, place),
      leaveCall: ({ program: called }, outcome) => {
        divergence.throwIfFound();
        if (outcome.kind !== "error") return outcome;
        return { kind: "error", error: callFailed(called.name, outcome.error) };
      },
      enter: (scope) => surroundings.enter(scope, time.ms),
      leave: () => surroundings.leave(),
      placeOf
    });
  }
  /**
   * Applies events in the order of the log.
   *
   * @throws SequencerError `ProgramDiverged` if the program does not do what the log says it did
   */
  async feed(events) {
    this.divergence.throwIfFound();
    const left = this.history.inProgress ? await this.pastTurns.feed(events) : events;
    this.derived.follow(left);
    await this.feedTurns(left);
    this.derived.follow([]);
  }
  /** The log ends here, as far as a version that is tried is concerned. */
  async finishTrial() {
    await this.pastTurns.finish();
    return this.history.findings.adoption;
  }
  /** What was found so far, also of a trial that failed. */
  get adoption() {
    return this.history.findings.adoption;
  }
  /** Before the log is fed: asks for the place where a step is made, "hello.ts:12:5". */
  seek(stepNo) {
    this.waiting.seek(stepNo);
  }
  /** The place that was asked for, once the program has come there. */
  get soughtPlace() {
    return this.waiting.soughtPlace;
  }
  /**
   * Judges a reply to a pending step. Changes nothing.
   *
   * @returns `undefined` if the step is not pending
   */
  async judge(stepNo, reply) {
    const pending = this.pending.get(stepNo);
    if (pending === void 0) return void 0;
    const place = () => this.surroundings.placeOf(pending.leaf.step.trace.made?.stack);
    return await judging(this.surroundings, this.time.ms, () => verdictOn(reply, stepNo, pending, place));
  }
  /** The pending step itself, for whoever carries out effects and commands. */
  stepOf(stepNo) {
    return this.pending.get(stepNo)?.leaf.step;
  }
  /**
   * Judges the value of a signal, whether or not anybody waits for it yet.
   *
   * @throws SequencerError `UnknownSignal`
   */
  async judgeSignal(name, value) {
    const schema = signalSchema(this.program, name);
    return await judging(this.surroundings, this.time.ms, () => judgeSignal(name, schema, value));
  }
  get wantsPlaces() {
    return this.history.findings !== void 0 || this.waiting.isSeeking;
  }
  async feedTurns(events) {
    const { derived } = this;
    const lastTurn = events.findLastIndex((event) => !isDerived(event) && !isBookkeeping(event));
    for (let next = derived.settle(0); next < events.length; next = derived.settle(next)) {
      const at = next++;
      const event = events[at];
      if (isBookkeeping(event)) {
        derived.postpone(event.at);
        continue;
      }
      next = derived.beginTurn(next);
      await this.turn(event, at === lastTurn);
    }
  }
  /** @param isLast no other turn follows in what is fed: the steps that it makes may still be waited for */
  async turn(event, isLast) {
    this.time.goOn(event);
    await this.run(event, isLast || this.wantsPlaces);
    const { outcome } = this.ending;
    if (outcome !== void 0 && !this.ended) this.end(outcome);
    this.divergence.throwIfFound();
    this.derived.endTurn();
  }
  async run(event, wantsPlaces) {
    this.handle(event);
    await this.scheduler.runToQuiescence(wantsPlaces);
  }
  handle(event) {
    if (passOverOrphan(event, this.answerParts)) return;
    switch (event.type) {
      case "started":
        this.start(event);
        break;
      case "cancel_requested":
        this.ending.decide({ state: "cancelled", reason: event.reason });
        break;
      case "version_adopted":
        this.steps.adopt(event);
        break;
      default:
        answer(event, this.answerParts);
    }
  }
  start(event) {
    if (this.started !== void 0) this.divergence.diverge("the log starts a second time");
    this.started = event;
    const context = this.contextOf(event.program.name, this.history.paramsOf(event));
    const outcome = (result) => {
      this.ending.outcome = result;
    };
    this.surroundings.enter("", this.time.ms);
    try {
      const generator = this.program.run(context);
      if (!isGenerator(generator)) throw notAGenerator(this.program.name, generator);
      this.ending.begin(this.scheduler.spawnRoot(generator, outcome));
    } catch (error) {
      outcome({ kind: "error", error: tame(error) });
    } finally {
      this.surroundings.leave();
    }
  }
  end(outcome) {
    this.ended = true;
    const verdict = this.ending.verdictOf(outcome);
    this.derived.derive({ type: "ended", at: this.time.at, ...verdict, ...this.progress.last });
  }
  /** The generator of a called program, which begins with its params. */
  async *callee({ program, params }, place) {
    const parsed = await this.steps.paramsOf(program, params, place);
    const generator = program.run(this.contextOf(program.name, parsed));
    if (!isGenerator(generator)) throw notAGenerator(program.name, generator);
    return yield* generator;
  }
  contextOf(program, params) {
    const started = this.started;
    return {
      params,
      progress: (current, of, label) => this.progress.tell(current, of, label),
      instance: {
        id: started.instance_id,
        program,
        version: started.program.version,
        startedAt: new Date(started.at),
        projectDir: started.project_dir
      }
    };
  }
};

export {
  awaitsDriver,
  initialState,
  apply,
  judge,
  isDerived,
  mismatchOf,
  sketchOf,
  differenceOf2 as differenceOf,
  nameOf2 as nameOf,
  withoutFolders,
  Unanswered,
  Execution,
  describeInstance,
  stateOf,
  questionIn
};
