import { describe, expect, test } from "vitest";
import { z } from "zod";
import { instruct } from "../../src/program/instruction.ts";
import { Run } from "./run.ts";

const cyclic: any = { type: "object" };
cyclic.properties = { self: cyclic };

const BROKEN: [string, any, RegExp][] = [
  ["a text", "string", /is "string", not a schema\./],
  ["a boolean", true, /is true, not a schema\./],
  ["an array", [{ type: "string" }], /is \[\{"type":"string"\}\], not a schema\./],
  ["a class instance", new Map(), /is not plain JSON: \$ is a Map, not a plain object\./],
  [
    "a function inside",
    { type: "object", properties: { f: () => 1 } },
    /is not plain JSON: \$\.properties\.f is a function\./,
  ],
  ["a cycle", cyclic, /is not plain JSON: \$\.properties\.self refers back to itself/],
  [
    "a getter that throws",
    {
      get type() {
        throw new Error("boom");
      },
    },
    /is not plain JSON: \$\.type throws when it is read: boom\./,
  ],
  ["an unknown type", { type: "strin" }, /is not a valid JSON Schema: \$\.type .*"strin"/],
  [
    "a wrong keyword",
    { minLength: "long" },
    /is not a valid JSON Schema: \$\.minLength must be an integer, got "long"\./,
  ],
  [
    "several faults",
    { minLength: "long", required: "a" },
    /\$\.minLength must be an integer.*; \$\.required must be an array/,
  ],
  ["a $ref to nothing", { $ref: "#/$defs/nope" }, /can't resolve reference #\/\$defs\/nope/],
  [
    "a $ref to the network",
    { $ref: "https://example.org/schema.json" },
    /can't resolve reference https:\/\/example\.org/,
  ],
  ["a bad pattern", { type: "string", pattern: "(" }, /Invalid regular expression/],
  ["a bad pattern for keys", { patternProperties: { "[": {} } }, /Invalid regular expression/],
  ["$async", { $async: true, type: "object" }, /\$async is no part of JSON Schema/],
  [
    "an unknown dialect",
    { $schema: "http://json-schema.org/draft-04/schema#" },
    /is written in the dialect "http:\/\/json-schema\.org\/draft-04\/schema#"; only/,
  ],
  [
    "tuple items of draft-07 without saying so",
    { items: [{ type: "string" }] },
    /\$\.items must be an object or true or false/,
  ],
  [
    "one $id twice",
    { properties: { a: { $id: "x" }, b: { $id: "x", type: "null" } } },
    /reference "x" resolves to more than one schema/,
  ],
  [
    "z.date()",
    z.object({ when: z.date() }),
    /cannot be shown to the agent as JSON Schema: Date cannot be represented/,
  ],
  [
    "z.map()",
    z.map(z.string(), z.int()),
    /cannot be shown to the agent as JSON Schema: Map cannot be represented/,
  ],
  [
    "a library without JSON Schema",
    { "~standard": { version: 1, vendor: "old", validate: () => ({ value: 1 }) } },
    /is a schema of old that cannot give JSON Schema\./,
  ],
  [
    "a library that gives something else",
    {
      "~standard": {
        version: 1,
        vendor: "odd",
        validate: () => ({ value: 1 }),
        jsonSchema: { input: () => ({ type: () => 1 }) },
      },
    },
    /is not plain JSON: \$\.type is a function\./,
  ],
  [
    "a library that throws something else",
    {
      "~standard": {
        version: 1,
        vendor: "odd",
        validate: () => ({ value: 1 }),
        jsonSchema: {
          input: () => {
            throw "no";
          },
        },
      },
    },
    /cannot be shown to the agent as JSON Schema: no\./,
  ],
];

describe("a schema that cannot judge fails the step when it is issued", () => {
  test.each(BROKEN)("%s", async (_, reply, message) => {
    const run = await Run.start(async function* () {
      yield* instruct("Reply.", { reply });
    });
    expect(run.error.type).toBe("InvalidSchema");
    expect(run.error.message).toMatch(message);
    expect(run.error.message).toMatch(
      /^The reply schema of the instruction at broken-schemas\.test\.ts:\d+:\d+ /,
    );
    expect(run.error.stack).toMatch(/^broken-schemas\.test\.ts:\d+:\d+/);
    expect(run.eventsOf("step_issued")).toEqual([]);
    expect(run.eventsOf("step_failed")).toMatchObject([
      { step_no: 1, scope: "", ordinal: 1, code: "invalid_schema" },
    ]);
    await run.replayed();
  });

  test("the program may catch it and go on, and replays the same", async () => {
    const caught: unknown[] = [];
    const run = await Run.start(async function* () {
      try {
        yield* instruct("Reply.", { reply: { type: "strin" } });
      } catch (error) {
        const { name, message, code, fix } = error as Error & { code: string; fix: string };
        caught.push({ name, message, code, fix });
      }
      return yield* instruct("Go on.");
    });
    expect(run.step).toMatchObject({ text: "Go on.", step_no: 2, ordinal: 2 });
    await run.replayed();
    expect(caught[1]).toEqual(caught[0]);
    await run.reply("x");
    expect(run.summary).toBe("x");
  });

  test("a schema that was broken then and is not now stays broken in replay", async () => {
    const reply: any = { type: "strin" };
    async function* tested() {
      try {
        return yield* instruct("Reply.", { reply });
      } catch {
        return yield* instruct("It was broken.");
      }
    }
    const run = await Run.start(tested);
    reply.type = "string";
    await run.restart();
    expect(run.step.text).toBe("It was broken.");
  });
});

describe("schemas of different programs do not see each other", () => {
  test("two that have the same $id", async () => {
    for (const type of ["string", "integer"]) {
      const run = await Run.start(async function* () {
        return yield* instruct("Reply.", { reply: { $id: "https://example.org/reply", type } });
      });
      await run.reply(type === "string" ? "x" : 1);
      expect(run.state.ended?.state).toBe("completed");
    }
  });

  test("one that refers to the $id of another", async () => {
    await Run.start(async function* () {
      yield* instruct("Reply.", { reply: { $id: "https://example.org/shared", type: "string" } });
    });
    const run = await Run.start(async function* () {
      yield* instruct("Reply.", { reply: { $ref: "https://example.org/shared" } });
    });
    expect(run.error.message).toContain("can't resolve reference https://example.org/shared");
  });

  test("one that failed to compile, corrected under the same $id", async () => {
    const run = await Run.start(async function* () {
      try {
        yield* instruct("Reply.", { reply: { $id: "same", $ref: "#/nope" } });
      } catch {
        return yield* instruct("Reply.", { reply: { $id: "same", type: "string" } });
      }
    });
    await run.reply("x");
    expect(run.summary).toBe("x");
  });
});

describe("a schema may", () => {
  test("refer to the dialect it is written in", async () => {
    const run = await Run.start(async function* () {
      return yield* instruct("Write a schema.", {
        reply: { $ref: "https://json-schema.org/draft/2020-12/schema" },
      });
    });
    await run.reply({ minLength: "long" });
    expect(run.step.validation_error!.problems).toEqual([
      { path: "$.minLength", message: 'must be an integer, got "long"' },
    ]);
    await run.reply({ minLength: 3 });
    expect(run.summary).toEqual({ minLength: 3 });
  });

  test("hold a pattern that is only valid without flag u", async () => {
    const run = await Run.start(async function* () {
      return yield* instruct("Reply.", { reply: z.string().regex(/^[\w-]+@\w+$/) });
    });
    await run.reply("nobody");
    expect(run.step.validation_error!.problems).toMatchObject([
      { message: expect.stringContaining("must match the pattern") },
    ]);
    await run.reply("a-b@c");
    expect(run.summary).toBe("a-b@c");
  });

  test("hold a pattern that only means what it says with flag u", async () => {
    const run = await Run.start(async function* () {
      return yield* instruct("Reply.", { reply: { type: "string", pattern: "^\\p{Lu}$" } });
    });
    await run.reply("é");
    expect(run.step.attempt).toBe(2);
    await run.reply("É");
    expect(run.summary).toBe("É");
  });

  test("be used at many steps; each different one is compiled, and old ones are let go", async () => {
    const run = await Run.start(async function* () {
      for (let i = 0; i < 250; i++) yield* instruct("Reply.", { reply: { const: i } });
      return yield* instruct("Again.", { reply: { const: 0 } });
    });
    for (let i = 0; i < 250; i++) await run.reply(i);
    await run.reply(1);
    expect(run.step.validation_error!.problems).toEqual([{ path: "$", message: "must be 0, got 1" }]);
  });
});
