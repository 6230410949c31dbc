"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// src/hooks/verdicts.ts
var verdicts_exports = {};
__export(verdicts_exports, {
  contextFor: () => contextFor,
  refusalOf: () => refusalOf,
  stopReason: () => stopReason,
  subagentStopReason: () => subagentStopReason
});
module.exports = __toCommonJS(verdicts_exports);

// src/hooks/runs.ts
var import_node_fs6 = require("node:fs");

// src/engine/event.ts
var FORMAT_VERSION = 1;
var EVENT_TYPES = {
  started: true,
  step_issued: true,
  reply_accepted: true,
  reply_rejected: true,
  step_failed: true,
  step_cancelled: true,
  effect_started: true,
  effect_finished: true,
  timer_fired: true,
  signal_received: true,
  cancel_requested: true,
  version_adopted: true,
  closed: true,
  reopened: true,
  storage_failed: true,
  ended: true
};
function isKnownEventType(type) {
  return Object.hasOwn(EVENT_TYPES, type);
}

// src/engine/event-form.ts
var text = (value) => typeof value === "string";
var number = (value) => typeof value === "number";
var count = (value) => Number.isSafeInteger(value) && value >= 0;
var flag = (value) => value === true;
var time = (value) => typeof value === "string" && value.length === 24 && value.endsWith("Z") && !Number.isNaN(Date.parse(value));
var json = (value) => value !== void 0;
var object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
var schema = (value) => typeof value === "boolean" || object(value);
var version = (value) => typeof value === "string" && /^\w[\w-]*$/.test(value);
var listOf = (check) => (value) => Array.isArray(value) && value.every(check);
var oneOf = (...values) => (value) => values.includes(value);
function members(required, optional = {}) {
  const of = (form, isRequired) => Object.entries(form).map(([name, check]) => ({ name, check, required: isRequired }));
  return [...of(required, true), ...of(optional, false)];
}
function shaped(required, optional) {
  const all = members(required, optional);
  return (value) => object(value) && all.every((member) => fits(value, member));
}
var problems = listOf(shaped({ path: text, message: text }));
var error = shaped({ type: text, message: text }, { stack: text });
var progress = shaped({ current: number, of: number, label: text });
var step = { step_no: count };
var FORMS = {
  started: members(
    {
      format: count,
      engine: text,
      instance_id: text,
      program: shaped({ name: text, version }),
      params: json,
      seed: text,
      project_dir: text
    },
    {
      time_zone: text,
      locale: text,
      node: number,
      request_id: text,
      forked_from: shaped({ instance_id: text, before_step_no: count }),
      pauses: listOf(shaped({ until: time, ms: number }))
    }
  ),
  step_issued: members(
    { ...step, scope: text, ordinal: count, kind: text },
    {
      id: text,
      text,
      schema,
      on_invalid: text,
      attempt: number,
      max_attempts: number,
      validation_error: shaped({ step_no: count, problems }),
      expected_minutes: number,
      tools: shaped({}, { allow: listOf(text), deny: listOf(text) }),
      choices: listOf(text),
      label: text,
      args: listOf(text),
      timeout_at: time,
      timeout_moved_ms: number,
      progress
    }
  ),
  reply_accepted: members({ ...step, reply: json }, { from_string: flag, by: text }),
  // biome-ignore lint/suspicious/noThenProperty: the event's own member, which the log's format names so
  reply_rejected: members({ ...step, reply: json, problems, then: oneOf("retry", "fail", "abort") }),
  step_failed: members({ ...step, code: text, reason: text }, { error: text, scope: text, ordinal: count }),
  step_cancelled: members({ ...step, reason: text }),
  effect_started: members({ ...step, owner: text, attempt: count }),
  effect_finished: members(step, { error }),
  timer_fired: members(step),
  signal_received: members({ name: text, value: json }),
  cancel_requested: members({ reason: text }),
  version_adopted: members(
    { version, previous: version },
    { values: object, signal_values: object, withdrawn: listOf(count), calls: object }
  ),
  closed: [],
  reopened: [],
  storage_failed: members({ reason: text }),
  ended: members(
    { state: oneOf("completed", "aborted", "failed", "cancelled") },
    { reason: text, error, forced: flag, progress }
  )
};
var SHOWN = {
  instruction: members({ text }),
  ask: members({ text }),
  effect: members({ label: text }),
  command: members({ label: text }),
  signal: members({ label: text }),
  call: members({ label: text }),
  sleep: members({ timeout_at: time })
};
function fits(object2, { name, check, required }) {
  const value = object2[name];
  return value === void 0 ? !required : check(value);
}
var lastTime = "";
function formProblem(event) {
  if (event.at !== lastTime && !time(event.at)) return wrong(event, "at");
  lastTime = event.at;
  const form = FORMS[event.type];
  for (let i = 0; i < form.length; i++) if (!fits(event, form[i])) return wrong(event, form[i].name);
  if (event.type !== "step_issued") return void 0;
  const shown = Object.hasOwn(SHOWN, event.kind) ? SHOWN[event.kind] : [];
  const missing = shown.find((member) => !fits(event, member));
  return missing && wrong(event, missing.name);
}
function wrong({ type }, member) {
  return `it is no ${type}: its '${member}' is missing, or not what it must be`;
}
var KNOWN_FORMAT = {
  isKnownType: isKnownEventType,
  formatVersion: FORMAT_VERSION,
  formProblem
};

