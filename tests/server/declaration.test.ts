/** What a client learns when it connects, and what that costs its model. */

import { Ajv } from "ajv";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { INSTRUCTIONS } from "../../src/server/instructions.ts";
import { TOOL_LIST, TOOLS } from "../../src/server/tools.ts";
import { scriptedSequencer } from "./fake-sequencer.ts";
import { connect } from "./in-memory.ts";

const MAX_TOKENS = 3_500;

describe("tools/list", () => {
  it("takes few tokens", () => {
    const tokens = encode(JSON.stringify({ tools: TOOL_LIST })).length;
    expect(tokens).toBeGreaterThan(500);
    expect(tokens).toBeLessThan(MAX_TOKENS);
  });

  it("is what the SDK's client accepts", async () => {
    const { client } = await connect(scriptedSequencer({}));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "sequencer_list_programs",
      "sequencer_start",
      "sequencer_current",
      "sequencer_next",
      "sequencer_resume",
      "sequencer_list",
      "sequencer_close",
      "sequencer_signal",
      "sequencer_cancel",
      "sequencer_fork",
    ]);
    expect(tools).toEqual(JSON.parse(JSON.stringify(TOOL_LIST)));
  });

  it.each(TOOLS.map((tool) => [tool.name, tool] as const))("%s is declared completely", (_, tool) => {
    expect(tool.title).toMatch(/^[A-Z]/);
    expect(tool.description.length).toBeGreaterThan(20);
    for (const hint of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] as const) {
      expect(tool.annotations[hint]).toBeTypeOf("boolean");
    }
    const ajv = new Ajv({ strict: true });
    expect(ajv.compile(tool.inputSchema)).toBeTypeOf("function");
    expect(ajv.compile(tool.outputSchema)).toBeTypeOf("function");
    expect(tool.inputSchema.additionalProperties).toBe(false);
    // Some clients refuse tools whose schema is a choice at the top.
    for (const keyword of ["anyOf", "oneOf", "allOf", "not"])
      expect(tool.inputSchema).not.toHaveProperty(keyword);
    expect(JSON.stringify(tool.inputSchema)).not.toContain("{}");
  });

  it("says which tools a client may call at the same time", () => {
    const readOnly = TOOLS.filter(({ annotations }) => annotations.readOnlyHint).map(({ name }) => name);
    expect(readOnly).toEqual(["sequencer_list_programs", "sequencer_current", "sequencer_list"]);
  });

  it("keeps the tools that drive a run in sight", () => {
    const always = TOOLS.filter(({ _meta }) => _meta?.["anthropic/alwaysLoad"] === true).map(
      ({ name }) => name,
    );
    expect(always).toEqual(["sequencer_start", "sequencer_next"]);
  });

  it("names every JSON type of a result", () => {
    const { result } = TOOLS.find(({ name }) => name === "sequencer_next")!.inputSchema.properties;
    const types = (result!["anyOf"] as { type: string }[]).map(({ type }) => type);
    expect(types.sort()).toEqual(["array", "boolean", "null", "number", "object", "string"]);
  });
});

describe("the handshake", () => {
  it("says who we are and how to drive", async () => {
    const { client } = await connect(scriptedSequencer({}));
    expect(client.getServerVersion()).toEqual({ name: "agent-sequencer", version: "1.2.3" });
    expect(client.getInstructions()).toBe(INSTRUCTIONS);
    expect(client.getServerCapabilities()).toEqual({
      tools: {},
      prompts: { listChanged: true },
      resources: {},
      completions: {},
    });
  });

  it("gives instructions that no client cuts off, and that name only tools that there are", () => {
    expect(INSTRUCTIONS.length).toBeLessThan(2_000);
    const names = new Set(TOOLS.map(({ name }) => name));
    for (const [name] of INSTRUCTIONS.matchAll(/sequencer_\w+/g)) expect(names).toContain(name);
  });
});
