/** A JSON Schema in few words, for people: `{ message: string, tags?: string[] }`. */

import type { JsonSchema } from "../program/schema.ts";

const MAX_DEPTH = 4;

export function schemaText(schema: unknown, depth = 0): string {
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return "any";
  const { type, enum: choices, const: only, anyOf, oneOf, properties, items } = schema as JsonSchema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const forms = anyOf ?? oneOf;
  if (Array.isArray(forms)) return forms.map((form) => schemaText(form, depth + 1)).join(" | ");
  if (Array.isArray(type)) return type.join(" | ");
  if (type === "array") return arrayText(schemaText(items, depth + 1));
  if (typeof properties === "object" && properties !== null) return objectText(schema as JsonSchema, depth);
  return typeof type === "string" ? type : "any";
}

function arrayText(item: string): string {
  return /[ |]/.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function objectText({ properties, required }: JsonSchema, depth: number): string {
  const needed = Array.isArray(required) ? required : [];
  const members = Object.entries(properties as object).map(
    ([name, member]) => `${name}${needed.includes(name) ? "" : "?"}: ${schemaText(member, depth + 1)}`,
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
