/**
 * A value that is likely to fit a JSON Schema: the simplest of its kind. A guess, for trying out what a
 * program asks next; whoever uses it judges it first.
 */

import type { Json, JsonSchema } from "../program/schema.ts";

const MAX_DEPTH = 12;

const BY_FORMAT: { readonly [format: string]: string } = {
  date: "2024-01-01",
  time: "12:00:00Z",
  "date-time": "2024-01-01T12:00:00Z",
  duration: "PT1H",
  email: "someone@example.org",
  hostname: "example.org",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.org/",
  url: "https://example.org/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

export function sampleOf(schema: JsonSchema | undefined): Json {
  return schema === undefined ? {} : sample(schema, schema, 0);
}

function sample(given: unknown, root: JsonSchema, depth: number): Json {
  const schema = resolve(given, root);
  if (depth > MAX_DEPTH || schema === undefined) return null;
  if ("const" in schema) return schema["const"] as Json;
  if ("default" in schema) return schema["default"] as Json;
  const choices = [schema["enum"], schema["examples"]].find(isFilled);
  if (choices !== undefined) return choices[0] as Json;
  const form = [schema["anyOf"], schema["oneOf"]].find(isFilled)?.[0];
  if (form !== undefined) return sample(form, root, depth + 1);
  if (isFilled(schema["allOf"])) {
    const parts = schema["allOf"].map((part) => sample(part, root, depth + 1));
    return parts.every(isObject) ? Object.assign({}, ...parts) : parts[0]!;
  }
  switch ([schema["type"]].flat()[0]) {
    case "object":
      return sampleObject(schema, root, depth);
    case "array":
      return sampleArray(schema, root, depth);
    case "string":
      return sampleText(schema);
    case "integer":
    case "number":
      return sampleNumber(schema);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return isObject(schema["properties"] as Json) ? sampleObject(schema, root, depth) : {};
  }
}

/** Only what is required: what is optional may not fit the rest. */
function sampleObject(schema: JsonSchema, root: JsonSchema, depth: number): Json {
  const properties = (schema["properties"] ?? {}) as { [key: string]: unknown };
  const required = (schema["required"] ?? []) as string[];
  return Object.fromEntries(required.map((key) => [key, sample(properties[key] ?? {}, root, depth + 1)]));
}

function sampleArray(schema: JsonSchema, root: JsonSchema, depth: number): Json {
  const first = (schema["prefixItems"] ?? []) as unknown[];
  const count = Math.min(Math.max(Number(schema["minItems"] ?? 1), first.length), 100);
  return Array.from({ length: count }, (_, at) =>
    sample(first[at] ?? schema["items"] ?? {}, root, depth + 1),
  );
}

function sampleText(schema: JsonSchema): string {
  const ready = BY_FORMAT[String(schema["format"])];
  if (ready !== undefined) return ready;
  const min = Number(schema["minLength"] ?? 0);
  const max = Number(schema["maxLength"] ?? Number.POSITIVE_INFINITY);
  return "sample".padEnd(Math.min(min, 10_000), "x").slice(0, max);
}

function sampleNumber(schema: JsonSchema): number {
  const above = schema["exclusiveMinimum"];
  const below = schema["exclusiveMaximum"];
  const step = Number(schema["multipleOf"] ?? 1);
  let value = Number(schema["minimum"] ?? (typeof above === "number" ? above + step : step));
  if (typeof schema["maximum"] === "number") value = Math.min(value, schema["maximum"]);
  if (typeof below === "number" && value >= below) value = below - step;
  return Math.ceil(value / step) * step;
}

/** Through references within the schema. */
function resolve(given: unknown, root: JsonSchema): JsonSchema | undefined {
  let schema = given;
  for (let hops = 0; hops < MAX_DEPTH; hops++) {
    if (typeof schema !== "object" || schema === null) return schema === true ? {} : undefined;
    const reference = (schema as JsonSchema)["$ref"];
    if (typeof reference !== "string" || !reference.startsWith("#")) return schema as JsonSchema;
    schema = reference
      .slice(1)
      .split("/")
      .slice(1)
      .reduce<any>((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], root);
  }
  return undefined;
}

function isFilled(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
