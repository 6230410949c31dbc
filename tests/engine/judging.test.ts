import { describe, expect, test } from "vitest";
import { z } from "zod";
import { instruct } from "../../src/program/instruction.ts";
import type { Schema } from "../../src/program/schema.ts";
import { Run } from "./run.ts";

/** A program that asks once and returns what it was given. */
function asking(reply: Schema | undefined) {
  return async function* () {
    return { given: yield* instruct("Reply.", { reply }) };
  };
}

async function given(reply: Schema | undefined, sent: any): Promise<unknown> {
  const run = await Run.start(asking(reply));
  await run.reply(sent);
  const { given } = run.summary as { given: unknown };
  await run.replayed();
  return given;
}

async function problems(reply: Schema | undefined, sent: any): Promise<string[]> {
  const run = await Run.start(asking(reply));
  await run.reply(sent);
  return run.step.validation_error!.problems.map(({ path, message }) => `${path} ${message}`);
}

describe("without a schema", () => {
  test.each([[null], [0], [""], ["text"], ['{"a":1}'], [[]], [{ a: [1, null] }]])(
    "%j is accepted as it is",
    async (sent) => {
      expect(await given(undefined, sent)).toEqual(sent);
    },
  );
});

describe("with a zod schema", () => {
  test("defaults are applied, and the log holds both what was sent and what it was parsed to", async () => {
    const run = await Run.start(asking(z.object({ depth: z.int().default(3) })));
    await run.reply({});
    expect(run.eventsOf("reply_accepted")).toMatchObject([{ reply: {}, value: { depth: 3 } }]);
    expect(run.summary).toEqual({ given: { depth: 3 } });
  });

  test("the agent is shown the input of the schema: a property with a default is not required", async () => {
    const run = await Run.start(asking(z.object({ depth: z.int().default(3), name: z.string() })));
    expect(run.step.schema).toMatchObject({ required: ["name"] });
  });

  test("a value that is what was sent is not written twice", async () => {
    const run = await Run.start(asking(z.object({ a: z.int() })));
    await run.reply({ a: 1 });
    expect(run.eventsOf("reply_accepted")[0]).not.toHaveProperty("value");
  });

  test("keys that the schema does not know are dropped", async () => {
    expect(await given(z.object({ a: z.int() }), { a: 1, extra: true })).toEqual({ a: 1 });
  });

  test("transforms run once, and what they gave is replayed", async () => {
    let runs = 0;
    const reply = z.string().transform((text) => {
      runs++;
      return text.length;
    });
    const run = await Run.start(asking(reply));
    await run.reply("four");
    await run.replayed();
    expect(run.summary).toEqual({ given: 4 });
    expect(runs).toBe(1);
  });

  test("a refinement's message is what the agent is told", async () => {
    const reply = z.object({
      range: z.object({ from: z.int(), to: z.int() }).refine((r) => r.from <= r.to, "must not be backwards"),
    });
    expect(await problems(reply, { range: { from: 2, to: 1 } })).toEqual(["$.range must not be backwards"]);
  });

  test("an async refinement is waited for", async () => {
    const reply = z.string().refine(async (text) => text !== "taken", "is taken");
    expect(await problems(reply, "taken")).toEqual(["$ is taken"]);
    expect(await given(reply, "free")).toBe("free");
  });

  test("several refinements are told at once", async () => {
    const reply = z.array(z.string().refine((text) => text === text.toLowerCase(), "must be lower-case"));
    expect(await problems(reply, ["A", "b", "C"])).toEqual([
      "$[0] must be lower-case",
      "$[2] must be lower-case",
    ]);
  });

  test("undefined members of what a transform gave are not there, live or replayed", async () => {
    const reply = z.object({ a: z.string().transform(() => undefined), b: z.int() });
    const run = await Run.start(async function* () {
      return Object.keys(yield* instruct("Reply.", { reply }));
    });
    await run.reply({ a: "x", b: 1 });
    expect(run.summary).toEqual(["b"]);
    await run.replayed();
  });
});

