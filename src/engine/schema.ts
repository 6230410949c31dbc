/**
 * Schemas: an author's schema as the JSON Schema that the agent is shown, and JSON judged by it.
 *
 * J1. ajv judges by the schema that stands in the log, the one the agent was shown. Then the author's
 *     own schema parses (defaults, refinements, transforms).
 * J2. A schema that cannot judge is found when the step is issued, not when the reply arrives.
 */

import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { SequencerError } from "../errors.ts";
import {
  isStandardSchema,
  type Json,
  type JsonSchema,
  type Schema,
  type StandardIssue,
} from "../program/schema.ts";
import type { Problem } from "./event.ts";
import { pathTo, preview, toJson } from "./json.ts";
import { describeProblems } from "./problems.ts";

const shown = new WeakMap<object, JsonSchema>();

/**
 * @returns the JSON Schema to show; the same object for the same schema
 * @throws SequencerError `InvalidSchema` if there is none, or it is broken
 */
export function toJsonSchema(schema: Schema, what: string): JsonSchema {
  const known = shown.get(schema);
  if (known !== undefined) return known;
  const jsonSchema = derive(schema, what);
  compile(jsonSchema, what);
  shown.set(schema, jsonSchema);
  return jsonSchema;
}

function derive(schema: Schema, what: string): JsonSchema {
  if (!isStandardSchema(schema)) {
    if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
      throw new SequencerError("InvalidSchema", `${what} is ${preview(schema)}, not a schema.`);
    }
    const copied = toJson(schema);
    if ("json" in copied) return copied.json as JsonSchema;
    throw new SequencerError("InvalidSchema", `${what} is not plain JSON: ${copied.path} ${copied.reason}.`);
  }
  const { vendor, jsonSchema } = schema["~standard"];
  if (jsonSchema === undefined) {
    throw new SequencerError(
      "InvalidSchema",
      `${what} is a ${vendor} schema that cannot give JSON Schema.`,
      "Use zod 4.2 or later, or pass a plain JSON Schema object.",
    );
  }
  try {
    const { $schema: _, ...rest } = jsonSchema.input({ target: "draft-2020-12" });
    return rest;
  } catch (cause) {
    throw new SequencerError(
      "InvalidSchema",
      `${what} cannot be shown to the agent as JSON Schema: ${(cause as Error).message}.`,
      "Describe what the agent sends (text, numbers, arrays, objects) and transform it: z.string().transform(...).",
      { cause },
    );
  }
}

/** By the text of the schema: authors write the same schema anew at every step. Bounded, oldest out first. */
const compiled = new Map<string, { schema: JsonSchema; ajv: Ajv; validate: ValidateFunction }>();
const MAX_COMPILED = 200;

const ajvs = new Map<string, Ajv>();

/** One ajv per dialect; what ajv would warn of on the console is not for stdout. */
function ajvFor(dialect: "2020-12" | "draft-07"): Ajv {
  let ajv = ajvs.get(dialect);
  if (ajv === undefined) {
    const options = { allErrors: true, strict: false, logger: false, validateFormats: true } as const;
    ajv = dialect === "draft-07" ? new Ajv(options) : (new Ajv2020(options) as unknown as Ajv);
    (formats as unknown as (ajv: Ajv) => void)(ajv);
    ajvs.set(dialect, ajv);
  }
  return ajv;
}

function compile(schema: JsonSchema, what: string): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) {
    compiled.delete(text);
    compiled.set(text, known);
    return known.validate;
  }
  const dialect = /draft-0[4-7]/.test(String(schema["$schema"] ?? "")) ? "draft-07" : "2020-12";
  const ajv = ajvFor(dialect);
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(schema);
  } catch (cause) {
    ajv.removeSchema(schema);
    throw new SequencerError(
      "InvalidSchema",
      `${what} is not a valid JSON Schema: ${(cause as Error).message}.`,
      undefined,
      {
        cause,
      },
    );
  }
  compiled.set(text, { schema, ajv, validate });
  if (compiled.size > MAX_COMPILED) {
    const [oldest, entry] = compiled.entries().next().value!;
    compiled.delete(oldest);
    entry.ajv.removeSchema(entry.schema);
  }
  return validate;
}

/** All problems of `value` under a JSON Schema that was shown; none: it fits. */
export function problemsOf(jsonSchema: JsonSchema, value: Json, what: string): Problem[] {
  const validate = compile(jsonSchema, what);
  return validate(value) ? [] : describeProblems(validate.errors ?? [], value);
}

export type BrokenSchema = "InvalidSchema" | "SchemaNotJson";

export type Parsed =
  | { readonly value: Json }
  | { readonly problems: readonly Problem[] }
  /** The schema itself is at fault: it threw, or gave what is not JSON. */
  | { readonly broken: string; readonly code: BrokenSchema };

/** The author's own parse. A plain JSON Schema parses nothing. */
export async function parse(schema: Schema | undefined, value: Json): Promise<Parsed> {
  if (schema === undefined || !isStandardSchema(schema)) return { value };
  let result: Awaited<ReturnType<(typeof schema)["~standard"]["validate"]>>;
  try {
    result = await schema["~standard"].validate(value);
  } catch (cause) {
    return { code: "InvalidSchema", broken: `the schema threw ${String(cause)}` };
  }
  if (result.issues !== undefined) return { problems: result.issues.map(toProblem) };
  if (result.value === undefined)
    return { code: "SchemaNotJson", broken: "the schema's output is undefined, which JSON has not" };
  const copied = toJson(result.value);
  if ("json" in copied) return { value: copied.json };
  return {
    code: "SchemaNotJson",
    broken: `the schema's output is not JSON: ${copied.path} ${copied.reason}`,
  };
}

function toProblem({ message, path = [] }: StandardIssue): Problem {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part));
  return { path: keys.reduce<string>((at, key) => pathTo(at, key), "$"), message };
}
