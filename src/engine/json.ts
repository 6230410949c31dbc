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
  let at = "$";

  function copy(current: unknown, path: string, depth: number): Json | NotJsonFound {
    if (current === null || typeof current === "string" || typeof current === "boolean") return current;
    // JSON has one zero.
    if (typeof current === "number" && Number.isFinite(current)) return current === 0 ? 0 : current;
    if (typeof current === "number") return new NotJsonFound(path, `is ${current}, which JSON has not`);
    if (typeof current !== "object") return new NotJsonFound(path, `is ${nameOf(current)}`);
    if (open.has(current)) return new NotJsonFound(path, "refers back to itself (a cycle)");
    if (depth > MAX_DEPTH) return new NotJsonFound(path, `is nested more than ${MAX_DEPTH} levels deep`);
    open.add(current);
    const copied = Array.isArray(current)
      ? copyItems(current, path, depth + 1)
      : copyMembers(current, path, depth + 1);
    open.delete(current);
    return copied;
  }

  function copyItems(array: readonly unknown[], path: string, depth: number): Json[] | NotJsonFound {
    const items: Json[] = [];
    for (let i = 0; i < array.length; i++) {
      const item = copy(array[i], `${path}[${i}]`, depth);
      if (item instanceof NotJsonFound) return item;
      items.push(item);
    }
    return items;
  }

  function copyMembers(object: object, path: string, depth: number): Json | NotJsonFound {
    at = path;
    if (!isPlain(object)) return new NotJsonFound(path, `is ${nameOf(object)}, not a plain object`);
    const members: { [key: string]: Json } = {};
    for (const key of Object.keys(object)) {
      at = pathTo(path, key);
      const member: unknown = (object as Record<string, unknown>)[key];
      if (member === undefined) continue;
      const item = copy(member, at, depth);
      if (item instanceof NotJsonFound) return item;
      define(members, key, item);
    }
    return members;
  }

  try {
    const json = copy(value, "$", 0);
    return json instanceof NotJsonFound ? { path: json.path, reason: json.reason } : { json };
  } catch (error) {
    // A getter or a proxy of the author's.
    return { path: at, reason: `throws when it is read: ${messageOf(error)}` };
  }
}

/** Of an object literal or without a prototype, in whichever realm it was made. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : preview(error);
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

/** What a value is that is not JSON: "a Date", "a function", "an instance of a class". */
export function nameOf(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name !== "string" || name === "") return "an instance of a class";
  return /^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`;
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

/** The value in a message: as JSON, cut to `limit` characters. Costs no more than that, however large it is. */
export function preview(value: unknown, limit = 80): string {
  const text = write(value, limit + 1);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** As much JSON as fills `room`; of what JSON has not, what it is. */
function write(value: unknown, room: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, room));
  if (typeof value === "function") return nameOf(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (room <= 0) return "";
  try {
    if (Array.isArray(value))
      return writeAll("[", value.keys(), "]", room, (i, left) => write(value[i], left));
    if (!isPlain(value)) return nameOf(value);
    const object = value as Record<string, unknown>;
    return writeAll("{", Object.keys(object).values(), "}", room, (key, left) => {
      const name = JSON.stringify(key.slice(0, left));
      return `${name}:${write(object[key], left - name.length - 1)}`;
    });
  } catch {
    return "{…}";
  }
}

function writeAll<K>(
  begin: string,
  keys: Iterable<K>,
  end: string,
  room: number,
  writeMember: (key: K, room: number) => string,
): string {
  let text = begin;
  for (const key of keys) {
    if (text.length >= room) return text;
    if (text.length > 1) text += ",";
    text += writeMember(key, room - text.length);
  }
  return text + end;
}