// src/errors.ts
var ERROR_FIXES = {
  // Arguments
  InvalidArguments: "Correct the named arguments and call the tool again.",
  InvalidInstanceId: "Pass the instance_id exactly as sequencer_start answered it; sequencer_list shows all of them.",
  UnknownInstance: "Call sequencer_list for the instances of this state folder.",
  UnknownProgram: "Call sequencer_list_programs for the names that exist.",
  ProgramNotLoadable: "Correct the program file at the place named, then call again.",
  InvalidParams: "Correct the named params and call sequencer_start again.",
  RequestIdReused: "Use a new request_id for a new run; the same one must come with the same program and params.",
  // Driving
  OutOfSync: "Call sequencer_current and answer the step it shows.",
  InstanceEnded: "Nothing is awaited any more; report the result and close the instance with sequencer_close.",
  ReplyTooLarge: "Write the large content to a file and reply with its path.",
  ReplyTooDeep: "Reply with a flatter structure, or write it to a file and reply with its path.",
  ReplyCheckTimedOut: "Send a shorter reply; if that does not help, simplify the pattern in the step's schema.",
  // Programs
  ProgramStalled: 'Correct the program, then call sequencer_resume with program_version: "latest"; without it the recorded version is tried again.',
  ProgramDiverged: "Resume without program_version to stay with the recorded version, or fork.",
  PackagesChanged: 'Install the recorded versions of the packages again, or resume with program_version: "latest".',
  VersionMissing: 'Restore the folder from a backup, or resume with program_version: "latest", or start a new instance.',
  VersionDamaged: 'Restore the folder from a backup, or resume with program_version: "latest", or start a new instance.',
  StepNotYielded: "Write `yield*` in front of the step: const reply = yield* instruct(...).",
  UnknownSignal: "Use one of the signals that the program declares.",
  InvalidSignal: "Correct the value at the places named and send the signal again; nothing was recorded.",
  NotAStep: "Yield a step: `yield* instruct(text, { reply })`.",
  InvalidSchema: "Correct the schema; it must be a zod schema or a JSON Schema (2020-12 or draft-07).",
  SchemaNotJson: "Make the schema's output JSON: no Date, Map, BigInt or class instances.",
  SummaryNotJson: "Return plain JSON from run: objects, arrays, strings, finite numbers, booleans, null.",
  CleanupTooLong: "Let `finally` blocks end within a few steps; they must not start the work anew.",
  NondeterministicCall: "Move the call into a sideEffect, whose result is recorded.",
  // Storage
  StateDirUnusable: "Make the state folder a writable folder, or set AGENT_SEQUENCER_STATE_DIR to one.",
  CorruptedLog: "Call sequencer_fork for a new instance with the history before the damage; nothing was changed in the file.",
  LogFromNewerVersion: "Update agent-sequencer; this log was written by a newer version.",
  OutcomeUnknown: "Send the same call again: if the first one was recorded it is recognised.",
  StorageFailed: "Free or repair the disk, then call sequencer_fork for a new instance with this history; this log can no longer be trusted.",
  InvalidExport: "Export the run again where it is, and carry the file over as it is.",
  // Us
  InternalError: "This is a bug in agent-sequencer; please report it with the message and the log."
};
var SequencerError = class extends Error {
  code;
  fix;
  /** What a program can read of the error; plain JSON. */
  details;
  constructor(code, message, fix, options = {}) {
    const { details, ...rest } = options;
    super(message, rest);
    this.name = code;
    this.code = code;
    this.fix = fix ?? ERROR_FIXES[code];
    if (details !== void 0) this.details = details;
  }
};

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
      number2(state, event.step_no);
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
        number2(state, event.step_no);
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
      const step2 = state.pending.get(event.step_no);
      if (step2?.issued.kind === "ask")
        state.pending.set(event.step_no, { issued: step2.issued, formTried: true });
      else take(state, event.step_no, event.type);
      break;
    }
    case "effect_started": {
      const step2 = state.pending.get(event.step_no);
      if (step2 === void 0)
        throw impossible(`effect_started for step ${event.step_no}, which is not pending`);
      state.pending.set(event.step_no, {
        issued: step2.issued,
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
function number2(state, stepNo) {
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

// src/instances/timeline/text.ts
var OBEYED = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;
var ALL_OBEYED = new RegExp(OBEYED, "g");
var ALL_ESCAPED = new RegExp(String.raw`[\u2028\u2029]|${OBEYED}`, "g");

// src/instances/listing.ts
async function foldLog(log, state = initialState()) {
  for await (const { events } of log.readOn()) {
    for (const event of events) apply(state, event);
  }
  if (state.started === void 0) throw new SequencerError("CorruptedLog", "The log holds no events.");
  return state;
}

// src/log/log-store.ts
var import_node_fs3 = require("node:fs");
var import_node_path3 = require("node:path");

// src/log/claims.ts
var import_node_crypto2 = require("node:crypto");
var import_node_path2 = require("node:path");

// src/log/instance-id.ts
var ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
var LONGEST_SHOWN = 80;
function isInstanceId(id) {
  return typeof id === "string" && ULID.test(id);
}
function assertInstanceId(id) {
  if (isInstanceId(id)) return;
  const shown = JSON.stringify(typeof id === "string" ? id.slice(0, LONGEST_SHOWN) : typeof id);
  const cut = shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
  throw new SequencerError(
    "InvalidInstanceId",
    `${cut} is not an instance id: it is a ULID, 26 digits and capital letters.`
  );
}

// src/log/log-files.ts
var import_node_fs = __toESM(require("node:fs"), 1);
var NODE_FILES = import_node_fs.default;
var { O_APPEND, O_RDWR, O_RDONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = import_node_fs.default.constants;
var OPEN_LOG = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
var CREATE_FILE = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW;
var READ_FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
var FILE_MODE = 384;
var FOLDER_MODE = 448;
function errnoOf(error2) {
  const code = error2?.code;
  return typeof code === "string" ? code : "";
}
var PLAIN_WORDS = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would become larger than is allowed",
  EIO: "the disk reported an error",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "it is a file, not a folder",
  ENOENT: "it does not exist",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  ELOOP: "it is a symbolic link",
  NO_LINKS: "its file system has no hard links, which logs are published with",
  SHORT_WRITE: "only a part was written, as on a full disk"
};
function shortWrite() {
  return Object.assign(new Error("short write"), { code: "SHORT_WRITE" });
}
function isOutOfSpace(error2) {
  return ["ENOSPC", "EDQUOT", "SHORT_WRITE"].includes(errnoOf(error2));
}
function factOf(error2) {
  const errno = errnoOf(error2);
  if (errno === "") return error2 instanceof Error ? error2.message : String(error2);
  return PLAIN_WORDS[errno] === void 0 ? errno : `${PLAIN_WORDS[errno]} (${errno})`;
}
function readFully(files, fd, buffer, position) {
  let filled = 0;
  while (filled < buffer.length) {
    const read = files.readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

// src/log/publish.ts
var import_node_crypto = require("node:crypto");
var import_node_fs2 = require("node:fs");
var import_node_path = require("node:path");
function stateDirUnusable(folder, cause) {
  const fix = isOutOfSpace(cause) ? "Free space on the disk of the state folder, then call again." : void 0;
  const message = `The state folder ${folder} cannot be used: ${factOf(cause)}.`;
  return new SequencerError("StateDirUnusable", message, fix, { cause });
}
function makeFolder(files, folder) {
  const parent = (0, import_node_path.dirname)(folder);
  if (parent !== folder && !isThere(files, folder)) makeFolder(files, parent);
  const made = files.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (made !== void 0) files.chmodSync(folder, FOLDER_MODE);
  try {
    syncFolder(files, parent);
  } catch (error2) {
    if (!["EACCES", "EPERM"].includes(errnoOf(error2))) throw error2;
  }
}
function isThere(files, path) {
  try {
    files.lstatSync(path);
    return true;
  } catch (error2) {
    return errnoOf(error2) !== "ENOENT";
  }
}
function openTemporary(files, folder, name) {
  const path = (0, import_node_path.join)(folder, `.${name}.${(0, import_node_crypto.randomBytes)(6).toString("hex")}.tmp`);
  let fd;
  try {
    fd = files.openSync(path, CREATE_FILE, FILE_MODE);
  } catch (error2) {
    if (errnoOf(error2) !== "ENOENT") throw error2;
    makeFolder(files, folder);
    fd = files.openSync(path, CREATE_FILE, FILE_MODE);
  }
  try {
    files.fchmodSync(fd, FILE_MODE);
  } catch (error2) {
    discard(files, { path, fd });
    throw error2;
  }
  return { path, fd };
}
function writeWhole(files, fd, bytes) {
  const written = files.writeSync(fd, bytes);
  if (written !== bytes.length) throw shortWrite();
}
function linkTo(files, temporary, path) {
  try {
    files.linkSync(temporary, path);
  } catch (error2) {
    if (errnoOf(error2) === "EEXIST") return false;
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errnoOf(error2))) {
      throw Object.assign(new Error("no hard links", { cause: error2 }), { code: "NO_LINKS" });
    }
    throw error2;
  } finally {
    forget(files, temporary);
  }
  return true;
}
function discard(files, temporary) {
  files.closeSync(temporary.fd);
  forget(files, temporary.path);
}
function forget(files, temporary) {
  try {
    files.unlinkSync(temporary);
  } catch {
  }
}
function unlinkIfThere(files, path) {
  try {
    files.unlinkSync(path);
  } catch (error2) {
    if (!["ENOENT", "ENOTDIR"].includes(errnoOf(error2))) throw error2;
  }
}
function syncFolder(files, folder) {
  const fd = files.openSync(folder, import_node_fs2.constants.O_RDONLY);
  try {
    files.fsyncSync(fd);
  } catch (error2) {
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR"].includes(errnoOf(error2))) throw error2;
  } finally {
    files.closeSync(fd);
  }
}

// src/log/claims.ts
var LONGEST_CLAIM = 1 << 16;
function claimRequest(files, stateDir, requestId, claim) {
  const folder = (0, import_node_path2.join)(stateDir, "requests");
  const path = claimPath(stateDir, requestId);
  try {
    const temporary = openTemporary(files, folder, nameOf(requestId));
    try {
      writeWhole(files, temporary.fd, encode(claim));
      files.fsyncSync(temporary.fd);
    } catch (error2) {
      discard(files, temporary);
      throw error2;
    }
    files.closeSync(temporary.fd);
    const isOurs = linkTo(files, temporary.path, path);
    syncFolder(files, folder);
    return isOurs ? claim : readClaim(files, path);
  } catch (error2) {
    if (error2 instanceof SequencerError) throw error2;
    throw stateDirUnusable(stateDir, error2);
  }
}
function releaseClaim(files, stateDir, requestId, instanceId) {
  const path = claimPath(stateDir, requestId);
  let holder;
  try {
    holder = readClaim(files, path).instanceId;
  } catch {
    return;
  }
  if (holder === instanceId) unlinkIfThere(files, path);
}
function readClaim(files, path) {
  const fd = files.openSync(path, READ_FILE);
  try {
    const bytes = Buffer.alloc(LONGEST_CLAIM);
    const claim = decode(bytes.subarray(0, readFully(files, fd, bytes, 0)));
    if (claim !== void 0) return claim;
  } finally {
    files.closeSync(fd);
  }
  throw new SequencerError(
    "StateDirUnusable",
    `The file ${path} should say which instance a request_id started, but its content is damaged.`,
    "Remove that file, or use a new request_id."
  );
}
function encode(claim) {
  return Buffer.from(`${JSON.stringify({ instance_id: claim.instanceId, digest: claim.digest })}
`);
}
function decode(bytes) {
  try {
    const { instance_id: instanceId, digest } = JSON.parse(bytes.toString());
    return isInstanceId(instanceId) && typeof digest === "string" ? { instanceId, digest } : void 0;
  } catch {
    return void 0;
  }
}
function claimPath(stateDir, requestId) {
  return (0, import_node_path2.join)(stateDir, "requests", nameOf(requestId));
}
function nameOf(requestId) {
  return (0, import_node_crypto2.createHash)("sha256").update(requestId).digest("hex");
}

// src/log/file-log.ts
var import_node_crypto3 = require("node:crypto");
var import_promises = require("node:timers/promises");

// src/log/checksum.ts
var import_node_zlib = require("node:zlib");
function crc32(bytes, before = 0) {
  return bytes.length === 0 ? before : (0, import_node_zlib.crc32)(bytes, before);
}
function crcHex(crc) {
  return crc.toString(16).padStart(8, "0");
}
function isOneBitApart(length, crcA, crcB) {
  const difference = (crcA ^ crcB) >>> 0;
  const table = bytewiseTable();
  const syndromes = Array.from({ length: 8 }, (_, bit) => table[1 << bit]);
  for (let fromEnd = 0; fromEnd < length; fromEnd++) {
    for (let bit = 0; bit < 8; bit++) {
      const syndrome = syndromes[bit];
      if (syndrome === difference) return true;
      syndromes[bit] = (syndrome >>> 8 ^ table[syndrome & 255]) >>> 0;
    }
  }
  return false;
}
function bitsApart(a, b) {
  let bits = 0;
  for (let i = 0; i < a.length; i++) {
    for (let rest = a[i] ^ b[i]; rest !== 0; rest &= rest - 1) bits++;
  }
  return bits;
}
var cachedTable;
function bytewiseTable() {
  if (cachedTable === void 0) {
    cachedTable = new Uint32Array(256);
    for (let byte = 0; byte < 256; byte++) {
      let register = byte;
      for (let bit = 0; bit < 8; bit++) register = register >>> 1 ^ (register & 1 ? 3988292384 : 0);
      cachedTable[byte] = register >>> 0;
    }
  }
  return cachedTable;
}

// src/log/record.ts
var MARKER = '{ "seq":';
var MARKER_BYTES = Buffer.from(MARKER);
var TAIL_LENGTH = 18;
var CRC_KEY = Buffer.from(',"crc":"');
var QUOTE = 34;
var CLOSING_BRACE = 125;
var HEX_DIGITS = Int8Array.from(
  { length: 256 },
  (_, code) => "0123456789abcdef".indexOf(String.fromCharCode(code))
);
var TAIL_FRAME = Buffer.from(',"crc":""}');
var NEWLINE_CRC = crc32("\n");
function tailOf(crc) {
  return `,"crc":"${crcHex(crc)}"}`;
}
function hasRecordFrame(bytes, start, end) {
  const tail = end - TAIL_LENGTH;
  if (tail < start + MARKER_BYTES.length) return false;
  for (let i = 0; i < MARKER_BYTES.length; i++) if (bytes[start + i] !== MARKER_BYTES[i]) return false;
  for (let i = 0; i < CRC_KEY.length; i++) if (bytes[tail + i] !== CRC_KEY[i]) return false;
  if (bytes[end - 2] !== QUOTE || bytes[end - 1] !== CLOSING_BRACE) return false;
  let stated = 0;
  for (let i = tail + CRC_KEY.length; i < end - 2; i++) {
    const digit = HEX_DIGITS[bytes[i]];
    if (digit < 0) return false;
    stated = stated << 4 | digit;
  }
  return stated >>> 0 === crc32(bytes.subarray(start, tail));
}
function claimedGap(fields) {
  if (fields.gap !== void 0) return fields.gap;
  return fields.off === 0 ? { bytes: 0, crc: crcHex(0) } : { bytes: 1, crc: crcHex(NEWLINE_CRC) };
}
function encodeRecords(events, place) {
  const isNormalGap = place.off === 0 ? place.gap.bytes === 0 : place.gap.bytes === 1 && place.gap.crc === NEWLINE_CRC;
  let gap = isNormalGap ? "" : `,"gap":{"bytes":${place.gap.bytes},"crc":"${crcHex(place.gap.crc)}"}`;
  let { seq, off } = place;
  let lines = "";
  let lastLineLength = 0;
  for (const event of events) {
    const body = `${MARKER}${seq},"off":${off},"w":"${place.write}",${encodeEvent(event)}${gap}`;
    lines += `${body}${tailOf(crc32(body))}
`;
    lastLineLength = Buffer.byteLength(body) + TAIL_LENGTH + 1;
    off += lastLineLength;
    seq++;
    gap = "";
  }
  return { lines, bytes: Buffer.from(lines), lastLineLength };
}
function encodeEvent(event) {
  let plain = event;
  if ("seq" in event || "off" in event || "w" in event || "gap" in event || "crc" in event) {
    const { seq, off, w, gap, crc, ...rest } = event;
    plain = rest;
  }
  const json2 = JSON.stringify(plain);
  if (typeof plain.type !== "string" || typeof plain.at !== "string" || !json2?.startsWith('{"')) {
    throw new SequencerError("InternalError", "An event to append has no type or no time.");
  }
  return json2.slice(1, -1);
}
function findWholeRecord(bytes) {
  if (!startsWith(bytes, MARKER_BYTES)) return void 0;
  let summed = 0;
  let crc = 0;
  let key = bytes.indexOf(CRC_KEY);
  while (key !== -1 && key + TAIL_LENGTH <= bytes.length) {
    crc = crc32(bytes.subarray(summed, key), crc);
    summed = key;
    const end = key + TAIL_LENGTH;
    if (bytes.toString("latin1", key, end) === tailOf(crc)) {
      const fields = parseFields(bytes.toString("utf8", 0, end));
      if (fields !== void 0) return { fields, length: end };
    }
    key = bytes.indexOf(CRC_KEY, key + 1);
  }
  return void 0;
}
function parseFields(json2) {
  let fields;
  try {
    fields = JSON.parse(json2);
  } catch {
    return void 0;
  }
  const isOurs = isCount(fields.seq) && isCount(fields.off) && typeof fields.w === "string";
  const { gap } = fields;
  const isGap = gap === void 0 || isCount(gap?.bytes) && typeof gap?.crc === "string";
  return isOurs && isGap ? fields : void 0;
}
function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
var MARKER_PARTS = /^(\{( ("(s(e(q"?)?)?)?)?)?)+$/;
function beginsLikeRecord(bytes) {
  return startsWith(bytes, MARKER_BYTES) || MARKER_PARTS.test(bytes.toString("latin1"));
}
function holdsFlippedRecord(bytes) {
  const ends = possibleEnds(bytes).filter((end) => isNearTail(bytes.subarray(end - TAIL_LENGTH, end)));
  if (ends.length === 0) return false;
  for (let start = 0; start + MARKER_BYTES.length + TAIL_LENGTH <= bytes.length; start++) {
    const difference = bytes[start] ^ MARKER_BYTES[0];
    if ((difference & difference - 1) !== 0) continue;
    if (bitsApart(bytes.subarray(start, start + MARKER_BYTES.length), MARKER_BYTES) > 1) continue;
    if (ends.some((end) => isOneBitFromRecord(bytes.subarray(start, end)))) return true;
  }
  return false;
}
function possibleEnds(bytes) {
  const ends = [bytes.length];
  for (let nul = bytes.indexOf(0); nul !== -1; nul = bytes.indexOf(0, nul + 1)) {
    if (bytes[nul - 1] !== 0) ends.push(nul);
  }
  const rest = bytes.lastIndexOf("}") + 1;
  if (MARKER_PARTS.test(bytes.toString("latin1", rest))) ends.push(rest);
  return ends.filter((end) => end >= TAIL_LENGTH);
}
function isNearTail(bytes) {
  const digits = CRC_KEY.length;
  const frame = Buffer.concat([bytes.subarray(0, digits), bytes.subarray(TAIL_LENGTH - 2)]);
  return bitsApart(frame, TAIL_FRAME) <= 1;
}
function isOneBitFromRecord(bytes) {
  const bodyLength = bytes.length - TAIL_LENGTH;
  if (bodyLength < MARKER_BYTES.length) return false;
  const crc = crc32(bytes.subarray(0, bodyLength));
  const tail = bytes.subarray(bodyLength);
  if (bitsApart(tail, Buffer.from(tailOf(crc))) === 1) return true;
  const stated = /^,"crc":"([0-9a-f]{8})"\}$/.exec(tail.toString("latin1"))?.[1];
  return stated !== void 0 && isOneBitApart(bodyLength, crc, Number.parseInt(stated, 16));
}
function startsWith(bytes, beginning) {
  return bytes.length >= beginning.length && bytes.compare(beginning, 0, beginning.length, 0, beginning.length) === 0;
}

// src/log/scan.ts
var import_node_buffer = require("node:buffer");

// src/log/lost-race.ts
var BACKWARD_BYTES = 4096;
var GROWTH = 4;
function isViewTrue(file, places, fields) {
  const { bytes, crc } = claimedGap(fields);
  const gapStart = fields.off - bytes;
  if (gapStart <= 0) return false;
  const gap = places.bytesAt(file, gapStart, fields.off);
  return crcHex(crc32(gap)) === crc && endsInAccepted(file, places, gapStart, fields.seq - 1);
}
function endsInAccepted(file, places, end, seq) {
  for (let length = BACKWARD_BYTES; ; length *= GROWTH) {
    const start = Math.max(0, end - length);
    const bytes = places.bytesAt(file, start, end);
    const marker = bytes.lastIndexOf(MARKER_BYTES);
    if (marker !== -1) {
      const record = findWholeRecord(bytes.subarray(marker));
      const endsHere = record?.length === bytes.length - marker;
      return endsHere && record.fields.seq === seq && record.fields.off === start + marker;
    }
    if (start === 0) return false;
  }
}

// src/log/places.ts
var Places = class {
  #holes = [];
  get holesTotal() {
    return this.#holes.at(-1)?.total ?? 0;
  }
  /** The place of a position behind all holes. */
  placeOf(position) {
    return position - this.holesTotal;
  }
  addHole(position, length) {
    const place = this.placeOf(position);
    const last = this.#holes.at(-1);
    if (last?.place === place) last.total += length;
    else this.#holes.push({ place, total: this.holesTotal + length });
  }
  positionOf(place) {
    const hole = this.#holes.findLast((candidate) => candidate.place <= place);
    return place + (hole?.total ?? 0);
  }
  /** The bytes that stand at the places from `start` up to `end`, without the holes. */
  bytesAt(file, start, end) {
    const cuts = this.#holes.map((hole) => hole.place).filter((place) => place > start && place < end);
    const edges = [start, ...cuts, end];
    const parts = edges.slice(1).map((to, i) => file.bytesAt(this.positionOf(edges[i]), this.positionOf(edges[i]) + to - edges[i]));
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }
};

// src/log/scan.ts
var NEWLINE = 10;
var TYPE_LENGTH = 80;
var TAIL_KEY = ',"crc":"';
var Scan = class {
  #path;
  #file;
  #known;
  #places = new Places();
  /** `seq` of the next event. */
  nextSeq = 0;
  /** Of the first byte that is not judged yet. */
  position = 0;
  /** `at` of the last accepted event. */
  lastAt = "";
  /** What makes the log unusable from `position` on. */
  problem;
  /** The reason in the fence, once one is accepted. */
  fence;
  #before = "start";
  /** The bytes since the last accepted record, without holes. */
  #gapBytes = 0;
  #gapCrc = 0;
  /** Junk with NULs was skipped since the last accepted record. */
  #zeroed = false;
  /** The record directly before, if it lost its race. */
  #lost;
  #lineNumber = 1;
  #lineStart = 0;
  #previousLine = { start: 0, length: 0 };
  constructor(path, file, known) {
    this.#path = path;
    this.#file = file;
    this.#known = known;
  }
  /** Judges `bytes`, which stand at `position`; `atEnd` if the file ended with them. Stops at a problem. */
  read(bytes, atEnd) {
    const run = { events: [], lines: "" };
    try {
      this.#readTokens(bytes, atEnd, run);
      if (atEnd && this.nextSeq === 0) this.#corrupt("it holds no whole event; the instance never started");
    } catch (error2) {
      if (!(error2 instanceof SequencerError)) throw error2;
      this.problem = error2;
    }
    return run;
  }
  /** Where a write stands that follows `unread`, the bytes from the position to the end of the file. */
  placeAfter(unread) {
    return {
      off: this.#places.placeOf(this.position + unread.length),
      gap: { bytes: this.#gapBytes + unread.length, crc: crc32(unread, this.#gapCrc) }
    };
  }
  /** Goes past our own records, which won their place after `unread` bytes of a torn write. */
  passOwn(unread, records, events) {
    this.position += unread + records.bytes.length;
    this.nextSeq += events.length;
    this.#lineNumber += events.length;
    const start = events.length === 1 ? this.#lineStart : this.position - records.lastLineLength;
    this.#previousLine = { start, length: this.position - start };
    this.#lineStart = this.position;
    this.#before = "newline";
    this.#acceptedUpTo(NEWLINE_CRC, 1, events.at(-1));
    const fence = events.find((event) => event.type === "storage_failed");
    if (fence !== void 0) this.fence = fence.reason;
  }
  #readTokens(bytes, atEnd, run) {
    const ascii = (0, import_node_buffer.isAscii)(bytes);
    const text2 = bytes.toString(ascii ? "latin1" : "utf8");
    const base = this.position;
    let at = 0;
    let char = 0;
    let plainFrom = 0;
    while (at < bytes.length && this.fence === void 0) {
      const charEnd = text2.indexOf("\n", char);
      const end = ascii ? charEnd : bytes.indexOf(NEWLINE, at);
      if (end !== -1 && this.#acceptPlainLine(bytes, at, end, text2, char, charEnd, run)) {
        at = end + 1;
        char = charEnd + 1;
        continue;
      }
      run.lines += text2.slice(plainFrom, char);
      this.#readLine(bytes.subarray(at, end === -1 ? bytes.length : end + 1), atEnd, run);
      if (end === -1 || this.position < base + end + 1) return;
      at = end + 1;
      char = charEnd + 1;
      plainFrom = char;
    }
    run.lines += text2.slice(plainFrom, char);
  }
  /** The short way: the line is the next record, directly after the one before. False: nothing was done. */
  #acceptPlainLine(bytes, start, end, text2, charStart, charEnd, run) {
    if (this.#before !== "newline" || this.#gapBytes !== 1 || this.#gapCrc !== NEWLINE_CRC) return false;
    if (!hasRecordFrame(bytes, start, end)) return false;
    let event;
    try {
      event = JSON.parse(text2.slice(charStart, charEnd));
    } catch {
      return false;
    }
    if (event.seq !== this.nextSeq || event.off !== this.#places.placeOf(this.position)) return false;
    if (event.gap !== void 0 || typeof event.at !== "string" || !this.#known.isKnownType(event.type))
      return false;
    if (event.type === "started" || event.type === "storage_failed") return false;
    if (this.#known.formProblem?.(event) !== void 0) return false;
    run.events.push(event);
    const length = end + 1 - start;
    this.#previousLine.start = this.position;
    this.#previousLine.length = length;
    this.position += length;
    this.#lineStart = this.position;
    this.#lineNumber++;
    this.nextSeq++;
    this.lastAt = event.at;
    this.#lost = void 0;
    return true;
  }
  /** Reads the tokens of one line, its newline included, as far as they can be judged. */
  #readLine(bytes, atEnd, run) {
    const terminated = bytes.at(-1) === NEWLINE;
    if (!terminated && !atEnd) return;
    const lineEnd = terminated ? bytes.length - 1 : bytes.length;
    if (terminated && this.position === this.#lineStart && this.#doublesPreviousLine(bytes)) {
      this.#addHole(bytes.length);
      this.#endLine();
      return;
    }
    let at = 0;
    while (at < lineEnd) {
      const marker = bytes.indexOf(MARKER_BYTES, at + 1);
      const piece = bytes.subarray(at, marker === -1 ? lineEnd : marker);
      const record = findWholeRecord(piece);
      if (record !== void 0) {
        this.#judgeRecord(piece.subarray(0, record.length), record, run);
        at += record.length;
        if (this.fence !== void 0) return;
      } else {
        const endedBy = marker !== -1 ? "marker" : terminated ? "newline" : "end";
        this.#judgeJunk(piece, endedBy);
        if (endedBy === "end") return;
        at += piece.length;
      }
    }
    if (terminated) this.#readNewline(bytes.subarray(lineEnd));
  }
  #readNewline(newline) {
    if (this.#before === "record" || this.#before === "junk") this.#skip(newline);
    else this.#addHole(1);
    this.#before = "newline";
    const start = this.#lineStart;
    if (this.position - start > 1) this.#previousLine = { start, length: this.position - start };
    this.#endLine();
  }
  #endLine() {
    this.#before = "newline";
    this.#lineStart = this.position;
    this.#lineNumber++;
  }
  #judgeRecord(bytes, record, run) {
    const { fields } = record;
    const place = this.#places.placeOf(this.position);
    if (fields.off > place) {
      this.#corrupt(
        `it was written to stand at ${fields.off}, ${fields.off - place} bytes later: a line is missing`
      );
    }
    if (fields.off === place) {
      if (fields.seq === this.nextSeq && this.#isGap(claimedGap(fields))) this.#accept(bytes, fields, run);
      else if (this.#zeroed && !this.#isGapFlipped(fields)) this.#skipRecord(bytes, fields, place);
      else if (fields.seq !== this.nextSeq)
        this.#corrupt(`its seq is ${fields.seq} instead of ${this.nextSeq}`);
      else this.#corrupt("the bytes skipped before it are not those that it vouches for");
    } else if (this.#isCopy(bytes, fields.off)) {
      this.#addHole(bytes.length);
      this.#before = "copy";
    } else if (this.#zeroed || this.#isBelievableLoser(record, place)) {
      this.#skipRecord(bytes, fields, place);
    } else {
      this.#corrupt(
        `it was written to stand at ${fields.off}, ${place - fields.off} bytes earlier: bytes were inserted`
      );
    }
  }
  #accept(bytes, fields, run) {
    const { type, at } = fields;
    if (typeof type !== "string" || typeof at !== "string") this.#corrupt("the event has no type or no time");
    const event = fields;
    if (!this.#known.isKnownType(event.type))
      this.#newer(`events of type ${JSON.stringify(type.slice(0, TYPE_LENGTH))}`);
    if (event.type === "started" && event.format > this.#known.formatVersion) {
      this.#newer(`format ${event.format}; this version knows ${this.#known.formatVersion}`);
    }
    const problem = this.#known.formProblem?.(event);
    if (problem !== void 0) this.#corrupt(problem);
    run.events.push(event);
    run.lines += `${bytes.toString()}
`;
    this.position += bytes.length;
    this.nextSeq++;
    this.#before = "record";
    this.#acceptedUpTo(0, 0, event);
    if (event.type === "storage_failed") this.fence = String(event.reason);
  }
  #acceptedUpTo(gapCrc, gapBytes, event) {
    this.#gapCrc = gapCrc;
    this.#gapBytes = gapBytes;
    this.#zeroed = false;
    this.#lost = void 0;
    this.lastAt = event.at;
  }
  #skipRecord(bytes, { w, seq, off }, place) {
    this.#skip(bytes);
    this.#lost = { w, seq, late: place - off };
    this.#before = "record";
  }
  #skip(bytes) {
    this.#gapBytes += bytes.length;
    this.#gapCrc = crc32(bytes, this.#gapCrc);
    this.position += bytes.length;
  }
  #addHole(length) {
    this.#places.addHole(this.position, length);
    this.position += length;
  }
  #judgeJunk(bytes, endedBy) {
    const zeroed = bytes.includes(0);
    if (holdsFlippedRecord(bytes)) this.#corrupt("a bit of the record is flipped");
    if (!zeroed && endedBy === "newline") this.#corrupt("it is not a whole record with a right checksum");
    if (!zeroed && !beginsLikeRecord(bytes)) this.#corrupt("there are bytes that no record begins with");
    if (endedBy === "end") return;
    this.#skip(bytes);
    this.#zeroed ||= zeroed;
    this.#lost = void 0;
    this.#before = "junk";
  }
  #isGap(claim) {
    return claim.bytes === this.#gapBytes && claim.crc === crcHex(this.#gapCrc);
  }
  #isGapFlipped(fields) {
    const claim = claimedGap(fields);
    if (fields.seq !== this.nextSeq || claim.bytes !== this.#gapBytes) return false;
    return isOneBitApart(claim.bytes, this.#gapCrc, Number.parseInt(claim.crc, 16));
  }
  #isCopy(bytes, place) {
    const position = this.#places.positionOf(place);
    return this.#file.bytesAt(position, position + bytes.length).equals(bytes);
  }
  #doublesPreviousLine(line) {
    const { start, length } = this.#previousLine;
    const endsInRecord = line.length > TAIL_LENGTH && line.indexOf(TAIL_KEY, -TAIL_LENGTH - 1) !== -1;
    return endsInRecord && line.length === length && this.#file.bytesAt(start, start + length).equals(line);
  }
  #isBelievableLoser({ fields }, place) {
    const { w, seq, off } = fields;
    const before = this.#lost;
    if (before !== void 0 && w === before.w && seq === before.seq + 1 && place - off === before.late) {
      return true;
    }
    return isViewTrue(this.#file, this.#places, fields);
  }
  #corrupt(reason) {
    throw new SequencerError(
      "CorruptedLog",
      `The log ${this.#path} is damaged in line ${this.#lineNumber}, at byte ${this.position}: ${reason}.`,
      this.nextSeq === 0 ? "Remove the file and start the instance again." : void 0
    );
  }
  #newer(what) {
    throw new SequencerError(
      "LogFromNewerVersion",
      `The log ${this.#path} holds ${what} (line ${this.#lineNumber}): a newer version wrote it.`
    );
  }
};

