/**
 * Makes the globals of this worker thread answer by turn.
 *
 * G1. In a turn: the time of the event, the chance of the scope, and `NondeterministicCall` for what waits
 *     or reaches outside. In no turn, and inside an effect: what they were.
 * G2. The objects that Node itself works with (`process`, `performance`, `crypto`) are not changed; the
 *     global names lead to facades of them. Only `process.cwd` is, since `path.resolve` calls it.
 */

import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { type MarkOptions, performance as realPerformance } from "node:perf_hooks";
import realProcess from "node:process";
import { isMainThread } from "node:worker_threads";
import { type FacadeRules, facadeOf } from "./facade.ts";
import { realNow, refuseInTurn, turnOfCaller } from "./turn.ts";

const RealDate = Date;
const realRandom = Math.random;

let installed = false;

/**
 * Once, when the worker starts and before any program is evaluated.
 *
 * @throws Error on the main thread, whose globals belong to the server
 */
export function installDeterminism(): void {
  if (isMainThread) throw new Error("the globals of the main thread are not to be changed");
  if (installed) return;
  installed = true;
  installDate();
  installIntl();
  setMember(Math, "random", () => turnOfCaller("Math.random")?.chance().float() ?? realRandom());
  setMember(globalThis, "process", processFacade());
  setMember(globalThis, "crypto", cryptoFacade());
  setMember(globalThis, "performance", facadeOf("performance", realPerformance, PERFORMANCE));
  installWeakReferences();
  for (const name of WAITING_GLOBALS) guardMember(globalThis, name, name);
  guardWebSocket();
  for (const name of ["wait", "waitAsync"]) guardMember(Atomics, name, `Atomics.${name}`);
  guardMember(AbortSignal, "timeout", "AbortSignal.timeout");
  guardMember(realProcess, "cwd", "process.cwd");
}

const WAITING_GLOBALS = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "fetch",
  "EventSource",
  "BroadcastChannel",
  "MessageChannel",
];

function now(): number {
  return turnOfCaller("Date")?.nowMs ?? realNow();
}

function installDate(): void {
  // One prototype for both, so that `instanceof` holds for dates of either, of structuredClone and of Node.
  function TurnDate(...parameters: unknown[]): unknown {
    if (new.target === undefined) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, parameters.length === 0 ? [now()] : parameters, new.target);
  }
  const members = Object.getOwnPropertyDescriptors(RealDate);
  Object.defineProperties(TurnDate, { ...members, now: { ...members.now, value: now } });
  setMember(RealDate.prototype, "constructor", TurnDate);
  setMember(globalThis, "Date", TurnDate);
}

/** `format()` and `formatToParts()` without a date mean now. */
function installIntl(): void {
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, "format")!;
  Object.defineProperty(prototype, "format", {
    ...format,
    get(this: Intl.DateTimeFormat) {
      const bound = format.get!.call(this) as (date?: number | Date) => string;
      return (date?: number | Date) => bound(date === undefined ? now() : date);
    },
  });
  const { formatToParts } = prototype;
  setMember(prototype, "formatToParts", function (this: Intl.DateTimeFormat, date?: number | Date) {
    return formatToParts.call(this, date === undefined ? now() : date);
  });
}

/** Collection of garbage is chance: what is made in a turn is held as long as its reference, and not reported. */
function installWeakReferences(): void {
  const held = new WeakMap<object, unknown>();
  const RealWeakRef = WeakRef;
  function TurnWeakRef(this: unknown, target: WeakKey): unknown {
    if (new.target === undefined) throw new TypeError("Constructor WeakRef requires 'new'");
    const reference = Reflect.construct(RealWeakRef, [target], new.target) as object;
    if (turnOfCaller() !== undefined) held.set(reference, target);
    return reference;
  }
  Object.defineProperties(TurnWeakRef, Object.getOwnPropertyDescriptors(RealWeakRef));
  setMember(RealWeakRef.prototype, "constructor", TurnWeakRef);
  setMember(globalThis, "WeakRef", TurnWeakRef);
  const { register } = FinalizationRegistry.prototype;
  setMember(FinalizationRegistry.prototype, "register", function (this: never, ...parameters: unknown[]) {
    if (turnOfCaller() === undefined) Reflect.apply(register, this, parameters);
  });
}

