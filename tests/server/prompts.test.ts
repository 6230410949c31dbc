/** Prompts: what a person is offered, and what the agent is told. */

import { describe, expect, it } from "vitest";
import { SequencerError } from "../../src/errors.ts";
import type { ListEntry, ProgramEntry } from "../../src/instances/answer.ts";
import type { JsonSchema } from "../../src/program/schema.ts";
import { argumentsOf, choicesOf, paramsFrom } from "../../src/server/prompt-arguments.ts";
import { AT, INSTANCE_ID, scriptedSequencer } from "./fake-sequencer.ts";
import { connect } from "./in-memory.ts";

const REVIEW: JsonSchema = {
  type: "object",
  properties: {
    target: { type: "string", description: "What to review" },
    rounds: { type: "integer", minimum: 1, default: 5 },
    depth: { type: "string", enum: ["quick", "deep"] },
    confirm: { type: "boolean", default: true },
    tags: { type: "array", items: { type: "string" } },
    roles: { type: "array", items: { enum: ["types", "prompts"] } },
    extra: { type: "object", properties: { a: { type: "number" } } },
  },
  required: ["target"],
};

function program(name: string, params_schema: JsonSchema | null = REVIEW): ProgramEntry {
  const description = `Does ${name}.`;
  return { name, description, params_schema, source: "user", file: `/p/${name}.ts`, version: "v" };
}

function entry(instance_id: string): ListEntry {
  return {
    instance_id,
    program: "review",
    version: "v",
    state: "awaiting_result",
    closed: false,
    step_no: 2,
    started_at: AT,
    updated_at: AT,
    project_dir: "/project",
    progress_hint: null,
  };
}

const STARTED = { type: "started", program: { name: "review", version: "v" } };

function sequencer(programs: readonly ProgramEntry[], unfinished: readonly string[] = [INSTANCE_ID]) {
  return scriptedSequencer({
    listPrograms: async () => ({ programs: [...programs], problems: [] }),
    recent: async ({ limit }) => unfinished.slice(0, limit).map(entry),
    async *events(id) {
      if (id !== INSTANCE_ID) throw new SequencerError("UnknownInstance", `There is no instance ${id}.`);
      yield { seq: 0, event: STARTED as never };
    },
  });
}

async function textOf(
  client: Awaited<ReturnType<typeof connect>>["client"],
  name: string,
  args: Record<string, string> = {},
) {
  const { messages } = await client.getPrompt({ name, arguments: args });
  expect(messages).toHaveLength(1);
  expect(messages[0]!.role).toBe("user");
  return (messages[0]!.content as { text: string }).text;
}

/** The arguments that the text tells the agent to call `sequencer_start` with. */
function startOf(text: string): any {
  return JSON.parse(/Call sequencer_start with (\{.*\}) and note/.exec(text)![1]!);
}

describe("the list of prompts", () => {
  it("holds every program with its params, and resume", async () => {
    const { client } = await connect(sequencer([program("review"), program("hello", null)]));
    expect(await client.listPrompts()).toMatchInlineSnapshot(`
      {
        "prompts": [
          {
            "arguments": [
              {
                "description": "What to review",
                "name": "target",
                "required": true,
              },
              {
                "description": "a whole number; default 5",
                "name": "rounds",
                "required": false,
              },
              {
                "description": "one of quick, deep",
                "name": "depth",
                "required": false,
              },
              {
                "description": "one of true, false; default true",
                "name": "confirm",
                "required": false,
              },
              {
                "description": "a list with commas, or JSON",
                "name": "tags",
                "required": false,
              },
              {
                "description": "a list with commas, or JSON",
                "name": "roles",
                "required": false,
              },
              {
                "description": "JSON",
                "name": "extra",
                "required": false,
              },
            ],
            "description": "Does review.",
            "name": "review",
            "title": "Run review",
          },
          {
            "arguments": [],
            "description": "Does hello.",
            "name": "hello",
            "title": "Run hello",
          },
          {
            "arguments": [
              {
                "description": "The run; left out: the newest one that is unfinished",
                "name": "instance_id",
                "required": false,
              },
            ],
            "description": "Goes on with an unfinished run of a program.",
            "name": "resume",
            "title": "Go on with a run",
          },
        ],
      }
    `);
  });

  it("names the prompt that resumes otherwise where a program has that name", async () => {
    const { client } = await connect(sequencer([program("resume", null)]));
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["resume", "resume-run"]);
    expect(await textOf(client, "resume")).toContain("the agent-sequencer program 'resume'");
    expect(await textOf(client, "resume-run")).toContain(`Go on with the run ${INSTANCE_ID}`);
  });
});

