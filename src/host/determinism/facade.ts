/**
 * A facade of something that reaches outside: it looks like the real thing, and its functions and
 * classes work only outside turns.
 *
 * F1. Checked at the call, not at the import: programs import what they use inside a `sideEffect`.
 * F2. What is set on a facade stays there; the real thing belongs to the host and to other instances.
 */

import { refuseInTurn } from "./turn.ts";

export interface FacadeRules {
  /** Members that work in turns too. */
  readonly allow?: RegExp;
  /** Members to give instead of the real ones. */
  readonly replace?: object;
  /** Not only calls: reading a value that is not allowed is refused too. */
  readonly refuseValues?: boolean;
}

/** Objects whose functions reach outside as those around them do. */
const NESTED = new Set<PropertyKey>(["promises", "subtle", "scheduler", "report", "Network"]);

/** Made and not used, these do nothing; modules keep them for what their functions do later. */
const PASSIVE_CLASS = /\.(Agent|BlockList|SocketAddress)$/;

const reals = new WeakMap<object, object>();

/** @param name as messages call it: `fs`, `fs.readFileSync` */
export function facadeOf<T extends object>(name: string, real: T, rules: FacadeRules = {}): T {
  const { allow, replace = {}, refuseValues = false } = rules;
  const local = typeof real === "function" ? standInFor(real) : {};

  const read = (key: PropertyKey): unknown => {
    if (Object.hasOwn(local, key)) return Reflect.get(local, key);
    if (Object.hasOwn(replace, key)) return Reflect.get(replace, key);
    const value: unknown = Reflect.get(real, key);
    if (value === null || value === undefined || key in Function.prototype) return value;
    if (allow?.test(String(key))) return value;
    const named = `${name}.${String(key)}`;
    if (typeof value === "function" || NESTED.has(key)) {
      const facade = facadeOf(named, value);
      Object.defineProperty(local, key, { value: facade, writable: true, configurable: true });
      return facade;
    }
    if (refuseValues && typeof key === "string") refuseInTurn(named, "read");
    return value;
  };

  const facade: T = new Proxy(local, {
    apply(_, self, parameters) {
      refuseInTurn(name);
      return Reflect.apply(real as never, reals.get(self) ?? self, parameters);
    },
    construct(_, parameters, newTarget) {
      if (!PASSIVE_CLASS.test(name)) refuseInTurn(name);
      return Reflect.construct(real as never, parameters, newTarget === facade ? (real as never) : newTarget);
    },
    get: (_, key) => read(key),
    has: (_, key) => key in local || key in real,
    ownKeys: () => [...new Set([...Reflect.ownKeys(local), ...Reflect.ownKeys(real)])],
    getOwnPropertyDescriptor(_, key) {
      const original = Reflect.getOwnPropertyDescriptor(real, key);
      const own = Reflect.getOwnPropertyDescriptor(local, key);
      if (original === undefined || own?.configurable === false) return own;
      const { enumerable = false } = original;
      return { value: read(key), writable: true, enumerable, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(real),
  }) as T;
  reals.set(facade, real);
  return facade;
}

/** A proxy of a real function could not give other members than it has. */
function standInFor(real: object): object {
  function standIn() {}
  const { name, length, prototype } = real as { name: string; length: number; prototype: unknown };
  return Object.defineProperties(standIn, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
    prototype: { value: prototype },
  });
}
