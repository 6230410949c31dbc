/**
 * Names that reach a prototype in careless code, in everything that comes from outside: afterwards no object of
 * the server or of a program has what was sent.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram } from "../whole/sandbox-programs.ts";
import { agentSequencer } from "./command-line.ts";
import { sealed } from "./export-file.ts";

/** Of the process it runs in: what has got onto the prototypes that all objects share. */
const REPORT = `[Object, Array, Function, String, Map, Promise].flatMap((each) =>
  [each, each.prototype].flatMap((at) => Object.keys(at).concat(Object.hasOwn(at, "polluted") ? ["polluted"] : [])))`;

/** Makes a process say at its end what its own main thread has. */
const WITNESS = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from "node:fs"; import { isMainThread } from "node:worker_threads";
   if (isMainThread) process.on("exit", () => writeSync(2, "\\nwitness: " + JSON.stringify(${REPORT}) + "\\n"));`,
)}`;
const CLEAN = "witness: []";

const POLLUTE = `{"polluted":true}`;
/** As JSON text: an object literal would set a prototype instead of holding the name. */
const FORBIDDEN = [
  `{"__proto__":${POLLUTE}}`,
  `{"a":{"b":[{"__proto__":${POLLUTE}}]}}`,
  `[[{"__proto__":null}]]`,
  `{"\\u005f_proto__":${POLLUTE}}`,
  `{"constructor":{"prototype":{"__proto__":${POLLUTE}}}}`,
];
const HARMLESS = [
  `{"constructor":{"prototype":${POLLUTE}},"prototype":${POLLUTE},"a":{"constructor":{"prototype":${POLLUTE}}}}`,
  `{"toString":null,"valueOf":1,"hasOwnProperty":false,"__defineGetter__":"x","toJSON":"x","then":"x","length":-1}`,
];

const SCHEMAS = [
  `z.looseObject({ a: z.any().default({ constructor: 1 }) })`,
  `z.record(z.string(), z.any())`,
  `z.object({ a: z.any() }).partial().catchall(z.any()).transform((reply) => Object.assign({}, reply))`,
  `{ type: "object", allOf: [{ properties: { a: { default: {} } } }, { default: { polluted: true } }],
     patternProperties: { "^_": {} }, additionalProperties: {} }`,
];

let sandbox: Sandbox;
let server: ServerProcess;
let requests = 0;

beforeAll(async () => {
  sandbox = createSandbox();
  writeProgram(
    sandbox,
    "echo",
    `import { signal } from "agent-sequencer";
     const report = () => ${REPORT};
     export default defineProgram({
       name: "echo",
       description: "x",
       params: z.looseObject({ choice: z.enum(["one"]).optional() }),
       signals: { go: z.looseObject({}) },
       async *run({ params }) {
         const seen: unknown[] = [params];
         for (const reply of [undefined, ${SCHEMAS.join(", ")}])
           seen.push(yield* instruct("Echo.", { reply: reply as never, maxAttempts: 50 }));
         seen.push(yield* signal("go"));
         return { polluted: report(), own: JSON.parse('{"__proto__":{"kept":true}}'), seen };
       },
     });`,
  );
  server = await startServer(sandbox, { execArgv: ["--import", WITNESS] });
});
afterAll(() => sandbox.remove());

/** A request whose params are JSON text. */
async function request(method: string, params: string): Promise<any> {
  const id = `raw-${++requests}`;
  await server.write(`{"jsonrpc":"2.0","id":"${id}","method":"${method}","params":${params}}\n`);
  return server.response(id);
}

async function call(tool: string, args: string): Promise<any> {
  const { result } = await request("tools/call", `{"name":"${tool}","arguments":${args}}`);
  return JSON.parse(result.content[0].text);
}

