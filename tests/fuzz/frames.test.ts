/**
 * JSON-RPC frames, good and bad, in any pieces, on the stdin of the real server.
 *
 * After each batch the server is alive and answers as ever; its stdout holds answers only, each of them to a
 * request that was made and none twice; what it reports on stderr is short, however long the lines were.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timeoutFor } from "../effort.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { bytesOf, type Frame, frame } from "./frames.ts";
import { Ledger } from "./ledger.ts";
import { holds } from "./property.ts";
import { type RawServer, shakeHands, startRawServer } from "./raw-server.ts";
import { assertForeseen } from "./verdict.ts";

const SECONDS = 5;
const SECONDS_COLD = 2;
/** Of stderr for a line: a sentence with a piece of what was wrong. */
const REPORT_LENGTH = 3_000;

/** Lines that once were answered wrongly, or not at all. */
const regressions: Record<string, string[]> = {
  "an id that is no whole number was answered as its beginning": [
    '{"jsonrpc":"2.0","id":7.5,"method":"ping"}',
    '{"jsonrpc":"2.0","id":71e1,"method":"ping"',
    '{"jsonrpc":"2.0","id":1234567890123456789,"method":"ping"}',
  ],
  "an id with an escape that is none lost what came with it": [
    '{"jsonrpc":"2.0","id":"\\u0e9","method":"ping"}\n{"jsonrpc":"2.0","id":1,"method":"ping"}',
  ],
  "a name without end was repeated to the client, and on stderr": [
    `{"jsonrpc":"2.0","id":1,"method":"${"x".repeat(100_000)}"}`,
    `{"jsonrpc":"2.0","id":2,"method":"${"x".repeat(100_000)}","params":[]}`,
    `{"jsonrpc":"2.0","id":3,"method":"${"x".repeat(100_000)}","params":{"_meta":1}}`,
  ],
  "a response that nobody had asked for was repeated on stderr": [
    `{"jsonrpc":"2.0","id":1,"result":{"text":"${"x".repeat(100_000)}"}}`,
  ],
  "initialize with params that cannot be text was not answered": [
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":{"toString":1}}}',
    '{"jsonrpc":"2.0","id":2,"method":"initialize"}',
  ],
  "a request that asked for a task was an internal error": [
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"task":{}}}',
  ],
  "a tool's name that cannot be text was an internal error": [
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":{"toString":1}}}',
  ],
};

const WAITS = `import { defineProgram, signal } from "agent-sequencer";
export default defineProgram({
  name: "waits",
  description: "Waits for a signal.",
  signals: { go: { type: "object" } },
  async *run() {
    return yield* signal("go");
  },
});
`;

let sandbox: Sandbox;
let server: RawServer | undefined;
let ledger: Ledger;
let run: string;
beforeAll(async () => {
  sandbox = createSandbox();
  writeFileSync(join(sandbox.programsDir, "waits.ts"), WAITS);
  run = (await (await living()).call("sequencer_start", { program: "waits" })).instance_id;
});
afterAll(async () => {
  await server?.end();
  sandbox.remove();
});

/** The server of the batches before; a new one after a failure, so that the next batch starts clean. */
async function living(): Promise<RawServer> {
  if (server === undefined) {
    ledger = new Ledger();
    server = await startRawServer(sandbox);
  }
  return server;
}

/** @param handshake what is sent after the batch, where the server was not greeted before */
async function checkBatch(
  stream: Buffer,
  cuts: readonly number[],
  handshake?: typeof shakeHands,
): Promise<void> {
  const target = await living();
  try {
    const stderrBefore = target.stderrLength;
    const lines = stream.filter((byte) => byte === 10).length + 1;
    ledger.send(stream);
    ledger.send(Buffer.from("\n"));
    for (const piece of pieces(stream, cuts)) await target.write(piece);
    await target.write("\n");
    await handshake?.(target);
    await assertServing(target);
    await target.until(
      () => {
        for (const answer of target.answers.splice(0)) {
          assertForeseen(answer);
          expect(ledger.receive(answer)).toBeUndefined();
        }
        return ledger.owed.length === 0;
      },
      `the answer to ${ledger.owed.join(", ")}`,
    );
    expect(target.faults).toEqual([]);
    expect(target.stderrLength - stderrBefore).toBeLessThan(lines * REPORT_LENGTH);
  } catch (error) {
    server = undefined;
    await target.end();
    throw error;
  }
}

async function assertServing(target: RawServer): Promise<void> {
  expect((await target.request("ping")).result).toEqual({});
  expect((await target.request("tools/list")).result.tools).toHaveLength(10);
  expect((await target.call("sequencer_list")).instances).toMatchObject([{ instance_id: run }]);
}

function* pieces(stream: Buffer, cuts: readonly number[]): Generator<Buffer> {
  const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, stream.length]) {
    yield stream.subarray(from, place);
    from = place;
  }
}

const batch = fc.record({
  frames: fc.array(frame, { minLength: 1, maxLength: 12 }),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
});

const streamOf = (frames: readonly Frame[]) => Buffer.concat(frames.map((frame) => bytesOf(frame, run)));

describe("a server that is sent frames", () => {
  for (const [name, lines] of Object.entries(regressions)) {
    it(`keeps to the protocol, as once it did not: ${name}`, async () => {
      await checkBatch(Buffer.from(lines.map((line) => `${line}\n`).join("")), []);
    });
  }

  it("keeps to the protocol, whatever they are", { timeout: timeoutFor(SECONDS) }, async () => {
    await holds(SECONDS, batch, ({ frames, cuts }) => checkBatch(streamOf(frames), cuts));
  });

  it("keeps to the protocol, also before it is greeted", { timeout: timeoutFor(SECONDS_COLD) }, async () => {
    await holds(SECONDS_COLD, batch, async ({ frames, cuts }) => {
      await server?.end();
      ledger = new Ledger();
      server = await startRawServer(sandbox, { handshake: false });
      await checkBatch(streamOf(frames), cuts, shakeHands);
    });
  });
});
