import { expect, test } from "vitest";
import { z } from "zod";
import { MadeUp } from "../../src/authoring/made-up.ts";
import { problemsOf, toJsonSchema } from "../../src/engine/schema.ts";
import type { JsonSchema, Schema } from "../../src/program/schema.ts";

/** Values that the schema made, all of which it must accept. */
function valuesOf(schema: Schema, count = 40) {
  const shown = toJsonSchema(schema, "the schema");
  const made = new MadeUp();
  const values = Array.from({ length: count }, () => made.value(shown));
  for (const value of values) expect([value, problemsOf(shown, value, "the schema")]).toEqual([value, []]);
  return values as any[];
}

test("both sides of booleans and every member of an enum come, and not in step with each other", () => {
  const values = valuesOf(
    z.object({ a: z.boolean(), b: z.boolean(), level: z.enum(["low", "mid", "high"]) }),
  );
  expect(new Set(values.slice(0, 2).map(({ a }) => a)).size).toBe(2);
  expect(new Set(values.slice(0, 3).map(({ level }) => level)).size).toBe(3);
  expect(new Set(values.map(({ a, b }) => `${a} ${b}`)).size).toBe(4);
});

test("arrays are empty and full, optional properties are there and not", () => {
  const values = valuesOf(z.object({ list: z.array(z.string()), note: z.string().optional() }));
  const lengths = new Set(values.map(({ list }) => list.length));
  expect([...lengths].sort()).toEqual([0, 1, 2]);
  expect(new Set(values.map((value) => "note" in value)).size).toBe(2);
});

test("what zod can say is made so that it fits", () => {
  const schemas = [
    z.string().min(3).max(5),
    z.string().min(200),
    z.email(),
    z.url(),
    z.uuid(),
    z.iso.date(),
    z.iso.datetime(),
    z.iso.time(),
    z.ipv4(),
    z.ipv6(),
    z.cuid2(),
    z.nanoid(),
    z.ulid(),
    z.base64(),
    z.string().startsWith("a").endsWith("z"),
    z.string().regex(/^[A-Z]{2,3}-\d{4}(-[a-f0-9]+)?$/),
    z.string().regex(/^(alpha|beta)\.(?<ext>ts|md)$/),
    z.string().regex(/^(\w)\1\s\S$/),
    z.string().regex(/^[^a-z\s]+$/),
    z.int().min(3).max(4),
    z.int().gt(3).lt(5),
    z.number().min(0).max(1),
    z.number().gt(0).lt(1),
    z.number().multipleOf(0.5),
    z.int().multipleOf(7).min(1),
    z.literal(["a", 1, null]),
    z.null(),
    z.tuple([z.string(), z.int()]),
    z.tuple([z.string()]).rest(z.int()),
    z.array(z.int()).min(2).max(2),
    z.record(z.string(), z.int()),
    z.record(z.enum(["x", "y"]), z.boolean()),
    z.object({ a: z.object({ b: z.array(z.object({ c: z.boolean() })) }) }),
    z.union([z.string(), z.int(), z.object({ a: z.int() })]),
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("yes") }),
      z.object({ kind: z.literal("no"), why: z.string().min(1) }),
    ]),
    z.intersection(z.object({ a: z.int() }), z.object({ b: z.string() })),
    z.strictObject({ a: z.int().default(3), b: z.string().nullable() }),
    z.looseObject({ a: z.int() }),
    z.any(),
    z.unknown(),
    z.string().trim().toLowerCase(),
    z.string().transform((text) => text.length),
  ];
  for (const schema of schemas) valuesOf(schema, 12);
});

test("recursive schemas end", () => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree);
    },
    get parent() {
      return Tree.optional();
    },
  });
  for (const value of valuesOf(Tree, 20)) expect(JSON.stringify(value).length).toBeLessThan(20_000);
});

test("plain JSON Schema, of both drafts, is followed", () => {
  const schemas: JsonSchema[] = [
    {},
    { type: ["string", "null"] },
    { required: ["a"] },
    { type: "array", items: { type: "integer", minimum: 0, maximum: 5 }, uniqueItems: true, minItems: 3 },
    {
      type: "object",
      patternProperties: { "^x-[a-z]+$": { type: "boolean" } },
      minProperties: 1,
      additionalProperties: false,
    },
    {
      $schema: "http://json-schema.org/draft-07/schema#",
      definitions: { n: { type: "integer" } },
      $ref: "#/definitions/n",
    },
    {
      $defs: {
        pair: {
          type: "array",
          prefixItems: [{ type: "string" }, { type: "boolean" }],
          items: false,
          minItems: 2,
        },
      },
      $ref: "#/$defs/pair",
    },
    { allOf: [{ type: "object", properties: { a: { const: 1 } }, required: ["a"] }, { required: ["b"] }] },
    { oneOf: [{ type: "integer", multipleOf: 3 }, { type: "boolean" }] },
    { type: "string", examples: ["this one"] },
    { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 10, multipleOf: 2.5 },
  ];
  for (const schema of schemas) valuesOf(schema, 12);
});

test("the same questions give the same values", () => {
  const shown = toJsonSchema(z.object({ a: z.boolean(), b: z.string(), c: z.array(z.int()) }), "it");
  const all = () => {
    const made = new MadeUp();
    return Array.from({ length: 10 }, () => made.value(shown));
  };
  expect(all()).toEqual(all());
});

test("without a schema there is a text", () => {
  expect(typeof new MadeUp().value(undefined)).toBe("string");
});
