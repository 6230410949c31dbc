/**
 * Schemas that are plainly valid: made of common keywords only, each with a value of the right form.
 *
 * P1. What is plain here is valid by the metaschema of every dialect that is known. What is not plain may be
 *     valid too: that is for the metaschema to say, which takes longer to compile than all else that happens
 *     before a first step is answered.
 */

import { isPattern } from "./pattern.ts";

type Form = (value: unknown) => boolean;

const TYPES = new Set<unknown>(["string", "number", "integer", "boolean", "null", "object", "array"]);

/** A definition of the same schema, by a name that needs no escapes. */
const LOCAL_REF = /^#(\/(\$defs|definitions)\/[\w.-]+)?$/;

const isText: Form = (value) => typeof value === "string";
const isFlag: Form = (value) => typeof value === "boolean";
const isNumber: Form = (value) => typeof value === "number";
const isCount: Form = (value) => Number.isInteger(value) && (value as number) >= 0;
const isList: Form = (value) => Array.isArray(value);
const isPrimitive: Form = (value) => typeof value !== "object" || value === null;
const isAnything: Form = () => true;
const isSchemas: Form = (value) => Array.isArray(value) && value.length > 0 && value.every(isPlainSchema);
const isNamedSchemas: Form = (value) => isObject(value) && Object.values(value).every(isPlainSchema);

const FORMS = new Map<string, Form>([
  ["$ref", (value) => typeof value === "string" && LOCAL_REF.test(value)],
  ["$defs", isNamedSchemas],
  ["definitions", isNamedSchemas],
  ["$comment", isText],
  ["title", isText],
  ["description", isText],
  ["default", isAnything],
  ["examples", isList],
  ["deprecated", isFlag],
  ["readOnly", isFlag],
  ["writeOnly", isFlag],
  ["type", (value) => TYPES.has(value) || isSetOf(value, (each) => TYPES.has(each))],
  ["const", isAnything],
  ["enum", (value) => isSetOf(value, isPrimitive)],
  ["anyOf", isSchemas],
  ["oneOf", isSchemas],
  ["allOf", isSchemas],
  ["not", isPlainSchema],
  ["format", isText],
  ["pattern", (value) => typeof value === "string" && isPattern(value)],
  ["minLength", isCount],
  ["maxLength", isCount],
  ["minimum", isNumber],
  ["maximum", isNumber],
  ["exclusiveMinimum", isNumber],
  ["exclusiveMaximum", isNumber],
  ["multipleOf", (value) => typeof value === "number" && value > 0],
  ["items", isPlainSchema],
  ["prefixItems", isSchemas],
  ["minItems", isCount],
  ["maxItems", isCount],
  ["uniqueItems", isFlag],
  ["properties", isNamedSchemas],
  ["required", (value) => Array.isArray(value) && (value.length === 0 || isSetOf(value, isText))],
  ["additionalProperties", isPlainSchema],
  ["propertyNames", isPlainSchema],
  ["minProperties", isCount],
  ["maxProperties", isCount],
]);

export function isPlainSchema(schema: unknown): boolean {
  if (typeof schema === "boolean") return true;
  if (!isObject(schema)) return false;
  return Object.entries(schema).every(([keyword, value]) => FORMS.get(keyword)?.(value) ?? false);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of one or more such values, none of them twice. */
function isSetOf(value: unknown, isMember: Form): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every(isMember) && new Set(value).size === value.length;
}