describe("a name that reaches a prototype", () => {
  it("is refused in params, replies and signals, and what only looks like one is data", async () => {
    for (const params of FORBIDDEN.filter((text) => text.startsWith("{"))) {
      const answer = await call("sequencer_start", `{"program":"echo","params":${params}}`);
      expect(answer, params).toMatchObject({ ok: false, error: "InvalidParams" });
    }
    const started = await call("sequencer_start", `{"program":"echo","params":${HARMLESS[0]}}`);
    const { instance_id } = started;
    let answer = started;
    for (let step = 0; step <= SCHEMAS.length; step++) {
      const send = async (result: string) => {
        const args = `{"instance_id":"${instance_id}","for_step_no":${answer.step_no},"result":${result}}`;
        answer = await call("sequencer_next", args);
      };
      const inText = step === 0 ? [] : FORBIDDEN.map((text) => JSON.stringify(text));
      for (const reply of [...FORBIDDEN, ...inText]) {
        await send(reply);
        expect(answer.last_yield.validation_error, reply).toBeDefined();
      }
      await send(HARMLESS[step % HARMLESS.length]!);
      expect(answer.last_yield.validation_error).toBeUndefined();
    }
    const signal = (name: string, value: string) =>
      call("sequencer_signal", `{"instance_id":"${instance_id}","name":"${name}","value":${value}}`);
    for (const value of FORBIDDEN)
      expect(await signal("go", value), value).toMatchObject({ ok: false, error: "InvalidSignal" });
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"])
      expect(await signal(name, "{}")).toMatchObject({ ok: false, error: "UnknownSignal" });
    const ended = await signal("go", HARMLESS[1]!);
    expect(ended.state).toBe("completed");
    expect(ended.last_yield.summary.polluted).toEqual([]);
    expect(ended.last_yield.summary.seen).toHaveLength(SCHEMAS.length + 3);
    expect(ended.last_yield.summary.seen.at(-1)).toEqual(JSON.parse(HARMLESS[1]!));
    expect(Object.hasOwn(ended.last_yield.summary.own, "__proto__")).toBe(true);
  });

  it("is no argument, no program, no prompt, and completes nothing", async () => {
    const { instance_id } = await call("sequencer_start", `{"program":"echo","request_id":"__proto__"}`);
    const args = `"instance_id":"${instance_id}"`;
    const inherited = [
      `{"__proto__":{${args}}}`,
      `{${args},"__proto__":${POLLUTE}}`,
      `{${args},"constructor":{"prototype":${POLLUTE}}}`,
    ];
    for (const each of inherited)
      expect(await call("sequencer_current", each)).toMatchObject({ error: "InvalidArguments" });
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(await call("sequencer_start", `{"program":"${name}"}`)).toMatchObject({
        error: "UnknownProgram",
      });
      expect(await request("prompts/get", `{"name":"${name}"}`)).toHaveProperty("error");
      expect(await request(name, "{}")).toHaveProperty("error");
      expect(await request("prompts/get", `{"name":"echo","arguments":{"${name}":"x"}}`)).toHaveProperty(
        "error",
      );
      const argument = `{"ref":{"type":"ref/prompt","name":"echo"},"argument":{"name":"${name}","value":""}}`;
      expect(await request("completion/complete", argument)).toMatchObject({
        result: { completion: { values: [] } },
      });
      expect(await request("tools/call", `{"name":"${name}","arguments":{}}`)).toHaveProperty("error");
    }
    const meta = `{"name":"sequencer_current","arguments":{${args}},"_meta":{"__proto__":${POLLUTE}},"__proto__":${POLLUTE}}`;
    expect(await request("tools/call", meta)).toHaveProperty("result");
    await server.write(`{"__proto__":${POLLUTE},"jsonrpc":"2.0","id":"top","method":"ping"}\n`);
    expect(await server.response("top")).toMatchObject({ result: {} });
  });

  it("in an export that somebody forged reaches nothing either", async () => {
    const { instance_id } = await call("sequencer_start", `{"program":"echo"}`);
    await call("sequencer_next", `{"instance_id":"${instance_id}","for_step_no":1,"result":{"forge":1}}`);
    const { stdout } = await agentSequencer(sandbox, ["export", instance_id]);
    const lines = stdout.trimEnd().split("\n").slice(0, -1);
    const file = join(sandbox.folder, "forged");
    const places: [string, string][] = [
      [`{"agent_sequencer_export":`, `{"__proto__":${POLLUTE},"agent_sequencer_export":`],
      [`{"event":{`, `{"event":{"__proto__":${POLLUTE},`],
      [`"params":{}`, `"params":{"__proto__":${POLLUTE}}`],
      [`"reply":{"forge":1}`, `"reply":${FORBIDDEN[1]}`],
    ];
    const forge = (line: string) =>
      places.reduce((text, [before, after]) => text.replace(before, after), line);
    const forgedLines = lines.map(forge);
    for (const [, after] of places) expect(forgedLines.join("\n")).toContain(after);
    writeFileSync(file, sealed(forgedLines));
    const watched = { execArgv: ["--import", WITNESS] };
    const imported = await agentSequencer(sandbox, ["import", file], watched);
    expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining(CLEAN) });
    const id = imported.stdout.trim();
    const replies = JSON.stringify(SCHEMAS.map(() => ({})));
    const going = agentSequencer(sandbox, ["run", "--resume", id, "--replies", replies], watched);
    // It then waits for the signal, which this server sends.
    for (let state = ""; state !== "waiting"; )
      ({ state } = await call("sequencer_current", `{"instance_id":"${id}"}`));
    await call("sequencer_signal", `{"instance_id":"${id}","name":"go","value":{}}`);
    const ended = await going;
    expect(JSON.parse(ended.stdout).polluted).toEqual([]);
    expect(ended.stderr).toContain(CLEAN);
  });

  it("has left the server's own objects as they were", async () => {
    await server.close();
    expect(server.stderr).toContain(CLEAN);
  });
});

it("a witness would tell", async () => {
  const pollute = `data:text/javascript,${encodeURIComponent("Object.prototype.polluted = true;")}`;
  const { stderr } = await agentSequencer(sandbox, ["--version"], {
    execArgv: ["--import", WITNESS, "--import", pollute],
  });
  expect(stderr).toContain(`witness: ["polluted"`);
});
