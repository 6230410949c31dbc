/** Judging: whether a value from outside is what was asked for, decided once and recorded as it was decided. */

import { SequencerError } from "../errors.ts";
import type { Json, JsonSchema, Schema } from "../program/schema.ts";
import type { SchemaName } from "./compile.ts";
import type { Problem } from "./event.ts";
import { MAX_DEPTH, pathTo } from "./json.ts";
import { type BrokenSchema, parse, problemsOf } from "./schema.ts";
import { textOf } from "./thrown.ts";

export type Judgement =
  | { readonly verdict: "valid"; readonly value: Json; readonly fromString?: true }
  | { readonly verdict: "invalid"; readonly problems: readonly Problem[] }
  /** The schema is at fault. */
  | { readonly verdict: "broken"; readonly code: BrokenSchema; readonly reason: string };

/**
 * @param shownSchema the JSON Schema that was shown; none: any JSON
 * @param schema the author's own, which parses what passed
 * @param what names the value in messages: "the reply schema of step 3"
 */
export async function judge(
  value: Json,
  shownSchema: JsonSchema | undefined,
  schema: Schema | undefined,
  what: SchemaName,
): Promise<Judgement> {
  const refused = findUnacceptable(value);
  if (refused !== undefined) return { verdict: "invalid", problems: [refused] };
  const direct = await judgeAsIs(value, shownSchema, schema, what);
  if (direct.verdict !== "invalid" || typeof value !== "string") return direct;
  // Some clients send the JSON that was asked for as a string that holds it.
  const inner = parseText(value);
  if (inner === undefined || findUnacceptable(inner.json) !== undefined) return direct;
  const unwrapped = await judgeAsIs(inner.json, shownSchema, schema, what);
  if (unwrapped.verdict === "valid") return { ...unwrapped, fromString: true };
  return typeof inner.json === "object" && inner.json !== null ? unwrapped : direct;
}

async function judgeAsIs(
  value: Json,
  shownSchema: JsonSchema | undefined,
  schema: Schema | undefined,
  what: SchemaName,
): Promise<Judgement> {
  if (shownSchema !== undefined) {
    let problems: Problem[];
    try {
      problems = problemsOf(shownSchema, value, what);
    } catch (error) {
      if (error instanceof SequencerError) throw error;
      // A schema that refers to itself without end, or that ajv compiles wrongly.
      return {
        verdict: "broken",
        code: "InvalidSchema",
        reason: `the schema cannot judge: ${textOf(error)}`,
      };
    }
    if (problems.length > 0) return { verdict: "invalid", problems };
  }
  const parsed = await parse(schema, value);
  if ("value" in parsed) return { verdict: "valid", value: parsed.value };
  if ("problems" in parsed) return { verdict: "invalid", problems: parsed.problems };
  return { verdict: "broken", code: parsed.code, reason: parsed.broken };
}

function parseText(text: string): { json: Json } | undefined {
  try {
    return { json: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

interface Part {
  readonly value: object;
  readonly depth: number;
  readonly key: PropertyKey;
  readonly parent: Part | undefined;
}

/**
 * What no schema can allow: a key that could reach a prototype in careless code, and nesting that breaks
 * whoever reads it by recursion. Itself it goes by a list.
 */
function findUnacceptable(root: Json): Problem | undefined {
  const parts: Part[] = [];
  const visit = (value: Json, key: PropertyKey, parent: Part | undefined) => {
    if (typeof value === "object" && value !== null) {
      parts.push({ value, key, parent, depth: parent === undefined ? 0 : parent.depth + 1 });
    }
  };
  visit(root, "$", undefined);
  for (const part of parts) {
    const { value, depth } = part;
    if (depth > MAX_DEPTH) return { path: "$", message: `is nested more than ${MAX_DEPTH} levels deep` };
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) visit(value[i], i, part);
      continue;
    }
    for (const key of Object.keys(value)) {
      if (key === "__proto__") {
        return { path: pathTo(pathOf(part), key), message: "is a name that is not accepted" };
      }
      visit((value as Record<string, Json>)[key]!, key, part);
    }
  }
  return undefined;
}

function pathOf({ key, parent }: Part): string {
  return parent === undefined ? "$" : pathTo(pathOf(parent), key);
}
