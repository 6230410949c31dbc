import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/engine/json.ts
var MAX_DEPTH = 200;
function toJson(value) {
  const open = /* @__PURE__ */ new Set();
  let at = "$";
  function copy(current, path, depth) {
    if (current === null || typeof current === "string" || typeof current === "boolean") return current;
    if (typeof current === "number" && Number.isFinite(current)) return current === 0 ? 0 : current;
    if (typeof current === "number") return new NotJsonFound(path, `is ${current}, which JSON has not`);
    if (typeof current !== "object") return new NotJsonFound(path, `is ${nameOf(current)}`);
    if (open.has(current)) return new NotJsonFound(path, "refers back to itself (a cycle)");
    if (depth > MAX_DEPTH) return new NotJsonFound(path, `is nested more than ${MAX_DEPTH} levels deep`);
    open.add(current);
    const copied = Array.isArray(current) ? copyItems(current, path, depth + 1) : copyMembers(current, path, depth + 1);
    open.delete(current);
    return copied;
  }
  function copyItems(array, path, depth) {
    const items = [];
    for (let i = 0; i < array.length; i++) {
      const item = copy(array[i], `${path}[${i}]`, depth);
      if (item instanceof NotJsonFound) return item;
      items.push(item);
    }
    return items;
  }
  function copyMembers(object, path, depth) {
    at = path;
    if (!isPlain(object)) return new NotJsonFound(path, `is ${nameOf(object)}, not a plain object`);
    const members = {};
    for (const key of Object.keys(object)) {
      at = pathTo(path, key);
      const member = object[key];
      if (member === void 0) continue;
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
    return { path: at, reason: `throws when it is read: ${messageOf(error)}` };
  }
}
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
function messageOf(error) {
  return error instanceof Error ? error.message : preview(error);
}
var NotJsonFound = class {
  constructor(path, reason) {
    this.path = path;
    this.reason = reason;
  }
  path;
  reason;
};
function define(object, key, value) {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    object[key] = value;
  }
}
function nameOf(value) {
  if (value === void 0) return "undefined";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name !== "string" || name === "") return "an instance of a class";
  return /^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`;
}
function pathTo(path, key) {
  if (typeof key === "number") return `${path}[${key}]`;
  const name = String(key);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
function sameJson(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => sameJson(item, b[i]));
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && sameJson(a[key], b[key])
  );
}
function preview(value, limit = 80) {
  const text = write(value, limit + 1);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
function write(value, room) {
  if (typeof value === "string") return JSON.stringify(value.slice(0, room));
  if (typeof value === "function") return nameOf(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (room <= 0) return "";
  try {
    if (Array.isArray(value))
      return writeAll("[", value.keys(), "]", room, (i, left) => write(value[i], left));
    if (!isPlain(value)) return nameOf(value);
    const object = value;
    return writeAll("{", Object.keys(object).values(), "}", room, (key, left) => {
      const name = JSON.stringify(key.slice(0, left));
      return `${name}:${write(object[key], left - name.length - 1)}`;
    });
  } catch {
    return "{…}";
  }
}
function writeAll(begin, keys, end, room, writeMember) {
  let text = begin;
  for (const key of keys) {
    if (text.length >= room) return text;
    if (text.length > 1) text += ",";
    text += writeMember(key, room - text.length);
  }
  return text + end;
}

export {
  MAX_DEPTH,
  toJson,
  nameOf,
  pathTo,
  sameJson,
  preview
};
