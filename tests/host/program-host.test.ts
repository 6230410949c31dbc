/** The main thread's side of the host, over workers that do not start, or that die. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ProgramVersion } from "../../src/catalog/version.ts";
import { HostRestarted, ProgramHost } from "../../src/host/program-host.ts";

const VERSION: ProgramVersion = { version: "v1", name: "hello", entry: "hello.ts", modules: {} };

/** Answers every request with its name; a `describe` of "die" ends it. */
const WORKER = `import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ id, call, request }) => {
  if (request.version === "die") process.exit(7);
  parentPort.postMessage({ id, answer: { call } });
});
parentPort.postMessage("ready");
`;

function hostOf(source: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "agent-sequencer-host-"));
  const entry = join(folder, "worker.mjs");
  if (source !== undefined) writeFileSync(entry, source);
  const host = new ProgramHost({ entry: pathToFileURL(entry) });
  onTestFinished(async () => {
    await host.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  return { host, entry };
}

describe("a worker that cannot start", () => {
  it.each([
    ["throws at once", "throw new Error('no such thing');", "no such thing"],
    ["ends itself", "process.exit(3);", "exit code 3"],
    ["cannot be parsed", "this is not JavaScript", "SyntaxError"],
    ["is not there", undefined, "worker.mjs"],
  ])(
    "because it %s fails define and call with the cause, and is not tried for ever",
    async (_, source, cause) => {
      const { host } = hostOf(source);
      const failure = { code: "InternalError", message: expect.stringContaining(cause) };
      await expect(host.define(VERSION)).rejects.toMatchObject(failure);
      await expect(host.call("ping", {})).rejects.toMatchObject(failure);
      // One worker for each of the two that asked.
      expect(host.generation).toBe(4);
    },
  );

  it("fails everybody who waits for it", async () => {
    const { host } = hostOf("throw new Error('no such thing');");
    const waiting = [host.define(VERSION), host.call("ping", {}), host.define({ ...VERSION, version: "v2" })];
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "InternalError" } });
    }
  });

  it("is tried again by whoever asks next", async () => {
    const { host, entry } = hostOf("process.exit(3);");
    await expect(host.define(VERSION)).rejects.toMatchObject({ code: "InternalError" });
    writeFileSync(entry, WORKER);
    const generation = await host.define(VERSION);
    expect(await host.call("ping", {}, generation)).toEqual({ call: "ping" });
  });
});

describe("a worker that dies later", () => {
  it("is replaced: its caller starts over, and knows its versions again", async () => {
    const { host } = hostOf(WORKER);
    const first = await host.define(VERSION);
    await expect(host.call("describe", { version: "die" }, first)).rejects.toBeInstanceOf(HostRestarted);
    await expect(host.call("ping", {}, first)).rejects.toBeInstanceOf(HostRestarted);
    const second = await host.define(VERSION);
    expect(second).toBeGreaterThan(first);
    expect(await host.call("ping", {}, second)).toEqual({ call: "ping" });
  });

  it("leaves those who need nothing of it to the next one", async () => {
    const { host } = hostOf(WORKER);
    const dying = host.call("describe", { version: "die" });
    const waiting = host.call("ping", {});
    await expect(dying).rejects.toBeInstanceOf(HostRestarted);
    expect(await waiting).toEqual({ call: "ping" });
  });
});
