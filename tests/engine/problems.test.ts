import { describe, expect, test } from "vitest";
import { z } from "zod";
import { problemsOf, toJsonSchema } from "../../src/engine/schema.ts";
import type { Json, Schema } from "../../src/program/schema.ts";

function problems(schema: Schema, value: unknown): string[] {
  return problemsOf(toJsonSchema(schema, "The schema"), value as Json, "The schema").map(
    ({ path, message }) => `${path} ${message}`,
  );
}

describe("each kind of fault in plain words", () => {
  test.each<[string, Schema, any, string[]]>([
    ["type", { type: "string" }, 42, ["$ must be a string, got 42"]],
    ["number", { type: "number" }, "42", ['$ must be a number, got "42"']],
    ["integer", { type: "integer" }, 1.5, ["$ must be an integer, got 1.5"]],
    ["boolean", { type: "boolean" }, "yes", ['$ must be true or false, got "yes"']],
    ["array", { type: "array" }, {}, ["$ must be an array, got {}"]],
    ["object", { type: "object" }, [], ["$ must be an object, got []"]],
    ["null", { type: "null" }, 0, ["$ must be null, got 0"]],
    ["several types", { type: ["string", "null"] }, 5, ["$ must be a string or null, got 5"]],
    [
      "many types",
      { type: ["string", "array", "null"] },
      5,
      ["$ must be one of a string, an array, null, got 5"],
    ],
    ["required", { required: ["a", "b c"] }, {}, ["$.a is missing", '$["b c"] is missing']],
    ["enum", { enum: ["a", "b", 3] }, "c", ['$ must be one of "a", "b", 3, got "c"']],
    ["enum of one", { enum: ["a"] }, "c", ['$ must be "a", got "c"']],
    ["const", { const: { a: 1 } }, { a: 2 }, ['$ must be {"a":1}, got {"a":2}']],
    [
      "additionalProperties",
      { properties: { a: {} }, additionalProperties: false },
      { a: 1, b: 2 },
      ["$.b is not a property that the schema knows"],
    ],
    [
      "unevaluatedProperties",
      { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
      { a: 1, b: 2 },
      ["$.b is not a property that the schema knows"],
    ],
    [
      "propertyNames",
      { propertyNames: { pattern: "^[a-z]+$" } },
      { A: 1 },
      ['$.A has a name that is not allowed: it must match the pattern ^[a-z]+$, got "A"'],
    ],
    [
      "dependentRequired",
      { dependentRequired: { a: ["b"] } },
      { a: 1 },
      ['$.b is missing: it belongs to "a"'],
    ],
    ["minProperties", { minProperties: 2 }, { a: 1 }, ['$ must have at least 2 properties, got {"a":1}']],
    [
      "maxProperties",
      { maxProperties: 1 },
      { a: 1, b: 2 },
      ['$ must have at most 1 property, got {"a":1,"b":2}'],
    ],
    ["minLength", { minLength: 3 }, "ab", ['$ must have at least 3 characters, got "ab"']],
    ["minLength of one", { minLength: 1 }, "", ["$ must not be empty"]],
    [
      "maxLength, counted in characters",
      { maxLength: 1 },
      "😀😀",
      ["$ must have at most 1 character, has 2"],
    ],
    ["minimum", { minimum: 1 }, 0, ["$ must be at least 1, got 0"]],
    ["maximum", { maximum: 1 }, 2, ["$ must be at most 1, got 2"]],
    ["exclusiveMinimum", { exclusiveMinimum: 0 }, 0, ["$ must be more than 0, got 0"]],
    ["exclusiveMaximum", { exclusiveMaximum: 0 }, 0, ["$ must be less than 0, got 0"]],
    ["multipleOf", { multipleOf: 5 }, 7, ["$ must be a multiple of 5, got 7"]],
    ["pattern", { pattern: "^a" }, "b", ['$ must match the pattern ^a, got "b"']],
    ["format", { format: "date" }, "today", ['$ must be a valid date, got "today"']],
    ["minItems", { minItems: 2 }, [1], ["$ must have at least 2 items, has 1"]],
    ["maxItems", { maxItems: 1 }, [1, 2], ["$ must have at most 1 item, has 2"]],
    [
      "unevaluatedItems",
      { prefixItems: [{}], unevaluatedItems: false },
      [1, 2],
      ["$ must have at most 1 item, has 2"],
    ],
    [
      "uniqueItems",
      { uniqueItems: true },
      ["a", "b", "a"],
      ["$ must not hold the same item twice: [0] and [2] are the same"],
    ],
    [
      "contains",
      { contains: { type: "string" } },
      [1, 2],
      ["$ must hold at least 1 item of the kind that the schema asks for"],
    ],
    [
      "contains, bounded",
      { contains: { type: "string" }, minContains: 1, maxContains: 2 },
      ["a", "b", "c"],
      ["$ must hold between 1 and 2 items of the kind that the schema asks for"],
    ],
    ["not", { not: { type: "string" } }, "x", ['$ is of a form that the schema excludes, got "x"']],
    ["a schema that is false", { properties: { a: false } }, { a: 1 }, ["$.a is not allowed here"]],
    [
      "if and then",
      JSON.parse('{ "if": { "properties": { "k": { "const": "x" } } }, "then": { "required": ["y"] } }'),
      { k: "x" },
      ["$.y is missing"],
    ],
    [
      "zod: a strict object",
      z.strictObject({ a: z.string() }),
      { b: 1 },
      ["$.a is missing", "$.b is not a property that the schema knows"],
    ],
    ["zod: a record", z.record(z.string(), z.int()), { a: "x" }, ['$.a must be an integer, got "x"']],
    ["zod: an e-mail, once", z.email(), "nobody", ['$ must be a valid email, got "nobody"']],
    ["zod: an ISO date-time, once", z.iso.datetime(), "today", ['$ must be a valid date-time, got "today"']],
  ])("%s", (_, schema, value, expected) => {
    expect(problems(schema, value)).toEqual(expected);
  });

  test("places in nested arrays and odd names", () => {
    const schema = z.object({ "a b": z.array(z.array(z.object({ "x/y~z": z.int() }))) });
    expect(problems(schema, { "a b": [[], [{ "x/y~z": 1 }, { "x/y~z": "two" }]] })).toEqual([
      '$["a b"][1][1]["x/y~z"] must be an integer, got "two"',
    ]);
  });

  test("all faults are told at once", () => {
    const schema = z.object({ a: z.string(), b: z.int(), c: z.array(z.boolean()) });
    expect(problems(schema, { a: 1, c: [true, 0, "x"] })).toEqual([
      "$.b is missing",
      "$.a must be a string, got 1",
      "$.c[1] must be true or false, got 0",
      '$.c[2] must be true or false, got "x"',
    ]);
  });

  test("long values are cut", () => {
    const [problem] = problems({ type: "integer" }, "x".repeat(10_000));
    expect(problem).toBe(`$ must be an integer, got "${"x".repeat(79)}…`);
  });

  test("no more than twenty are told", () => {
    const told = problems(
      { items: { type: "integer" } },
      Array.from({ length: 1000 }, (_, i) => `${i}`),
    );
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe("$ has more problems than these");
  });

  test("twenty are told without a word about more", () => {
    const told = problems(
      { items: { type: "integer" } },
      Array.from({ length: 20 }, (_, i) => `${i}`),
    );
    expect(told).toHaveLength(20);
  });
});

describe("a union is explained by the form that was meant", () => {
  const shape = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("circle"), radius: z.number() }),
    z.object({ kind: z.literal("box"), width: z.number(), height: z.number() }),
  ]);

  test.each<[string, Schema, any, string[]]>([
    [
      "the discriminator chooses",
      shape,
      { kind: "circle", radius: "big" },
      ['$.radius must be a number, got "big"'],
    ],
    ["the discriminator chooses what is missing", shape, { kind: "box", width: 1 }, ["$.height is missing"]],
    ["an unknown discriminator", shape, { kind: "line" }, ['$.kind must be "circle" or "box", got "line"']],
    ["no discriminator", shape, {}, ['$.kind is missing: it must be "circle" or "box"']],
    ["not even the right type", shape, "circle", ['$ must be an object, got "circle"']],
    ["types only", z.union([z.string(), z.int()]), true, ["$ must be a string or an integer, got true"]],
    [
      "literals only",
      z.union([z.literal("a"), z.literal("b"), z.literal(3)]),
      "c",
      ['$ must be one of "a", "b", 3, got "c"'],
    ],
    [
      "a literal or a type",
      z.union([z.literal("auto"), z.int()]),
      "x",
      ['$ must be "auto" or an integer, got "x"'],
    ],
    [
      "nullable: the form that is not null",
      z.object({ a: z.string() }).nullable(),
      { a: 1 },
      ["$.a must be a string, got 1"],
    ],
    ["nullable: neither", z.object({ a: z.string() }).nullable(), 5, ["$ must be an object or null, got 5"]],
    [
      "the form whose properties are there",
      z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]),
      { b: "x" },
      ['$.b must be an integer, got "x"'],
    ],
    [
      "forms that are equally far",
      z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]),
      {},
      ["$ fits none of the forms that the schema allows, got {}"],
    ],
    [
      "one form of oneOf too many",
      { oneOf: [{ type: "number" }, { type: "integer" }] },
      5,
      ["$ fits more than one of the forms of which it must fit exactly one, got 5"],
    ],
  ])("%s", (_, schema, value, expected) => {
    expect(problems(schema, value)).toEqual(expected);
  });

  test("in an array each item by itself", () => {
    const schema = z.array(z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]));
    const value = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? { a: "x" } : { b: 1 }));
    expect(problems(schema, value)).toEqual(
      [0, 2, 4, 6, 8, 10].map((i) => `$[${i}].a must be an integer, got "x"`),
    );
  });

  test("through $defs", () => {
    const schema = {
      $defs: {
        circle: {
          type: "object",
          properties: { kind: { const: "circle" }, radius: { type: "number" } },
          required: ["kind", "radius"],
        },
        box: {
          type: "object",
          properties: { kind: { const: "box" }, width: { type: "number" } },
          required: ["kind", "width"],
        },
      },
      properties: { shape: { oneOf: [{ $ref: "#/$defs/circle" }, { $ref: "#/$defs/box" }] } },
    };
    expect(problems(schema, { shape: { kind: "box", width: "x" } })).toEqual([
      '$.shape.width must be a number, got "x"',
    ]);
    expect(problems(schema, { shape: { kind: "line" } })).toEqual([
      '$.shape.kind must be "circle" or "box", got "line"',
    ]);
  });

  test("in a recursive schema", () => {
    const Tree: any = z.lazy(() => z.union([z.string(), z.object({ left: Tree, right: Tree })]));
    const expected = ["must be a string or an object, got 5", "is missing"];
    expect(problems(Tree, { left: 5, right: { left: "a" } })).toEqual([
      `$.left ${expected[0]}`,
      `$.right.right ${expected[1]}`,
    ]);
    expect(problems(z.object({ tree: Tree }), { tree: { left: 5, right: { left: "a" } } })).toEqual([
      `$.tree.left ${expected[0]}`,
      `$.tree.right.right ${expected[1]}`,
    ]);
  });

  test("a union in a union", () => {
    const schema = z.object({
      shape: z.union([shape, z.object({ kind: z.literal("group"), of: z.array(shape) })]),
    });
    expect(
      problems(schema, { shape: { kind: "group", of: [{ kind: "circle", radius: 1 }, { kind: "circle" }] } }),
    ).toEqual(["$.shape.of[1].radius is missing"]);
  });

  test("what is wrong beside the union is told too", () => {
    const schema = { allOf: [{ required: ["a"] }, { anyOf: [{ required: ["b"] }, { required: ["c"] }] }] };
    expect(problems(schema, {})).toEqual([
      "$.a is missing",
      "$ fits none of the forms that the schema allows, got {}",
    ]);
    const base = {
      properties: { n: { type: "integer" } },
      anyOf: [{ required: ["b"] }, { required: ["c"] }],
    };
    expect(problems(base, { n: "x" })).toEqual([
      '$ fits none of the forms that the schema allows, got {"n":"x"}',
      '$.n must be an integer, got "x"',
    ]);
  });

  test("a union that fits leaves no word of the forms that do not", () => {
    expect(
      problems(z.array(shape), [
        { kind: "circle", radius: 1 },
        { kind: "box", width: 1, height: 2 },
      ]),
    ).toEqual([]);
  });

  test("a hundred thousand items that fit no form are told in linear time", () => {
    const told = problems(
      z.array(shape),
      Array.from({ length: 100_000 }, () => ({ kind: "circle" })),
    );
    expect(told).toHaveLength(21);
    expect(told[0]).toBe("$[0].radius is missing");
  });
});
