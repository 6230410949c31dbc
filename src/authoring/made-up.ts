/**
 * JSON made up from a JSON Schema: plain values, and over several visits both sides of every boolean, every
 * member of an enum, empty and full arrays, optional properties there and not.
 *
 * M1. The same schemas, asked in the same order, give the same values.
 * M2. What it gives may still be refused, by what this does not follow (`not`, `if`, look-around) or by the
 *     author's own parse: whoever uses it has it judged, and asks again.
 */

import type { Json, JsonSchema } from "../program/schema.ts";
import { Choices } from "./choices.ts";
import { textFor } from "./pattern-text.ts";

/** Deeper, only what must be there is made. */
const DEEP = 4;
const TOO_DEEP = 24;
/** Beyond this a bound is one of the machine's, not the author's. */
const FAR = 1e15;

export class MadeUp {
  private readonly choices = new Choices();
  private root: JsonSchema = {};
  private schemaText = "";
  private words = 0;

  /** @param schema none: any JSON */
  value(schema: JsonSchema | undefined): Json {
    if (schema === undefined) return this.text("anything", {});
    this.root = schema;
    this.schemaText = JSON.stringify(schema);
    return this.make(schema, "$", 0);
  }

  private make(given: unknown, path: string, depth: number): Json {
    const schema = this.resolve(given);
    if (schema === true || depth > TOO_DEEP) return this.text("anything", {});
    if ("const" in schema) return schema["const"] as Json;
    if (isFilled(schema["enum"])) return this.pick(path, schema["enum"] as Json[]);
    if (isFilled(schema["allOf"])) return this.make(this.merged(schema), path, depth);
    for (const keyword of ["anyOf", "oneOf"]) {
      const forms = schema[keyword];
      if (!isFilled(forms)) continue;
      const { [keyword]: _, ...rest } = schema;
      const form = depth > DEEP ? this.simplest(forms) : this.pick(`${path} ${keyword}`, forms);
      return this.make(merge(rest, this.resolve(form)), path, depth + 1);
    }
    if (isFilled(schema["examples"])) return this.pick(path, schema["examples"] as Json[]);
    return this.ofType(this.typeOf(schema, path), schema, path, depth);
  }

  private ofType(type: string, schema: JsonSchema, path: string, depth: number): Json {
    switch (type) {
      case "object":
        return this.object(schema, path, depth);
      case "array":
        return this.array(schema, path, depth);
      case "integer":
        return this.number(schema, path, true);
      case "number":
        return this.number(schema, path, false);
      case "boolean":
        return this.pick(path, [true, false]);
      case "null":
        return null;
      default:
        return this.text(path, schema);
    }
  }

  private typeOf(schema: JsonSchema, path: string): string {
    const { type } = schema;
    if (typeof type === "string") return type;
    if (isFilled(type)) return this.pick(`${path} type`, type as string[]);
    if ("properties" in schema || "required" in schema || "additionalProperties" in schema) return "object";
    if ("items" in schema || "prefixItems" in schema || "minItems" in schema) return "array";
    if ("minimum" in schema || "maximum" in schema || "multipleOf" in schema) return "number";
    return "string";
  }

  private object(schema: JsonSchema, path: string, depth: number): Json {
    const properties = (schema["properties"] ?? {}) as { [key: string]: unknown };
    const required = new Set((schema["required"] ?? []) as string[]);
    const others = schema["additionalProperties"] ?? {};
    const made: { [key: string]: Json } = {};
    for (const key of new Set([...Object.keys(properties), ...required])) {
      const at = `${path}.${key}`;
      const isLeftOut = !required.has(key) && (depth > DEEP || this.choices.next(this.at(`${at}?`), 2) === 1);
      if (!isLeftOut) made[key] = this.make(properties[key] ?? others, at, depth + 1);
    }
    this.fill(made, schema, path, depth);
    return made;
  }

  /** Entries of a record, and as many properties as there must be. */
  private fill(made: { [key: string]: Json }, schema: JsonSchema, path: string, depth: number): void {
    const { additionalProperties: others, patternProperties, propertyNames } = schema;
    const [pattern, ofPattern] = Object.entries((patternProperties ?? {}) as object)[0] ?? [];
    const isRecord = isSchema(others) || ofPattern !== undefined;
    const wanted = isRecord && depth <= DEEP ? this.pick(`${path} count`, [1, 2, 0]) : 0;
    const least = Math.max(wanted, Number(schema["minProperties"] ?? 0));
    for (let tries = 0; Object.keys(made).length < least && tries < 50; tries++) {
      const key =
        pattern !== undefined
          ? textFor(pattern, this.choices, this.at(`${path} key`))
          : String(this.make(propertyNames ?? { type: "string" }, `${path}.key`, depth + 1));
      made[key] = this.make(ofPattern ?? (isSchema(others) ? others : {}), `${path}.*`, depth + 1);
    }
  }