describe("a schema that is at fault when the reply comes", () => {
  test.each<[string, Schema, string, string]>([
    [
      "gives a Date",
      z.string().transform((s) => new Date(s)),
      "SchemaNotJson",
      "$ is a Date, not a plain object",
    ],
    [
      "gives a Map inside",
      z.string().transform(() => ({ m: new Map() })),
      "SchemaNotJson",
      "$.m is a Map, not a plain object",
    ],
    ["gives undefined", z.string().transform(() => undefined), "SchemaNotJson", "output is undefined"],
    ["gives NaN", z.string().transform(Number), "SchemaNotJson", "$ is NaN, which JSON has not"],
    ["gives a bigint", z.string().transform(() => 10n), "SchemaNotJson", "$ is a bigint"],
    ["gives a function", z.string().transform(() => () => 1), "SchemaNotJson", "$ is a function"],
    [
      "throws",
      z.string().transform(() => {
        throw new Error("boom");
      }),
      "InvalidSchema",
      "the schema threw Error: boom",
    ],
  ])("%s: the step fails with the reason and the place", async (_, reply, type, reason) => {
    const run = await Run.start(asking(reply));
    await run.reply("x");
    expect(run.error.type).toBe(type);
    expect(run.error.message).toContain(reason);
    expect(run.error.message).toMatch(/reply schema of the instruction at judging\.test\.ts:\d+:\d+/);
    expect(run.eventsOf("step_failed")).toMatchObject([{ code: "invalid_schema", error: type, reply: "x" }]);
    await run.replayed();
  });

  test("one that refers to itself without end fails its step too", async () => {
    const run = await Run.start(
      asking({ $ref: "#/$defs/a", $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }] } } }),
    );
    await run.reply("x");
    expect(run.error).toMatchObject({
      type: "InvalidSchema",
      message: expect.stringMatching(/^the schema cannot judge: RangeError/),
    });
    await run.replayed();
  });

  test("the program may catch it, and what it catches is the same in replay", async () => {
    const caught: string[] = [];
    const run = await Run.start(async function* () {
      try {
        yield* instruct("Reply.", { reply: z.string().transform((s) => new Date(s)) });
      } catch (error) {
        const { name, message, fix } = error as Error & { fix: string };
        caught.push(JSON.stringify({ name, message, fix }));
        return "caught";
      }
    });
    await run.reply("x");
    expect(run.summary).toBe("caught");
    await run.replayed();
    expect(caught).toHaveLength(2);
    expect(caught[1]).toBe(caught[0]);
  });
});

describe("with a JSON Schema", () => {
  test("2020-12 is what a schema is that names no dialect", async () => {
    const reply = { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false };
    expect(await given(reply, ["a", 1])).toEqual(["a", 1]);
    expect(await problems(reply, ["a", "b", "c"])).toEqual([
      '$[1] must be an integer, got "b"',
      "$ must have at most 2 items, has 3",
    ]);
  });

  test.each([
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft-07/schema#",
  ])("draft-07 is judged as draft-07: %s", async ($schema) => {
    const reply = {
      $schema,
      type: "array",
      items: [{ type: "string" }],
      additionalItems: false,
      definitions: {},
    };
    expect(await problems(reply, ["a", "b"])).toEqual(["$ must have at most 1 item, has 2"]);
    expect(await given(reply, ["a"])).toEqual(["a"]);
  });

  test("$ref into $defs, also recursive", async () => {
    const reply = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          properties: { next: { $ref: "#/$defs/node" }, n: { type: "integer" } },
          required: ["n"],
        },
      },
    };
    expect(await given(reply, { n: 1, next: { n: 2 } })).toEqual({ n: 1, next: { n: 2 } });
    expect(await problems(reply, { n: 1, next: {} })).toEqual(["$.next.n is missing"]);
  });

  test.each([
    ["date-time", "2026-01-01T00:00:00Z", "yesterday"],
    ["date", "2026-01-01", "2026-13-01"],
    ["email", "a@b.org", "a at b"],
    ["uri", "https://example.org/x", "example"],
    ["uuid", "123e4567-e89b-42d3-a456-426614174000", "123"],
    ["ipv4", "127.0.0.1", "300.0.0.1"],
    ["hostname", "example.org", "-x-"],
    ["regex", "^a+$", "("],
    ["json-pointer", "/a/b", "a"],
    ["duration", "PT5M", "5m"],
  ])("format %s accepts %s and refuses %s", async (format, good, bad) => {
    const reply = { type: "string", format };
    expect(await given(reply, good)).toBe(good);
    expect(await problems(reply, bad)).toEqual([`$ must be a valid ${format}, got ${JSON.stringify(bad)}`]);
  });

  test("a format that nobody knows says nothing", async () => {
    expect(await given({ type: "string", format: "haiku" }, "x")).toBe("x");
  });

  test("a schema that its author changes between two steps is shown and judged as it is then", async () => {
    const reply = { type: "string", enum: ["a", "b"] };
    const run = await Run.start(async function* () {
      const first = yield* instruct("First.", { reply });
      reply.enum = reply.enum.filter((choice) => choice !== first);
      return yield* instruct("Second.", { reply });
    });
    await run.reply("a");
    expect(run.step.schema).toEqual({ type: "string", enum: ["b"] });
    await run.reply("a");
    expect(run.step.attempt).toBe(2);
  });
});

