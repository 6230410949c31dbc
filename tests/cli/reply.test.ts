/** Replies as people write them, and schemas as people read them. */

import { describe, expect, it } from "vitest";
import { fieldValue, flatFields, parsePairs } from "../../src/cli/fields.ts";
import { parseReply } from "../../src/cli/reply.ts";
import { schemaText } from "../../src/cli/schema-text.ts";
import { instruction } from "../server/fake-sequencer.ts";

const PERSON = {
  type: "object",
  properties: {
    name: { type: "string" },
    age: { type: "integer" },
    admin: { type: "boolean" },
    level: { enum: ["low", "high", 3] },
  },
  required: ["name", "level"],
};
const FIELDS = flatFields(PERSON)!;

describe("a flat schema", () => {
  it("is an object of texts, numbers, truth values and choices", () => {
    expect(FIELDS.map(({ name, type, required }) => [name, type, required])).toEqual([
      ["name", "string", true],
      ["age", "integer", false],
      ["admin", "boolean", false],
      ["level", "choice", true],
    ]);
  });

  it.each([
    null,
    { type: "string" },
    { type: "object" },
    { type: "object", properties: {} },
    { type: "object", properties: { list: { type: "array" } } },
    { type: "object", properties: { any: true } },
    { type: "object", properties: { choice: { enum: [{}] } } },
  ])("is not %j", (schema) => {
    expect(flatFields(schema)).toBeUndefined();
  });

  it.each([
    ["age", " 36 ", 36],
    ["age", "old", "old"],
    ["age", "", ""],
    ["admin", "Yes", true],
    ["admin", "false", false],
    ["admin", "maybe", "maybe"],
    ["level", "3", 3],
    ["level", "high", "high"],
    ["level", "none", "none"],
    ["name", " 42 ", " 42 "],
  ])("takes for %s what was typed as %j: %j", (name, typed, value) => {
    expect(fieldValue(FIELDS.find((field) => field.name === name)!, typed)).toBe(value);
  });

  it.each([
    ["name=Ada age=36", { name: "Ada", age: 36 }],
    ['  name="Ada L." level=high', { name: "Ada L.", level: "high" }],
    ["name=Ada Lovelace, née Byron age=36", { name: "Ada Lovelace, née Byron", age: 36 }],
    ["name=x=1 y", { name: "x=1 y" }],
    ["name=", { name: "" }],
  ])("is answered by %j", (line, reply) => {
    expect(parsePairs(line, FIELDS)).toEqual(reply);
  });

  it.each(["Ada", "nme=Ada", "hello name=Ada", ""])("is not answered by %j", (line) => {
    expect(parsePairs(line, FIELDS)).toBeUndefined();
  });
});

describe("a reply in one line", () => {
  const text = instruction(1, { expect_schema: { type: "string" } });

  it.each([
    ["just words", { result: "just words" }],
    ["42", { result: "42" }],
    ['"quoted"', { result: "quoted" }],
    ['{"failure":{"reason":"no"}}', { failure: { reason: "no" } }],
  ])("to a step that asks for text: %j", (line, reply) => {
    expect(parseReply(line, text)).toEqual(reply);
  });

  it("to a step that asks for anything is JSON", () => {
    expect(parseReply("[1]", instruction(1))).toEqual({ result: [1] });
    expect(parseReply("words", instruction(1))).toMatchObject({
      problem: expect.stringContaining("Wanted: any JSON"),
    });
  });
});

describe("a schema in words", () => {
  it.each([
    [PERSON, '{ name: string, age?: integer, admin?: boolean, level: "low" | "high" | 3 }'],
    [{ type: "array", items: { type: "string" } }, "string[]"],
    [{ type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } }, "(string | null)[]"],
    [{ type: "array", items: { type: "object", properties: { a: true } } }, "{ a?: any }[]"],
    [{ const: 1 }, "1"],
    [{ type: ["string", "null"] }, "string | null"],
    [{ type: "object" }, "object"],
    [{}, "any"],
    [true, "any"],
  ])("%j", (schema, words) => {
    expect(schemaText(schema)).toBe(words);
  });

  it("ends, even for one that contains itself", () => {
    const schema: Record<string, unknown> = { type: "object" };
    schema["properties"] = { again: schema };
    expect(schemaText(schema)).toContain("again?: any");
  });
});
