import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/guard.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep2 } from "node:timers/promises";

// src/guard/output.ts
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
var Output = class {
  plan;
  shown = [];
  shownBytes = 0;
  total = 0;
  fd;
  keptBytes = 0;
  closed = false;
  failure;
  constructor(plan) {
    this.plan = plan;
    rmSync(plan.file, { force: true });
  }
  add(chunk) {
    this.total += chunk.length;
    const room = this.plan.shown - this.shownBytes;
    if (room > 0) {
      this.shown.push(chunk.subarray(0, room));
      this.shownBytes += Math.min(room, chunk.length);
    }
    if (this.total <= this.plan.shown) return;
    if (this.fd === void 0 && !this.closed) this.openFile();
    if (chunk.length > room) this.keep(room > 0 ? chunk.subarray(room) : chunk);
  }
  /** The text, and the file that holds all of it where the text does not. */
  finish() {
    if (this.fd !== void 0) this.closeFile();
    const bytes = Buffer.concat(this.shown);
    const cut = this.total > this.plan.shown;
    const text = (cut ? wholeCharacters(bytes) : bytes).toString("utf8");
    if (this.failure !== void 0) {
      return { text: `${text}
[cut here: the whole output could not be kept: ${this.failure}]
` };
    }
    return cut ? { text, file: this.plan.file } : { text };
  }
  openFile() {
    try {
      this.fd = openSync(this.plan.file, "wx", 384);
      for (const chunk of this.shown) this.write(chunk);
    } catch (error) {
      this.giveUp(error);
    }
  }
  keep(chunk) {
    if (this.fd === void 0) return;
    try {
      const room = this.plan.kept - this.keptBytes;
      this.write(chunk.subarray(0, room));
      if (chunk.length <= room) return;
      this.write(Buffer.from(`
[cut here: only the first ${this.plan.kept} bytes are kept]
`));
      this.closeFile();
    } catch (error) {
      this.giveUp(error);
    }
  }
  write(bytes) {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    this.keptBytes += bytes.length;
  }
  giveUp(error) {
    this.failure = error.code ?? String(error);
    this.closeFile();
  }
  closeFile() {
    if (this.fd !== void 0) closeSync(this.fd);
    this.fd = void 0;
    this.closed = true;
  }
};
function wholeCharacters(bytes) {
  let start2 = bytes.length - 1;
  while (start2 >= 0 && start2 > bytes.length - 4 && (bytes[start2] & 192) === 128) start2--;
  const lead = bytes[start2] ?? 0;
  const length = lead >= 240 ? 4 : lead >= 224 ? 3 : lead >= 192 ? 2 : 1;
  return start2 >= 0 && start2 + length > bytes.length ? bytes.subarray(0, start2) : bytes;
}

// src/guard/processes.ts
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

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

// src/guard/processes.ts
var GRACE_MS = 2e3;
var GIVE_UP_MS = 5e3;
var FIRST_LOOK_MS = 5;
var LOOK_EVERY_MS = 50;
function listProcesses() {
  const found = process.platform === "linux" ? listFromProc() : listFromPs();
  return found.filter(({ pid }) => pid !== process.pid);
}
function listFromProc() {
  const found = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const facts = parseStat(readFileSync(`/proc/${name}/stat`, "latin1"));
      if (facts === void 0 || hasEnded(facts)) continue;
      found.push({ pid: Number(name), group: facts.group, environment: environmentOf(name) });
    } catch {
    }
  }
  return found;
}
function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
function listFromPs() {
  const columns = ["-o", "pid=,pgid=,stat=,command="];
  try {
    return parsePs(
      execFileSync("ps", ["-axEww", ...columns], { encoding: "utf8", maxBuffer: 1 << 26, stdio: "pipe" })
    );
  } catch {
    return [];
  }
}
function parsePs(output) {
  return output.split("\n").flatMap((line) => {
    const [pid, group, state, ...words] = line.trim().split(/\s+/);
    if (!pid || !group || !state || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), group: Number(group), environment: words }];
  });
}
function markersOf({ environment }, name) {
  const variable = environment.find((entry) => entry.startsWith(`${name}=`));
  return variable === void 0 ? [] : variable.slice(name.length + 1).split(",");
}
function groupLives(group) {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  return listProcesses().some((each) => each.group === group);
}
async function endProcesses(find, graceMs = GRACE_MS) {
  const begun = performance.now();
  const asked = /* @__PURE__ */ new Set();
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LOOK_EVERY_MS)) {
    const left = find();
    const waited = performance.now() - begun;
    if (left.length === 0 || waited > graceMs + GIVE_UP_MS) return;
    for (const target of left) {
      if (waited >= graceMs) send(target, "SIGKILL");
      else if (!asked.has(target)) {
        asked.add(target);
        send(target, "SIGTERM");
        send(target, "SIGCONT");
      }
    }
    await sleep(pause);
  }
}
function send(target, signal) {
  try {
    process.kill(target, signal);
  } catch {
  }
}

// src/guard/protocol.ts
var COMMAND_MARKER = "AGENT_SEQUENCER_EFFECT";
var GUARD_MARKER = "AGENT_SEQUENCER_GUARD";