describe("the prompt of a program", () => {
  it("tells the agent to start it with these params and to drive it", async () => {
    const { client } = await connect(sequencer([program("review")]));
    const text = await textOf(client, "review", { target: "src", rounds: "3", confirm: "no", tags: "a, b" });
    expect(text).toMatchInlineSnapshot(`
      "Run the agent-sequencer program 'review': Does review.

      Call sequencer_start with {"program":"review","params":{"target":"src","rounds":3,"confirm":false,"tags":["a","b"]}} and note the instance_id that it answers before anything else. Carry out each step exactly as it says, and reply to it with sequencer_next, until the state is "completed", "aborted", "failed" or "cancelled". Then tell me the outcome and call sequencer_close."
    `);
  });

  it("tells the agent to ask for what is missing", async () => {
    const { client } = await connect(sequencer([program("review")]));
    const text = await textOf(client, "review", { target: " " });
    expect(text).toContain("I have not said what 'target' is (What to review): ask me before you start.");
    expect(startOf(text)).toEqual({ program: "review" });
  });

  it("hands on what does not fit, for the params' own schema to judge", async () => {
    const { client } = await connect(sequencer([program("review")]));
    const text = await textOf(client, "review", { target: "src", rounds: "many", extra: "{a" });
    expect(startOf(text).params).toEqual({ target: "src", rounds: "many", extra: "{a" });
  });

  it("is refused by an unknown name or argument, with the one that was meant", async () => {
    const { client } = await connect(sequencer([program("review"), program("hello", null)]));
    await expect(client.getPrompt({ name: "reveiw" })).rejects.toThrow(
      'MCP error -32602: There is no prompt named "reveiw". Did you mean review?',
    );
    await expect(client.getPrompt({ name: "x" })).rejects.toThrow("There are: review, hello, resume.");
    await expect(client.getPrompt({ name: "review", arguments: { targt: "x" } })).rejects.toThrow(
      "The prompt 'review' has no argument \"targt\". Did you mean target?",
    );
    await expect(client.getPrompt({ name: "hello", arguments: { a: "x" } })).rejects.toThrow(
      "It takes none.",
    );
  });
});

describe("the prompt to resume", () => {
  it("names the run and its program", async () => {
    const { client } = await connect(sequencer([]));
    expect(await textOf(client, "resume", { instance_id: INSTANCE_ID })).toMatchInlineSnapshot(`
      "Go on with the run 01JDQ3V5Z8M4X7C2B9N6K1H0GT of the agent-sequencer program 'review'.

      Call sequencer_resume with {"instance_id":"01JDQ3V5Z8M4X7C2B9N6K1H0GT"}: it shows what awaits a reply. Carry out each step exactly as it says, and reply to it with sequencer_next, until the state is "completed", "aborted", "failed" or "cancelled". Then tell me the outcome and call sequencer_close."
    `);
  });

  it("takes the newest unfinished run when none is named", async () => {
    const { client } = await connect(sequencer([]));
    expect(await textOf(client, "resume")).toContain(INSTANCE_ID);
    const { client: other } = await connect(sequencer([], []));
    await expect(other.getPrompt({ name: "resume" })).rejects.toThrow("There is no unfinished run.");
  });

  it("of a run that there is not says so, and what to do", async () => {
    const { client } = await connect(sequencer([]));
    const unknown = client.getPrompt({ name: "resume", arguments: { instance_id: "nope" } });
    await expect(unknown).rejects.toThrow("There is no instance nope. Call sequencer_list");
  });
});

describe("completion", () => {
  const complete = async (
    client: Awaited<ReturnType<typeof connect>>["client"],
    ref: { type: "ref/prompt"; name: string } | { type: "ref/resource"; uri: string },
    name: string,
    value = "",
  ) => (await client.complete({ ref, argument: { name, value } })).completion;
  const review = { type: "ref/prompt", name: "review" } as const;

  it("gives the choices and truth values of a param that begin as typed", async () => {
    const { client } = await connect(sequencer([program("review")]));
    expect(await complete(client, review, "depth")).toEqual({
      values: ["quick", "deep"],
      total: 2,
      hasMore: false,
    });
    expect((await complete(client, review, "depth", "D")).values).toEqual(["deep"]);
    expect((await complete(client, review, "confirm")).values).toEqual(["true", "false"]);
    expect((await complete(client, review, "roles", "p")).values).toEqual(["prompts"]);
    expect((await complete(client, review, "target")).values).toEqual([]);
    expect((await complete(client, review, "nonsense")).values).toEqual([]);
  });

  it("gives the unfinished runs for resume, and all runs for resources", async () => {
    const ids = Array.from({ length: 120 }, (_, i) => `01JDQ3V5Z8M4X7C2B9N6K1H${String(i).padStart(3, "0")}`);
    const fake = sequencer([], ids);
    const { client } = await connect(fake);
    const resume = { type: "ref/prompt", name: "resume" } as const;
    expect((await complete(client, resume, "instance_id")).values).toEqual(ids.slice(0, 100));
    expect((await complete(client, resume, "instance_id", ids[7]!.toLowerCase())).values).toEqual([ids[7]]);
    const uri = "sequencer://instances/{instance_id}/log";
    expect((await complete(client, { type: "ref/resource", uri }, "instance_id")).values).toHaveLength(100);
    expect(fake.calls.filter(({ method }) => method === "recent").map(({ request }) => request)).toEqual([
      { limit: 100, unfinished: true, elsewhere: true },
      { limit: 100, unfinished: true, elsewhere: true },
      { limit: 100, unfinished: false, elsewhere: true },
    ]);
  });

  it("is refused for what there is not", async () => {
    const { client } = await connect(sequencer([]));
    await expect(complete(client, review, "depth")).rejects.toThrow("There is nothing to complete for");
    await expect(complete(client, { type: "ref/resource", uri: "file:///x" }, "a")).rejects.toThrow(
      "There is nothing to complete for",
    );
  });
});

