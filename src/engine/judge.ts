/** Judging: whether a value from outside is what was asked for, decided once and recorded as it was decided. */

import type { Json, JsonSchema, Schema } from "../program/schema.ts";
import type { Problem } from "./event.ts";
import { type BrokenSchema, parse, problemsOf } from "./schema.ts";

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
  what: string,
): Promise<Judgement> {
  const forbidden = findForbiddenKey(value);
  if (forbidden !== undefined) {
    return {
      verdict: "invalid",
      problems: [{ path: forbidden, message: 'a key named "__proto__" is not accepted' }],
    };
  }
  const direct = await judgeAsIs(value, shownSchema, schema, what);
  if (direct.verdict !== "invalid" || typeof value !== "string") return direct;
  // Some clients send the JSON that was asked for as a string that holds it.
  const inner = parseText(value);
  if (inner === undefined || findForbiddenKey(inner.json) !== undefined) return direct;
  const unwrapped = await judgeAsIs(inner.json, shownSchema, schema, what);
  if (unwrapped.verdict === "valid") return { ...unwrapped, fromString: true };
  return typeof inner.json === "object" && inner.json !== null ? unwrapped : direct;
}

async function judgeAsIs(
  value: Json,
  shownSchema: JsonSchema | undefined,
  schema: Schema | undefined,
  what: string,
): Promise<Judgement> {
  if (shownSchema !== undefined) {
    const problems = problemsOf(shownSchema, value, what);
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

/** Path of a key that could reach a prototype in careless code. */
function findForbiddenKey(root: Json): string | undefined {
  const stack: { value: Json; path: string }[] = [{ value: root, path: "$" }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, path } = next;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
      if (key === "__proto__") return at;
      if (typeof member === "object") stack.push({ value: member, path: at });
    }
  }
  return undefined;
}
