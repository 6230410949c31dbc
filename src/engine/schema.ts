/**
 * Schemas: an author's schema as the JSON Schema that the agent is shown, and JSON judged by it.
 *
 * J1. ajv judges by the schema that stands in the log, the one the agent was shown. Then the author's
 *     own schema parses (defaults, refinements, transforms).
 * J2. A schema that cannot judge is found when the step is issued, not when the reply arrives.
 */

import { SequencerError } from "../errors.ts";
import {
  isStandardSchema,
  type Json,
  type JsonSchema,
  type Schema,
  type StandardIssue,
  type StandardSchema,
} from "../program/schema.ts";
import { compile, nameOf, type SchemaName } from "./compile.ts";
import type { Problem } from "./event.ts";
import { pathTo, preview, toJson } from "./json.ts";
import { describeProblems } from "./problems.ts";
import { describeThrown, tame, textOf } from "./thrown.ts";

/** Of schema libraries only: a plain JSON Schema may be changed by its author from step to step. */
const shown = new WeakMap<StandardSchema, JsonSchema>();

/**
 * @returns the JSON Schema to show
 * @throws SequencerError `InvalidSchema` if there is none, or it is broken
 */
export function toJsonSchema(schema: Schema, what: SchemaName): JsonSchema {
  try {
    return shownOf(schema, what);
  } catch (thrown) {
    const cause = tame(thrown);
    if (cause instanceof SequencerError) throw cause;
    const reason = describeThrown(cause).message;
    throw new SequencerError("InvalidSchema", `${nameOf(what)} cannot be looked at: ${reason}.`, undefined, {
      cause,
    });
  }
}

function shownOf(schema: Schema, what: SchemaName): JsonSchema {
  if (!isStandardSchema(schema)) return checked(copyPlain(schema, what), what);
  let known = shown.get(schema);
  if (known === undefined) {
    known = checked(derive(schema, what), what);
    shown.set(schema, known);
  }
  return known;
}

function checked(schema: JsonSchema, what: SchemaName): JsonSchema {
  compile(schema, what);
  return schema;
}

function copyPlain(schema: JsonSchema, what: SchemaName): JsonSchema {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new SequencerError("InvalidSchema", `${nameOf(what)} is ${preview(schema)}, not a schema.`);
  }
  const copied = toJson(schema);
  if ("json" in copied) return copied.json as JsonSchema;
  throw new SequencerError(
    "InvalidSchema",
    `${nameOf(what)} is not plain JSON: ${copied.path} ${copied.reason}.`,
  );
}

function derive(schema: StandardSchema, what: SchemaName): JsonSchema {
  const { vendor, jsonSchema } = schema["~standard"];
  if (jsonSchema === undefined) {
    throw new SequencerError(
      "InvalidSchema",
      `${nameOf(what)} is a schema of ${vendor} that cannot give JSON Schema.`,
      "Use zod 4.2 or later, or pass a plain JSON Schema object.",
    );
  }
  let given: Record<string, unknown>;
  try {
    given = jsonSchema.input({ target: "draft-2020-12" });
  } catch (cause) {
    throw new SequencerError(
      "InvalidSchema",
      `${nameOf(what)} cannot be shown to the agent as JSON Schema: ${describeThrown(cause).message}.`,
      "Describe what the agent sends (text, numbers, arrays, objects) and transform it: z.string().transform(...).",
      { cause },
    );
  }
  const { $schema: _, ...rest } = copyPlain(given, what);
  return rest;
}

/** All problems of `value` under a JSON Schema that was shown; none: it fits. */
export function problemsOf(jsonSchema: JsonSchema, value: Json, what: SchemaName): Problem[] {
  return judgeOf(jsonSchema, what)(value);
}

/** The same for many values. */
export function judgeOf(jsonSchema: JsonSchema, what: SchemaName): (value: Json) => Problem[] {
  const { check, parts } = compile(jsonSchema, what);
  return (value) => {
    const errors = check(value);
    return errors.length === 0 ? [] : describeProblems(errors, value, parts);
  };
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
  let result: Awaited<ReturnType<StandardSchema["~standard"]["validate"]>>;
  try {
    result = await schema["~standard"].validate(value);
  } catch (cause) {
    return { code: "InvalidSchema", broken: `the schema threw ${textOf(cause)}` };
  }
  if (result.issues !== undefined) return { problems: result.issues.map(toProblem) };
  if (result.value === undefined) {
    return { code: "SchemaNotJson", broken: "the schema's output is undefined, which JSON has not" };
  }
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
