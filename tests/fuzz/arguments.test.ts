/**
 * The ten tools, prompts, resources and completion of the real server, with arguments made from and against
 * the schemas that it lists itself.
 *
 * Every answer is one that an agent can act on: what the tool's output schema says, or a known code with a
 * fact and a fix. Nothing outside the state folder changes, and no reply is accepted with a member that becomes a prototype
 * when it is copied.
 */

import { Ajv } from "ajv";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timeoutFor } from "../effort.ts";
import { payloadOf } from "../server/in-memory.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { type Call, callOf } from "./calls.ts";
import { listingOf, strangersIn } from "./folder-listing.ts";
import { holds } from "./property.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";
import { Runs, writePrograms } from "./runs.ts";
import { assertForeseen } from "./verdict.ts";

const SECONDS = 6;
const STATES = ["awaiting_result", "waiting", "stalled", "completed", "aborted", "failed", "cancelled"];

/** Calls that once were not answered as they should be. */
const regressions: Record<string, Omit<Call, "atOnce">[]> = {
  "the reason of a cancelled run was repeated whole": [
    { method: "tools/call", params: cancelFor("x".repeat(60_000)) },
    {
      method: "tools/call",
      params: `{"name":"sequencer_next","arguments":{"instance_id":"<run 0>","for_step_no":1,"result":1}}`,
    },
  ],
  "a reference of thousands of levels was an internal error": [
    {
      method: "completion/complete",
      params: `{"ref":{"name":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    },
  ],
};

function cancelFor(reason: string): string {
  return `{"name":"sequencer_cancel","arguments":{"instance_id":"<run 0>","reason":"${reason}"}}`;
}

/** Replies to the runs that each round begins with, the newest first. */
const PROTOTYPES = ['{"a":[{"__proto__":{"polluted":true}}]}', '{"value":1,"__proto__":{"polluted":true}}'];

let sandbox: Sandbox;
let before: string[];
let runs: Runs;
let server: RawServer | undefined;
let call: fc.Arbitrary<Call>;
const outputs = new Map<string, (payload: unknown) => boolean>();
beforeAll(async () => {
  sandbox = createSandbox();
  writePrograms(sandbox);
  before = listingOf(sandbox.folder, sandbox.stateDir);
  const { tools } = (await (await living()).request("tools/list")).result;
  call = callOf(tools);
  const ajv = new Ajv({ strict: false });
  for (const { name, outputSchema } of tools) outputs.set(name, ajv.compile(outputSchema));
});
afterAll(async () => {
  await server?.end();
  sandbox.remove();
});

async function living(): Promise<RawServer> {
  if (server === undefined) {
    server = await startRawServer(sandbox);
    runs = new Runs();
    await runs.startEach(server, ["sum", "anything", "pair", "waits"]);
  }
  return server;
}

async function checkCalls(calls: readonly Call[]): Promise<void> {
  const target = await living();
  try {
    await runs.startEach(target, ["sum", "anything"]);
    let pending: Promise<void>[] = [];
    for (const each of calls) {
      if (!each.atOnce) {
        await Promise.all(pending);
        pending = [];
      }
      pending.push(checkCall(target, each));
    }
    await Promise.all(pending);
    expect(target.faults).toEqual([]);
    expect(target.answers).toEqual([]);
    expect(listingOf(sandbox.folder, sandbox.stateDir)).toEqual(before);
    expect(strangersIn(sandbox.stateDir)).toEqual([]);
    expect(runs.acceptedMembers(sandbox.stateDir, "__proto__")).toEqual([]);
  } catch (error) {
    if (server === target) server = undefined;
    await target.end();
    throw error;
  }
}

async function checkCall(
  target: RawServer,
  { method, params }: Pick<Call, "method" | "params">,
): Promise<void> {
  const text = runs.inText(params);
  const answer = await target.requestText(method, text);
  const told = `${method} ${text.slice(0, 300)}`;
  try {
    assertForeseen(answer);
    if (method === "tools/call") checkToolResult(JSON.parse(text).name, answer);
  } catch (error) {
    throw new Error(`${told}: ${(error as Error).message}`, { cause: error });
  }
}

function checkToolResult(tool: string, { result, error }: Answer): void {
  expect(error).toBeUndefined();
  if (result.isError) return;
  const payload = payloadOf(result);
  expect(outputs.get(tool)!(payload), JSON.stringify(payload).slice(0, 500)).toBe(true);
  if (payload.state !== undefined) expect(STATES).toContain(payload.state);
  if (typeof payload.instance_id === "string") runs.note(payload.instance_id);
}

describe("a server whose tools are called", () => {
  for (const [name, calls] of Object.entries(regressions)) {
    it(`answers as it should, as once it did not: ${name}`, async () => {
      await checkCalls(calls.map((each) => ({ ...each, atOnce: false })));
    });
  }

  it("accepts no reply with a member that becomes a prototype", async () => {
    await living();
    await checkCalls(
      [...PROTOTYPES.entries()].map(([back, result]) => {
        const args = `{"instance_id":"<run ${back}>","for_step_no":1,"result":${result}}`;
        return {
          method: "tools/call",
          params: `{"name":"sequencer_next","arguments":${args}}`,
          atOnce: false,
        };
      }),
    );
  });

  it("answers in a way that an agent can act on, whatever the arguments are, and writes nowhere else", {
    timeout: timeoutFor(SECONDS),
  }, async () => {
    await holds(SECONDS, fc.array(call, { minLength: 1, maxLength: 12 }), checkCalls);
  });
});
