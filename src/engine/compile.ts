/**
 * JSON Schemas, compiled to functions that judge.
 *
 * K1. Every schema is compiled by itself: what another program calls by the same `$id` is not seen, and what
 *     was compiled leaves no trace when it is dropped.
 * K2. A schema that cannot judge is refused here, with every fault named.
 */

import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { SequencerError } from "../errors.ts";
import type { JsonSchema } from "../program/schema.ts";
import type { Check, SchemaParts } from "./closest-form.ts";
import { preview } from "./json.ts";
import { isPattern, regExp } from "./pattern.ts";
import { isPlainSchema } from "./plain-schema.ts";
import { describeProblems } from "./problems.ts";

export interface CompiledSchema {
  readonly check: Check;
  readonly parts: SchemaParts;
}

type Dialect = "2020-12" | "draft-07";

/** By the text of the schema: authors write the same schema anew at every step. Bounded, oldest out first. */
const compiled = new Map<string, CompiledSchema>();
const MAX_COMPILED = 200;

/** Names a schema in messages, when there is one: "The reply schema of the instruction at hello.ts:12:5". */
export type SchemaName = string | (() => string);

/**
 * @throws SequencerError `InvalidSchema`
 */
export function compile(schema: JsonSchema, what: SchemaName): CompiledSchema {
  const text = JSON.stringify(schema);
  let found = compiled.get(text);
  if (found === undefined) {
    found = compileAlone(schema, text, what);
    if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value!);
  } else {
    compiled.delete(text);
  }
  compiled.set(text, found);
  return found;
}

function compileAlone({ $schema, ...schema }: JsonSchema, text: string, what: SchemaName): CompiledSchema {
  const dialect = dialectOf($schema, what);
  const meta = metaOf(dialect);
  try {
    if (!isPlainSchema(schema)) refuseInvalid(schema, meta);
    const ajv = create(dialect, {
      formats: meta.formats as Options["formats"],
      validateSchema: false,
      // Kept out where nothing refers to it: it is most of what a schema would cost.
      meta: text.includes("json-schema.org/"),
    });
    ajv.addSchema(schema, ROOT);
    return { check: checkOf(ajv.getSchema(ROOT)!), parts: partsOf(schema, ajv) };
  } catch (cause) {
    throw new SequencerError(
      "InvalidSchema",
      `${nameOf(what)} is not a valid JSON Schema: ${(cause as Error).message}.`,
      undefined,
      { cause },
    );
  }
}

const ROOT = "reply";

function refuseInvalid(schema: JsonSchema, meta: Ajv): void {
  if ("$async" in schema) throw new Error("$async is no part of JSON Schema");
  meta.validateSchema(schema);
  const problems = describeProblems(meta.errors ?? [], schema);
  if (problems.length > 0)
    throw new Error(problems.map(({ path, message }) => `${path} ${message}`).join("; "));
}

function partsOf(schema: JsonSchema, ajv: Ajv): SchemaParts {
  let pointers: Map<unknown, string> | undefined;
  return {
    pointerOf(part) {
      pointers ??= pointersOf(schema);
      return pointers.get(part);
    },
    checkAt(pointer) {
      try {
        const validate = ajv.getSchema(`${ROOT}#${pointer}`);
        return validate && checkOf(validate);
      } catch {
        // A part that refers to something relative to a place it does not stand in.
        return undefined;
      }
    },
  };
}

/** Where each object and array of the schema stands. */
function pointersOf(schema: JsonSchema): Map<unknown, string> {
  const pointers = new Map<unknown, string>([[schema, ""]]);
  for (const [part, pointer] of pointers) {
    for (const [key, member] of Object.entries(part as object)) {
      if (typeof member !== "object" || member === null) continue;
      const escaped = encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
      pointers.set(member, `${pointer}/${escaped}`);
    }
  }
  return pointers;
}

function checkOf(validate: ValidateFunction): Check {
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

export function nameOf(name: SchemaName): string {
  return typeof name === "string" ? name : name();
}

function dialectOf($schema: unknown, what: SchemaName): Dialect {
  if ($schema === undefined) return "2020-12";
  const [, name] =
    /^https?:\/\/json-schema\.org\/(?:draft\/)?(2020-12|draft-07)\/schema#?$/.exec(String($schema)) ?? [];
  if (name !== undefined) return name as Dialect;
  throw new SequencerError(
    "InvalidSchema",
    `${nameOf(what)} is written in the dialect ${preview($schema)}; only JSON Schema 2020-12 and draft-07 are known.`,
    "Write it in one of these, with the $schema of that one or none (2020-12).",
  );
}

const metas = new Map<Dialect, Ajv>();

/** Judges schemas themselves; also holds the formats that all schemas share. */
function metaOf(dialect: Dialect): Ajv {
  let meta = metas.get(dialect);
  if (meta === undefined) {
    meta = create(dialect, {});
    (formats as unknown as (ajv: Ajv) => void)(meta);
    meta.addFormat("regex", (text) => isPattern(text));
    metas.set(dialect, meta);
  }
  return meta;
}

function create(dialect: Dialect, options: Options): Ajv {
  const all: Options = {
    allErrors: true,
    // Errors then hold the part of the schema that they are about.
    verbose: true,
    strict: false,
    // What ajv would warn of on the console is not for stdout.
    logger: false,
    code: { regExp },
    ...options,
  };
  return dialect === "draft-07" ? new Ajv(all) : (new Ajv2020(all) as unknown as Ajv);
}