// src/guard/start-failure.ts
import { existsSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
function workingFolderFailure(cwd) {
  let fact;
  try {
    if (statSync(cwd).isDirectory()) return void 0;
    fact = "is not a folder";
  } catch (error) {
    const { code } = error;
    fact = code === "ENOENT" ? "does not exist" : `cannot be used (${code})`;
  }
  return {
    type: "WorkingFolderUnusable",
    message: `the working folder ${cwd} ${fact}; pass another one as cwd, absolute or relative to the project folder`
  };
}
function startFailure(file, cwd, error) {
  const { code = error.message } = error;
  if (code === "ENOENT") return { type: "CommandNotFound", message: notFound(file, cwd) };
  if (code === "EACCES") {
    return {
      type: "CommandNotExecutable",
      message: `'${file}' may not be executed; make it executable (chmod +x), or run it with its interpreter: command("sh", ["${file}"])`
    };
  }
  if (code === "E2BIG") {
    return {
      type: "CommandTooLong",
      message: `the arguments and the environment of '${file}' are larger than the system allows; pass large texts as input`
    };
  }
  return { type: "CommandNotStarted", message: `'${file}' could not be started: ${code}` };
}
function notFound(file, cwd) {
  if (!file.includes("/")) {
    return `'${file}' was not found on the PATH; install it, or give its path. There is no shell: for built-ins and pipes use command("sh", ["-c", "..."])`;
  }
  const path = isAbsolute(file) ? file : resolve(cwd, file);
  if (!existsSync(path)) return `there is no file ${path}`;
  return `the interpreter that the first line of ${path} names was not found`;
}

// src/guard.ts
var DRAIN_MS = 500;
var OTHER_GUARD_MS = GRACE_MS + 4e3;
var unwanted = false;
var onUnwanted = () => {
};
function stop() {
  unwanted = true;
  onUnwanted();
}
process.on("SIGINT", () => {
});
process.on("SIGHUP", () => {
});
process.on("SIGTERM", stop);
process.stdout.on("error", () => process.exit(0));
var input = createInterface({ input: process.stdin });
process.stdin.on("error", stop);
input.on("close", stop);
input.once("line", (line) => {
  carryOut(JSON.parse(line)).then(report, (error) => {
    report({ failed: { type: "CommandNotStarted", message: String(error) } });
  });
});
function report(outcome) {
  if (outcome === void 0) process.exit(0);
  process.stdout.write(`${JSON.stringify(outcome)}
`, () => process.exit(0));
}
async function carryOut(plan) {
  await endLeftovers(plan);
  const { command } = plan;
  if (command === void 0) return { cleared: true };
  const failed = workingFolderFailure(command.cwd);
  if (failed !== void 0) return { failed };
  return unwanted ? void 0 : run(command, `${plan.instance}/${plan.step}`);
}
async function endLeftovers({ instance, step, lastStep, pending }) {
  const own = `${instance}/${step}`;
  const isOver = (marker) => {
    const [of, number] = marker.split("/");
    return of === instance && Number(number) <= lastStep && !pending.includes(Number(number));
  };
  const isOtherGuard = (each) => markersOf(each, GUARD_MARKER).some((marker) => marker === own || isOver(marker));
  const isMarked = (each) => markersOf(each, COMMAND_MARKER).includes(own);
  if (!listProcesses().some((each) => isOtherGuard(each) || isMarked(each))) return;
  await endProcesses(() => pidsOf(isOtherGuard), OTHER_GUARD_MS);
  await endProcesses(() => pidsOf(isMarked));
}
function pidsOf(wanted) {
  return listProcesses().filter(wanted).map(({ pid }) => pid);
}
async function run(command, marker) {
  const stdout = new Output(command.stdout);
  const stderr = new Output(command.stderr);
  const started = await start(command, marker, stdout, stderr);
  if ("failed" in started) return started;
  const { child, ended, drained } = started;
  const group = child.pid;
  const stopped = new Promise((resolve2) => {
    onUnwanted = resolve2;
    if (unwanted) resolve2();
  });
  const livingGroup = () => groupLives(group) ? [-group] : [];
  await Promise.race([ended, stopped]);
  if (!unwanted) {
    await Promise.race([drained, sleep2(DRAIN_MS), stopped]);
    await endProcesses(livingGroup);
    await Promise.race([drained, sleep2(DRAIN_MS), stopped]);
  }
  if (unwanted) {
    const isMarked = (each) => markersOf(each, COMMAND_MARKER).includes(marker);
    await endProcesses(() => [...livingGroup(), ...pidsOf(isMarked)]);
    return void 0;
  }
  return { result: resultOf(child, stdout, stderr) };
}
async function start({ file, args, cwd, env, input: input2 }, marker, stdout, stderr) {
  try {
    const child = spawn(file, args, {
      cwd,
      env: { ...env, [COMMAND_MARKER]: markerAfter(env[COMMAND_MARKER], marker) },
      // A session and a group of its own, to be ended as a whole.
      detached: true,
      stdio: [input2 === void 0 ? "ignore" : "pipe", "pipe", "pipe"]
    });
    const ended = new Promise((resolve2) => child.once("exit", () => resolve2()));
    const drained = new Promise((resolve2) => child.once("close", () => resolve2()));
    child.stdout.on("data", (chunk) => stdout.add(chunk));
    child.stderr.on("data", (chunk) => stderr.add(chunk));
    child.stdin?.on("error", () => {
    });
    child.stdin?.end(input2);
    await once(child, "spawn");
    return { child, ended, drained };
  } catch (error) {
    return { failed: startFailure(file, cwd, error) };
  }
}
function resultOf({ exitCode, signalCode }, stdout, stderr) {
  const [out, err] = [stdout.finish(), stderr.finish()];
  return {
    exit_code: exitCode,
    signal: signalCode,
    stdout: out.text,
    stderr: err.text,
    ...out.file !== void 0 && { stdout_file: out.file },
    ...err.file !== void 0 && { stderr_file: err.file }
  };
}
function markerAfter(around, marker) {
  return around === void 0 || around === "" ? marker : `${around},${marker}`;
}
