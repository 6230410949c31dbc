/** What can happen to the file of a log: to its bytes, to its lines, and to what its lines say. */

import fc from "fast-check";
import type { Event } from "../../src/engine/event.ts";
import { encodeRecords } from "../../src/log/record.ts";
import { anyValue, type JsonText } from "./json-text.ts";

/** Places are taken modulo what there is, so that any number is one. */
export type Mutation =
  | {
      readonly how: "flip" | "overwrite" | "insert" | "delete" | "zero";
      readonly at: number;
      readonly by: number;
    }
  | { readonly how: "truncate"; readonly at: number }
  | { readonly how: "drop" | "blank" | "join"; readonly line: number }
  | { readonly how: "double" | "swap"; readonly line: number; readonly other: number }
  | { readonly how: "paste"; readonly line: number; readonly foreign: number }
  | ({ readonly how: "edit" } & Edit)
  | ({ readonly how: "forge" } & Edit);

/** A value somewhere in an event: set, taken out, or put in beside the others. */
interface Edit {
  readonly line: number;
  readonly path: readonly number[];
  readonly what: "set" | "remove" | "add";
  readonly key: string;
  readonly value: JsonText;
}

const place = fc.nat(100_000);
const lineNo = fc.nat(40);
const edit = {
  line: lineNo,
  path: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
  what: fc.constantFrom("set", "set", "set", "remove", "add"),
  key: fc.constantFrom("type", "__proto__", "value", "reply", "timeout_at", "schema", "scope", "forced"),
  value: fc.oneof(
    anyValue,
    fc.constantFrom("1", "2", "3", '"step_issued"', '"ended"', '"signal_received"', '"version_adopted"'),
    fc.constantFrom('"closed"', '"effect_started"', '"timer_fired"', '"reply_accepted"', '"started"'),
    fc.constantFrom('"2020-01-01T00:00:00.000Z"', '"+275760-09-13T00:00:00.000Z"', '"not a time"'),
    fc.constantFrom('"instruction"', '"effect"', '"sleep"', '"signal"', '"ask"', '"call"', '"command"'),
  ),
} as const;

export const damage: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    how: fc.constantFrom("flip", "overwrite", "insert", "delete", "zero"),
    at: place,
    by: fc.nat(300),
  }),
  fc.record({ how: fc.constant("truncate"), at: place }),
  fc.record({ how: fc.constantFrom("drop", "blank", "join"), line: lineNo }),
  fc.record({ how: fc.constantFrom("double", "swap"), line: lineNo, other: lineNo }),
  fc.record({ how: fc.constant("paste"), line: lineNo, foreign: lineNo }),
  fc.record({ how: fc.constant("edit"), ...edit }),
);

export const forgery: fc.Arbitrary<Mutation> = fc.record({ how: fc.constant("forge"), ...edit });

/** @param foreign lines of other logs */
export function mutated(log: Buffer, mutations: readonly Mutation[], foreign: readonly string[]): Buffer {
  return mutations.reduce((bytes, mutation) => mutate(bytes, mutation, foreign), log);
}

function mutate(log: Buffer, mutation: Mutation, foreign: readonly string[]): Buffer {
  switch (mutation.how) {
    case "truncate":
      return log.subarray(0, mutation.at % (log.length + 1));
    case "drop":
    case "blank":
    case "join":
    case "double":
    case "swap":
    case "paste":
    case "edit":
      return ofLines(mutateLines(linesOf(log), mutation, foreign));
    case "forge":
      return forged(log, mutation);
    default:
      return mutateBytes(log, mutation.how, mutation.at % Math.max(log.length, 1), mutation.by);
  }
}

function mutateBytes(log: Buffer, how: string, at: number, by: number): Buffer {
  const bytes = Buffer.from(log);
  if (bytes.length === 0) return bytes;
  if (how === "flip") bytes[at] = bytes[at]! ^ (1 << (by % 8));
  else if (how === "overwrite") bytes[at] = by % 256;
  else if (how === "zero") bytes.fill(0, at, Math.min(at + by, bytes.length));
  else if (how === "delete")
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (by % 40))]);
  else
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + (by % 7), by % 256), bytes.subarray(at)]);
  return bytes;
}

function mutateLines(
  lines: string[],
  mutation: Exclude<
    Mutation,
    { how: "flip" | "overwrite" | "insert" | "delete" | "zero" | "truncate" | "forge" }
  >,
  foreign: readonly string[],
): string[] {
  if (lines.length === 0) return lines;
  const at = mutation.line % lines.length;
  const line = lines[at]!;
  const before = lines.slice(0, at);
  const after = lines.slice(at + 1);
  switch (mutation.how) {
    case "drop":
      return [...before, ...after];
    case "blank":
      return [...before, "", line, ...after];
    case "join":
      return [...before, line + (after[0] ?? ""), ...after.slice(1)];
    case "double": {
      const to = mutation.other % (lines.length + 1);
      return [...lines.slice(0, to), line, ...lines.slice(to)];
    }
    case "swap": {
      const swapped = [...lines];
      const other = mutation.other % lines.length;
      swapped[at] = lines[other]!;
      swapped[other] = line;
      return swapped;
    }
    case "paste":
      return [...before, foreign[mutation.foreign % foreign.length]!, line, ...after];
    case "edit":
      return [...before, edited(line, mutation), ...after];
  }
}

/** The whole log written anew around the edited event: every checksum is right. */
function forged(log: Buffer, edit: Edit): Buffer {
  const lines = linesOf(log);
  try {
    return logOf(
      lines.map((line, i) => JSON.parse(i === edit.line % lines.length ? edited(line, edit) : line)),
    );
  } catch {
    // No event any more, or the log was damaged before.
    return log;
  }
}

/** A log of these events, written at once. */
export function logOf(events: readonly Event[]): Buffer {
  return encodeRecords(events, { seq: 0, off: 0, write: "forged.1", gap: { bytes: 0, crc: 0 } }).bytes;
}

function edited(line: string, { path, what, key, value }: Edit): string {
  let event: any;
  try {
    event = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof event !== "object" || event === null) return line;
  let parent = event;
  for (const step of path.slice(0, -1)) {
    const inner = Object.values(parent).filter((child) => typeof child === "object" && child !== null);
    if (inner.length === 0) break;
    parent = inner[step % inner.length];
  }
  const keys = Object.keys(parent);
  const name = what === "add" || keys.length === 0 ? key : keys[path.at(-1)! % keys.length]!;
  if (what === "remove") delete parent[name];
  else setOwn(parent, name, JSON.parse(value));
  return stringify(event) ?? line;
}

function setOwn(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** `undefined` for what is too deep to be written. */
function stringify(event: unknown): string | undefined {
  try {
    return JSON.stringify(event);
  } catch {
    return undefined;
  }
}

export function linesOf(log: Buffer): string[] {
  const lines = log.toString("latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => Buffer.from(line, "latin1").toString("utf8"));
}

export function ofLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