describe("a text that a person types", () => {
  const meant = (schema: JsonSchema, text: string) =>
    (paramsFrom({ type: "object", properties: { it: schema } }, { it: text }) as { it: unknown }).it;

  it.each<[JsonSchema, string, unknown]>([
    [{ type: "string" }, "5", "5"],
    [{ type: "string" }, '{"a":1}', '{"a":1}'],
    [{ type: "integer" }, " 5 ", 5],
    [{ type: "number" }, "1e3", 1000],
    [{ type: "number" }, "five", "five"],
    [{ type: "boolean" }, "Yes", true],
    [{ type: "boolean" }, "off", false],
    [{ type: "boolean" }, "maybe", "maybe"],
    [{ enum: [1, 2, "auto"] }, "2", 2],
    [{ enum: [1, 2, "auto"] }, "auto", "auto"],
    [{ const: true }, "true", true],
    [{ type: "array", items: { type: "string" } }, "Ada, Bob", ["Ada", "Bob"]],
    [{ type: "array", items: { type: "string" } }, '["Ada, Bob"]', ["Ada, Bob"]],
    [{ type: "array", items: { type: "integer" } }, "1,2", [1, 2]],
    [{ type: "array", items: { type: "object" } }, '[{"a":1}]', [{ a: 1 }]],
    [{ type: "array", items: { type: "object" } }, "a, b", "a, b"],
    [{ type: "object" }, '{"a":1}', { a: 1 }],
    [{ type: ["string", "null"] }, "null", null],
    [{ type: ["integer", "string"] }, "7", 7],
    [{ anyOf: [{ type: "number" }, { type: "string" }] }, "7 days", "7 days"],
    [{ anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] }, '["a"]', ["a"]],
    [{}, "[1]", [1]],
    [{}, "word", "word"],
  ])("for %j: %j means %j", (schema, text, expected) => {
    expect(meant(schema, text)).toEqual(expected);
  });

  it("finds what a schema refers to, and gives up on what leads in a circle", () => {
    const schema: JsonSchema = {
      type: "object",
      properties: {
        it: { $ref: "#/$defs/level" },
        loop: { $ref: "#/$defs/loop" },
        gone: { $ref: "#/$defs/x" },
      },
      $defs: { level: { enum: ["low", "high"] }, loop: { $ref: "#/$defs/loop" } },
    };
    expect(choicesOf(schema, "it")).toEqual(["low", "high"]);
    expect(paramsFrom(schema, { it: "high", loop: "3", gone: "3" })).toEqual({
      it: "high",
      loop: 3,
      gone: 3,
    });
  });

  it("for params that are no object of properties is the whole of them, in JSON", () => {
    const schema: JsonSchema = { type: "array", items: { type: "string" } };
    expect(argumentsOf(schema)).toEqual([
      { name: "params", description: "The program's params, in JSON", required: true },
    ]);
    expect(paramsFrom(schema, { params: '["a"]' })).toEqual(["a"]);
    expect(paramsFrom(null, { params: "1" })).toBeUndefined();
  });

  it("never becomes a prototype", () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"object"}}}') as JsonSchema;
    const params = paramsFrom(schema, JSON.parse('{"__proto__":"{\\"polluted\\":true}"}'))!;
    expect((params as any).polluted).toBeUndefined();
    expect(Object.keys(params)).toEqual(["__proto__"]);
  });
});

describe("changed programs", () => {
  it("are told to the client", async () => {
    let changed = () => {};
    const fake = scriptedSequencer({
      listPrograms: async () => ({ programs: [], problems: [] }),
      onProgramsChanged: (listener) => {
        changed = listener;
      },
    });
    const { client } = await connect(fake);
    await client.listPrompts();
    const told = new Promise((resolve) => {
      client.fallbackNotificationHandler = async ({ method }) => resolve(method);
    });
    changed();
    expect(await told).toBe("notifications/prompts/list_changed");
  });
});
