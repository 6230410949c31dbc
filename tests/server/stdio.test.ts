/** A server process: what comes in, what goes out, and how it ends. On a sequencer in memory. */

import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "./stdio.ts";

const entry = fileURLToPath(new URL("./fixtures/fake-server.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");
const GONE = { code: 0, signal: null };

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = createSandbox();
});
afterAll(() => sandbox.remove());

async function start(): Promise<ServerProcess> {
  const server = await startServer(sandbox, { entry, execArgv: ["--import", tsx] });
  onTestFinished(async () => {
    if (server.client.transport !== undefined) await server.kill9().catch(() => {});
  });
  return server;
}

const request = (id: string, method: string, params: unknown = {}) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;

describe("a server over stdio", () => {
  it("drives a program to its end", async () => {
    const server = await start();
    const started = await server.call("sequencer_start", { program: "hello", params: { names: ["Ada"] } });
    expect(started).toMatchObject({ state: "awaiting_result", step_no: 1 });
    const { instance_id } = started;
    const done = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      result: { message: "Hi Ada" },
    });
    expect(done.last_yield.summary).toEqual({
      greeted_count: 1,
      greetings: [{ name: "Ada", message: "Hi Ada" }],
    });
    expect(await server.close()).toEqual(GONE);
  });

  it("keeps stdout for JSON-RPC, whoever prints and however", async () => {
    const server = await start();
    expect(await server.call("sequencer_start", { program: "noisy" })).toMatchObject({
      state: "awaiting_result",
    });
    expect(await server.close()).toEqual(GONE);
    expect(server.stderr).toContain("from console.log");
    expect(server.stderr).toContain("from process.stdout");
    expect(server.stderr).toContain("from a stream that was kept");
  });

  it("is caught by this harness when something reaches stdout all the same", async () => {
    const server = await start();
    await expect(
      (async () => {
        await server.call("sequencer_start", { program: "stray" });
        await server.close();
      })(),
    ).rejects.toThrow("past all guards");
  });

  it("answers what can be answered of bad lines, and goes on", async () => {
    const server = await start();
    await server.write("this is not JSON\n");
    await server.write("\n   \r\n[]\n42\n");
    await server.write('{"jsonrpc":"1.0","id":"old","method":"ping"}\n');
    await server.write('{"jsonrpc":"2.0","id":"params","method":"ping","params":[1]}\n');
    await server.write('{"jsonrpc":"2.0","id":"cut","method":"tools/call","params":{"name":\n');
    await server.write('{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}\n');
    await server.write('{"jsonrpc":"2.0","result":{},"id":"of nobody"}\n');
    await server.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]).toString("latin1"));
    await server.write('{"jsonrpc":"2.0","id":"extra","method":"ping","surprise":true}\r\n');
    expect((await server.response("old")).error).toMatchObject({ code: -32600 });
    expect((await server.response("params")).error).toMatchObject({ code: -32602 });
    expect((await server.response("cut")).error).toMatchObject({ code: -32700 });
    expect((await server.response("extra")).result).toEqual({});
    expect(server.stderr).toContain("The line is not JSON");
    expect(await server.close()).toEqual(GONE);
  });

  it("hands a reply of 20 MB to its tool, which can say what is wrong with it", async () => {
    const server = await start();
    await server.call("sequencer_start", { program: "hello" });
    const message = "x".repeat(20 * 1024 * 1024);
    const params = {
      name: "sequencer_next",
      arguments: { instance_id: "I", for_step_no: 7, result: message },
    };
    await server.write(request("large", "tools/call", params));
    const { result } = await server.response("large");
    expect(JSON.parse(result.content[0].text)).toMatchObject({ ok: false, error: "OutOfSync" });
    expect(await server.close()).toEqual(GONE);
  });

  it("answers a line beyond all limits with an error of that request, wherever its id stands", async () => {
    const server = await start();
    const filler = "y".repeat(40 * 1024 * 1024);
    await server.write(request("first", "ping", { filler }));
    await server.write(
      `${JSON.stringify({ method: "ping", params: { filler }, jsonrpc: "2.0", id: "last" })}\n`,
    );
    expect((await server.response("first")).error.message).toContain("at most 33554432 are read");
    expect((await server.response("last")).error).toMatchObject({ code: -32600 });
    await server.write(request("after", "ping"));
    expect((await server.response("after")).result).toEqual({});
    expect(await server.close()).toEqual(GONE);
  });

  it("takes deeply nested arguments without falling over", async () => {
    const server = await start();
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    await server.write(
      `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":{"name":"sequencer_list_programs","arguments":{"filter":${deep}}}}\n`,
    );
    const { result } = await server.response("deep");
    expect(JSON.parse(result.content[0].text)).toMatchObject({ ok: false, error: "InvalidArguments" });
    expect(await server.close()).toEqual(GONE);
  });

  it.each(["uncaught", "unhandled"])("goes on after an %s error", async (program) => {
    const server = await start();
    await server.call("sequencer_start", { program });
    await server.client.ping();
    expect(await server.close()).toEqual(GONE);
    expect(server.stderr).toContain("from a ");
  });

  it("finishes the call under way when its stdin is closed", async () => {
    const server = await start();
    const params = { name: "sequencer_start", arguments: { program: "slow" } };
    await server.write(request("slow", "tools/call", params));
    const exit = server.close();
    expect((await server.response("slow")).result.structuredContent).toMatchObject({ step_no: 1 });
    expect(await exit).toEqual(GONE);
    expect(server.stderr).toContain("disposed");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("lets go and ends well on %s", async (signal) => {
    const server = await start();
    await server.call("sequencer_start", { program: "hello" });
    expect(await server.signal(signal)).toEqual(GONE);
    expect(server.stderr).toContain("disposed");
  });

  it("lets go and ends well when nobody reads its answers any more", async () => {
    const server = await start();
    await server.call("sequencer_start", { program: "hello" });
    server.stopReading();
    await server.write(request("into the void", "ping"));
    await server.write(request("and again", "ping"));
    expect(await server.exited).toEqual(GONE);
    expect(server.stderr).toContain("disposed");
  });

  it("starts no sequencer for a client that only probes", async () => {
    const server = await start();
    await server.client.listTools();
    expect(await server.close()).toEqual(GONE);
    expect(server.stderr).not.toContain("disposed");
  });
});
