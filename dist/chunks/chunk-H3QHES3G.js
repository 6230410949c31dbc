import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/program/duration.ts
var UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
var LONGEST = 36525 * 864e5;
function parseDuration(duration) {
  const milliseconds = typeof duration === "string" ? parseText(duration) : duration;
  if (typeof milliseconds === "number" && milliseconds >= 0 && milliseconds <= LONGEST) return milliseconds;
  throw new TypeError(
    `${JSON.stringify(duration) ?? String(duration)} is not a duration: use milliseconds, or text such as "90s", "10m" or "1h 30m"`
  );
}
function parseText(text) {
  if (!/^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/.test(text)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) {
    total += Number(amount) * UNITS[unit];
  }
  return total;
}

// src/program/step.ts
var STEP = /* @__PURE__ */ Symbol.for("agent-sequencer.step");
var observer;
function observeSteps(next) {
  observer = next;
}
var Step = class _Step {
  /** Private: a step stays a plain value to look at. */
  #trace;
  /** A subclass checks its arguments before it calls this: a step that could not be made was not made. */
  constructor() {
    let made;
    if (observer?.wantsPlaces !== false) {
      made = {};
      Error.captureStackTrace(made, new.target);
    }
    this.#trace = { yielded: false, made };
    observer?.made(this);
  }
  get trace() {
    return this.#trace;
  }
  *[Symbol.iterator]() {
    this.#trace.yielded = true;
    return yield this;
  }
  static {
    Object.defineProperty(_Step.prototype, STEP, { value: true });
    Object.defineProperty(_Step.prototype, "then", {
      get() {
        if (#trace in this && !this.#trace.yielded) observer?.awaited(this);
        return void 0;
      }
    });
  }
};
function isStep(value) {
  return typeof value === "object" && value !== null && STEP in value;
}
function isGenerator(value) {
  if (typeof value !== "object" || value === null) return false;
  const { next, throw: raise, return: finish } = value;
  return typeof next === "function" && typeof raise === "function" && typeof finish === "function";
}

// src/program/ask.ts
var Ask = class extends Step {
  kind = "ask";
  question;
  options;
  constructor(question, options = {}) {
    if (typeof question !== "string" || question.trim() === "") {
      throw new TypeError("ask(question, ...) takes the question: a text that is not empty");
    }
    const { choices } = options;
    if (choices !== void 0 && (!Array.isArray(choices) || choices.length === 0 || !choices.every((choice) => typeof choice === "string"))) {
      throw new TypeError("choices must be an array of texts, at least one");
    }
    if (choices !== void 0 && options.reply !== void 0) {
      throw new TypeError("ask takes choices or a reply schema, not both");
    }
    if (options.timeout !== void 0) parseDuration(options.timeout);
    super();
    this.question = question;
    this.options = options;
  }
};
function ask(question, options) {
  return new Ask(question, options);
}

// src/program/effect.ts
var SideEffect = class extends Step {
  kind = "effect";
  label;
  fn;
  options;
  constructor(label, fn, options = {}) {
    requireText(label, "sideEffect(label, fn)", "a label");
    if (typeof fn !== "function") throw new TypeError("sideEffect(label, fn) takes the function to run");
    requireOptions(options);
    super();
    this.label = label;
    this.fn = fn;
    this.options = options;
  }
};
function sideEffect(label, fn, options) {
  return new SideEffect(label, fn, options);
}
var Command = class extends Step {
  kind = "command";
  file;
  args;
  options;
  constructor(file, args = [], options = {}) {
    requireText(file, "command(file, args)", "the file to run");
    if (!Array.isArray(args) || !args.every((arg) => typeof arg === "string")) {
      throw new TypeError("command(file, args) takes the arguments as an array of texts; there is no shell");
    }
    if (file.includes("\0") || args.some((arg) => arg.includes("\0"))) {
      throw new TypeError("command(file, args): a NUL character cannot be passed to a process");
    }
    requireOptions(options);
    super();
    this.file = file;
    this.args = [...args];
    this.options = options;
  }
};
function command(file, args, options) {
  return new Command(file, args, options);
}
function requireText(value, call, what) {
  if (typeof value !== "string" || value.trim() === "")
    throw new TypeError(`${call} takes ${what}, a text that is not empty`);
}
function requireOptions({ retry, onInterrupted, timeout }) {
  if (timeout !== void 0) parseDuration(timeout);
  if (onInterrupted !== void 0 && onInterrupted !== "rerun" && onInterrupted !== "fail") {
    throw new TypeError(`onInterrupted must be "rerun" or "fail", got ${String(onInterrupted)}`);
  }
  if (retry === void 0) return;
  if (!(Number.isInteger(retry.attempts) && retry.attempts >= 1)) {
    throw new TypeError(`retry.attempts must be a whole number from 1, got ${String(retry.attempts)}`);
  }
  if (retry.backoff !== void 0) parseDuration(retry.backoff);
}

// src/program/instruction.ts
var Instruction = class extends Step {
  kind = "instruction";
  text;
  options;
  constructor(text, options = {}) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new TypeError(
        "instruct(text, ...) takes the text of the instruction: a string that is not empty"
      );
    }
    checkOptions(options);
    super();
    this.text = text;
    this.options = options;
  }
};
var OPTIONS = {
  reply: true,
  id: true,
  maxAttempts: true,
  onInvalid: true,
  expected: true,
  timeout: true,
  tools: true
};
function checkOptions(options) {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("instruct(text, options): options must be an object, such as { reply: schema }");
  }
  for (const name in options) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new TypeError(
        `instruct has no option ${JSON.stringify(name)}; it takes ${Object.keys(OPTIONS).join(", ")}`
      );
    }
  }
  const { id, maxAttempts, onInvalid, expected, timeout, tools } = options;
  if (id !== void 0 && (typeof id !== "string" || id === "")) {
    throw new TypeError(`id must be a text that names the step, got ${String(id)}`);
  }
  if (maxAttempts !== void 0 && !(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
    throw new TypeError(`maxAttempts must be a whole number from 1, got ${String(maxAttempts)}`);
  }
  if (onInvalid !== void 0 && onInvalid !== "retry" && onInvalid !== "abort") {
    throw new TypeError(`onInvalid must be "retry" or "abort", got ${String(onInvalid)}`);
  }
  if (expected !== void 0) parseDuration(expected);
  if (timeout !== void 0) parseDuration(timeout);
  if (tools !== void 0) checkTools(tools);
}
function checkTools(tools) {
  const isRules = (rules) => rules === void 0 || Array.isArray(rules) && rules.every((rule) => typeof rule === "string");
  if (typeof tools !== "object" || tools === null || !isRules(tools.allow) || !isRules(tools.deny)) {
    throw new TypeError('tools must be { allow?: [...], deny?: [...] }, lists of names such as "Read"');
  }
}
function instruct(text, options) {
  return new Instruction(text, options);
}

