import { expect, test } from "vitest";
import { z } from "zod";
import { gapsOf } from "../../src/authoring/schema-gaps.ts";

const told = (schema: unknown) =>
  gapsOf(schema).map(({ severity, path, message }) => `${severity} ${path} ${message}`);

test("what JSON Schema cannot say is found wherever it stands", () => {
  const gaps = told(
    z.object({
      count: z.coerce.number(),
      list: z.array(z.object({ "a b": z.string().regex(/^x/i) })),
      early: z.preprocess((value) => value, z.string()),
      caught: z.string().catch("x").optional(),
      either: z.union([z.int(), z.coerce.boolean()]),
      pair: z.tuple([z.string(), z.string().refine((text) => text !== "")]),
      record: z.record(z.string(), z.coerce.string()),
      both: z.intersection(z.object({ a: z.coerce.number() }), z.object({ b: z.int() })),
      later: z.lazy(() => z.coerce.number()),
    }),
  );
  expect(gaps).toEqual([
    expect.stringContaining("warning $.count z.coerce does nothing: the agent must send a number"),
    expect.stringContaining('warning $.list[]["a b"] the flags of /^x/i are lost'),
    expect.stringContaining("warning $.early z.preprocess comes too late"),
    expect.stringContaining("warning $.caught .catch() does nothing"),
    expect.stringContaining("warning $.either z.coerce"),
    expect.stringContaining("info $.pair[1] the agent cannot see this refinement"),
    expect.stringContaining("warning $.record.* z.coerce"),
    expect.stringContaining("warning $.both.a z.coerce"),
    expect.stringContaining("warning $.later z.coerce"),
  ]);
});

test("what JSON Schema says is no gap", () => {
  expect(
    told(
      z.strictObject({
        text: z.string().min(1).max(5).regex(/^a/u).startsWith("a").trim(),
        mail: z.email(),
        when: z.iso.datetime(),
        length: z.string().transform((text) => text.length),
        piped: z.string().transform(Number).pipe(z.int()),
        some: z.int().default(1).nullable(),
        kind: z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") })]),
      }),
    ),
  ).toEqual([]);
});

test("recursive schemas, other libraries' and no schemas at all end", () => {
  const Tree = z.object({
    get children() {
      return z.array(Tree);
    },
    n: z.coerce.number(),
  });
  expect(told(Tree)).toHaveLength(1);
  expect(told({ type: "object" })).toEqual([]);
  expect(told(undefined)).toEqual([]);
});
