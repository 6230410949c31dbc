/** A worker thread with the globals of the program host, and a way to run a test's code in it. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import type { HostApi } from "./determinism-worker.ts";

/** Runs in the worker: may use its parameters and globals, nothing around it. Its lines are `program.ts`. */
export type HostCode<P extends unknown[], R> = (host: HostApi, ...parameters: P) => R;

let folder: string;
let entry: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "agent-sequencer-determinism-"));
  entry = join(folder, "worker.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "determinism-worker.ts")],
    outfile: entry,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a new worker of this process. */
export async function inHost<P extends unknown[], R>(
  code: HostCode<P, R>,
  ...parameters: P
): Promise<Awaited<R>> {
  const worker = new Worker(entry, { workerData: { source: `${code}`, parameters }, stdout: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on("error", reject);
      worker.on("exit", (status) => reject(new Error(`the worker ended with ${status}`)));
      worker.on("message", ({ value, error }) => {
        if (error === undefined) resolve(value);
        else reject(Object.assign(new Error(error.message), error));
      });
    });
  } finally {
    await worker.terminate();
  }
}

/** In a new worker of a new process, which lives in another folder, time zone and environment. */
export async function inAnotherProcess<P extends unknown[], R>(
  code: HostCode<P, R>,
  ...parameters: P
): Promise<Awaited<R>> {
  const job = JSON.stringify({ source: `${code}`, parameters });
  const env = { PATH: process.env["PATH"], TZ: "Pacific/Chatham", LANG: "C" };
  const { stdout } = await promisify(execFile)(process.execPath, [entry, job], { cwd: "/", env });
  return JSON.parse(stdout);
}