  private array(schema: JsonSchema, path: string, depth: number): Json {
    const first = (schema["prefixItems"] ?? []) as unknown[];
    const { items } = schema;
    const least = Number(schema["minItems"] ?? 0);
    const most = Math.min(Number(schema["maxItems"] ?? Number.POSITIVE_INFINITY), least + 3);
    const lengths = [Math.max(least, 1), least, least + 2].filter((length) => length <= most);
    const isOpen = first.length === 0 && items !== false;
    const length = isOpen
      ? depth > DEEP
        ? least
        : this.pick(`${path} length`, lengths.length === 0 ? [least] : lengths)
      : Math.max(first.length, least);
    const made: Json[] = [];
    for (let tries = 0; made.length < length && tries < 10 * length; tries++) {
      const schemaOfItem = first[made.length] ?? items ?? {};
      const item = this.make(schemaOfItem, `${path}[${Math.min(made.length, first.length)}]`, depth + 1);
      const isTwice = schema["uniqueItems"] === true && made.some((other) => same(other, item));
      if (!isTwice) made.push(item);
    }
    return made;
  }

  private number(schema: JsonSchema, path: string, isInteger: boolean): number {
    const step = Number(schema["multipleOf"] ?? (isInteger ? 1 : 0));
    const gap = step || 0.5;
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    const low = Math.max(bound(minimum, -FAR), bound(exclusiveMinimum, -FAR) + gap);
    const high = Math.min(bound(maximum, FAR), bound(exclusiveMaximum, FAR) - gap);
    const options = [1, low, high, 0, 7, Math.floor((low + high) / 2)].filter(
      (value) => value >= low && value <= high && Math.abs(value) < FAR / 2,
    );
    const value = options.length === 0 ? low : this.pick(path, [...new Set(options)]);
    if (step === 0) return value;
    const rounded = Math.round(value / step) * step;
    return rounded < low ? rounded + step : rounded > high ? rounded - step : rounded;
  }

  private text(path: string, schema: JsonSchema): string {
    const { format, pattern } = schema;
    if (typeof pattern === "string") return textFor(pattern, this.choices, this.at(path));
    const ready = FORMATS[String(format)];
    if (ready !== undefined) return this.pick(path, ready);
    const least = Number(schema["minLength"] ?? 0);
    const most = Number(schema["maxLength"] ?? Number.POSITIVE_INFINITY);
    const name = /(\w+)(\[\d+\])*$/.exec(path)?.[1] ?? "text";
    const word = `${name} ${++this.words}`;
    return word.padEnd(Math.min(least, 100_000), ".").slice(0, most);
  }

  /** The form that needs the least: a plain value before an array, an array before an object. */
  private simplest(forms: readonly unknown[]): unknown {
    const weight = (form: unknown): number => {
      const schema = this.resolve(form);
      if (schema === true || "const" in schema || "enum" in schema) return 0;
      return { object: 2, array: 1 }[String(schema["type"])] ?? ("$ref" in Object(form) ? 3 : 0);
    };
    return [...forms].sort((a, b) => weight(a) - weight(b))[0];
  }

  private merged(schema: JsonSchema): JsonSchema {
    const { allOf, ...rest } = schema;
    return (allOf as unknown[]).reduce<JsonSchema>((all, part) => merge(all, this.resolve(part)), rest);
  }

  /** Through references within the schema. */
  private resolve(given: unknown): JsonSchema | true {
    let schema = given;
    for (let hops = 0; hops < TOO_DEEP; hops++) {
      if (!isSchema(schema)) return true;
      const { $ref, ...rest } = schema;
      if (typeof $ref !== "string" || !$ref.startsWith("#")) return schema;
      const target = $ref
        .split("/")
        .slice(1)
        .reduce<any>((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], this.root);
      schema = isSchema(target) ? { ...target, ...rest } : true;
    }
    return true;
  }

  private pick<T>(path: string, options: readonly T[]): T {
    return this.choices.pick(this.at(path), options);
  }

  /** A place of this schema, wherever in the program the schema is used. */
  private at(path: string): string {
    return `${path} of ${this.schemaText}`;
  }
}

interface Mergeable {
  readonly properties?: object;
  readonly required?: readonly string[];
  readonly pattern?: string;
}

function merge(one: JsonSchema, other: JsonSchema | true): JsonSchema {
  if (other === true) return one;
  const { properties: a, required: b, pattern: x } = one as Mergeable;
  const { properties: c, required: d, pattern: y } = other as Mergeable;
  return {
    ...one,
    ...other,
    ...((a ?? c) && { properties: { ...a, ...c } }),
    ...((b ?? d) && { required: [...new Set([...(b ?? []), ...(d ?? [])])] }),
    // A beginning and an end, mostly: one after the other fits both.
    ...(x !== undefined && y !== undefined && { pattern: x + y }),
  };
}

function bound(value: unknown, otherwise: number): number {
  return typeof value === "number" && Math.abs(value) < FAR ? value : otherwise;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFilled(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const FORMATS: { readonly [format: string]: readonly string[] } = {
  date: ["2026-02-28", "2024-02-29"],
  time: ["09:30:00Z", "23:59:59Z"],
  "date-time": ["2026-02-28T09:30:00Z", "2025-12-31T23:59:59.999Z"],
  duration: ["PT1H30M", "P1D"],
  email: ["ada@example.org", "bo@example.com"],
  hostname: ["example.org", "www.example.com"],
  ipv4: ["192.0.2.1", "198.51.100.7"],
  ipv6: ["2001:db8::1", "::1"],
  uri: ["https://example.org/a", "https://example.com/b?c=1"],
  url: ["https://example.org/a", "https://example.com/b?c=1"],
  "uri-reference": ["/a/b", "https://example.org/"],
  uuid: ["3f2b8c1e-9d4a-4c6b-8e1f-2a7d5b9c0e13", "7a1c9e4d-2b6f-4d8a-9c3e-5f0b1d7a8c24"],
};
