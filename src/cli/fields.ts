/**
 * Simple flat schemas, which a person can answer field by field: an object of texts, numbers, truth values
 * and choices.
 */

import type { Json, JsonSchema } from "../program/schema.ts";

export interface Field {
  readonly name: string;
  readonly type: "string" | "number" | "integer" | "boolean" | "choice";
  readonly choices?: readonly Json[];
  readonly required: boolean;
  readonly description?: string;
}

/** @returns `undefined` if the schema asks for anything else */
export function flatFields(schema: JsonSchema | null): Field[] | undefined {
  if (schema?.["type"] !== "object") return undefined;
  const { properties, required } = schema;
  if (typeof properties !== "object" || properties === null) return undefined;
  const needed = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).map(([name, member]) =>
    toField(name, member, needed.includes(name)),
  );
  const complete = fields.length > 0 && fields.every((field) => field !== undefined);
  return complete ? fields : undefined;
}

function toField(name: string, member: unknown, required: boolean): Field | undefined {
  if (typeof member !== "object" || member === null) return undefined;
  const { type, enum: choices, description } = member as JsonSchema;
  const about = { name, required, ...(typeof description === "string" && { description }) };
  if (Array.isArray(choices)) {
    const simple = choices.every((choice) => typeof choice !== "object");
    return simple ? { ...about, type: "choice", choices: choices as Json[] } : undefined;
  }
  if (type === "string" || type === "number" || type === "integer" || type === "boolean")
    return { ...about, type };
  return undefined;
}

/** What somebody typed for a field. What makes no sense stays text, and the schema will say so. */
export function fieldValue({ type, choices }: Field, typed: string): Json {
  const text = typed.trim();
  switch (type) {
    case "string":
      return typed;
    case "choice":
      return choices?.find((choice) => String(choice) === text) ?? text;
    case "boolean":
      if (/^(true|yes|y)$/i.test(text)) return true;
      return /^(false|no|n)$/i.test(text) ? false : text;
    default:
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  }
}

/**
 * `name=Ada age=36`: a value goes on until the next field's name.
 *
 * @returns `undefined` if the line is not of that form
 */
export function parsePairs(line: string, fields: readonly Field[]): { [name: string]: Json } | undefined {
  const names = fields.map(({ name }) => name.replace(/[^\w]/g, "\\$&"));
  const starts = [...line.matchAll(new RegExp(String.raw`(?:^|\s+)(${names.join("|")})=`, "g"))];
  if (starts.length === 0 || line.slice(0, starts[0]!.index).trim() !== "") return undefined;
  const reply: { [name: string]: Json } = {};
  for (const [i, start] of starts.entries()) {
    const typed = line.slice(start.index + start[0].length, starts[i + 1]?.index ?? line.length);
    const field = fields.find(({ name }) => name === start[1])!;
    reply[field.name] = fieldValue(field, unquote(typed.trim()));
  }
  return reply;
}

function unquote(text: string): string {
  return /^(".*"|'.*')$/s.test(text) ? text.slice(1, -1) : text;
}
