/**
 * Schemas that cost more than anybody has: patterns that backtrack, schemas that grow, items compared with each
 * other. Judging is bounded like any turn; the run stays where it is, and all others go on meanwhile.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram, writeSum } from "../whole/sandbox-programs.ts";

let sandbox: Sandbox;
let server: ServerProcess;
let bystander: { instance_id: string; step_no: number };

const CATASTROPHE = "^(a+)+$";
const BAIT = `${"a".repeat(60)}!`;

beforeAll(async () => {
  sandbox = createSandbox();
  writeSum(sandbox);
  server = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "1500" } });
  bystander = await server.call("sequencer_start", { program: "sum", params: { steps: 1_000 } });
});
afterAll(async () => {
  await server.close();
  sandbox.remove();
});

function write(name: string, definition: string, body: string): void {
  writeProgram(
    sandbox,
    name,
    `import { signal } from "agent-sequencer";
     export default defineProgram({ name: "${name}", description: "x", ${definition} async *run() { ${body} } });`,
  );
}

async function startWith(name: string, schema: object): Promise<string> {
  write(name, "", `return yield* instruct("Go.", { reply: ${JSON.stringify(schema)} as never });`);
  const answer = await server.call("sequencer_start", { program: name });
  expect(answer).toMatchObject({ state: "awaiting_result" });
  return answer.instance_id;
}

const reply = (instance_id: string, result: unknown) =>
  server.call("sequencer_next", { instance_id, for_step_no: 1, result });

/** The bystander's next step, asked for while something else may still be judged. */
async function expectOthersGoOn(): Promise<void> {
  const args = { ...bystander, for_step_no: bystander.step_no, result: { value: 1 } };
  const { instance_id, for_step_no, result } = args;
  const answer = await server.call("sequencer_next", { instance_id, for_step_no, result });
  expect(answer).toMatchObject({ state: "awaiting_result", step_no: bystander.step_no + 1 });
  bystander = answer;
}

describe("a schema that judges without end", () => {
  const OBJECTS = Array.from({ length: 40_000 }, (_, i) => ({ i }));
  it.each<[string, object, unknown, unknown]>([
    ["by patternProperties", { type: "object", patternProperties: { [CATASTROPHE]: {} } }, { [BAIT]: 1 }, {}],
    ["by uniqueItems over many objects", { type: "array", uniqueItems: true }, OBJECTS, [1]],
    [
      "by alternatives within alternatives",
      {
        $ref: "#/$defs/t",
        $defs: {
          t: {
            anyOf: [
              { type: "array", items: { $ref: "#/$defs/t" }, contains: { const: 1 } },
              { type: "array", items: { $ref: "#/$defs/t" }, contains: { const: 2 } },
              { type: "array", items: { $ref: "#/$defs/t" }, contains: { const: 3 } },
              { const: "leaf" },
            ],
          },
        },
      },
      Array.from({ length: 40 }).reduce((inner) => [inner], "twig"),
      "leaf",
    ],
  ])("%s ends that check, not the step, the other runs or the server", async (what, schema, bait, good) => {
    const instance_id = await startWith(`judge-${what.length}`, schema);
    const judging = reply(instance_id, bait);
    await expectOthersGoOn();
    expect(await judging).toMatchObject({ ok: false, error: "ReplyCheckTimedOut" });
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({ step_no: 1 });
    expect(await reply(instance_id, good)).toMatchObject({ state: "completed" });
  });

  it("of params or of a signal refuses these, and starts or tells nothing", async () => {
    write(
      "params",
      `params: { type: "object", properties: { a: { pattern: "${CATASTROPHE}" } } },`,
      "return 1;",
    );
    const before = await server.call("sequencer_list", { filter: "all" });
    const starting = server.call("sequencer_start", { program: "params", params: { a: BAIT } });
    await expectOthersGoOn();
    expect(await starting).toMatchObject({ ok: false });
    expect((await server.call("sequencer_list", { filter: "all" })).total).toBe(before.total);
    expect(await server.call("sequencer_start", { program: "params", params: { a: "a" } })).toMatchObject({
      state: "completed",
    });
    write("signals", `signals: { go: { pattern: "${CATASTROPHE}" } },`, `return yield* signal("go");`);
    const { instance_id } = await server.call("sequencer_start", { program: "signals" });
    const signalling = server.call("sequencer_signal", { instance_id, name: "go", value: BAIT });
    await expectOthersGoOn();
    expect(await signalling).toMatchObject({ ok: false, error: "ReplyCheckTimedOut" });
    const answer = await server.call("sequencer_signal", { instance_id, name: "go", value: "aa" });
    expect(answer).toMatchObject({ state: "completed", last_yield: { summary: "aa" } });
  });
});

describe("a schema", () => {
  it("that refers to itself in a circle is no schema that can judge", async () => {
    const circle = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } };
    write("circle", "", `return yield* instruct("Go.", { reply: ${JSON.stringify(circle)} });`);
    const started = await server.call("sequencer_start", { program: "circle" });
    const { instance_id, state } = started;
    if (state === "awaiting_result") {
      const answer = await reply(instance_id, 1);
      expect(answer).toMatchObject({ state: "failed", last_yield: { type: "InvalidSchema" } });
    } else expect(started).toMatchObject({ state: "failed", last_yield: { type: "InvalidSchema" } });
    await expectOthersGoOn();
  });

  it("with the formats that there are judges the longest reply in time", async () => {
    const formats =
      "date time date-time duration uri uri-reference uri-template email hostname ipv4 ipv6 regex uuid";
    const names = [...formats.split(" "), "json-pointer", "relative-json-pointer", "byte", "iso-date-time"];
    const properties = Object.fromEntries(names.map((format) => [format, { type: "string", format }]));
    const instance_id = await startWith("formats", { type: "object", properties });
    const baits = ["a@".repeat(20_000), "1".repeat(40_000), "a.".repeat(20_000), "%a".repeat(20_000)];
    for (const bait of baits) {
      const answer = await server.call("sequencer_next", {
        instance_id,
        for_step_no: (await server.call("sequencer_current", { instance_id })).step_no,
        result: Object.fromEntries(names.map((name) => [name, bait])),
      });
      expect(answer.last_yield.validation_error.problems.length).toBeGreaterThan(3);
    }
    await expectOthersGoOn();
  });

  it("that a reply breaks at a thousand places is answered in few words", async () => {
    const instance_id = await startWith("many", { type: "array", items: { type: "string" } });
    const answer = await reply(
      instance_id,
      Array.from({ length: 100_000 }, (_, i) => i),
    );
    expect(JSON.stringify(answer).length).toBeLessThan(12_000);
    expect(answer.last_yield.validation_error.problems.length).toBeGreaterThan(0);
  });
});