describe("a reply that comes as a string holding JSON", () => {
  const reply = z.object({ n: z.int() });

  test("is unwrapped where the string itself does not fit, and the log says so", async () => {
    const run = await Run.start(asking(reply));
    await run.reply('{"n":3}');
    expect(run.eventsOf("reply_accepted")).toMatchObject([
      { reply: '{"n":3}', value: { n: 3 }, from_string: true },
    ]);
    expect(run.summary).toEqual({ given: { n: 3 } });
  });

  test("is a string where a string is asked for", async () => {
    expect(await given(z.string(), '{"n":3}')).toBe('{"n":3}');
  });

  test("is a string where either would do", async () => {
    expect(await given(z.union([z.string(), z.int()]), "3")).toBe("3");
  });

  test("gives a number where a number is asked for", async () => {
    expect(await given(z.int(), "3")).toBe(3);
  });

  test("that holds an object which does not fit is told the faults of the object", async () => {
    expect(await problems(reply, '{"n":"three"}')).toEqual(['$.n must be an integer, got "three"']);
  });

  test("that holds no JSON is told what it is", async () => {
    expect(await problems(reply, "three")).toEqual(['$ must be an object, got "three"']);
  });

  test("that holds __proto__ is not unwrapped", async () => {
    expect(await problems(reply, '{"n":3,"__proto__":{}}')).toEqual([
      '$ must be an object, got "{\\"n\\":3,\\"__proto__\\":{}}"',
    ]);
  });

  test("that holds an abyss is not unwrapped", async () => {
    const run = await Run.start(asking({ type: "array" }));
    await run.reply("[".repeat(100_000) + "]".repeat(100_000));
    expect(run.step.validation_error!.problems).toMatchObject([
      { path: "$", message: expect.stringMatching(/^must be an array, got "\[\[/) },
    ]);
  });
});

describe("what no schema can allow", () => {
  const proto = (text: string) => JSON.parse(text);

  test("a key named __proto__, with its path", async () => {
    expect(await problems(undefined, proto('{"a":[{"b c":{"__proto__":{"x":1}}}]}'))).toEqual([
      '$.a[0]["b c"].__proto__ is a name that is not accepted',
    ]);
  });

  test("a key named __proto__ does not reach a prototype on its way into the log", async () => {
    const run = await Run.start(asking(undefined));
    await run.reply(proto('{"__proto__":{"polluted":true}}'));
    expect(({} as any).polluted).toBeUndefined();
    expect(JSON.stringify(run.eventsOf("reply_rejected")[0]!.reply)).toBe('{"__proto__":{"polluted":true}}');
  });

  test("constructor and prototype are names like others", async () => {
    expect(await given(undefined, { constructor: 1, prototype: 2 })).toEqual({
      constructor: 1,
      prototype: 2,
    });
  });

  test("200 levels of nesting are accepted, 201 are not", async () => {
    const nested = (levels: number) => JSON.parse("[".repeat(levels + 1) + "]".repeat(levels + 1));
    const run = await Run.start(async function* () {
      return yield* instruct("Reply.");
    });
    await run.reply(nested(200));
    expect(run.summary).toEqual(nested(200));
    expect(await problems(undefined, nested(201))).toEqual(["$ is nested more than 200 levels deep"]);
  });
});

test("judging changes nothing: it may be asked again", async () => {
  const run = await Run.start(asking(z.int()));
  const first = await run.execution.judge(1, "x");
  expect(await run.execution.judge(1, "x")).toEqual(first);
  expect(run.execution.drafts).toEqual([]);
  await run.reply(1);
  expect(run.summary).toEqual({ given: 1 });
});

test("a step that is not pending is not judged", async () => {
  const run = await Run.start(asking(z.int()));
  expect(await run.execution.judge(2, 1)).toBeUndefined();
  await run.reply(1);
  expect(await run.execution.judge(1, 1)).toBeUndefined();
});
