import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Command,
  EvaluationFailed,
  Execution,
  History,
  SequencerError,
  SideEffect,
  attempt,
  config,
  createBuiltins,
  createTurns,
  describeThrown,
  differenceOf,
  effectScope,
  errorInfo,
  evaluateProgram,
  installDeterminism,
  isDerived,
  judge,
  parseDuration,
  placeOf,
  provide,
  realNow,
  sketchOf,
  tame,
  toErrorAnswer,
  toJson,
  toJsonSchema
} from "./chunks/chunk-CAP4GDDT.js";

// src/host/thread.ts
import { setImmediate as setImmediate2 } from "node:timers";
import { parentPort, workerData } from "node:worker_threads";

// src/host/effect-messages.ts
var BEGUN_REQUEST = 0;
var ENTERED_EFFECT = 1;

// src/host/effect-runner.ts
import { setImmediate } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
var MAX_RESULT_BYTES = 1e6;
var MAX_MESSAGE_LENGTH = 1e4;
var MAX_CAUSES = 3;
var DEFAULT_BACKOFF = "1s";
function createEffectRunner(notify, progress2) {
  const running = /* @__PURE__ */ new Map();
  async function run({ effect, order, step, describeError }, signal) {
    const { attempts = 1, backoff = DEFAULT_BACKOFF } = step.options.retry ?? {};
    const firstPause = parseDuration(backoff);
    for (let tries = 1; ; tries++) {
      try {
        const value = await enter(effect, step, { signal, attempt: order.attempt + tries - 1 });
        return asResult(step.label, value);
      } catch (thrown) {
        const error = tame(thrown);
        const isLast = tries >= attempts || signal.aborted;
        if (isLast || !await waited(firstPause * 2 ** (tries - 1), signal)) {
          return { error: withCauses(describeError(error), error) };
        }
      }
    }
  }
  function enter(effect, step, context) {
    Atomics.store(progress2, ENTERED_EFFECT, effect);
    try {
      return effectScope.run({ label: step.label }, () => step.fn(context));
    } finally {
      Atomics.store(progress2, ENTERED_EFFECT, 0);
    }
  }
  return {
    start(runnable) {
      const { effect } = runnable;
      const controller = new AbortController();
      running.set(effect, controller);
      setImmediate(() => {
        void run(runnable, controller.signal).then((end) => {
          running.delete(effect);
          notify({ effect, ...end });
        });
      });
    },
    cancel(effect) {
      running.get(effect)?.abort();
    }
  };
}
async function waited(milliseconds, signal) {
  try {
    await sleep(milliseconds, void 0, { signal });
    return true;
  } catch {
    return false;
  }
}
function asResult(label, value) {
  const result = toJson(value === void 0 ? null : value);
  if (!("json" in result)) {
    const message2 = `the result of '${label}' is not JSON: ${result.path} ${result.reason}; return plain data`;
    return { error: { type: "ResultNotJson", message: message2 } };
  }
  const bytes = Buffer.byteLength(JSON.stringify(result.json));
  if (bytes <= MAX_RESULT_BYTES) return { value: result.json };
  const message = `the result of '${label}' is ${bytes} bytes of JSON, more than ${MAX_RESULT_BYTES}; write it to a file and return its path`;
  return { error: { type: "ResultTooLarge", message } };
}
function withCauses(info, error) {
  const causes = [];
  let cause = causeOf(error);
  while (cause !== void 0 && cause !== null && causes.length < MAX_CAUSES) {
    const { type, message: message2 } = describeThrown(cause);
    causes.push(cause instanceof Error ? `${type}: ${message2}` : message2);
    cause = causeOf(cause);
  }
  const message = [info.message, ...causes].join("; cause: ");
  return {
    ...info,
    message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message
  };
}
function causeOf(error) {
  return attempt(() => tame(error?.cause), void 0);
}

// src/host/room.ts
import { randomUUID } from "node:crypto";

