/**
 * Memory and open files of the real server, over many rounds of large requests, large answers, bad lines,
 * cancelled calls and whole runs.
 *
 * Between the second and the last quarter of the rounds some hundred megabytes go in and out. Had the server
 * kept what each request or each answer held, it would have grown by as much; it may grow by a third of it.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hint, secondsFor, timeoutFor } from "../effort.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { medianOf, openFilesOf, residentMemoryOf } from "./process-size.ts";
import { type RawServer, startRawServer } from "./raw-server.ts";
import { writePrograms } from "./runs.ts";

const SECONDS = 6;
/** As many at least, however slow the machine is. */
const ROUNDS = 48;
const WARM_UP = 6;
const BODY = 700_000;
/** Of a reply, which its run's log holds from then on. */
const REPLY = 400_000;
/** What a round sends as bodies; the logs that it reads come to as much again. */
const ROUND_BYTES = 6 * BODY + 5 * REPLY;
const OPEN_FILES = 20;

let sandbox: Sandbox;
let server: RawServer;
let waiting: string;
let rounds = 0;
beforeAll(async () => {
  sandbox = createSandbox();
  writePrograms(sandbox);
  server = await startRawServer(sandbox);
  waiting = (await server.call("sequencer_start", { program: "waits" })).instance_id;
  for (let i = 0; i < WARM_UP; i++) await round();
});
afterAll(async () => {
  await server.end();
  sandbox.remove();
});

/** No two bodies are the same text. */
function body(length = BODY): string {
  return `${rounds} ${Math.random()} `.padEnd(length, "body ");
}

async function round(): Promise<void> {
  rounds++;
  const asked = [
    server.request("ping", { filler: body() }),
    server.request("no/such/method", { filler: body() }),
    server.request("tools/call", { name: "sequencer_list", arguments: { cursor: body() } }),
    server.request("tools/call", { name: "sequencer_list_programs", arguments: { filter: body() } }),
  ];
  await server.write(`{"jsonrpc":"2.0","method":"notifications/nobody","params":{"filler":"${body()}"}}\n`);
  await server.write(`{"jsonrpc":"2.0","method":"ping","params":{"broken":"${body()}\n`);
  await Promise.all(asked);
  await cancelOne();
  await runOne();
  server.answers.splice(0);
  expect(server.faults).toEqual([]);
}

/** A call that is cancelled while it waits; whether it is still answered does not matter. */
async function cancelOne(): Promise<void> {
  const id = `cancelled ${rounds}`;
  const args = { instance_id: waiting, wait_seconds: 0.02 };
  const params = { name: "sequencer_current", arguments: args, _meta: { progressToken: rounds } };
  await server.write(`${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params })}\n`);
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } };
  await server.write(`${JSON.stringify(cancel)}\n`);
}

async function runOne(): Promise<void> {
  const { instance_id } = await server.call("sequencer_start", { program: "anything" });
  await server.call("sequencer_next", { instance_id, for_step_no: 1, result: body(REPLY) });
  for (let i = 0; i < 4; i++) {
    const { result } = await server.request("resources/read", {
      uri: `sequencer://instances/${instance_id}/log`,
    });
    expect(result.contents[0].text.length).toBeGreaterThan(REPLY);
  }
  expect(await server.call("sequencer_close", { instance_id, delete_log: true })).toMatchObject({
    deleted: true,
  });
}

describe("a server that is asked without end", () => {
  it("does not grow by what it is sent, nor by what it answers", {
    timeout: timeoutFor(SECONDS),
  }, async () => {
    const memory: number[] = [];
    const files: number[] = [];
    for (const end = Date.now() + secondsFor(SECONDS) * 1_000; memory.length < ROUNDS || Date.now() < end; ) {
      await round();
      memory.push(residentMemoryOf(server.pid));
      files.push(openFilesOf(server.pid) ?? 0);
    }
    const sent = (memory.length / 2) * ROUND_BYTES;
    const growth = medianOf(memory, 0.75, 1) - medianOf(memory, 0.25, 0.5);
    expect(growth, `of ${sent} bytes, ${hint}`).toBeLessThan(sent / 3);
    const opened = medianOf(files, 0.75, 1) - medianOf(files, 0.25, 0.5);
    expect(opened, "files left open").toBeLessThan(OPEN_FILES);
  });
});