const PERFORMANCE: FacadeRules = {
  replace: {
    get timeOrigin() {
      return turnOfCaller()?.originMs ?? realPerformance.timeOrigin;
    },
    now: () => {
      const turn = turnOfCaller("performance.now");
      return turn === undefined ? realPerformance.now() : turn.nowMs - turn.originMs;
    },
    /** In a turn it gives the mark and records nothing: the timeline is the whole thread's. */
    mark: (name: string, options: MarkOptions = {}) => {
      const turn = turnOfCaller();
      if (turn === undefined) return realPerformance.mark(name, options);
      const startTime = turn.nowMs - turn.originMs;
      return Reflect.construct(globalThis.PerformanceMark, [name, { startTime, ...options }]);
    },
  },
};

function cryptoFacade(): typeof globalThis.crypto {
  return facadeOf("crypto", webcrypto, {
    replace: {
      // The real one judges what it is given.
      getRandomValues: <T extends Uint8Array>(array: T): T => {
        webcrypto.getRandomValues(array);
        turnOfCaller("crypto.getRandomValues")
          ?.chance()
          .fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
        return array;
      },
      randomUUID: () => turnOfCaller("crypto.randomUUID")?.chance().uuid() ?? webcrypto.randomUUID(),
    },
  });
}

function processFacade(): NodeJS.Process {
  return facadeOf("process", realProcess, {
    refuseValues: true,
    // The same for every process on a machine, or seen by nobody but the person at the terminal.
    allow:
      /^(platform|arch|versions?|release|features|config|allowedNodeEnvironmentFlags|stdout|stderr|emitWarning)$/,
    replace: {
      env: environment(),
      nextTick: (callback: (...parameters: unknown[]) => void, ...parameters: unknown[]) => {
        if (turnOfCaller() === undefined) realProcess.nextTick(callback, ...parameters);
        else queueMicrotask(() => callback(...parameters));
      },
    },
  });
}

/** Each variable is refused by its name, but NODE_ENV: packages ask for it wherever they are, so it is unset. */
function environment(): NodeJS.ProcessEnv {
  const refuse = (name: PropertyKey, verb: string) => {
    if (typeof name === "string") refuseInTurn(`process.env.${name}`, verb);
  };
  const isUnset = (name: PropertyKey) => name === "NODE_ENV" && turnOfCaller() !== undefined;
  return new Proxy(realProcess.env, {
    get(env, name) {
      if (isUnset(name)) return undefined;
      refuse(name, "read");
      return Reflect.get(env, name);
    },
    has(env, name) {
      if (isUnset(name)) return false;
      refuse(name, "read");
      return Reflect.has(env, name);
    },
    ownKeys(env) {
      refuseInTurn("process.env", "read");
      return Reflect.ownKeys(env);
    },
    set(env, name, value) {
      refuse(name, "set");
      return Reflect.set(env, name, value);
    },
    deleteProperty(env, name) {
      refuse(name, "deleted");
      return Reflect.deleteProperty(env, name);
    },
  });
}

function guardMember(owner: object, name: string, called: string): void {
  if (name in owner) setMember(owner, name, facadeOf(called, Reflect.get(owner, name)));
}

/** Looking at WebSocket loads it, 30 ms at every start. Since Node 22.5 it can be had later, from node:http. */
function guardWebSocket(): void {
  if (!Reflect.has(globalThis, "WebSocket")) return;
  // Defining it anew would look at it.
  Reflect.deleteProperty(globalThis, "WebSocket");
  const set = (value: unknown) => setMember(globalThis, "WebSocket", value);
  Object.defineProperty(globalThis, "WebSocket", {
    get() {
      const http = createRequire(import.meta.url)("node:http") as { WebSocket?: object };
      set(http.WebSocket && facadeOf("WebSocket", http.WebSocket));
      return globalThis.WebSocket;
    },
    set,
    configurable: true,
  });
}

function setMember(owner: object, name: string, value: unknown): void {
  const { enumerable = false } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  Object.defineProperty(owner, name, { value, writable: true, enumerable, configurable: true });
}
