/** Entry of `determinism-host.ts`: in a worker it runs the code that it is given; on a main thread it starts one. */

import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import {
  createBuiltins,
  createTurns,
  effectScope,
  importingPackage,
  installDeterminism,
  realNow,
  type Turns,
} from "../../src/host/determinism.ts";
import { evaluateVersion } from "../../src/host/evaluate.ts";
import { positionOf } from "../../src/host/stack.ts";

const placeOf = (stack: string | undefined) => /program\.ts:\d+/.exec(stack ?? "")?.[0];

export type HostApi = typeof api;

const api = {
  createBuiltins,
  createTurns,
  effectScope,
  evaluateVersion,
  importingPackage,
  installDeterminism,
  /** Lets the event loop go on, with the real timer. */
  pause: (milliseconds = 2) => pause(milliseconds),
  positionOf,
  realNow,
  /** Node's own modules, unguarded. */
  require: createRequire(import.meta.url),
  /** The turns of an instance. */
  turns: (seed = "seed"): Turns => createTurns({ seed, placeOf }),
  /** What `code` gives in one turn. */
  inTurn<T>(code: () => T, { seed = "seed", scope = "", atMs = 1_000 } = {}): T {
    const turns = createTurns({ seed, placeOf });
    turns.enter(scope, atMs);
    try {
      return code();
    } finally {
      turns.leave();
    }
  },
  /** What `code` gives when the host calls it, some promises further on. */
  async calledByHost<T>(code: () => T): Promise<T> {
    for (let i = 0; i < 5; i++) await undefined;
    return code();
  },
  /** The error that `code` throws, as data; `undefined` if it throws none. */
  failureOf(code: () => unknown): { name: string; message: string; fix: string } | undefined {
    try {
      code();
      return undefined;
    } catch (error) {
      const { name, message, fix } = error as { name: string; message: string; fix: string };
      return { name, message, fix };
    }
  },
};

if (isMainThread) {
  const job = JSON.parse(process.argv[2]!);
  new Worker(new URL(import.meta.url), { workerData: job }).on("message", ({ value, error }) => {
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    process.stdout.write(JSON.stringify(value));
  });
} else {
  installDeterminism();
  const { source, parameters } = workerData;
  // biome-ignore lint/security/noGlobalEval: the test's own code, under a name that stack traces show.
  const code = globalThis.eval(`(${source})\n//# sourceURL=program.ts`);
  try {
    parentPort!.postMessage({ value: await code(api, ...parameters) });
  } catch (error) {
    const { name, message } = error as Error;
    parentPort!.postMessage({ error: { name, message } });
  }
}
