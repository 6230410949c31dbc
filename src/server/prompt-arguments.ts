/**
 * Params of a program as arguments of a prompt, which are texts that a person types.
 *
 * A1. Each property of the params is an argument. Params that are no object of properties are one argument,
 *     `params`, in JSON.
 * A2. A text becomes the value that the property's schema takes: a choice, a number, a truth value, a list
 *     with commas, JSON. What fits nothing stays text, and `sequencer_start` says what is wrong with it.
 * A3. An empty text is an argument that was left out: clients fill in forms.
 */

import type { Json, JsonSchema } from "../program/schema.ts";

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

const WHOLE = "params";

export function argumentsOf(schema: JsonSchema | null): PromptArgument[] {
  if (schema === null) return [];
  const properties = propertiesOf(schema);
  if (properties === undefined) {
    return [{ name: WHOLE, description: "The program's params, in JSON", required: true }];
  }
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    description: describe(property, schema),
    required: required.includes(name) && !Object.hasOwn(property, "default"),
  }));
}

/** The params that the texts mean; `undefined`: none were given. */
export function paramsFrom(schema: JsonSchema | null, given: Record<string, unknown>): Json | undefined {
  const texts = Object.entries(given).filter(([, text]) => typeof text === "string" && text.trim() !== "");
  if (schema === null || texts.length === 0) return undefined;
  const properties = propertiesOf(schema);
  if (properties === undefined) return parsed(given[WHOLE] as string);
  return Object.fromEntries(
    texts.map(([name, text]) => [name, meant(text as string, properties[name] ?? {}, schema)]),
  );
}

/** The values that an argument can take, where there are few: choices and truth values. */
export function choicesOf(schema: JsonSchema | null, name: string): string[] {
  const property = schema === null ? undefined : propertiesOf(schema)?.[name];
  if (property === undefined) return [];
  const forms = formsOf(property, schema!);
  const items = forms.flatMap(({ type, items }) =>
    type === "array" && isSchema(items) ? formsOf(items, schema!) : [],
  );
  return [...new Set([...forms, ...items].flatMap(choices))];
}

function choices({ type, enum: listed, const: only }: JsonSchema): string[] {
  if (Array.isArray(listed)) return listed.filter((choice) => choice !== null).map(String);
  if (only !== undefined && only !== null) return [String(only)];
  return type === "boolean" ? ["true", "false"] : [];
}

function propertiesOf({ properties }: JsonSchema): { [name: string]: JsonSchema } | undefined {
  return isSchema(properties) ? (properties as { [name: string]: JsonSchema }) : undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(property: JsonSchema, root: JsonSchema): string {
  const forms = formsOf(property, root);
  const { description, default: preset } = property;
  const form = [...new Set(forms.map((each) => formInWords(each, root)))].filter(Boolean).join(", or ");
  const parts = [
    typeof description === "string" ? description : "",
    form,
    preset === undefined ? "" : `default ${JSON.stringify(preset)}`,
  ];
  return parts.filter(Boolean).join("; ");
}

function formInWords(form: JsonSchema, root: JsonSchema): string {
  const few = choices(form);
  if (few.length > 0) return `one of ${few.slice(0, 20).join(", ")}`;
  switch (form["type"]) {
    case "string":
    case "null":
      return "";
    case "integer":
      return "a whole number";
    case "number":
      return "a number";
    case "array":
      return hasPlainItems(form, root) ? "a list with commas, or JSON" : "a list in JSON";
    default:
      return "JSON";
  }
}

/** The schema as a list of plain ones, of which a value has to fit one. */
function formsOf(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema[] {
  const { $ref, anyOf, oneOf, type } = schema;
  if (depth > 8) return [schema];
  if (typeof $ref === "string") {
    const target = resolve($ref, root);
    return target === undefined ? [schema] : formsOf(target, root, depth + 1);
  }
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(alternatives)) {
    return alternatives.filter(isSchema).flatMap((each) => formsOf(each, root, depth + 1));
  }
  if (Array.isArray(type)) return type.map((each) => ({ ...schema, type: each }) as JsonSchema);
  return [schema];
}

/** `#/$defs/name`, within the same schema. */
function resolve(ref: string, root: JsonSchema): JsonSchema | undefined {
  let at: unknown = ref.startsWith("#/") ? root : undefined;
  for (const part of ref.slice(2).split("/")) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return isSchema(at) ? at : undefined;
}

function meant(text: string, schema: JsonSchema, root: JsonSchema): Json {
  const forms = formsOf(schema, root);
  for (const form of forms) {
    const value = plainValue(text.trim(), form);
    if (value !== undefined) return value;
  }
  if (forms.some(({ type, enum: listed }) => type === "string" || Array.isArray(listed))) return text;
  const list = forms.find((form) => hasPlainItems(form, root));
  if (list === undefined) return parsed(text);
  const items = text.split(",").map((item) => item.trim());
  return items.filter(Boolean).map((item) => meant(item, list["items"] as JsonSchema, root));
}

/** @returns `undefined` if the text means no value of that form, or only itself */
function plainValue(text: string, { type, enum: listed, const: only }: JsonSchema): Json | undefined {
  const few = Array.isArray(listed) ? listed : only === undefined ? undefined : [only];
  if (few !== undefined) return few.find((choice) => String(choice) === text) as Json | undefined;
  switch (type) {
    case "integer":
    case "number":
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "boolean":
      if (/^(true|yes|y|on)$/i.test(text)) return true;
      return /^(false|no|n|off)$/i.test(text) ? false : undefined;
    case "null":
      return text === "null" ? null : undefined;
    case "array":
      return text.startsWith("[") ? ifOfKind(parsed(text), Array.isArray) : undefined;
    case "object":
      return text.startsWith("{") ? ifOfKind(parsed(text), isSchema) : undefined;
    default:
      return undefined;
  }
}

function ifOfKind(value: Json, is: (value: unknown) => boolean): Json | undefined {
  return is(value) ? value : undefined;
}

function hasPlainItems({ type, items }: JsonSchema, root: JsonSchema): boolean {
  if (type !== "array" || !isSchema(items)) return false;
  return formsOf(items, root).every(({ type, enum: listed }) =>
    Array.isArray(listed) ? true : typeof type === "string" && type !== "array" && type !== "object",
  );
}

/** JSON where it is some. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
