/** Schemas of random steps, each with replies that fit and do not, and what the program is then given. */

import { z } from "zod";
import type { Json, Schema } from "../../../src/program/schema.ts";

export interface RandomSchema {
  readonly schema: Schema | undefined;
  readonly valid: (n: number) => { readonly reply: Json; readonly given: Json };
  /** None: everything fits. */
  readonly invalid?: (n: number) => Json;
}

const same = (value: Json) => ({ reply: value, given: value });

export const SCHEMAS: readonly RandomSchema[] = [
  { schema: undefined, valid: (n) => same([n, null, { a: `${n}` }]) },
  { schema: z.int(), valid: same, invalid: (n) => `not ${n}` },
  // Sent as a string that holds the JSON.
  { schema: z.int(), valid: (n) => ({ reply: `${n}`, given: n }), invalid: () => "{" },
  {
    schema: z.object({ a: z.int().default(7), b: z.string().transform((s) => s.length) }),
    valid: (n) => ({ reply: { b: "x".repeat(n % 5) }, given: { a: 7, b: n % 5 } }),
    invalid: () => ({ a: "seven" }),
  },
  {
    schema: { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] },
    valid: (n) => same({ ok: n % 2 === 0 }),
    invalid: () => ({}),
  },
  {
    schema: z.string().refine(async (text) => text.startsWith("s"), "must start with an s"),
    valid: (n) => same(`s${n}`),
    invalid: (n) => `t${n}`,
  },
];

export const BROKEN: Schema = { type: "strin" };
