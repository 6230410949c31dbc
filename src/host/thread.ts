/** Entry of the worker thread that programs run in: requests in, answers out, nothing of a program's escapes. */

import { parentPort, workerData } from "node:worker_threads";
import * as zod from "zod";
import * as zodMini from "zod/mini";
import * as zodCore from "zod/v4/core";
import { toErrorAnswer } from "../errors.ts";
import * as authorApi from "../index.ts";
import { BEGUN_REQUEST, type HostProgress } from "./effect-messages.ts";
import { createEffectRunner } from "./effect-runner.ts";
import type { HostAnswer, HostNotice, HostRequest } from "./messages.ts";
import { createRoom, EvaluationFailed } from "./room.ts";

const port = parentPort!;
const tell = (notice: HostNotice) => port.postMessage(notice);
const progress = new Int32Array((workerData as HostProgress).memory);
const provided: Record<string, unknown> = {
  "agent-sequencer": authorApi,
  zod,
  "zod/v4": zod,
  "zod/v4/core": zodCore,
  "zod/mini": zodMini,
  "zod/v4-mini": zodMini,
};

const room = createRoom(
  (specifier) => {
    if (Object.hasOwn(provided, specifier)) return provided[specifier];
    throw new Error(`'${specifier}' is not provided`);
  },
  createEffectRunner((notice) => tell({ notice }), progress),
);

// A rejected promise that a program left lying, or an error in a callback it left behind, is reported
// and ends nothing.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(
    `agent-sequencer: a promise rejected in a program was never handled: ${String(reason)}\n`,
  );
});
process.on("uncaughtException", (error) => {
  process.stderr.write(`agent-sequencer: uncaught in a program: ${error.stack ?? String(error)}\n`);
});

port.on("message", (message: HostRequest) => {
  const { id, call, request } = message;
  Atomics.store(progress, BEGUN_REQUEST, id);
  let answered = false;
  const answer = (content: HostAnswer) => {
    if (answered) return;
    answered = true;
    port.postMessage(content);
  };
  // Programs wait for steps only, so a request is one chain of microtasks. If it has not ended when the
  // event loop turns, the program waits for something else.
  setImmediate(() => answer({ id, foreignAwait: true }));
  void (async () => {
    try {
      answer({ id, answer: await (room[call] as (request: unknown) => unknown)(request) });
    } catch (error) {
      const place = error instanceof EvaluationFailed ? error.place : undefined;
      answer({ id, failure: toErrorAnswer(error), ...(place && { place }) });
    }
  })();
});
tell("ready");
