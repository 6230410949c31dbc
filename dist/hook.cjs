"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
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

// src/hook.ts
var import_node_fs5 = require("node:fs");
var import_node_os = require("node:os");

// src/cli/places.ts
var import_node_path = require("node:path");
function placesOf({ env, cwd, home, bundled }) {
  const absolute = (path) => (0, import_node_path.resolve)(
    cwd,
    path.replace(/^~(?=$|\/)/, () => home)
  );
  const stateDir = env["AGENT_SEQUENCER_STATE_DIR"] || (0, import_node_path.join)(home, ".claude", "sequencer", "instances");
  const programDirs = (env["AGENT_SEQUENCER_PROGRAMS_DIR"] ?? "").split(import_node_path.delimiter).filter(Boolean);
  return {
    stateDir: absolute(stateDir),
    projectDir: absolute(env["CLAUDE_PROJECT_DIR"] || cwd),
    home,
    programDirs: [...programDirs.map(absolute), bundled]
  };
}

// src/hooks/glance.ts
var import_node_fs = require("node:fs");
function isQuiet(stateDir, record, about) {
  return record.instances.every((tie) => isTieQuiet(stateDir, tie, about));
}
function isTieQuiet(stateDir, { instance_id, resting, glance }, about) {
  if (resting && about !== "unfinished") return true;
  const facts = (0, import_node_fs.statSync)(`${stateDir}/${instance_id}.jsonl`, { throwIfNoEntry: false });
  if (facts === void 0) return true;
  return glance !== void 0 && glance.bytes === facts.size && !glance[about];
}

