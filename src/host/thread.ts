/** Entry of the worker thread that programs run in: requests in, answers out, nothing of a program's escapes. */

import { parentPort, workerData } from "node:worker_threads";
import { toErrorAnswer } from "../errors.ts";
import { installDeterminism } from "./determinism.ts";
import { BEGUN_REQUEST, type HostProgress } from "./effect-messages.ts";
import { createEffectRunner } from "./effect-runner.ts";
import { EvaluationFailed } from "./evaluate-program.ts";
import type { HostAnswer, HostNotice, HostRequest } from "./messages.ts";
import { provide } from "./provided.ts";
import { createRoom } from "./room.ts";

installDeterminism();
Error.stackTraceLimit = 30;

const port = parentPort!;
const tell = (notice: HostNotice) => port.postMessage(notice);
const progress = new Int32Array((workerData as HostProgress).memory);
const room = createRoom(
  provide,
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
