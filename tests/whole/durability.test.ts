import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeSum } from "./sandbox-programs.ts";

const recorder = fileURLToPath(new URL("record-io.mjs", import.meta.url));

describe("what led to an answer is on disk before the answer leaves", () => {
  let sandbox: Sandbox;
  let record: string;
  beforeEach(() => {
    sandbox = createSandbox();
    writeSum(sandbox);
    record = join(sandbox.folder, "io");
    writeFileSync(record, "");
  });
  afterEach(() => sandbox.remove());

  const startRecorded = () =>
    startServer(sandbox, { execArgv: ["--import", recorder], env: { RECORD_IO: record } });

  /** What was recorded since the last call. */
  function taken(): string[] {
    const lines = readFileSync(record, "utf8").split("\n").filter(Boolean);
    writeFileSync(record, "");
    return lines;
  }

  async function next(server: ServerProcess, instance_id: string, step: number) {
    await server.call("sequencer_next", { instance_id, for_step_no: step, result: { value: step } });
  }

  it("with at most two writes and one sync a step, what happened synced before the answer", async () => {
    const server = await startRecorded();
    const { instance_id } = await server.call("sequencer_start", { program: "sum", params: { steps: 20 } });
    taken();
    for (let step = 1; step < 20; step++) {
      await next(server, instance_id, step);
      // What the program derived from it, the second write, may follow: it would be derived again.
      expect([
        ["write", "sync", "write", "answer"],
        ["write", "write", "sync", "answer"],
      ]).toContainEqual(taken());
    }
    await server.close();
  });

  it("and with the end of a run, which nobody derives who only looks", async () => {
    const server = await startRecorded();
    const { instance_id } = await server.call("sequencer_start", { program: "sum", params: { steps: 1 } });
    taken();
    await next(server, instance_id, 1);
    const events = taken();
    expect(events.toSorted()).toEqual(["answer", "sync", "sync", "write", "write"]);
    expect(events.slice(-2)).toEqual(["sync", "answer"]);
    await server.close();
  });

  it("also where it was another process that wrote it", async () => {
    const writer = await startServer(sandbox);
    const reader = await startRecorded();
    const { instance_id } = await writer.call("sequencer_start", { program: "sum", params: { steps: 9 } });
    await reader.call("sequencer_current", { instance_id });
    taken();
    for (let step = 1; step <= 5; step++) {
      await next(writer, instance_id, step);
      await reader.call("sequencer_current", { instance_id });
      expect(taken()).toEqual(["sync", "answer"]);
      await reader.call("sequencer_current", { instance_id });
      expect(taken()).toEqual(["answer"]);
    }
    await writer.close();
    await reader.close();
  });
});
