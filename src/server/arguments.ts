/**
 * A tool's arguments, judged by the schema it is listed with, before its handler sees them. Loaded with the
 * first call: ajv takes longer to load than all the rest of the server.
 *
 * A1. Every problem is named at once, in plain words, with its path.
 * A2. `null` for an argument that may be left out counts as left out: some clients fill in every argument.
 */

import { pathTo, preview } from "../engine/json.ts";
import { judgeOf } from "../engine/schema.ts";
import { SequencerError } from "../errors.ts";
import type { Json } from "../program/schema.ts";
import { nearest } from "./nearest.ts";
import type { Tool } from "./tool.ts";

type Arguments = Record<string, Json>;

/** @throws SequencerError `InvalidArguments` */
export function judgeArguments({ name, inputSchema }: Tool, given: unknown): Arguments {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const fix = `Pass an object: ${example(inputSchema.required ?? [])}.`;
    throw new SequencerError(
      "InvalidArguments",
      `The arguments of ${name} must be an object, got ${preview(given)}.`,
      fix,
    );
  }
  const names = Object.keys(inputSchema.properties);
  const known: Arguments = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(given as Arguments)) {
    if (!Object.hasOwn(inputSchema.properties, key)) {
      problems.push(`${pathTo("$", key.slice(0, 80))} is not an argument; ${suggest(key, names)}`);
    } else if (!isLeftOut(inputSchema, key, value)) {
      known[key] = value;
    }
  }
  for (const { path, message } of judgeFor(name, inputSchema)(known)) problems.push(`${path} ${message}`);
  if (problems.length === 0) return known;
  throw new SequencerError(
    "InvalidArguments",
    `The arguments of ${name} are not valid: ${problems.join("; ")}.`,
  );
}

const judges = new WeakMap<Tool["inputSchema"], ReturnType<typeof judgeOf>>();

function judgeFor(name: string, inputSchema: Tool["inputSchema"]): ReturnType<typeof judgeOf> {
  let judge = judges.get(inputSchema);
  if (judge === undefined) {
    judge = judgeOf(inputSchema, `the input schema of ${name}`);
    judges.set(inputSchema, judge);
  }
  return judge;
}

function isLeftOut({ required, properties }: Tool["inputSchema"], key: string, value: Json): boolean {
  const takesNull = Object.hasOwn(properties[key]!, "anyOf");
  return value === null && !takesNull && !required?.includes(key);
}

function suggest(key: string, names: readonly string[]): string {
  const meant = nearest(key, names);
  return meant === undefined ? `there are: ${names.join(", ")}` : `did you mean ${meant}?`;
}

function example(required: readonly string[]): string {
  return required.length === 0 ? "{}" : `{ ${required.map((name) => `"${name}": …`).join(", ")} }`;
}
