import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Judgement, judge } from "../../src/engine/judge.ts";
import { toJsonSchema } from "../../src/engine/schema.ts";
import type { Json, JsonSchema } from "../../src/program/schema.ts";

const KEY = fc.constantFrom("a", "b", "kind", "x/y", "p q", "~", "%");
const SCALAR = fc.constantFrom<Json>(null, true, 0, 1, 2.5, "", "a", "circle", "box");
const TYPE = fc.constantFrom("string", "number", "integer", "boolean", "null", "array", "object");

const CONDITIONAL = ["if", "then"];

const { schema } = fc.letrec<{ schema: JsonSchema | boolean }>((tie) => {
  const inner = tie("schema");
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  const keyword: fc.Arbitrary<object> = fc.oneof(
    fc.record({ type: fc.oneof(TYPE, fc.uniqueArray(TYPE, { minLength: 1, maxLength: 3 })) }),
    fc.record({ const: SCALAR }),
    fc.record({ enum: fc.uniqueArray(SCALAR, { minLength: 1, maxLength: 3 }) }),
    fc.record({ properties: fc.dictionary(KEY, inner, { maxKeys: 3 }) }),
    fc.record({ required: fc.uniqueArray(KEY, { maxLength: 2 }) }),
    fc.record({ additionalProperties: inner }),
    fc.record({ propertyNames: inner }),
    fc.record({ patternProperties: fc.dictionary(fc.constantFrom("^a", "."), inner, { maxKeys: 1 }) }),
    fc.record({ items: inner }),
    fc.record({ prefixItems: some }),
    fc.record({ contains: inner }),
    fc.record({ minItems: fc.nat(2) }),
    fc.record({ uniqueItems: fc.constant(true) }),
    fc.record({ minLength: fc.nat(2) }),
    fc.record({ minimum: fc.nat(2) }),
    fc.record({ anyOf: some }),
    fc.record({ oneOf: some }),
    fc.record({ allOf: some }),
    fc.record({ not: inner }),
    fc.record({ $ref: fc.constantFrom("#", "#/$defs/one", "#/$defs/two") }),
    fc.tuple(inner, inner).map((parts) => Object.fromEntries(CONDITIONAL.map((name, i) => [name, parts[i]]))),
  );
  return {
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 1, arbitrary: fc.boolean() },
      {
        weight: 9,
        arbitrary: fc.array(keyword, { maxLength: 3 }).map((parts) => Object.assign({}, ...parts)),
      },
    ),
  };
});

const root = fc
  .tuple(schema, schema, schema)
  .map(
    ([whole, one, two]) =>
      ({ ...(typeof whole === "object" ? whole : {}), $defs: { one, two } }) as JsonSchema,
  );

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    SCALAR,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(KEY, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

test("whatever the schema, a value has problems if and only if it does not fit, each at a place and in words", async () => {
  await fc.assert(
    fc.asyncProperty(root, value, async (schema, value) => {
      const expected = fits(schema, value);
      let judgement: Judgement;
      try {
        judgement = await judge(value, toJsonSchema(schema, "The schema"), undefined, "The schema");
      } catch (error) {
        expect(error).toMatchObject({ code: "InvalidSchema" });
        expect(expected).toBe("broken");
        return;
      }
      if (typeof value !== "string") expect(judgement.verdict).toBe(expected);
      if (judgement.verdict !== "invalid") return;
      expect(judgement.problems.length).toBeLessThanOrEqual(21);
      for (const { path, message } of judgement.problems) {
        expect(path).toMatch(/^\$/);
        expect(message).toMatch(/^(must|is|has|fits|does) /);
        expect(message).not.toMatch(/undefined|\[object/);
      }
    }),
    { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 500) },
  );
});

/** ajv itself, which a few of these schemas break: by references without end, or by a fault of its own. */
function fits(schema: JsonSchema, value: Json): "valid" | "invalid" | "broken" {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    logger: false,
    validateSchema: false,
    meta: false,
  });
  try {
    return ajv.compile(schema)(value) ? "valid" : "invalid";
  } catch {
    return "broken";
  }
}