// src/engine/sample.ts
var MAX_DEPTH = 12;
var BY_FORMAT = {
  date: "2024-01-01",
  time: "12:00:00Z",
  "date-time": "2024-01-01T12:00:00Z",
  duration: "PT1H",
  email: "someone@example.org",
  hostname: "example.org",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.org/",
  url: "https://example.org/",
  uuid: "00000000-0000-4000-8000-000000000000"
};
function sampleOf(schema) {
  return schema === void 0 ? {} : sample(schema, schema, 0);
}
function sample(given, root, depth) {
  const schema = resolve(given, root);
  if (depth > MAX_DEPTH || schema === void 0) return null;
  if ("const" in schema) return schema["const"];
  if ("default" in schema) return schema["default"];
  const choices = [schema["enum"], schema["examples"]].find(isFilled);
  if (choices !== void 0) return choices[0];
  const form = [schema["anyOf"], schema["oneOf"]].find(isFilled)?.[0];
  if (form !== void 0) return sample(form, root, depth + 1);
  if (isFilled(schema["allOf"])) {
    const parts = schema["allOf"].map((part) => sample(part, root, depth + 1));
    return parts.every(isObject) ? Object.assign({}, ...parts) : parts[0];
  }
  switch ([schema["type"]].flat()[0]) {
    case "object":
      return sampleObject(schema, root, depth);
    case "array":
      return sampleArray(schema, root, depth);
    case "string":
      return sampleText(schema);
    case "integer":
    case "number":
      return sampleNumber(schema);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return isObject(schema["properties"]) ? sampleObject(schema, root, depth) : {};
  }
}
function sampleObject(schema, root, depth) {
  const properties = schema["properties"] ?? {};
  const required = schema["required"] ?? [];
  return Object.fromEntries(required.map((key) => [key, sample(properties[key] ?? {}, root, depth + 1)]));
}
function sampleArray(schema, root, depth) {
  const first = schema["prefixItems"] ?? [];
  const count = Math.min(Math.max(Number(schema["minItems"] ?? 1), first.length), 100);
  return Array.from(
    { length: count },
    (_, at) => sample(first[at] ?? schema["items"] ?? {}, root, depth + 1)
  );
}
function sampleText(schema) {
  const ready = BY_FORMAT[String(schema["format"])];
  if (ready !== void 0) return ready;
  const min = Number(schema["minLength"] ?? 0);
  const max = Number(schema["maxLength"] ?? Number.POSITIVE_INFINITY);
  return "sample".padEnd(Math.min(min, 1e4), "x").slice(0, max);
}
function sampleNumber(schema) {
  const above = schema["exclusiveMinimum"];
  const below = schema["exclusiveMaximum"];
  const step = Number(schema["multipleOf"] ?? 1);
  let value = Number(schema["minimum"] ?? (typeof above === "number" ? above + step : step));
  if (typeof schema["maximum"] === "number") value = Math.min(value, schema["maximum"]);
  if (typeof below === "number" && value >= below) value = below - step;
  return Math.ceil(value / step) * step;
}
function resolve(given, root) {
  let schema = given;
  for (let hops = 0; hops < MAX_DEPTH; hops++) {
    if (typeof schema !== "object" || schema === null) return schema === true ? {} : void 0;
    const reference = schema["$ref"];
    if (typeof reference !== "string" || !reference.startsWith("#")) return schema;
    schema = reference.slice(1).split("/").slice(1).reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], root);
  }
  return void 0;
}
function isFilled(value) {
  return Array.isArray(value) && value.length > 0;
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/engine/rehearsal.ts
function isAlike(recorded, asked, folders) {
  return differenceOf(recorded, asked, folders) === void 0;
}
async function rehearse(execution, recorded, { at, folders, limit }) {
  const asked = [];
  const waiting = /* @__PURE__ */ new Map();
  const unused = [...recorded];
  while (asked.length < limit) {
    const drafts = [...execution.drafts];
    if (drafts.length > 0) await execution.feed(drafts);
    for (const draft of drafts) {
      if (draft.type === "ended") return asked;
      if (draft.type === "step_cancelled") waiting.delete(draft.step_no);
      if (draft.type !== "step_issued") continue;
      asked.push(sketchOf(draft));
      if (draft.kind !== "call") waiting.set(draft.step_no, draft);
    }
    const [next] = waiting.values();
    if (next === void 0) return asked;
    waiting.delete(next.step_no);
    const known = unused.findIndex(
      ({ sketch, end }) => end !== void 0 && isAlike(sketch, sketchOf(next), folders)
    );
    const [answered] = known === -1 ? [] : unused.splice(known, 1);
    const answer2 = await answerTo(execution, next, answered?.end, at);
    if (answer2 === void 0) return asked;
    await execution.feed([answer2]);
  }
  return asked;
}
async function answerTo(execution, issued, end, at) {
  const { step_no, kind, label, schema } = issued;
  switch (kind) {
    case "instruction":
    case "ask": {
      const replies = [...end?.type === "reply_accepted" ? [end.reply] : [], sampleOf(schema)];
      for (const reply of replies) {
        const verdict = await execution.judge(step_no, reply);
        if (verdict?.type === "reply_accepted") return { ...verdict, at };
      }
      return void 0;
    }
    case "effect":
    case "command": {
      if (end?.type === "effect_finished") return { ...end, at, step_no };
      const ran = { exit_code: 0, signal: null, stdout: "", stderr: "" };
      return { type: "effect_finished", at, step_no, value: kind === "command" ? ran : null };
    }
    case "sleep":
      return { type: "timer_fired", at, step_no };
    case "signal": {
      const judgement = await execution.judgeSignal(label, sampleOf(schema));
      if (judgement.verdict !== "valid") return void 0;
      return { type: "signal_received", at, name: label, value: judgement.value };
    }
    default:
      return void 0;
  }
}

// src/host/room.ts
function createRoom(provide2, effects) {
  const versions = /* @__PURE__ */ new Map();
  const executions = /* @__PURE__ */ new Map();
  const versionsOf = /* @__PURE__ */ new Map();
  function versionOf(hash) {
    const version = versions.get(hash);
    if (version === void 0) throw new Error(`version ${hash} was not defined in this host`);
    return version;
  }
  function turnsOf(version, seed) {
    return createTurns({ seed, placeOf: (stack) => placeOf(stack, version) });
  }
  function evaluate(version, turns, atMs) {
    return turns.evaluating(
      atMs,
      () => evaluateProgram(version, provide2, { requireBuiltin: createBuiltins() })
    );
  }
  function look(hash) {
    const version = versionOf(hash);
    const turns = turnsOf(version, randomUUID());
    return { version, program: evaluate(version, turns, realNow()), turns };
  }
  function surroundingsFor(version, turns) {
    return {
      enter: turns.enter,
      leave: turns.leave,
      describeError: (error) => errorInfo(error, version),
      placeOf: (stack) => placeOf(stack, version)
    };
  }
  function executionOf(instance) {
    const execution = executions.get(instance);
    if (execution === void 0) throw new Error(`instance ${instance} is not loaded in this host`);
    return execution;
  }
  async function feed(instance, lines) {
    const execution = executionOf(instance);
    for (const events of inParts(lines)) await execution.feed(events);
    return execution;
  }
  return {
    define({ version }) {
      versions.set(version.version, version);
      return {};
    },
    describe({ version }) {
      const { name, description, params } = look(version).program;
      const paramsSchema = params === void 0 ? null : toJsonSchema(params, `params of program '${name}'`);
      return { name, description, paramsSchema };
    },
    async prepare({ version, params: text }) {
      const { program, turns } = look(version);
      const { name, params: schema } = program;
      const raw = text === void 0 ? {} : JSON.parse(text);
      const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
      if (schema === void 0) {
        if (raw === null || typeof raw === "object" && Object.keys(raw).length === 0) {
          return { params: {}, timeZone, locale };
        }
        return { problems: [{ path: "$", message: `program '${name}' takes no params` }] };
      }
      const shown = toJsonSchema(schema, `params of program '${name}'`);
      turns.enter("", realNow());
      const judgement = await judge(raw, shown, schema, "params").finally(turns.leave);
      if (judgement.verdict === "valid") return { params: judgement.value, timeZone, locale };
      if (judgement.verdict === "invalid") return { problems: judgement.problems };
      throw new SequencerError(
        "SchemaNotJson",
        `The params schema of program '${name}' is at fault: ${judgement.reason}.`
      );
    },
    load({ instance, version: hash, seed, atMs, adoptions, trial, seek }) {
      const version = versionOf(hash);
      const turns = turnsOf(version, seed);
      const history = new History(adoptions, trial);
      const execution = new Execution(
        evaluate(version, turns, atMs),
        surroundingsFor(version, turns),
        history
      );
      if (seek !== void 0) execution.seek(seek);
      executions.set(instance, execution);
      versionsOf.set(instance, version);
      return {};
    },
    async feed({ instance, lines }) {
      const { drafts } = await feed(instance, lines);
      return { drafts: [...drafts] };
    },
    async judge({ instance, lines, stepNo, reply }) {
      const execution = await feed(instance, lines);
      return { verdict: await execution.judge(stepNo, JSON.parse(reply)) };
    },
    async judgeSignal({ instance, lines, name, value }) {
      const execution = await feed(instance, lines);
      return execution.judgeSignal(name, JSON.parse(value));
    },
    startEffect({ effect, ...order }) {
      const version = versionsOf.get(order.instance);
      const step = executions.get(order.instance)?.stepOf(order.stepNo);
      if (version === void 0 || !(step instanceof SideEffect)) return { started: false };
      effects.start({ effect, order, step, describeError: (error) => errorInfo(error, version) });
      return { started: true };
    },
    cancelEffect({ effect }) {
      effects.cancel(effect);
      return {};
    },
    commandSecrets({ instance, stepNo }) {
      const step = executions.get(instance)?.stepOf(stepNo);
      if (!(step instanceof Command)) return void 0;
      const { env, input } = step.options;
      return { ...env !== void 0 && { env: { ...env } }, ...input !== void 0 && { input } };
    },
    ping: () => ({}),
    async finishTrial({ instance, soFar }) {
      const execution = executionOf(instance);
      return soFar ? execution.adoption : execution.finishTrial();
    },
    soughtPlace({ instance }) {
      return { place: executionOf(instance).soughtPlace };
    },
    async rehearse({ instance, recorded, ...options }) {
      return { asked: await rehearse(executionOf(instance), recorded, options) };
    },
    unload({ instance }) {
      executions.delete(instance);
      versionsOf.delete(instance);
      return {};
    }
  };
}
var EVENTS_A_PART = 100;
function* inParts(lines) {
  let part = [];
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf("\n", start);
    const stop = end === -1 ? lines.length : end;
    const event = JSON.parse(lines.slice(start, stop));
    if (part.length >= EVENTS_A_PART && !isDerived(event)) {
      yield part;
      part = [];
    }
    part.push(event);
    start = stop + 1;
  }
  if (part.length > 0) yield part;
}

