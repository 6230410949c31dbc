/** JSON that fits a JSON Schema, as far as the tools' own input schemas need it. */

import fc from "fast-check";
import { anyValue, type JsonText, membersText, objectOf, textValue } from "./json-text.ts";

interface Schema {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Values that mean something, by the name of the member; used more often than what merely fits. */
export type Meaningful = { readonly [name: string]: fc.Arbitrary<JsonText> };

export type Members = [string, JsonText][];

export function fitting(schema: Schema, meaningful: Meaningful = {}): fc.Arbitrary<JsonText> {
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((each) => fitting(each, meaningful)));
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map((each) => JSON.stringify(each)));
  switch (schema.type) {
    case "object":
      return schema.properties === undefined
        ? objectOf(fc.string({ maxLength: 8 }), anyValue)
        : fittingMembers(schema, meaningful).map(membersText);
    case "array":
      return fc
        .array(fitting(schema.items ?? {}, meaningful), { minLength: schema.minItems ?? 0, maxLength: 4 })
        .map((items) => `[${items.join(",")}]`);
    case "string":
      return textValue.filter((text) => {
        const { length } = JSON.parse(text) as string;
        return length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Number.POSITIVE_INFINITY);
      });
    case "integer":
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 2 ** 31 - 1 }).map(String);
    case "number":
      return fc.double({ min: schema.minimum, max: schema.maximum, noNaN: true }).map((it) => `${it}`);
    case "boolean":
      return fc.constantFrom("true", "false");
    case "null":
      return fc.constant("null");
    default:
      return anyValue;
  }
}

/** The members of an object that fits, so that they can be spoilt one by one. */
export function fittingMembers(
  { properties = {}, required = [] }: Schema,
  meaningful: Meaningful,
): fc.Arbitrary<Members> {
  const members: Record<string, fc.Arbitrary<JsonText>> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const fits = fitting(schema, meaningful);
    const means = meaningful[name];
    members[name] =
      means === undefined ? fits : fc.oneof({ weight: 5, arbitrary: means }, { weight: 1, arbitrary: fits });
  }
  return fc.record(members, { requiredKeys: [...required] }).map((object) => Object.entries(object));
}

/** The same members with a few left out, doubled, exchanged for anything, or of another name. */
export function spoilt(members: Members, edits: readonly Spoil[]): Members {
  let spoilt = members;
  for (const { at, how, name, value } of edits) {
    const place = at % (spoilt.length + 1);
    const kept = spoilt.slice(place + 1);
    const there = spoilt[place];
    if (how === "leave out") spoilt = [...spoilt.slice(0, place), ...kept];
    else if (how === "add" || there === undefined) spoilt = [...spoilt, [name, value]];
    else if (how === "exchange") spoilt = [...spoilt.slice(0, place), [there[0], value], ...kept];
    else spoilt = [...spoilt.slice(0, place), [name, there[1]], ...kept];
  }
  return spoilt;
}

export interface Spoil {
  readonly at: number;
  readonly how: "leave out" | "add" | "exchange" | "rename";
  readonly name: string;
  readonly value: JsonText;
}

export const spoils: fc.Arbitrary<Spoil[]> = fc.array(
  fc.record({
    at: fc.nat(9),
    how: fc.constantFrom("leave out", "add", "exchange", "exchange", "rename"),
    name: fc.constantFrom("__proto__", "constructor", "toString", "", "instanceId", "instance_id", "result"),
    value: anyValue,
  }),
  { maxLength: 3 },
);
