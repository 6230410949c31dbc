/** JSON values: what may enter the log, and when two of them are the same. */

import type { Json } from "../program/schema.ts";

/** Levels of nesting that a value in the log may have; deeper ones break recursive readers. */
export const MAX_DEPTH = 200;

export interface NotJson {
  readonly path: string;
  /** "is a function", "is a Date (write it as text)" */
  readonly reason: string;
}

/**
 * The value as JSON would give it back, or the first place that JSON cannot carry.
 * `undefined` properties are dropped, as JSON does; anything else that would change is refused.
 */
export function toJson(value: unknown): { readonly json: Json } | NotJson {
  const open = new Set<object>();

  function copy(current: unknown, path: string, depth: number): Json | NotJsonFound {
    if (current === null || typeof current === "string" || typeof current === "boolean") return current;
    if (typeof current === "number") {
      return Number.isFinite(current) ? current : new NotJsonFound(path, `is ${current}, which JSON has not`);
    }
    if (typeof current !== "object") return new NotJsonFound(path, `is ${nameOf(current)}`);
    if (open.has(current)) return new NotJsonFound(path, "refers back to itself (a cycle)");
    if (depth > MAX_DEPTH) return new NotJsonFound(path, `is nested more than ${MAX_DEPTH} levels deep`);
    open.add(current);
    try {
      if (Array.isArray(current)) {
        const items: Json[] = [];
        for (let i = 0; i < current.length; i++) {
          const item = copy(current[i], `${path}[${i}]`, depth + 1);
          if (item instanceof NotJsonFound) return item;
          items.push(item);
        }
        return items;
      }
      const prototype: unknown = Object.getPrototypeOf(current);
      const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
      if (!plain) return new NotJsonFound(path, `is ${nameOf(current)}, not a plain object`);
      const object: { [key: string]: Json } = {};
      for (const [key, member] of Object.entries(current)) {
        if (member === undefined) continue;
        const item = copy(member, pathTo(path, key), depth + 1);
        if (item instanceof NotJsonFound) return item;
        define(object, key, item);
      }
      return object;
    } finally {
      open.delete(current);
    }
  }

  const json = copy(value, "$", 0);
  return json instanceof NotJsonFound ? { path: json.path, reason: json.reason } : { json };
}

class NotJsonFound {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {}
}

/** Sets an own property, `__proto__` included, without ever touching a prototype. */
function define(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

function nameOf(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "class instance"}`;
  return `a ${typeof value}`;
}

/** @example pathTo("$.a", "b c") // `$.a["b c"]` */
export function pathTo(path: string, key: PropertyKey): string {
  if (typeof key === "number") return `${path}[${key}]`;
  const name = String(key);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

/** Same JSON, whatever the order of its keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => sameJson(item, b[i]));
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** The value in a message: JSON, cut to `limit` characters. */
export function preview(value: unknown, limit = 80): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    // Nested too deeply, or in a circle: what recurses fails, `String` of an array too.
    text = typeof value === "object" ? "a value that JSON cannot show" : String(value);
  }
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