// src/hooks/input.ts
var ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
function readInput(text) {
  const input = JSON.parse(text);
  if (!isObject(input) || !isId(input["session_id"])) return void 0;
  return {
    session_id: input["session_id"],
    cwd: textOr(input["cwd"], "/"),
    ...isId(input["agent_id"]) && { agent_id: input["agent_id"] },
    ...isId(input["prompt_id"]) && { prompt_id: input["prompt_id"] },
    tool_name: textOr(input["tool_name"], ""),
    tool_input: isObject(input["tool_input"]) ? input["tool_input"] : {},
    tool_response: input["tool_response"],
    source: textOr(input["source"], ""),
    reason: textOr(input["reason"], ""),
    stop_hook_active: input["stop_hook_active"] === true,
    subagents_at_work: hasSubagents(input["background_tasks"])
  };
}
function hasSubagents(tasks) {
  if (!Array.isArray(tasks)) return false;
  return tasks.some((task) => isObject(task) && task["status"] === "running" && task["type"] !== "shell");
}
function isId(value) {
  return typeof value === "string" && ID.test(value);
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function textOr(value, otherwise) {
  return typeof value === "string" ? value : otherwise;
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

// src/hooks/session-folder.ts
var import_node_fs3 = require("node:fs");

// src/hooks/session-record.ts
var import_node_fs2 = require("node:fs");

// src/log/instance-id.ts
var ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
function isInstanceId(id) {
  return typeof id === "string" && ULID.test(id);
}

// src/hooks/session-record.ts
var AS_A_FILE = import_node_fs2.constants.O_RDONLY | import_node_fs2.constants.O_NOFOLLOW | import_node_fs2.constants.O_NONBLOCK;
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
    (0, import_node_fs2.rmSync)(temporary, { force: true });
    (0, import_node_fs2.writeFileSync)(temporary, `${JSON.stringify(bounded(after))}
`, { flag: "wx", mode: 384 });
    (0, import_node_fs2.renameSync)(temporary, path);
  } finally {
    (0, import_node_fs2.rmSync)(lock, { force: true });
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
      (0, import_node_fs2.closeSync)((0, import_node_fs2.openSync)(lock, "wx", 384));
      return;
    } catch (error) {
      const { code } = error;
      if (performance.now() > deadline || code !== "ENOENT" && code !== "EEXIST") throw error;
      if (code === "ENOENT") makeFolder(stateDir);
      else if (!removeStale(lock)) pause(5);
    }
  }
}
function makeFolder(stateDir) {
  try {
    (0, import_node_fs2.mkdirSync)(folderOf(stateDir), { mode: 448 });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}
function removeStale(lock) {
  const age = Date.now() - ((0, import_node_fs2.statSync)(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age < LOCK_STALE_MS) return false;
  (0, import_node_fs2.rmSync)(lock, { force: true });
  return true;
}
function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
function readIfThere(path) {
  try {
    const text = (0, import_node_fs2.readFileSync)(path, { encoding: "utf8", flag: AS_A_FILE });
    return text.length <= MAX_BYTES ? text : void 0;
  } catch (error) {
    if (error.code === "ENOENT") return void 0;
    throw error;
  }
}
function parse(text, sessionId) {
  if (text === void 0) return void 0;
  let record;
  try {
    record = JSON.parse(text);
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
var KEEP_TEMPORARY_MS = 36e5;
var MAX_LOOKED_AT = 2e3;
var SUCCESSION_MS = 1e4;
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
function pruneSessions(stateDir, now) {
  if (!(0, import_node_fs3.existsSync)(`${stateDir}/sessions`)) return;
  const marker = `${stateDir}/sessions/.pruned`;
  const pruned = (0, import_node_fs3.statSync)(marker, { throwIfNoEntry: false });
  if (pruned !== void 0 && now - pruned.mtimeMs < DAY_MS) return;
  if (pruned === void 0) (0, import_node_fs3.writeFileSync)(marker, "", { flag: "wx", mode: 384 });
  (0, import_node_fs3.utimesSync)(marker, now / 1e3, now / 1e3);
  for (const name of turnOf(namesIn(stateDir), now)) {
    const [, id, suffix] = /^(.+)\.json(|\.lock|\.tmp)$/.exec(name) ?? [];
    if (!isId(id)) continue;
    const path = `${stateDir}/sessions/${name}`;
    const facts = (0, import_node_fs3.statSync)(path, { throwIfNoEntry: false });
    const keepMs = suffix === "" ? KEEP_MS : KEEP_TEMPORARY_MS;
    if (facts?.isFile() && now - facts.mtimeMs > keepMs) (0, import_node_fs3.rmSync)(path, { force: true });
  }
}
function turnOf(names, now) {
  if (names.length <= MAX_LOOKED_AT) return names;
  const start = Math.floor(now / DAY_MS) * MAX_LOOKED_AT % names.length;
  return [...names.slice(start), ...names.slice(0, start)].slice(0, MAX_LOOKED_AT);
}
function namesIn(stateDir) {
  try {
    return (0, import_node_fs3.readdirSync)(`${stateDir}/sessions`);
  } catch {
    return [];
  }
}

// src/hooks/tie.ts
var import_node_fs4 = require("node:fs");
var DRIVING = /* @__PURE__ */ new Set(["start", "next", "resume", "fork"]);
function tieSession(stateDir, input, now) {
  const tool = ownTool(input.tool_name);
  if (tool === void 0) return false;
  const payload = payloadOf(input.tool_response);
  const instanceId = instanceOf(input, payload);
  if (instanceId === void 0 || !(0, import_node_fs4.existsSync)(`${stateDir}/${instanceId}.jsonl`)) return true;
  if (tool === "close") untie(stateDir, input.session_id, instanceId);
  else if (DRIVING.has(tool)) {
    changeRecord(
      stateDir,
      input.session_id,
      (record) => withSteps(driven(record, instanceId, now), input, instanceId, stepsAfterReply(input, payload))
    );
  } else if (tool === "current") looked(stateDir, input, instanceId, payload, now);
  return true;
}
function noteCleared(stateDir, input, now) {
  changeRecord(
    stateDir,
    input.session_id,
    (record) => record.instances.length === 0 ? record : {
      ...record,
      cleared: { ...input.prompt_id && { prompt_id: input.prompt_id }, cwd: input.cwd, at: now }
    }
  );
}
function driven(record, instanceId, now) {
  const tie = record.instances.find(({ instance_id }) => instance_id === instanceId);
  const { resting: _, ...rest } = tie ?? { instance_id: instanceId };
  const others = record.instances.filter(({ instance_id }) => instance_id !== instanceId);
  return { ...record, instances: [...others, { ...rest, driven_at: now }] };
}
function untie(stateDir, sessionId, instanceId) {
  changeRecord(stateDir, sessionId, (record) => ({
    ...record,
    instances: record.instances.filter(({ instance_id }) => instance_id !== instanceId),
    agents: record.agents.filter(({ instance_id }) => instance_id !== instanceId)
  }));
}
function looked(stateDir, input, instanceId, payload, now) {
  changeRecord(stateDir, input.session_id, (record) => {
    const tie = record.instances.find(({ instance_id }) => instance_id === instanceId);
    if (tie === void 0) return record;
    const awake = tie.resting ? driven(record, instanceId, now) : record;
    const asked = input.tool_input["step_nos"];
    if (!Array.isArray(asked)) return awake;
    const shown = shownSteps(payload) ?? asked;
    return withSteps(awake, input, instanceId, { fetched: asked.filter((no) => shown.includes(no)) });
  });
}
function withSteps(record, { agent_id }, instanceId, { fetched = [], answered }) {
  if (agent_id === void 0) return record;
  const isIts = (tie) => tie.agent_id === agent_id && tie.instance_id === instanceId;
  const before = record.agents.find(isIts)?.step_nos ?? [];
  const step_nos = [.../* @__PURE__ */ new Set([...before, ...fetched])].filter((no) => no !== answered);
  if (step_nos.length === before.length && step_nos.every((no) => before.includes(no))) return record;
  const others = record.agents.filter((tie) => !isIts(tie));
  return { ...record, agents: [...others, { agent_id, instance_id: instanceId, step_nos }] };
}
function stepsAfterReply({ tool_input }, payload) {
  const answered = tool_input["for_step_no"];
  if (typeof answered !== "number") return {};
  const again = instructionsOf(payload).filter(({ validation_error }) => {
    return isObject(validation_error) && validation_error["step_no"] === answered;
  });
  return { answered, fetched: again.map(({ step_no }) => step_no).filter(isStepNo) };
}
function payloadOf(response) {
  if (typeof response === "string") {
    try {
      const payload = JSON.parse(response);
      return isObject(payload) ? payload : void 0;
    } catch {
      return { instance_id: /"instance_id":\s*"(\w{26})"/.exec(response.slice(0, 500))?.[1] };
    }
  }
  if (Array.isArray(response)) {
    const payloads = response.filter(isObject).map(({ text }) => payloadOf(text));
    return payloads.find((payload) => payload?.["instance_id"] !== void 0);
  }
  if (!isObject(response)) return void 0;
  const { structuredContent, content } = response;
  if (isObject(structuredContent)) return structuredContent;
  return Array.isArray(content) ? payloadOf(content) : response;
}
function instanceOf({ tool_input }, payload) {
  return [payload?.["instance_id"], tool_input["instance_id"]].find(isInstanceId);
}
function instructionsOf(payload) {
  const last = payload?.["last_yield"];
  if (!isObject(last)) return [];
  const { instructions } = last;
  return Array.isArray(instructions) ? instructions.filter(isObject) : [last];
}
function shownSteps(payload) {
  const shown = instructionsOf(payload).map(({ step_no }) => step_no).filter(isStepNo);
  return shown.length > 0 ? shown : void 0;
}
function isStepNo(value) {
  return Number.isSafeInteger(value);
}

// src/hook.ts
var HOOKS = {
  async PreToolUse(input, { stateDir, home }) {
    if (isFree(input)) return void 0;
    const record = readRecord(stateDir, input.session_id);
    if (record === void 0 || isQuiet(stateDir, record, "ruled")) return void 0;
    const { refusalOf } = await Promise.resolve().then(() => __toESM(require("./hook-verdicts.cjs"), 1));
    const reason = await refusalOf(stateDir, record, input, home);
    return reason && output("PreToolUse", { permissionDecision: "deny", permissionDecisionReason: reason });
  },
  PostToolUse(input, { stateDir, now }) {
    if (tieSession(stateDir, input, now)) pruneSessions(stateDir, now);
    return void 0;
  },
  async Stop(input, { stateDir }) {
    if (isOff("AGENT_SEQUENCER_STOP_HOOK")) return void 0;
    const record = readRecord(stateDir, input.session_id);
    if (record === void 0 || isQuiet(stateDir, record, "awaiting")) return void 0;
    const { stopReason } = await Promise.resolve().then(() => __toESM(require("./hook-verdicts.cjs"), 1));
    return blocking(await stopReason(stateDir, record, input));
  },
  async SubagentStop(input, { stateDir }) {
    if (isOff("AGENT_SEQUENCER_STOP_HOOK") || input.agent_id === void 0) return void 0;
    const record = readRecord(stateDir, input.session_id);
    const isTied = record?.agents.some(({ agent_id }) => agent_id === input.agent_id);
    if (record === void 0 || !isTied) return void 0;
    const { subagentStopReason } = await Promise.resolve().then(() => __toESM(require("./hook-verdicts.cjs"), 1));
    return blocking(await subagentStopReason(stateDir, record, input));
  },
  async SessionStart(input, { stateDir, now }) {
    if (!hasRuns(stateDir, input, now)) return void 0;
    const { contextFor } = await Promise.resolve().then(() => __toESM(require("./hook-verdicts.cjs"), 1));
    const context = await contextFor(stateDir, input, now);
    return context && output("SessionStart", { additionalContext: context });
  },
  SessionEnd(input, { stateDir, now }) {
    if (input.reason === "clear" && readRecord(stateDir, input.session_id) !== void 0) {
      noteCleared(stateDir, input, now);
    }
    return void 0;
  }
};
function hasRuns(stateDir, input, now) {
  if (input.source === "clear") return predecessorOf(stateDir, input, now) !== void 0;
  if (input.source !== "compact" && input.source !== "resume") return false;
  const record = readRecord(stateDir, input.session_id);
  return record !== void 0 && !isQuiet(stateDir, record, "unfinished");
}
function output(hookEventName, said) {
  return { hookSpecificOutput: { hookEventName, ...said } };
}
function blocking(reason) {
  return reason === void 0 ? void 0 : { decision: "block", reason };
}
function isOff(name) {
  return /^(?:off|0|false|no)$/i.test(process.env[name] ?? "");
}
function readStdin() {
  const chunks = [];
  const buffer = Buffer.alloc(1 << 16);
  for (; ; ) {
    try {
      const length = (0, import_node_fs5.readSync)(0, buffer);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(Buffer.from(buffer.subarray(0, length)));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
async function main(event) {
  const hook = Object.hasOwn(HOOKS, event) ? HOOKS[event] : void 0;
  if (hook === void 0 || isOff("AGENT_SEQUENCER_HOOKS")) return;
  const input = readInput(readStdin());
  if (input === void 0) return;
  const cwd = process.env["CLAUDE_PROJECT_DIR"] || input.cwd;
  const { stateDir, home } = placesOf({ env: process.env, cwd, home: (0, import_node_os.homedir)(), bundled: "" });
  const answer = await hook(input, { stateDir, home, now: Date.now() });
  if (answer) (0, import_node_fs5.writeSync)(1, `${JSON.stringify(answer)}
`);
}
main(process.argv[2] ?? "").catch((error) => {
  if (process.env["AGENT_SEQUENCER_HOOK_DEBUG"]) process.stderr.write(`${error.stack ?? error}
`);
});