// src/log/file-log.ts
var CHUNK_BYTES = 1 << 20;
var GROWTH2 = 4;
var FENCE_ATTEMPTS = 3;
var sharedChunk;
var FileLog = class _FileLog {
  instanceId;
  #path;
  #fd;
  #options;
  #files;
  #syncName;
  #scan;
  #writer = (0, import_node_crypto3.randomInt)(36 ** 6).toString(36).padStart(6, "0");
  #writes = 0;
  /** Where the file ended when it was last read or written. */
  #seen = 0;
  /** All that was seen is judged, but for a torn tail. */
  #caughtUp;
  #dead;
  #closed = false;
  /** Counts reads and writes that found or made what must be durable; `#synced` is the count that is. */
  #changes = 0;
  #synced = 0;
  #syncing;
  /** @param isNew the file is empty and this handle writes its first events */
  constructor(instanceId, path, fd, options, isNew = false) {
    this.instanceId = instanceId;
    this.#path = path;
    this.#fd = fd;
    this.#options = options;
    this.#files = options.files;
    this.#syncName = options.syncName;
    this.#caughtUp = isNew;
    this.#scan = new Scan(path, { bytesAt: (start, end) => this.#bytesAt(start, end) }, options.known);
  }
  get nextSeq() {
    return this.#scan.nextSeq;
  }
  hasGrown() {
    this.#assertAlive();
    const { size, nlink } = this.#files.fstatSync(this.#fd);
    return size !== this.#seen || nlink === 0;
  }
  async *readOn() {
    for (; ; ) {
      this.#assertUsable();
      const firstSeq = this.#scan.nextSeq;
      const run = this.#readChunk();
      if (run.events.length > 0) yield { firstSeq, events: run.events, lines: run.lines };
      if (this.#scan.problem !== void 0) throw this.#scan.problem;
      if (this.#caughtUp || this.#scan.fence !== void 0) return;
      await (0, import_promises.setImmediate)();
    }
  }
  append(events, { derived = false } = {}) {
    this.#assertUsable();
    if (events.length === 0) throw new SequencerError("InternalError", "There is nothing to append.");
    if (!this.#caughtUp) return void 0;
    const { position, nextSeq: firstSeq } = this.#scan;
    const place = this.#scan.placeAfter(this.#bytesAt(position, this.#seen));
    const records = encodeRecords(events, {
      seq: firstSeq,
      write: `${this.#writer}.${this.#writes++}`,
      ...place
    });
    if (!derived) this.#changes++;
    if (!this.#write(records)) return void 0;
    this.#scan.passOwn(this.#seen - position, records, events);
    this.#seen += records.bytes.length;
    return { firstSeq, events: parseLines(records.lines), lines: records.lines };
  }
  async sync() {
    this.#assertAlive();
    if (this.#scan.fence !== void 0) throw this.#storageFailed(this.#scan.fence);
    const wanted = this.#changes;
    while (this.#synced < wanted) {
      this.#assertAlive();
      this.#syncing ??= this.#syncNow().finally(() => {
        this.#syncing = void 0;
      });
      await this.#syncing;
    }
  }
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#dead = new SequencerError("InternalError", `The log ${this.#path} is used after it was closed.`);
    const close = () => this.#files.closeSync(this.#fd);
    if (this.#syncing === void 0) close();
    else this.#syncing.then(close, close);
  }
  /** True if the records stand at the place that they were written for. */
  #write(records) {
    const { bytes } = records;
    try {
      const written = this.#files.writeSync(this.#fd, bytes);
      if (written !== bytes.length) throw shortWrite();
      const { size, nlink } = this.#files.fstatSync(this.#fd);
      if (nlink === 0) this.#die(this.#removed());
      if (size === this.#seen + bytes.length) return true;
      return this.#bytesAt(this.#seen, this.#seen + bytes.length).equals(bytes);
    } catch (error2) {
      if (error2 instanceof SequencerError) throw error2;
      const fix = isOutOfSpace(error2) ? "Free space on the disk of the state folder, then send the same call again." : void 0;
      const message = `Writing to the log ${this.#path} failed: ${factOf(error2)}.`;
      this.#die(new SequencerError("OutcomeUnknown", message, fix, { cause: error2 }));
    }
  }
  #readChunk() {
    try {
      const { size, nlink } = this.#files.fstatSync(this.#fd);
      if (nlink === 0) this.#die(this.#removed());
      if (size < this.#seen) this.#die(this.#shrunk(size));
      if (this.#caughtUp && size === this.#seen) return { events: [], lines: "" };
      sharedChunk ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
      for (let chunk = sharedChunk; ; chunk = Buffer.allocUnsafeSlow(chunk.length * GROWTH2)) {
        const { position } = this.#scan;
        const length = readFully(this.#files, this.#fd, chunk, position);
        this.#caughtUp = length < chunk.length;
        if (position + length > this.#seen) this.#changes++;
        this.#seen = position + length;
        const run = this.#scan.read(chunk.subarray(0, length), this.#caughtUp);
        if (this.#caughtUp || this.#scan.position > position || this.#scan.problem !== void 0) return run;
      }
    } catch (error2) {
      if (error2 instanceof SequencerError) throw error2;
      this.#die(this.#storageFailed(`it could not be read: ${factOf(error2)}`, error2));
    }
  }
  async #syncNow() {
    const covered = this.#changes;
    const error2 = await this.#options.syncer.sync(this.#fd);
    if (error2 === null) {
      this.#syncName?.();
      this.#synced = covered;
      return;
    }
    const reason = `a sync failed: ${factOf(error2)}`;
    const failed = this.#storageFailed(reason, error2);
    this.#dead ??= failed;
    await this.#fenceOff(reason);
    throw failed;
  }
  /** Tells every process, as far as that still works, that what stands here may not be on the disk. */
  async #fenceOff(reason) {
    const { now } = this.#options;
    const fence = new _FileLog(this.instanceId, this.#path, this.#fd, this.#options);
    try {
      for (let attempt = 0; attempt < FENCE_ATTEMPTS; attempt++) {
        for await (const _ of fence.readOn()) ;
        let at = new Date(now()).toISOString();
        if (at < fence.#scan.lastAt) at = fence.#scan.lastAt;
        if (fence.append([{ type: "storage_failed", at, reason }]) !== void 0) break;
      }
      await this.#options.syncer.sync(this.#fd);
    } catch (error2) {
      if (!(error2 instanceof SequencerError)) throw error2;
    }
  }
  #bytesAt(start, end) {
    const bytes = Buffer.allocUnsafe(end - start);
    return bytes.subarray(0, readFully(this.#files, this.#fd, bytes, start));
  }
  #assertAlive() {
    if (this.#dead !== void 0) throw this.#dead;
  }
  #assertUsable() {
    this.#assertAlive();
    if (this.#scan.problem !== void 0) throw this.#scan.problem;
    if (this.#scan.fence !== void 0) throw this.#storageFailed(this.#scan.fence);
  }
  #die(error2) {
    this.#dead = error2;
    throw error2;
  }
  #storageFailed(reason, cause) {
    return new SequencerError("StorageFailed", `The log ${this.#path} is fenced: ${reason}.`, void 0, {
      cause
    });
  }
  #removed() {
    return new SequencerError("UnknownInstance", `The log of instance ${this.instanceId} was removed.`);
  }
  #shrunk(size) {
    return new SequencerError(
      "CorruptedLog",
      `The log ${this.#path} has shrunk from ${this.#seen} to ${size} bytes while it was open.`
    );
  }
};
function parseLines(lines) {
  return lines.slice(0, -1).split("\n").map((line) => JSON.parse(line));
}

// src/log/syncer.ts
var QUICK_MS = 1;
var Syncer = class {
  #files;
  #lastMs = Number.POSITIVE_INFINITY;
  constructor(files) {
    this.#files = files;
  }
  /** Of the data and the length of the file. @returns what it failed with, or `null` */
  async sync(fd) {
    const begun = performance.now();
    const error2 = await (this.#lastMs < QUICK_MS ? this.#inLine(fd) : this.#beside(fd));
    this.#lastMs = performance.now() - begun;
    return error2;
  }
  #inLine(fd) {
    try {
      this.#files.fdatasyncSync(fd);
      return null;
    } catch (error2) {
      return error2;
    }
  }
  #beside(fd) {
    return new Promise((resolve2) => this.#files.fdatasync(fd, resolve2));
  }
};

// src/log/log-store.ts
var SUFFIX = ".jsonl";
var LONGEST_STARTED = 1 << 22;
function createLogStore(options) {
  return new FileLogStore(options);
}
var FileLogStore = class {
  #stateDir;
  #files;
  #logOptions;
  #prepared = false;
  /** Instances whose log's name this store knows to be durable. */
  #named = /* @__PURE__ */ new Set();
  constructor(options) {
    const { stateDir, isKnownType, formatVersion, formProblem: formProblem2, now = Date.now, files = NODE_FILES } = options;
    this.#stateDir = stateDir;
    this.#files = files;
    const known = { isKnownType, formatVersion, formProblem: formProblem2 };
    this.#logOptions = { files, now, known, syncer: new Syncer(files) };
  }
  prepare() {
    try {
      if (!this.#prepared || !isThere(this.#files, this.#stateDir)) makeFolder(this.#files, this.#stateDir);
      this.#prepared = true;
      this.#files.accessSync(this.#stateDir, import_node_fs3.constants.R_OK | import_node_fs3.constants.W_OK | import_node_fs3.constants.X_OK);
    } catch (error2) {
      throw stateDirUnusable(this.#stateDir, error2);
    }
  }
  async create(instanceId, events) {
    const path = this.#pathOf(instanceId);
    let temporary;
    let log;
    try {
      temporary = openTemporary(this.#files, this.#stateDir, instanceId);
      log = new FileLog(instanceId, path, temporary.fd, this.#logOptions, true);
      log.append(events);
      await log.sync();
      if (!linkTo(this.#files, temporary.path, path)) {
        log.close();
        return void 0;
      }
    } catch (error2) {
      log?.close();
      if (temporary !== void 0) forget(this.#files, temporary.path);
      throw this.#asNotCreated(error2);
    }
    try {
      this.#syncName(instanceId);
    } catch (error2) {
      log.close();
      throw error2;
    }
    return log;
  }
  open(instanceId) {
    const path = this.#pathOf(instanceId);
    let fd;
    try {
      fd = this.#files.openSync(path, OPEN_LOG);
    } catch (error2) {
      throw this.#asNotOpened(instanceId, path, error2);
    }
    if (!this.#files.fstatSync(fd).isFile()) {
      this.#files.closeSync(fd);
      throw notALog(path, "it is not a regular file");
    }
    return new FileLog(instanceId, path, fd, {
      ...this.#logOptions,
      syncName: () => this.#syncName(instanceId)
    });
  }
  async lineOf(instanceId, seq) {
    const log = this.open(instanceId);
    try {
      for await (const { firstSeq, events, lines } of log.readOn()) {
        const at = seq - firstSeq;
        if (at >= events.length) continue;
        return this.#lineOfRecord(this.#pathOf(instanceId), lines.split("\n")[at]);
      }
      return void 0;
    } finally {
      log.close();
    }
  }
  list() {
    let names;
    try {
      names = this.#files.readdirSync(this.#stateDir);
    } catch (error2) {
      if (errnoOf(error2) === "ENOENT") return [];
      throw stateDirUnusable(this.#stateDir, error2);
    }
    const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).filter(isInstanceId).sort().reverse();
    const infos = [];
    for (const instanceId of ids) {
      const facts = this.#factsOf(`${this.#stateDir}/${instanceId}${SUFFIX}`);
      if (facts?.isFile()) infos.push({ instanceId, bytes: facts.size, modifiedMs: facts.mtimeMs });
    }
    return infos;
  }
  remove(instanceId) {
    const path = this.#pathOf(instanceId);
    try {
      const facts = this.#factsOf(path);
      if (facts === void 0) throw unknownInstance(instanceId);
      if (!facts.isFile()) throw notALog(path, "it is not a regular file");
      const requestId = this.#requestIdOf(path);
      if (requestId !== void 0) releaseClaim(this.#files, this.#stateDir, requestId, instanceId);
      for (const name of this.#files.readdirSync(this.#stateDir)) {
        const isBeside = name.startsWith(`${instanceId}.`) && name !== `${instanceId}${SUFFIX}`;
        const isTemporary = name.startsWith(`.${instanceId}.`) && name.endsWith(".tmp");
        const beside = (0, import_node_path3.join)(this.#stateDir, name);
        if ((isBeside || isTemporary) && this.#factsOf(beside)?.isFile()) unlinkIfThere(this.#files, beside);
      }
      unlinkIfThere(this.#files, path);
      this.#named.delete(instanceId);
    } catch (error2) {
      if (error2 instanceof SequencerError) throw error2;
      throw stateDirUnusable(this.#stateDir, error2);
    }
  }
  claimRequest(requestId, claim) {
    return claimRequest(this.#files, this.#stateDir, requestId, claim);
  }
  /** Whoever published the log may have died before its name was durable. */
  #syncName(instanceId) {
    if (this.#named.has(instanceId)) return;
    try {
      syncFolder(this.#files, this.#stateDir);
    } catch (error2) {
      const message = `Instance ${instanceId} was started, but may not survive a power loss: ${factOf(error2)}.`;
      throw new SequencerError("OutcomeUnknown", message, void 0, { cause: error2 });
    }
    this.#named.add(instanceId);
  }
  #pathOf(instanceId) {
    assertInstanceId(instanceId);
    return (0, import_node_path3.join)(this.#stateDir, `${instanceId}${SUFFIX}`);
  }
  #factsOf(path) {
    try {
      return this.#files.lstatSync(path);
    } catch (error2) {
      if (errnoOf(error2) === "ENOENT") return void 0;
      throw stateDirUnusable(this.#stateDir, error2);
    }
  }
  /** A record names its place and its writer: its bytes stand nowhere else, but for copies further on. */
  #lineOfRecord(path, record) {
    const fd = this.#files.openSync(path, READ_FILE);
    try {
      const bytes = Buffer.allocUnsafe(this.#files.fstatSync(fd).size);
      const content = bytes.subarray(0, readFully(this.#files, fd, bytes, 0));
      const end = content.indexOf(record);
      if (end === -1) return void 0;
      let line = 1;
      for (let at = content.indexOf("\n"); at !== -1 && at < end; at = content.indexOf("\n", at + 1)) line++;
      return line;
    } finally {
      this.#files.closeSync(fd);
    }
  }
  /** The request id in the first record, if it is whole and has one. */
  #requestIdOf(path) {
    const fd = this.#files.openSync(path, READ_FILE);
    try {
      const size = Math.min(this.#files.fstatSync(fd).size, LONGEST_STARTED);
      const bytes = Buffer.allocUnsafe(size);
      const beginning = bytes.subarray(0, readFully(this.#files, fd, bytes, 0));
      const newline = beginning.indexOf("\n");
      const started = findWholeRecord(newline === -1 ? beginning : beginning.subarray(0, newline));
      const requestId = started?.fields?.request_id;
      return typeof requestId === "string" ? requestId : void 0;
    } finally {
      this.#files.closeSync(fd);
    }
  }
  /** Nothing was published, so a failed write or sync says something of the folder only. */
  #asNotCreated(error2) {
    if (!(error2 instanceof SequencerError)) {
      return errnoOf(error2) === "" ? error2 : stateDirUnusable(this.#stateDir, error2);
    }
    const isOfDisk = error2.code === "OutcomeUnknown" || error2.code === "StorageFailed";
    return isOfDisk ? stateDirUnusable(this.#stateDir, error2.cause ?? error2) : error2;
  }
  #asNotOpened(instanceId, path, error2) {
    switch (errnoOf(error2)) {
      case "ENOENT":
        return unknownInstance(instanceId);
      case "ELOOP":
      case "EMLINK":
        return notALog(path, "it is a symbolic link");
      case "EISDIR":
        return notALog(path, "it is a folder");
      case "ENXIO":
        return notALog(path, "it is not a regular file");
      case "ENOTDIR":
        return stateDirUnusable(this.#stateDir, error2);
      default: {
        const message = `The log ${path} cannot be opened: ${factOf(error2)}.`;
        const fix = "Make the file readable and writable for this user, then call again.";
        return new SequencerError("StateDirUnusable", message, fix, { cause: error2 });
      }
    }
  }
};
function unknownInstance(instanceId) {
  return new SequencerError("UnknownInstance", `There is no instance ${instanceId}.`);
}
function notALog(path, fact) {
  return new SequencerError(
    "CorruptedLog",
    `${path} is not a log: ${fact}.`,
    "Move it out of the state folder."
  );
}

// src/hooks/session-folder.ts
var import_node_fs5 = require("node:fs");

// src/hooks/input.ts
var ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
function isId(value) {
  return typeof value === "string" && ID.test(value);
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function ownTool(name) {
  return /^mcp__.+__sequencer_([a-z_]+)$/.exec(name)?.[1];
}
var FREE = /* @__PURE__ */ new Set([
  "ToolSearch",
  "Agent",
  "Task",
  "SendMessage",
  "TaskOutput",
  "AgentOutputTool",
  "TaskStop",
  "StructuredOutput"
]);
function isFree({ tool_name, tool_input }) {
  if (FREE.has(tool_name) || ownTool(tool_name) !== void 0) return true;
  const skill = tool_input["skill"];
  return tool_name === "Skill" && typeof skill === "string" && /^(?:.*:)?agent-sequencer$/.test(skill);
}

// src/hooks/session-record.ts
var import_node_fs4 = require("node:fs");
var AS_A_FILE = import_node_fs4.constants.O_RDONLY | import_node_fs4.constants.O_NOFOLLOW | import_node_fs4.constants.O_NONBLOCK;
var MAX_BYTES = 1 << 20;
var MAX_INSTANCES = 50;
var MAX_AGENTS = 200;
var LOCK_WAIT_MS = 1e3;
var LOCK_STALE_MS = 5e3;
var folderOf = (stateDir) => `${stateDir}/sessions`;
var pathOf = (stateDir, sessionId) => `${folderOf(stateDir)}/${sessionId}.json`;
function readRecord(stateDir, sessionId) {
  return parse(readIfThere(pathOf(stateDir, sessionId)), sessionId);
}
function changeRecord(stateDir, sessionId, change) {
  const path = pathOf(stateDir, sessionId);
  const lock = `${path}.lock`;
  acquire(stateDir, lock);
  try {
    const before = readRecord(stateDir, sessionId) ?? { session_id: sessionId, instances: [], agents: [] };
    const after = change(before);
    if (after === before) return;
    const temporary = `${path}.tmp`;
    (0, import_node_fs4.rmSync)(temporary, { force: true });
    (0, import_node_fs4.writeFileSync)(temporary, `${JSON.stringify(bounded(after))}
`, { flag: "wx", mode: 384 });
    (0, import_node_fs4.renameSync)(temporary, path);
  } finally {
    (0, import_node_fs4.rmSync)(lock, { force: true });
  }
}
function bounded(record) {
  const instances = record.instances.toSorted((a, b) => a.driven_at - b.driven_at).slice(-MAX_INSTANCES);
  return { ...record, instances, agents: record.agents.slice(-MAX_AGENTS) };
}
function acquire(stateDir, lock) {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (; ; ) {
    try {
      (0, import_node_fs4.closeSync)((0, import_node_fs4.openSync)(lock, "wx", 384));
      return;
    } catch (error2) {
      const { code } = error2;
      if (performance.now() > deadline || code !== "ENOENT" && code !== "EEXIST") throw error2;
      if (code === "ENOENT") makeFolder2(stateDir);
      else if (!removeStale(lock)) pause(5);
    }
  }
}
function makeFolder2(stateDir) {
  try {
    (0, import_node_fs4.mkdirSync)(folderOf(stateDir), { mode: 448 });
  } catch (error2) {
    if (error2.code !== "EEXIST") throw error2;
  }
}
function removeStale(lock) {
  const age = Date.now() - ((0, import_node_fs4.statSync)(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age < LOCK_STALE_MS) return false;
  (0, import_node_fs4.rmSync)(lock, { force: true });
  return true;
}
function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
function readIfThere(path) {
  try {
    const text2 = (0, import_node_fs4.readFileSync)(path, { encoding: "utf8", flag: AS_A_FILE });
    return text2.length <= MAX_BYTES ? text2 : void 0;
  } catch (error2) {
    if (error2.code === "ENOENT") return void 0;
    throw error2;
  }
}
function parse(text2, sessionId) {
  if (text2 === void 0) return void 0;
  let record;
  try {
    record = JSON.parse(text2);
  } catch {
    return void 0;
  }
  const whole = isObject(record) && record["session_id"] === sessionId && areTies(record["instances"]) && areTies(record["agents"]);
  return whole ? record : void 0;
}
function areTies(list) {
  return Array.isArray(list) && list.every((tie) => isObject(tie) && isInstanceId(tie["instance_id"]));
}

// src/hooks/session-folder.ts
var DAY_MS = 864e5;
var KEEP_MS = 30 * DAY_MS;
var MAX_LOOKED_AT = 2e3;
var SUCCESSION_MS = 1e4;
function isDrivenElsewhere(stateDir, { session_id }, { instance_id, driven_at }) {
  return otherRecords(stateDir, session_id).some(
    ({ instances }) => instances.some(
      (tie) => tie.instance_id === instance_id && tie.resting === void 0 && tie.driven_at > driven_at
    )
  );
}
function predecessorOf(stateDir, session, now) {
  const cleared = otherRecords(stateDir, session.session_id).filter((record) => record.cleared !== void 0);
  const same = cleared.find(
    (record) => session.prompt_id !== void 0 && record.cleared?.prompt_id === session.prompt_id
  );
  if (same !== void 0) return same;
  const recent = cleared.filter(
    ({ cleared: end }) => end.prompt_id === void 0 && end.cwd === session.cwd && now - end.at < SUCCESSION_MS
  );
  return recent.length === 1 ? recent[0] : void 0;
}
function otherRecords(stateDir, sessionId) {
  return namesIn(stateDir).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length)).filter((id) => id !== sessionId && isId(id)).slice(0, MAX_LOOKED_AT).map((id) => {
    try {
      return readRecord(stateDir, id);
    } catch {
      return void 0;
    }
  }).filter((record) => record !== void 0);
}
function namesIn(stateDir) {
  try {
    return (0, import_node_fs5.readdirSync)(`${stateDir}/sessions`);
  } catch {
    return [];
  }
}

// src/hooks/runs.ts
async function runsOf(stateDir, record) {
  const looks = await Promise.all(record.instances.map((tie) => lookAt(stateDir, tie)));
  noteGlances(stateDir, record, looks);
  return looks.map(({ run }) => run).filter((run) => run !== void 0).filter((run) => !isDrivenElsewhere(stateDir, record, run.tie));
}
async function lookAt(stateDir, tie) {
  const bytes = (0, import_node_fs6.statSync)(`${stateDir}/${tie.instance_id}.jsonl`, { throwIfNoEntry: false })?.size ?? -1;
  const state = await stateOf2(stateDir, tie.instance_id);
  if (state === void 0 || state.ended || state.closed || state.storageFailed !== void 0) {
    return { tie, bytes, run: void 0 };
  }
  const pending = [...state.pending.values()];
  const forDriver = pending.filter(awaitsDriver).map(({ issued }) => issued);
  const run = {
    tie,
    program: state.started.program.name,
    projectDir: state.started.project_dir,
    instructions: forDriver.filter(({ kind }) => kind === "instruction"),
    questions: forDriver.filter(({ kind }) => kind === "ask"),
    others: pending.filter((step2) => !awaitsDriver(step2)).map(({ issued }) => issued)
  };
  return { tie, bytes, run };
}
async function stateOf2(stateDir, instanceId) {
  const store = createLogStore({ stateDir, ...KNOWN_FORMAT });
  try {
    const log = store.open(instanceId);
    return await foldLog(log).finally(() => log.close());
  } catch {
    return void 0;
  }
}
function noteGlances(stateDir, record, looks) {
  const isNews = ({ tie, bytes }) => tie.glance?.bytes !== bytes;
  if (!looks.some(isNews)) return;
  try {
    changeRecord(stateDir, record.session_id, (now) => ({
      ...now,
      instances: now.instances.map((tie) => {
        const look = looks.find((each) => each.tie.instance_id === tie.instance_id);
        return look === void 0 ? tie : { ...tie, glance: glanceAt(look) };
      })
    }));
  } catch {
    return;
  }
}
function glanceAt({ bytes, run }) {
  return {
    bytes,
    unfinished: run !== void 0,
    awaiting: run !== void 0 && run.instructions.length > 0 && run.questions.length === 0,
    ruled: run?.instructions.some(({ tools }) => tools !== void 0) ?? false
  };
}

// src/hooks/text.ts
var MOST_TEXT = 4e3;
var MOST_NAMED = 20;
function stepList(steps) {
  const numbers = steps.map(({ step_no }) => String(step_no));
  if (numbers.length === 1) return `step ${numbers[0]}`;
  const named = numbers.slice(0, MOST_NAMED);
  const more = numbers.length - named.length;
  const last = more > 0 ? `${more} more` : named.pop();
  return `steps ${named.join(", ")} and ${last}`;
}
function askedIn({ tie, instructions }) {
  let room = MOST_TEXT;
  const shown = [];
  const left = [];
  for (const step2 of instructions) {
    const { text: text2 = "" } = step2;
    if (text2.length > room) left.push(step2);
    else shown.push(`Step ${step2.step_no} says: ${text2}`);
    room -= Math.min(room, text2.length);
  }
  if (left.length > 0) {
    const numbers = left.slice(0, MOST_NAMED).map(({ step_no }) => step_no);
    shown.push(
      `For what ${stepList(left)} ${left.length > 1 ? "say" : "says"}, call sequencer_current { instance_id: "${tie.instance_id}", step_nos: [${numbers.join(", ")}] }.`
    );
  }
  return shown.join("\n");
}
var BEGINNING = 200;
function beginningOf(text2) {
  const line = text2.replace(/\s+/g, " ").trim();
  return line.length <= BEGINNING ? line : `${line.slice(0, BEGINNING)}…`;
}

// src/hooks/session-start.ts
async function contextFor(stateDir, input, now) {
  const cleared = input.source === "clear";
  const record = cleared ? inherit(stateDir, input, now) : readRecord(stateDir, input.session_id);
  const runs = record === void 0 ? [] : await runsOf(stateDir, record);
  if (runs.length === 0) return void 0;
  const one = runs.length === 1;
  return [
    cleared ? `agent-sequencer: before /clear this session drove ${one ? "a run that is" : "runs that are"} not finished:` : `agent-sequencer: this session drives ${one ? "a run that is" : "runs that are"} not finished:`,
    ...runs.map(describe),
    cleared ? "Go on with it only if the user wants that; then call sequencer_current { instance_id } first." : "Before you go on, call sequencer_current { instance_id } and do exactly what it shows. Do not start the program again, and reply only to the steps shown there."
  ].join("\n");
}
function describe({ tie, program, instructions, questions, others }) {
  const awaited = [...instructions, ...questions];
  const what = awaited.length > 0 ? `awaits your reply to ${stepList(awaited)} (${beginningOf(awaited[0].text ?? "")})` : `waits for ${others.map(({ kind, label }) => label ? `${kind} ${beginningOf(label)}` : kind).join(", ") || "its program"}; nothing for you to do now`;
  return `- instance_id ${tie.instance_id}, program ${program}: ${what}`;
}
function inherit(stateDir, input, now) {
  const before = predecessorOf(stateDir, input, now);
  if (before === void 0) return void 0;
  changeRecord(stateDir, input.session_id, (record) => {
    const known = new Set(record.instances.map(({ instance_id }) => instance_id));
    const taken = before.instances.filter(({ instance_id }) => !known.has(instance_id)).map(({ instance_id, driven_at }) => ({ instance_id, driven_at, resting: true }));
    return { ...record, instances: [...record.instances, ...taken] };
  });
  return readRecord(stateDir, input.session_id);
}

// src/hooks/stop.ts
var MOST_SENT_BACK = 3;
async function stopReason(stateDir, record, input) {
  if (input.subagents_at_work) return void 0;
  const runs = (await runsOf(stateDir, record)).filter(
    ({ tie, questions }) => !tie.resting && questions.length === 0
  );
  const left = runs.map((run) => ({
    ...run,
    instructions: run.instructions.filter(({ step_no }) => sentBack(run.tie, step_no) < MOST_SENT_BACK)
  })).filter(({ instructions }) => instructions.length > 0);
  if (left.length === 0) return void 0;
  count2(stateDir, record, left);
  return [...left.map(reasonFor), wayOut(left, input)].join("\n\n");
}
function sentBack({ sent_back }, stepNo) {
  const times = isObject(sent_back) ? sent_back[stepNo] : void 0;
  return typeof times === "number" ? times : 0;
}
function count2(stateDir, { session_id }, left) {
  changeRecord(stateDir, session_id, (record) => ({
    ...record,
    instances: record.instances.map((tie) => {
      const run = left.find((each) => each.tie.instance_id === tie.instance_id);
      if (run === void 0) return tie;
      const counts = run.instructions.map(({ step_no }) => [step_no, sentBack(tie, step_no) + 1]);
      const others = Object.entries(tie.sent_back ?? {}).filter(([, times]) => times >= MOST_SENT_BACK);
      return {
        ...tie,
        sent_back: { ...Object.fromEntries(others.slice(-500)), ...Object.fromEntries(counts) }
      };
    })
  }));
}
function reasonFor(run) {
  const { tie, program, instructions } = run;
  return `Run ${tie.instance_id} of program ${program} is not finished: it awaits your reply to ${stepList(instructions)}.
${askedIn(run)}`;
}
function wayOut(left, { stop_hook_active }) {
  const [{ tie, instructions }] = left;
  const reply = `sequencer_next { instance_id: "${tie.instance_id}", for_step_no: ${instructions[0].step_no}, result }`;
  const again = stop_hook_active ? "You have been sent back before. If you stopped because only the user can say how to go on, ask the user and stop. " : "";
  return `${again}Carry it out and reply with ${reply}; if it cannot be done, reply failure: { reason } instead of result. If the user no longer wants the run, call sequencer_close.`;
}
async function subagentStopReason(stateDir, record, input) {
  const own = record.agents.filter((tie) => tie.agent_id === input.agent_id && tie.sent_back === void 0);
  if (input.stop_hook_active || own.length === 0) return void 0;
  const runs = (await runsOf(stateDir, record)).filter(({ tie }) => !tie.resting);
  const left = runs.map((run) => ({ ...run, instructions: run.instructions.filter(({ step_no }) => isOwn(run, step_no)) })).filter(({ instructions }) => instructions.length > 0);
  if (left.length === 0) return void 0;
  changeRecord(stateDir, record.session_id, (now) => ({
    ...now,
    agents: now.agents.map((tie) => tie.agent_id === input.agent_id ? { ...tie, sent_back: true } : tie)
  }));
  return [
    ...left.map(reasonFor),
    "You fetched it and have not replied. Reply with sequencer_next now. If you were told to hand your result to whoever started you instead, end your turn again."
  ].join("\n\n");
  function isOwn({ tie }, stepNo) {
    return own.some(
      ({ instance_id, step_nos }) => instance_id === tie.instance_id && step_nos.includes(stepNo)
    );
  }
}

// src/hooks/rules/pattern.ts
var import_node_path5 = require("node:path");

// src/hooks/rules/paths.ts
var import_node_fs7 = require("node:fs");
var import_node_path4 = require("node:path");
function matchesPath(pattern, path, folder, folders, forbids) {
  const test = toTest(pattern, folders);
  const given = (0, import_node_path4.resolve)(folders.cwd, path.replace(/^~(?=\/|$)/, folders.home));
  const verdicts = [given, realPathOf(given)].map((each) => {
    const inside = folder && test(`${each === "/" ? "" : each}/*`);
    return forbids ? test(each) || inside : folder ? inside : test(each);
  });
  return forbids ? verdicts.includes(true) : !verdicts.includes(false);
}
function realPathOf(path) {
  try {
    return (0, import_node_fs7.realpathSync)(path);
  } catch {
    const parent = (0, import_node_path4.dirname)(path);
    return parent === path ? path : (0, import_node_path4.join)(realPathOf(parent), (0, import_node_path4.basename)(path));
  }
}
function toTest(pattern, { project, home }) {
  const roots = [
    [/^\/\//, "/"],
    [/^~\//, home],
    [/^\//, project],
    [/^\.\//, project]
  ];
  const [prefix, root] = roots.find(([each]) => each.test(pattern)) ?? [/^/, project];
  const rest = pattern.replace(prefix, "").replace(/\/$/, "");
  const anywhere = prefix.source === "^" && !rest.includes("/") ? "(?:.*/)?" : "";
  const bases = /* @__PURE__ */ new Set([root, realPathOf(root)]);
  const tests = [...bases].map(
    (base) => new RegExp(`^${literal(base === "/" ? "" : base)}/${anywhere}${glob(rest)}(?:/.*)?$`, "s")
  );
  return (path) => tests.some((each) => each.test(path));
}
var GLOBS = {
  "**/": "(?:.*/)?",
  "/**": "/.*",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]"
};
function glob(text2) {
  return text2.replace(/\*\*\/|\/\*\*$|\*\*|[\s\S]/g, (token) => GLOBS[token] ?? literal(token));
}
function literal(text2) {
  return text2.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

// src/hooks/rules/shell.ts
var SUBSTITUTION = "a substitution";
var REDIRECTION = "a redirection";
var GROUP = "a group or subshell";
var UNFINISHED = "an unfinished quotation";
var HARMLESS_REDIRECTION = /^(?:\d?>&\d|(?:\d|&)?>>?\s*\/dev\/null|<\s*\/dev\/null)(?=[ \t\n;&|)]|$)/;
function readCommandLine(text2) {
  return new Reader(text2).read();
}
var Reader = class {
  #text;
  #commands = [];
  #opaque;
  #current = "";
  /** No word has begun: an escaped blank is one. */
  #between = true;
  #at = 0;
  constructor(text2) {
    this.#text = text2;
  }
  read() {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
    return { commands: this.#commands, opaque: this.#opaque };
  }
  #step() {
    const char = this.#text[this.#at];
    const rest = this.#text.slice(this.#at, this.#at + 40);
    const redirection = this.#mayRedirect(char) ? HARMLESS_REDIRECTION.exec(rest) : null;
    if (redirection !== null) {
      this.#at += redirection[0].length;
      this.#blank();
    } else if (rest.startsWith("\\\n")) {
      this.#at += 2;
      this.#blank();
    } else if (char === "\\") {
      this.#take(2);
    } else if (rest.startsWith("$'")) {
      this.#escapedQuoted();
    } else if (char === "'") {
      this.#quoted();
    } else if (char === '"') {
      this.#doubleQuoted();
    } else if (char === "#" && this.#between) {
      const newline = this.#text.indexOf("\n", this.#at);
      this.#at = newline === -1 ? this.#text.length : newline;
    } else if (rest.startsWith("$(") || /^[<>]\(/.test(rest)) {
      this.#nested(this.#at + 2, ")");
    } else if (char === "`") {
      this.#nested(this.#at + 1, "`");
    } else if (char === "<" || char === ">") {
      this.#opaque ??= REDIRECTION;
      this.#at += 1;
      this.#blank();
    } else if (char === "(" || char === ")") {
      this.#opaque ??= GROUP;
      this.#separate();
    } else if (/[;&|\n]/.test(char)) {
      this.#separate();
    } else if (char === " " || char === "	") {
      this.#at += 1;
      this.#blank();
    } else {
      this.#take(1);
    }
  }
  /** Where `2>` or `&>` can begin: a digit in the middle of a word is part of the word. */
  #mayRedirect(char) {
    return /[<>&]/.test(char) || /\d/.test(char) && this.#between;
  }
  #take(length) {
    this.#current += this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    this.#between = false;
  }
  #blank() {
    if (!this.#between) this.#current += " ";
    this.#between = true;
  }
  #separate() {
    this.#at += 1;
    this.#endCommand();
  }
  #endCommand() {
    const command = this.#current.replace(/ $/, "");
    if (command !== "") this.#commands.push(command);
    this.#current = "";
    this.#between = true;
  }
  #quoted() {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) this.#opaque ??= UNFINISHED;
    this.#take((end === -1 ? this.#text.length : end + 1) - this.#at);
  }
  /** `$'…'`: a backslash hides the quote after it. */
  #escapedQuoted() {
    this.#opaque ??= SUBSTITUTION;
    let end = this.#at + 2;
    while (end < this.#text.length && this.#text[end] !== "'") end += this.#text[end] === "\\" ? 2 : 1;
    this.#take(end + 1 - this.#at);
  }
  /** Substitutions happen between double quotes, too. */
  #doubleQuoted() {
    this.#take(1);
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === '"') {
        this.#take(1);
        return;
      }
      if (char === "\\") this.#take(2);
      else if (char === "`") this.#nested(this.#at + 1, "`");
      else if (this.#text.startsWith("$(", this.#at)) this.#nested(this.#at + 2, ")");
      else this.#take(1);
    }
    this.#opaque ??= UNFINISHED;
  }
  /** Reads the commands of a substitution; in the outer command it stands as written. */
  #nested(start, close) {
    this.#opaque ??= SUBSTITUTION;
    const end = endOfNested(this.#text, start, close);
    this.#commands.push(...readCommandLine(this.#text.slice(start, end)).commands);
    this.#take(end + 1 - this.#at);
  }
};
function endOfNested(text2, start, close) {
  let depth = 0;
  for (let at = start; at < text2.length; at++) {
    const char = text2[at];
    if (char === "\\") at++;
    else if (char === "'" && close === ")") at = endOr(text2.indexOf("'", at + 1), text2);
    else if (char === "(" && close === ")") depth++;
    else if (char === close && depth === 0) return at;
    else if (char === ")") depth--;
  }
  return text2.length;
}
var endOr = (index, text2) => index === -1 ? text2.length : index;
var RESERVED = /^(?:then|do|else|elif|if|while|until|time|!|\{)\s+/;
var ASSIGNMENT = /^\w+=(?:'[^']*'|"[^"]*"|[^\s'"])*\s+/;
var WRAPPER = /^(?:sudo|env|command|builtin|exec|nohup|nice|ionice|stdbuf|setsid|xargs|time|timeout)\s+(?:-{1,2}\S+\s+)*(?:\d+[smhd]?\s+)*/;
function barely(command) {
  let bare = command;
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(RESERVED, "").replace(ASSIGNMENT, "").replace(WRAPPER, "");
  }
  bare = bare.replace(/\\(.)/gs, "$1").replace(/['"]/g, "");
  return bare.replace(/^\S*\/(?=[^/\s]+(?:\s|$))/, "");
}

// src/hooks/rules/pattern.ts
var PATTERN = /^\s*([^\s()]+)\s*(?:\(([\s\S]*)\))?\s*$/;
var FAMILIES = {
  Edit: ["Edit", "MultiEdit", "Write", "NotebookEdit"],
  Read: ["Read", "Grep", "Glob", "LS", "NotebookRead"]
};
function matches(pattern, call, side, folders) {
  const parts = PATTERN.exec(pattern);
  if (parts === null) return side === "deny" && namesTool(pattern.split("(", 1)[0].trim(), call.name);
  const [, name, argument] = parts;
  if (!namesTool(name, call.name)) return false;
  if (argument === void 0 || /^\s*:?\*?\s*$/.test(argument)) return true;
  return matchesArgument(argument.trim(), call, side, folders);
}
function namesTool(name, tool) {
  if (name === tool || FAMILIES[name]?.includes(tool)) return true;
  if (name.includes("*")) return wildcards(name).test(tool);
  return /^mcp__/.test(name) && !/^mcp__.+?__/.test(name) && tool.startsWith(`${name}__`);
}
function matchesArgument(argument, { name, input }, side, folders) {
  const command = input["command"];
  if (typeof command === "string") return matchesCommand(argument, command, side);
  const path = pathOf2(name, input);
  if (path !== void 0) return matchesPath(argument, path.path, path.isFolder, folders, side === "deny");
  const url = input["url"];
  if (typeof url === "string" && argument.startsWith("domain:")) {
    return matchesDomain(argument.slice("domain:".length), url, side);
  }
  const plain = input["skill"] ?? input["subagent_type"];
  if (typeof plain === "string") return commandTest(argument)(plain);
  return side === "deny";
}
function matchesCommand(argument, command, side) {
  const { commands, opaque } = readCommandLine(command);
  const test = commandTest(argument);
  if (side === "deny") return commands.some((each) => test(each) || test(barely(each)));
  return opaque === void 0 && commands.length > 0 && commands.every(test);
}
function opaqueness({ input }) {
  const command = input["command"];
  return typeof command === "string" ? readCommandLine(command).opaque : void 0;
}
function commandTest(argument) {
  const prefix = /^([\s\S]*?)(?::\*| \*)$/.exec(argument)?.[1];
  const test = prefix === void 0 ? wildcards(argument) : new RegExp(`^${wildcardSource(prefix)}(?: [\\s\\S]*)?$`);
  return (command) => test.test(command);
}
function pathOf2(tool, input) {
  const file = input["file_path"] ?? input["notebook_path"];
  if (typeof file === "string") return { path: file, isFolder: false };
  if (!["Grep", "Glob", "LS"].includes(tool)) return void 0;
  const folder = typeof input["path"] === "string" ? input["path"] : ".";
  return { path: tool === "Glob" ? searched(folder, input["pattern"]) : folder, isFolder: true };
}
function searched(folder, pattern) {
  if (typeof pattern !== "string") return folder;
  if (/\.\.|[{,]\//.test(pattern)) return "/";
  const beginning = /^[^*?[{]*\//.exec(pattern)?.[0] ?? "";
  return (0, import_node_path5.isAbsolute)(beginning) ? beginning : (0, import_node_path5.join)(folder, beginning);
}
function matchesDomain(domain, url, side) {
  try {
    const host = new URL(url).hostname;
    return wildcards(domain.toLowerCase()).test(host);
  } catch {
    return side === "deny";
  }
}
function wildcards(pattern) {
  return new RegExp(`^${wildcardSource(pattern)}$`);
}
function wildcardSource(pattern) {
  return pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replace(/\*/g, "[\\s\\S]*");
}

// src/hooks/tool-rules.ts
var MOST_NAMED2 = 3;
async function refusalOf(stateDir, record, input, home) {
  if (isFree(input)) return void 0;
  const runs = (await runsOf(stateDir, record)).filter(({ tie }) => !tie.resting);
  if (input.tool_name === "AskUserQuestion" && runs.some(({ questions }) => questions.length > 0)) {
    return void 0;
  }
  const steps = stepsFor(input, record, runs);
  const call = { name: input.tool_name, input: input.tool_input };
  const refusals = [];
  for (const { run, step: step2 } of steps) {
    const folders = { project: run.projectDir, cwd: input.cwd, home };
    const objection = objectionOf(step2, call, folders);
    if (objection === void 0) return void 0;
    refusals.push(`Step ${step2.step_no} of run ${run.tie.instance_id} (${run.program}) ${objection}.`);
  }
  if (refusals.length === 0) return void 0;
  const more = refusals.length - MOST_NAMED2;
  return [
    ...refusals.slice(0, MOST_NAMED2),
    ...more > 0 ? [`${more} more pending steps do not allow it either.`] : [],
    adviceFor(call, steps)
  ].join(" ");
}
function stepsFor({ agent_id }, record, runs) {
  const all = runs.flatMap((run) => run.instructions.map((step2) => ({ run, step: step2 })));
  const own = all.filter(
    ({ run, step: step2 }) => record.agents.some(
      (tie) => tie.agent_id === agent_id && tie.instance_id === run.tie.instance_id && tie.step_nos.includes(step2.step_no)
    )
  );
  return own.length > 0 ? own : all;
}
function objectionOf({ tools }, call, folders) {
  const { allow, deny = [] } = tools ?? {};
  const forbidding = deny.find((pattern) => matches(pattern, call, "deny", folders));
  if (forbidding !== void 0) return `forbids ${forbidding}`;
  if (allow === void 0 || allow.some((pattern) => matches(pattern, call, "allow", folders)))
    return void 0;
  return allow.length === 0 ? "allows no tools" : `allows only ${allow.join(", ")}`;
}
function adviceFor(call, [first, ...others]) {
  const opaque = opaqueness(call);
  const plainly = opaque !== void 0 && first.step.tools?.allow?.some((pattern) => pattern.startsWith(`${call.name}(`)) ? `The command holds ${opaque}, which cannot be checked: use plain commands. ` : "";
  const which = others.length > 0 ? "these steps" : `step ${first.step.step_no}`;
  return `${plainly}Work without ${call.name} until ${which} ${others.length > 0 ? "are" : "is"} replied to with sequencer_next; if that cannot be done, reply failure: { reason }.`;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  contextFor,
  refusalOf,
  stopReason,
  subagentStopReason
});