// src/program/wait.ts
var Sleep = class extends Step {
  kind = "sleep";
  milliseconds;
  constructor(duration) {
    const milliseconds = parseDuration(duration);
    super();
    this.milliseconds = milliseconds;
  }
};
function sleep(duration) {
  return new Sleep(duration);
}
var Signal = class extends Step {
  kind = "signal";
  name;
  timeout;
  constructor(name, options = {}) {
    if (typeof name !== "string" || name === "")
      throw new TypeError("signal(name) takes the name of a declared signal");
    if (options.timeout !== void 0) parseDuration(options.timeout);
    super();
    this.name = name;
    this.timeout = options.timeout;
  }
};
function signal(name, options) {
  return new Signal(name, options);
}

// src/program/outcome.ts
var Abort = class extends Error {
  reason;
  constructor(reason, options) {
    if (typeof reason !== "string") throw new TypeError("new Abort(reason) takes the reason, a text");
    super(reason, options);
    this.name = "Abort";
    this.reason = reason;
  }
};
var StepFailed = class extends Error {
  code;
  /** The agent's own words, or what went wrong. */
  reason;
  stepNo;
  constructor(code, reason, stepNo, options) {
    super(`step ${stepNo} failed (${code}): ${reason}`, options);
    this.name = "StepFailed";
    this.code = code;
    this.reason = reason;
    this.stepNo = stepNo;
  }
};

// src/program/call.ts
var Call = class extends Step {
  kind = "call";
  program;
  params;
  constructor(program, params) {
    super();
    this.program = program;
    this.params = params;
  }
};
var CallFailed = class extends Error {
  /** Names from the called program to the one that failed: `["review", "lint"]`. */
  path;
  /** The called program threw `Abort`; not caught, it aborts the whole run. */
  aborted;
  constructor(path, reason, aborted, options) {
    super(`${path.join(" > ")}: ${reason}`, options);
    this.name = "CallFailed";
    this.path = path;
    this.aborted = aborted;
  }
};

// src/program/group.ts
var Group = class extends Step {
  kind = "group";
  mode;
  branches;
  concurrency;
  constructor(mode, branches, options = {}) {
    checkBranches(mode, branches);
    const concurrency = checkedConcurrency(mode, options);
    super();
    for (const branch of branches) {
      if (isStep(branch)) branch.trace.yielded = true;
    }
    this.mode = mode;
    this.branches = [...branches];
    this.concurrency = concurrency;
  }
};
function checkBranches(mode, branches) {
  if (!Array.isArray(branches)) throw new TypeError(`${mode}([...]) takes an array of steps or branches`);
  if (mode === "race" && branches.length === 0) {
    throw new TypeError("race([]) would wait forever: give it at least one branch");
  }
  for (let i = 0; i < branches.length; i++) {
    const branch = branches[i];
    if (isStep(branch) || isGenerator(branch)) continue;
    throw new TypeError(
      `${mode}: branch ${i} is ${nameOf(branch)}; give it a step, instruct(...), or a generator that you call, branch(...)`
    );
  }
}
function nameOf(value) {
  if (value === null || value === void 0) return String(value);
  if (typeof value === "function") return `a function (${value.name || "anonymous"}) that was not called`;
  if (Array.isArray(value)) return "an array";
  if (typeof value.then === "function") return "a promise";
  return `of type ${typeof value}`;
}
function checkedConcurrency(mode, options) {
  for (const name in options) {
    if (name !== "concurrency") throw new TypeError(`${mode} has no option ${JSON.stringify(name)}`);
  }
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  if (concurrency === Number.POSITIVE_INFINITY || Number.isInteger(concurrency) && concurrency >= 1) {
    return concurrency;
  }
  throw new TypeError(`concurrency must be a whole number from 1, got ${String(concurrency)}`);
}
function all(branches, options) {
  return new Group("all", branches, options);
}
function allSettled(branches, options) {
  return new Group("allSettled", branches, options);
}
function race(branches, options) {
  return new Group("race", branches, options);
}

export {
  observeSteps,
  isStep,
  isGenerator,
  parseDuration,
  Ask,
  ask,
  SideEffect,
  sideEffect,
  Command,
  command,
  Instruction,
  instruct,
  Sleep,
  sleep,
  Signal,
  signal,
  Abort,
  StepFailed,
  Call,
  CallFailed,
  Group,
  all,
  allSettled,
  race
};
