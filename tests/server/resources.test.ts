/** Resources: what is listed, what is read, and the links that lead there. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SequencerError } from "../../src/errors.ts";
import type { ListEntry } from "../../src/instances/answer.ts";
import type { RecordedEvent } from "../../src/instances/recorded-event.ts";
import { linksFor } from "../../src/server/resource-link.ts";
import { parseUri } from "../../src/server/resource-uri.ts";
import { issue, numbered, RUN, STARTED } from "../cli/run-events.ts";
import { AT, answer, INSTANCE_ID, instruction, scriptedSequencer } from "./fake-sequencer.ts";
import { connect } from "./in-memory.ts";

const TIMELINE = `sequencer://instances/${INSTANCE_ID}`;

function reading(events: readonly RecordedEvent[], failure?: SequencerError) {
  return scriptedSequencer({
    async *events() {
      yield* events;
      if (failure !== undefined) throw failure;
    },
  });
}

async function read(sequencer: ReturnType<typeof reading>, uri = TIMELINE) {
  const { client } = await connect(sequencer);
  const { contents } = await client.readResource({ uri });
  expect(contents).toHaveLength(1);
  return contents[0] as { uri: string; mimeType: string; text: string };
}

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the list of resources", () => {
  it("holds the newest runs of this project, and the templates the rest", async () => {
    const entry: ListEntry = {
      instance_id: INSTANCE_ID,
      program: "hello",
      version: "v",
      state: "completed",
      closed: true,
      step_no: 3,
      started_at: AT,
      updated_at: AT,
      project_dir: "/project",
      progress_hint: null,
    };
    const broken = { ...entry, program: "", state: "unreadable", problem: "The log is corrupt." } as const;
    const sequencer = scriptedSequencer({ recent: async () => [entry, broken] });
    const { client } = await connect(sequencer);
    expect((await client.listResources()).resources).toMatchInlineSnapshot(`
      [
        {
          "description": "At step 3, last changed 2025-03-01T10:00:00.000Z.",
          "mimeType": "text/markdown",
          "name": "hello 01JDQ3V5Z8M4X7C2B9N6K1H0GT",
          "title": "hello: completed",
          "uri": "sequencer://instances/01JDQ3V5Z8M4X7C2B9N6K1H0GT",
        },
        {
          "description": "The log is corrupt.",
          "mimeType": "text/markdown",
          "name": "run 01JDQ3V5Z8M4X7C2B9N6K1H0GT",
          "title": "Run: unreadable",
          "uri": "sequencer://instances/01JDQ3V5Z8M4X7C2B9N6K1H0GT",
        },
      ]
    `);
    expect(sequencer.calls).toEqual([{ method: "recent", request: { limit: 20 } }]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate, mimeType }) => [uriTemplate, mimeType])).toEqual([
      ["sequencer://instances/{instance_id}", "text/markdown"],
      ["sequencer://instances/{instance_id}/log", "application/jsonl"],
    ]);
  });
});

describe("the timeline of a run", () => {
  it("is a document with its tree, and its summary whole", async () => {
    const summary = { greeted: ["Ada"], note: "```" };
    const ended = { type: "ended", at: "2025-03-01T10:00:12.000Z", state: "completed", summary } as const;
    const events = numbered([STARTED, issue(1, 4, { text: "Greet\n```\nAda" }), ended]);
    const { uri, mimeType, text } = await read(reading(events));
    expect({ uri, mimeType }).toEqual({ uri: TIMELINE, mimeType: "text/markdown" });
    expect(text).toMatchInlineSnapshot(`
      "# Run of hello: completed

      Instance \`01JDQ3V5Z8M4X7C2B9N6K1H0GT\`

      \`\`\`text
      hello  01JDQ3V5Z8M4X7C2B9N6K1H0GT
      started 2025-03-01 10:00:00 · version 0123456789ab · /project
      params {"names":["Ada"]}

      10:00:00.004   1  instruction  Greet \`\`\` Ada
      10:00:12.000      completed    {"greeted":["Ada"],"note":"\`\`\`"}  (after 12.0 s)
      \`\`\`

      ## Summary

      \`\`\`json
      {
        "greeted": [
          "Ada"
        ],
        "note": "\`\`\`"
      }
      \`\`\`

      Every event, one JSON object a line: sequencer://instances/01JDQ3V5Z8M4X7C2B9N6K1H0GT/log
      "
    `);
  });

  it("of a long run shows the beginning and the end", async () => {
    const steps = Array.from({ length: 5_000 }, (_, i) =>
      issue(i + 1, i, { text: `Item ${i}`, ordinal: i + 1 }),
    );
    const { text } = await read(reading(numbered([STARTED, ...steps])));
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain("Item 0");
    expect(text).toMatch(/… \d+ lines left out …/);
    expect(text).toContain("and 4980 more steps");
  });

  it("points to the log for a summary that is too large", async () => {
    const summary = "s".repeat(300_000);
    const ended = { type: "ended", at: AT, state: "completed", summary } as const;
    const { text } = await read(reading(numbered([STARTED, ended])));
    expect(text.length).toBeLessThan(10_000);
    expect(text).toContain(`It has 300002 characters; the last event of ${TIMELINE}/log holds it.`);
  });

  it("of a damaged log shows what is good, and what is wrong", async () => {
    const damage = new SequencerError("CorruptedLog", "Line 3 is damaged.");
    const { text } = await read(reading(numbered([STARTED, issue(1, 4, { text: "Go." })]), damage));
    expect(text).toContain("instruction  Go.");
    expect(text).toContain("**From here on the log cannot be read.** Line 3 is damaged. ");
  });
});

describe("the log of a run", () => {
  it("is its events, one JSON object a line", async () => {
    const { mimeType, text } = await read(reading(numbered(RUN)), `${TIMELINE}/log`);
    expect(mimeType).toBe("application/jsonl");
    const lines = text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(RUN.map((event, seq) => ({ seq, ...event })));
  });

  it("that is too large for a message is refused, with where it lies", async () => {
    const huge = Array.from({ length: 70 }, (_, i) => issue(i + 1, i, { text: "x".repeat(100_000) }));
    await expect(read(reading(numbered([STARTED, ...huge])), `${TIMELINE}/log`)).rejects.toThrow(
      `agent-sequencer show ${INSTANCE_ID} --json`,
    );
  });
});

describe("a resource that there is not", () => {
  it.each([
    "",
    "file:///etc/passwd",
    "sequencer://instances/",
    "sequencer://instances/../../etc/passwd",
    "sequencer://instances/..%2f..%2fx",
    `sequencer://instances/${INSTANCE_ID.toLowerCase()}`,
    `sequencer://instances/${INSTANCE_ID}/`,
    `sequencer://instances/${INSTANCE_ID}/log/more`,
    `sequencer://instances/${INSTANCE_ID}/../${INSTANCE_ID}`,
    `sequencer://instances/${INSTANCE_ID}\0`,
  ])("%j is refused before anything is read", async (uri) => {
    const sequencer = scriptedSequencer({});
    const { client } = await connect(sequencer);
    expect(parseUri(uri)).toBeUndefined();
    await expect(client.readResource({ uri })).rejects.toThrow("MCP error -32602: There is no resource");
    expect(sequencer.calls).toEqual([]);
  });

  it("by an id of no run is told as not found, with what to do", async () => {
    const unknown = new SequencerError("UnknownInstance", "There is no instance of that id.");
    const failed = await read(reading([], unknown)).catch((error) => error);
    expect(failed).toMatchObject({ code: -32002, data: { error: "UnknownInstance" } });
    expect(failed.message).toContain("Call sequencer_list");
  });

  it("for a reason nobody foresaw is an internal error, which is reported", async () => {
    const sequencer = scriptedSequencer({
      events() {
        throw new TypeError("x is not a function");
      },
    });
    const { client, reports } = await connect(sequencer);
    await expect(client.readResource({ uri: TIMELINE })).rejects.toMatchObject({ code: -32603 });
    expect(reports.join("\n")).toContain("resources/read: TypeError: x is not a function");
  });
});

describe("the answer that ends a run", () => {
  const done = answer({ kind: "done", summary: { ok: true } });

  it("links to the run's timeline", async () => {
    const { client } = await connect(scriptedSequencer({ next: async () => done }));
    const reply = { instance_id: INSTANCE_ID, for_step_no: 1, result: 1 };
    const { content } = await client.callTool({ name: "sequencer_next", arguments: reply });
    expect((content as unknown[]).slice(1)).toEqual([
      {
        type: "resource_link",
        uri: TIMELINE,
        name: `hello ${INSTANCE_ID}`,
        description: "What happened in this run, step by step, and its summary.",
        mimeType: "text/markdown",
      },
    ]);
  });

  it("links to the log too where its summary was cut", async () => {
    const large = answer({ kind: "done", summary: "s".repeat(30_000) });
    const { client } = await connect(scriptedSequencer({ current: async () => large }));
    const { content, structuredContent } = await client.callTool({
      name: "sequencer_current",
      arguments: { instance_id: INSTANCE_ID },
    });
    expect((content as { uri?: string }[]).map(({ uri }) => uri)).toEqual([
      undefined,
      TIMELINE,
      `${TIMELINE}/log`,
    ]);
    expect((structuredContent as any).last_yield.note).toContain(`${TIMELINE}/log`);
  });

  it("is the only one with links", () => {
    expect(linksFor(answer(instruction(1)))).toEqual([]);
    expect(linksFor({ instances: [] })).toEqual([]);
    expect(linksFor({ instance_id: INSTANCE_ID, closed: true, deleted: true })).toEqual([]);
    for (const state of ["completed", "aborted", "failed", "cancelled"] as const) {
      expect(linksFor({ ...done, state })).toHaveLength(1);
    }
  });

  it("has none for a client whose protocol knows no links", async () => {
    const sequencer = scriptedSequencer({ current: async () => done });
    const { client } = await connect(sequencer, "old-client", "2025-03-26");
    const { content } = await client.callTool({
      name: "sequencer_current",
      arguments: { instance_id: INSTANCE_ID },
    });
    expect(content).toHaveLength(1);
  });
});
