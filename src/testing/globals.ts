/**
 * Makes the clock, chance and what reaches outside answer by turn in a test's process, as they do in the
 * server's worker thread.
 *
 * L1. Only within turns: between them every global is what the test, or its runner, made it.
 * L2. What the globals answer is decided by the host's own turns; here is only where they are put.
 */

import { facadeOf } from "../host/determinism/facade.ts";
import { turnOfCaller } from "../host/determinism/turn.ts";

const RealDate = Date;
const { crypto: realCrypto, performance: realPerformance, Math: realMath } = globalThis;
const realRandom = Math.random;

interface Patch {
  readonly owner: object;
  readonly name: string;
  readonly value: unknown;
}

const now = (): number => turnOfCaller()?.nowMs ?? RealDate.now();

// One prototype for both, so that `instanceof` holds for the dates of either.
function TurnDate(...parameters: unknown[]): unknown {
  if (new.target === undefined) return new RealDate(now()).toString();
  return Reflect.construct(RealDate, parameters.length === 0 ? [now()] : parameters, new.target);
}
const members = Object.getOwnPropertyDescriptors(RealDate);
Object.defineProperties(TurnDate, { ...members, now: { ...members.now, value: now } });

const turnCrypto = facadeOf("crypto", realCrypto, {
  replace: {
    randomUUID: () => turnOfCaller()?.chance().uuid() ?? realCrypto.randomUUID(),
    getRandomValues: <T extends Uint8Array>(array: T): T => {
      realCrypto.getRandomValues(array);
      const { buffer, byteOffset, byteLength } = array;
      turnOfCaller()
        ?.chance()
        .fill(new Uint8Array(buffer, byteOffset, byteLength));
      return array;
    },
  },
});

const turnPerformance = facadeOf("performance", realPerformance, {
  replace: {
    now: () => {
      const turn = turnOfCaller();
      return turn === undefined ? realPerformance.now() : turn.nowMs - turn.originMs;
    },
  },
});

const REACHING_OUT = ["setTimeout", "setInterval", "setImmediate", "fetch", "WebSocket"];

const PATCHES: readonly Patch[] = [
  { owner: globalThis, name: "Date", value: TurnDate },
  { owner: globalThis, name: "crypto", value: turnCrypto },
  { owner: globalThis, name: "performance", value: turnPerformance },
  { owner: realMath, name: "random", value: () => turnOfCaller()?.chance().float() ?? realRandom() },
  ...REACHING_OUT.flatMap((name) => {
    const value: unknown = Reflect.get(globalThis, name);
    return typeof value === "function" ? [{ owner: globalThis, name, value: facadeOf(name, value) }] : [];
  }),
];

let replaced: PropertyDescriptor[] | undefined;

export function putTurnGlobals(): void {
  if (replaced !== undefined) return;
  replaced = PATCHES.map(({ owner, name, value }) => {
    const before = Object.getOwnPropertyDescriptor(owner, name)!;
    const { enumerable } = before;
    Object.defineProperty(owner, name, { value, enumerable, writable: true, configurable: true });
    return before;
  });
}

export function restoreGlobals(): void {
  if (replaced === undefined) return;
  for (const [i, { owner, name }] of PATCHES.entries()) Object.defineProperty(owner, name, replaced[i]!);
  replaced = undefined;
}