// src/host/thread.ts
installDeterminism();
config({ jitless: true });
Error.stackTraceLimit = 30;
var MAX_STACK = 8e3;
var port = parentPort;
var tell = (notice) => port.postMessage(notice);
var progress = new Int32Array(workerData.memory);
var room = createRoom(
  provide,
  createEffectRunner((notice) => tell({ notice }), progress)
);
process.on("unhandledRejection", (reason) => {
  process.stderr.write(
    `agent-sequencer: a promise rejected in a program was never handled: ${describeThrown(reason).message}
`
  );
});
process.on("uncaughtException", (error) => {
  process.stderr.write(`agent-sequencer: uncaught in a program: ${stackOf(error)}
`);
});
function stackOf(error) {
  const stack = attempt(() => error.stack, void 0);
  return typeof stack === "string" ? stack.slice(0, MAX_STACK) : describeThrown(error).message;
}
var handled;
function answer(content) {
  if (handled !== content.id) return;
  handled = void 0;
  port.postMessage(content);
}
async function handle({ id, call, request }) {
  try {
    answer({ id, answer: await room[call](request) });
  } catch (error) {
    const place = error instanceof EvaluationFailed ? error.place : void 0;
    answer({ id, failure: toErrorAnswer(error), ...place && { place } });
  }
}
port.on("message", (message) => {
  handled = message.id;
  Atomics.store(progress, BEGUN_REQUEST, handled);
  setImmediate2(answer, { id: handled, foreignAwait: true });
  void handle(message);
});
tell("ready");
