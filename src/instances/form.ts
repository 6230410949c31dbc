/** A question as a form that clients can show: an object of plain fields, which is all that MCP allows. */

import type { StepIssued } from "../engine/event.ts";
import type { Json, JsonSchema } from "../program/schema.ts";

export interface Form {
  readonly schema: JsonSchema;
  /** From the form's content to the answer that the question's schema asks for. */
  readonly unwrap: (content: Json) => Json;
}

const PLAIN = new Set(["string", "number", "integer", "boolean"]);
/** What MCP allows in a field. */
const KEYWORDS = new Set([
  "type",
  "title",
  "description",
  "enum",
  "enumNames",
  "default",
  "format",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
]);

/** @returns `undefined` for a schema that no form can show */
export function formFor({ schema = {} }: StepIssued): Form | undefined {
  if (isField(schema)) {
    return {
      schema: { type: "object", properties: { answer: fieldOf(schema) }, required: ["answer"] },
      unwrap: (content) => (content as { answer?: Json } | null)?.answer ?? null,
    };
  }
  const { type, properties, required } = schema as {
    type?: unknown;
    properties?: object;
    required?: unknown;
  };
  if (type !== "object" || properties === undefined) return undefined;
  const fields = Object.entries(properties);
  if (fields.length === 0 || !fields.every(([, field]) => isField(field as JsonSchema))) return undefined;
  return {
    schema: {
      type: "object",
      properties: Object.fromEntries(fields.map(([name, field]) => [name, fieldOf(field as JsonSchema)])),
      ...(Array.isArray(required) && { required }),
    },
    unwrap: (content) => content,
  };
}

function isField(schema: JsonSchema): boolean {
  if (!PLAIN.has(schema["type"] as string)) return false;
  const options = schema["enum"];
  return (
    options === undefined || (Array.isArray(options) && options.every((option) => typeof option === "string"))
  );
}

/** Rules that a form does not know are left to the judge. */
function fieldOf(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => KEYWORDS.has(keyword)));
}
