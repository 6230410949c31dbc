import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { isPlainSchema } from "../../src/engine/plain-schema.ts";

const metas = [new Ajv({ logger: false }), new Ajv2020({ logger: false }) as unknown as Ajv];
for (const meta of metas) (formats as unknown as (ajv: Ajv) => void)(meta);
const isValidEverywhere = (schema: any) => metas.every((meta) => meta.validateSchema(schema) === true);

const KEYWORDS = [
  ...[
    "$ref",
    "$defs",
    "definitions",
    "$comment",
    "$id",
    "$schema",
    "$anchor",
    "title",
    "description",
    "default",
  ],
  ...[
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "type",
    "const",
    "enum",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
  ],
  ...[
    "if",
    "then",
    "else",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
  ],
  ...["exclusiveMinimum", "exclusiveMaximum", "items", "prefixItems", "contains", "minItems", "maxItems"],
  ...["uniqueItems", "properties", "patternProperties", "required", "additionalProperties", "propertyNames"],
  ...["minProperties", "maxProperties", "dependentRequired", "constructor", "madeUp"],
];

const { schema: anySchema } = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small" },
    fc.boolean(),
    fc.dictionary(fc.constantFrom(...KEYWORDS), tie("value"), { maxKeys: 3 }),
  ),
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(
      "string",
      "object",
      "a",
      "",
      "(",
      "^a$",
      "email",
      "#",
      "#/$defs/a",
      "#/$defs/%",
      "a b",
    ),
    fc.constantFrom<unknown>(-1, 0, 1, 1.5, true, false, null),
    fc.constantFrom<unknown>([], ["a"], ["a", "a"], ["string", "null"], ["string", "string"], ["strin"]),
    tie("schema"),
    fc.array(tie("schema"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "type", "(", "constructor"), tie("schema"), { maxKeys: 2 }),
  ),
}));

test("what is plain is valid by the metaschema of every dialect", () => {
  let plain = 0;
  fc.assert(
    fc.property(anySchema, (schema) => {
      if (!isPlainSchema(schema)) return;
      if (typeof schema === "object" && Object.keys(schema as object).length > 0) plain++;
      expect(isValidEverywhere(schema)).toBe(true);
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(200);
});

test("what zod shows of common schemas is plain", () => {
  interface Tree {
    name: string;
    children: Tree[];
  }
  const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));
  const schemas = [
    z.object({ text: z.string().min(1), count: z.int().min(0).optional(), on: z.boolean().default(true) }),
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("a"), at: z.tuple([z.number(), z.string()]) }),
      z.object({ kind: z.literal("b"), link: z.email().or(z.null()) }),
    ]),
    z.record(z.string(), z.enum(["x", "y"])).describe("by name"),
    tree,
  ];
  for (const schema of schemas) {
    const { $schema, ...shown } = z.toJSONSchema(schema, { io: "input" });
    expect(isPlainSchema(shown), JSON.stringify(shown)).toBe(true);
  }
});

test("a form that no dialect knows, and what only one knows, is not plain", () => {
  for (const schema of [
    { type: "strin" },
    { type: ["string", "string"] },
    { minLength: "3" },
    { minLength: -1 },
    { required: ["a", "a"] },
    { items: [{ type: "string" }] },
    { properties: { a: { enum: "x" } } },
    { pattern: "(" },
    { anyOf: [] },
    { $ref: "https://example.org/schema.json" },
    { $schema: "http://json-schema.org/draft-04/schema#" },
    { constructor: {} },
    null,
    "string",
  ]) {
    expect(isPlainSchema(schema), JSON.stringify(schema)).toBe(false);
  }
});
