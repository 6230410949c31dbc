/** Every tool: what it hands to the sequencer and what it answers. */

import { EmptyResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, it } from "vitest";
import { SequencerError } from "../../src/errors.ts";
import { answer, greetingSequencer, INSTANCE_ID, instruction, scriptedSequencer } from "./fake-sequencer.ts";
import { connect } from "./in-memory.ts";

const FIRST = answer(instruction(1), { progress_hint: { current: 1, of: 2, label: "greeting Ada" } });

describe("the tools", () => {
  it("drive a run from its program's name to its summary", async () => {
    const { call } = await connect(greetingSequencer());
    const first = await call("sequencer_start", { program: "hello", params: { names: ["Ada", "Grace"] } });
    expect(first).toMatchObject({ state: "awaiting_result", progress_hint: { current: 1, of: 2 } });
    const { instance_id } = first;
    const again = await call("sequencer_next", { instance_id, for_step_no: 1, result: { messge: "Hi" } });
    expect(again.last_yield).toMatchObject({ step_no: 2, attempt: 2, validation_error: { step_no: 1 } });
    const second = await call("sequencer_next", { instance_id, for_step_no: 2, result: { message: "Hi" } });
    expect(second.last_yield.text).toContain("Grace");
    const done = await call("sequencer_next", { instance_id, for_step_no: 3, result: { message: "Ho" } });
    expect(done).toMatchObject({ state: "completed", last_yield: { summary: { greeted_count: 2 } } });
    expect(await call("sequencer_close", { instance_id })).toEqual({
      instance_id,
      closed: true,
      deleted: false,
    });
  });

  it.each([
    [
      "sequencer_start",
      { program: "hello", params: { names: ["Ada"] }, request_id: "r1" },
      { method: "start", request: { program: "hello", params: { names: ["Ada"] }, requestId: "r1" } },
    ],
    [
      "sequencer_current",
      { instance_id: INSTANCE_ID, step_nos: [2, 3], wait_seconds: 4.5 },
      { method: "current", request: { instanceId: INSTANCE_ID, stepNos: [2, 3], waitSeconds: 4.5 } },
    ],
    [
      "sequencer_next",
      { instance_id: INSTANCE_ID, for_step_no: 1, result: null },
      { method: "next", request: { instanceId: INSTANCE_ID, forStepNo: 1, result: null } },
    ],
    [
      "sequencer_next",
      { instance_id: INSTANCE_ID, for_step_no: 1, failure: { reason: "no" }, result: null },
      { method: "next", request: { instanceId: INSTANCE_ID, forStepNo: 1, failure: { reason: "no" } } },
    ],
    [
      "sequencer_resume",
      { instance_id: INSTANCE_ID, program_version: "latest" },
      { method: "resume", request: { instanceId: INSTANCE_ID, programVersion: "latest" } },
    ],
  ])("%s hands on what it was given: %j", async (tool, args, expected) => {
    const give = async () => FIRST;
    const sequencer = scriptedSequencer({ start: give, current: give, next: give, resume: give });
    const { call } = await connect(sequencer);
    expect((await call(tool, args)).instance_id).toBe(INSTANCE_ID);
    expect(sequencer.calls).toEqual([expected]);
  });

  it.each([{ a: 1 }, [1, "b"], "text", 4.5, false, null])(
    "sequencer_next takes %j as a result",
    async (result) => {
      const sequencer = scriptedSequencer({ next: async () => FIRST });
      const { call } = await connect(sequencer);
      await call("sequencer_next", { instance_id: INSTANCE_ID, for_step_no: 1, result });
      expect(sequencer.calls[0]!.request).toMatchObject({ result });
    },
  );

  it("sequencer_close says whether the log was deleted", async () => {
    const { call } = await connect(greetingSequencer());
    expect(await call("sequencer_close", { instance_id: INSTANCE_ID, delete_log: true })).toEqual({
      instance_id: INSTANCE_ID,
      closed: true,
      deleted: true,
    });
  });

  it("sequencer_list_programs leaves out where the files lie, except of those that do not load", async () => {
    const sequencer = scriptedSequencer({
      listPrograms: async () => ({
        programs: [
          {
            name: "hello",
            description: "Greet.",
            params_schema: { type: "object" },
            source: "bundled",
            file: "/p/hello.ts",
            version: "v1",
          },
        ],
        problems: [{ file: "/p/broken.ts", line: 3, column: 7, message: "Unexpected token" }],
      }),
    });
    const { call } = await connect(sequencer);
    expect(await call("sequencer_list_programs", { filter: "h" })).toEqual({
      programs: [
        {
          name: "hello",
          description: "Greet.",
          params_schema: { type: "object" },
          source: "bundled",
          version: "v1",
        },
      ],
      problems: [{ file: "/p/broken.ts", line: 3, column: 7, message: "Unexpected token" }],
    });
    expect(sequencer.calls).toEqual([{ method: "listPrograms", request: "h" }]);
  });

  it("tell the client how long they have waited, if it asked to be told", async () => {
    const { client } = await connect(
      scriptedSequencer({
        async current({ onWaiting }) {
          onWaiting?.(1, 30);
          onWaiting?.(2, 30);
          return FIRST;
        },
      }),
    );
    const told: unknown[] = [];
    const params = { name: "sequencer_current", arguments: { instance_id: INSTANCE_ID, wait_seconds: 30 } };
    await client.callTool(params, undefined, { onprogress: (progress) => told.push(progress) });
    expect(told).toEqual([
      { progress: 1, total: 30 },
      { progress: 2, total: 30 },
    ]);
  });
});

