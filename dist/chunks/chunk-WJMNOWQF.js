import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/host/determinism/turn.ts
import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers";

// src/host/determinism/chance.ts
import { createHash } from "node:crypto";
var Chance = class {
  a;
  b;
  c;
  d;
  constructor([a, b, c, d]) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
  /** A whole number from 0, below 2^32. */
  uint32() {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return result;
  }
  /** From 0, below 1, with 53 random bits: as `Math.random()`. */
  float() {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }
  fill(bytes) {
    for (let i = 0; i < bytes.length; ) {
      let word = this.uint32();
      for (const end = Math.min(i + 4, bytes.length); i < end; word >>>= 8) bytes[i++] = word & 255;
    }
  }
  /** A whole number from `min`, below `max`; every one as likely as the others. The range is at most 2^48. */
  integer(min, max) {
    const range = max - min;
    const fair = 2 ** 48 - 2 ** 48 % range;
    for (; ; ) {
      const high = this.uint32() >>> 16;
      const drawn = high * 2 ** 32 + this.uint32();
      if (drawn < fair) return min + drawn % range;
    }
  }
  /** Version 4. */
  uuid() {
    const bytes = Buffer.alloc(16);
    this.fill(bytes);
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
};
function chanceOf(seed, scope) {
  const digest = createHash("sha256").update(JSON.stringify([seed, scope])).digest();
  return new Chance([0, 4, 8, 12].map((at) => digest.readUInt32LE(at)));
}
function rotate(word, by) {
  return word << by | word >>> 32 - by;
}

// src/host/determinism/turn.ts
var realNow = Date.now.bind(Date);
var effectScope = new AsyncLocalStorage();
var current;
var left;
var importing = 0;
var EVALUATION = "(evaluation)";
function createTurns({ seed, placeOf }) {
  const streams = /* @__PURE__ */ new Map();
  let scope = "";
  const chance = () => {
    let stream = streams.get(scope);
    if (stream === void 0) {
      stream = chanceOf(seed, scope);
      streams.set(scope, stream);
    }
    return stream;
  };
  let turn;
  const enter = (path, atMs) => {
    if (effectScope.getStore() !== void 0) effectScope.enterWith(void 0);
    turn ??= { placeOf, nowMs: atMs, originMs: atMs, chance };
    if (atMs > turn.nowMs) turn.nowMs = atMs;
    scope = path;
    importing = 0;
    current = turn;
  };
  const leave = () => {
    current = void 0;
    if (left === void 0) setImmediate(forgetLeft);
    left = turn;
  };
  const evaluating = (atMs, evaluate) => {
    enter(EVALUATION, atMs);
    try {
      return evaluate();
    } finally {
      leave();
    }
  };
  return { enter, leave, evaluating };
}
function forgetLeft() {
  left = void 0;
}
function turnOfCaller(call) {
  if ((current ?? left) === void 0 || effectScope.getStore() !== void 0) return void 0;
  if (current === void 0 && call !== void 0) refuseLate(call);
  return current;
}
function refuseLate(call) {
  const stack = stackOf(turnOfCaller);
  const goesOn = stack.split("\n").filter((line) => !/^\s+at async | \(?node:/.test(line));
  if (left?.placeOf(goesOn.at(-1)) === void 0) return;
  throw new SequencerError(
    "NondeterministicCall",
    `${call} was called at ${left.placeOf(stack)} by code that nobody awaited: its turn was over.`,
    "Put `await` in front of the asynchronous function, before the next `yield*`."
  );
}
function importingPackage(evaluate) {
  importing++;
  try {
    return evaluate();
  } finally {
    importing--;
  }
}
function refuseInTurn(call, verb = "called") {
  const turn = turnOfCaller(call);
  if (turn === void 0 || importing > 0) return;
  const place = turn.placeOf(stackOf(refuseInTurn));
  throw new SequencerError(
    "NondeterministicCall",
    `${call} was ${verb}${place === void 0 ? "" : ` at ${place}`}: what it does or gives would not be the same when the run is replayed.`,
    FIXES.find(([pattern]) => pattern.test(call))?.[1]
  );
}
function stackOf(above) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const at = {};
  Error.captureStackTrace(at, above);
  const { stack = "" } = at;
  Error.stackTraceLimit = limit;
  return stack;
}
var FIXES = [
  [
    /^(timers\.|timers\/promises\.)?(setTimeout|setInterval|setImmediate)|^Atomics\.|^AbortSignal\./,
    'Wait with `yield* sleep("90s")`, or give a step a `timeout`; inside a sideEffect timers work.'
  ],
  [/^process\.cwd$/, "Give paths in full, from `instance.projectDir` or `import.meta.dirname`."],
  [/^process\.env/, "Make it one of the program's params, or read it inside a sideEffect."],
  [/^process\.(exit|abort|kill)$/, 'End the run with `return` or `throw new Abort("why")`.'],
  [/^child_process\./, "Run the process with `yield* command(file, args)`, or inside a sideEffect."],
  [/^crypto\.subtle\./, "Use createHash or createHmac of node:crypto, or move the call into a sideEffect."],
  [/^require\(/, "Import it at the top of the file, so that it becomes part of the program's version."],
  [/^performance\.|^process\.hrtime/, "Measure inside a sideEffect; time stands still between steps."]
];

// src/host/determinism/facade.ts
var NESTED = /* @__PURE__ */ new Set(["promises", "subtle", "scheduler", "report", "Network"]);
var PASSIVE_CLASS = /\.(Agent|BlockList|SocketAddress)$/;
var reals = /* @__PURE__ */ new WeakMap();
function facadeOf(name, real, rules = {}) {
  const { allow, replace = {}, refuseValues = false } = rules;
  const local = typeof real === "function" ? standInFor(real) : {};
  const read = (key) => {
    if (Object.hasOwn(local, key)) return Reflect.get(local, key);
    if (Object.hasOwn(replace, key)) return Reflect.get(replace, key);
    const value = Reflect.get(real, key);
    if (value === null || value === void 0 || key in Function.prototype) return value;
    if (allow?.test(String(key))) return value;
    const named = `${name}.${String(key)}`;
    if (typeof value === "function" || NESTED.has(key)) {
      const facade2 = facadeOf(named, value);
      Object.defineProperty(local, key, { value: facade2, writable: true, configurable: true });
      return facade2;
    }
    if (refuseValues && typeof key === "string") refuseInTurn(named, "read");
    return value;
  };
  const facade = new Proxy(local, {
    apply(_, self, parameters) {
      refuseInTurn(name);
      return Reflect.apply(real, reals.get(self) ?? self, parameters);
    },
    construct(_, parameters, newTarget) {
      if (!PASSIVE_CLASS.test(name)) refuseInTurn(name);
      return Reflect.construct(real, parameters, newTarget === facade ? real : newTarget);
    },
    get: (_, key) => read(key),
    has: (_, key) => key in local || key in real,
    ownKeys: () => [.../* @__PURE__ */ new Set([...Reflect.ownKeys(local), ...Reflect.ownKeys(real)])],
    getOwnPropertyDescriptor(_, key) {
      const original = Reflect.getOwnPropertyDescriptor(real, key);
      const own = Reflect.getOwnPropertyDescriptor(local, key);
      if (original === void 0 || own?.configurable === false) return own;
      const { enumerable = false } = original;
      return { value: read(key), writable: true, enumerable, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(real)
  });
  reals.set(facade, real);
  return facade;
}
function standInFor(real) {
  function standIn() {
  }
  const { name, length, prototype } = real;
  return Object.defineProperties(standIn, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
    prototype: { value: prototype }
  });
}

export {
  effectScope,
  createTurns,
  turnOfCaller,
  importingPackage,
  refuseInTurn,
  facadeOf
};