describe("arguments that do not fit", () => {
  const bad: [string, string, unknown, string | RegExp][] = [
    ["a missing one", "sequencer_start", {}, "$.program is missing"],
    ["a wrong type", "sequencer_start", { program: 7 }, /\$\.program must be .*string, got 7/],
    [
      "an unknown one",
      "sequencer_start",
      { program: "x", foo: 1 },
      "$.foo is not an argument; there are: program,",
    ],
    [
      "one that was nearly right",
      "sequencer_next",
      { instanceId: "x", for_step_no: 1, result: 1 },
      "$.instanceId is not an argument; did you mean instance_id?",
    ],
    [
      "several at once",
      "sequencer_next",
      { for_step_no: 0, result: 1 },
      /\$\.instance_id is missing; \$\.for_step_no must be .*1/,
    ],
    [
      "neither result nor failure",
      "sequencer_next",
      { instance_id: "x", for_step_no: 1 },
      "Neither result nor",
    ],
    [
      "both result and failure",
      "sequencer_next",
      { instance_id: "x", for_step_no: 1, result: 1, failure: { reason: "r" } },
      "Both result and failure are given",
    ],
    [
      "a failure without a reason",
      "sequencer_next",
      { instance_id: "x", for_step_no: 1, failure: {} },
      "$.failure.reason is missing",
    ],
    [
      "a failure that is text",
      "sequencer_next",
      { instance_id: "x", for_step_no: 1, failure: "no" },
      /\$\.failure must be .*object/,
    ],
    [
      "too long a wait",
      "sequencer_current",
      { instance_id: "x", wait_seconds: 46 },
      /\$\.wait_seconds must be .*45/,
    ],
    [
      "a choice that there is not",
      "sequencer_list",
      { filter: "open" },
      '$.filter must be one of "active", "ended", "all"',
    ],
    [
      "a prototype",
      "sequencer_list",
      JSON.parse('{"__proto__":{"filter":"all"}}'),
      "$.__proto__ is not an argument",
    ],
    [
      "a list instead of an object",
      "sequencer_list",
      [1],
      "The arguments of sequencer_list must be an object, got [1]",
    ],
    [
      "text instead of an object",
      "sequencer_start",
      '{"program":"hello"}',
      'Pass an object: { "program": … }',
    ],
  ];

  it.each(bad)("are refused with the place and the reason: %s", async (_, tool, args, expected) => {
    const sequencer = scriptedSequencer({});
    const { call } = await connect(sequencer);
    const refused = await call(tool, args);
    expect(refused).toMatchObject({ ok: false, error: "InvalidArguments" });
    const said = `${refused.message} ${refused.fix}`;
    if (typeof expected === "string") expect(said).toContain(expected);
    else expect(said).toMatch(expected);
    expect(sequencer.calls).toEqual([]);
  });

  it("do not include null for what may be left out", async () => {
    const sequencer = scriptedSequencer({ start: async () => FIRST });
    const { call } = await connect(sequencer);
    await call("sequencer_start", { program: "hello", params: null, request_id: null });
    expect(sequencer.calls[0]!.request).toEqual({
      program: "hello",
      params: undefined,
      requestId: undefined,
    });
  });

  it("do not include null for what must be given", async () => {
    const { call } = await connect(scriptedSequencer({}));
    expect((await call("sequencer_start", { program: null })).message).toMatch(
      /\$\.program must be .*string, got null/,
    );
  });
});

describe("errors", () => {
  it("carry code, fact and fix as text", async () => {
    const { call } = await connect(greetingSequencer());
    expect(await call("sequencer_start", { program: "helo" })).toEqual({
      ok: false,
      error: "UnknownProgram",
      message: "There is no program 'helo'.",
      fix: "Call sequencer_list_programs for the names that exist.",
    });
  });

  it("that nobody foresaw are InternalError, are reported, and the server goes on", async () => {
    const sequencer = scriptedSequencer({
      resume: () => Promise.reject(new TypeError("x is not a function")),
      current: async () => FIRST,
    });
    const { call, reports } = await connect(sequencer);
    expect(await call("sequencer_resume", { instance_id: INSTANCE_ID })).toMatchObject({
      error: "InternalError",
      message: "TypeError: x is not a function",
    });
    expect(reports.join("\n")).toMatch(/sequencer_resume: TypeError: x is not a function\n\s+at /);
    expect(await call("sequencer_current", { instance_id: INSTANCE_ID })).toMatchObject({ step_no: 1 });
  });

  it("of opening the sequencer are answered, and it is tried again with the next call", async () => {
    let attempts = 0;
    const { call } = await connect(async () => {
      attempts += 1;
      if (attempts === 1) throw new SequencerError("StateDirUnusable", "/x is a file.");
      return greetingSequencer();
    });
    expect(await call("sequencer_start", { program: "hello" })).toMatchObject({ error: "StateDirUnusable" });
    expect(await call("sequencer_start", { program: "hello" })).toMatchObject({ state: "awaiting_result" });
  });

  it("of the protocol name the tool that was probably meant", async () => {
    const { client } = await connect(scriptedSequencer({}));
    await expect(client.callTool({ name: "sequencer_nxt" })).rejects.toThrow("Did you mean sequencer_next?");
    await expect(client.callTool({ name: "bash" })).rejects.toThrow("The tools are sequencer_list_programs,");
  });

  it("of the protocol tell of a method that there is not", async () => {
    const { client } = await connect(scriptedSequencer({}));
    await expect(client.request({ method: "tasks/list" }, EmptyResultSchema)).rejects.toThrow(
      "MCP error -32601: There is no method tasks/list.",
    );
  });
});
