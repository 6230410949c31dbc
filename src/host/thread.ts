/** Entry of the worker thread that programs run in: requests in, answers out, nothing of a program's escapes. */

// Not the global one, which belongs to the programs.
import { setImmediate } from "node:timers";
import { parentPort, workerData } from "node:worker_threads";
import { config as configureZod } from "zod";
import { attempt, describeThrown } from "../engine/thrown.ts";
import { toErrorAnswer } from "../errors.ts";
import { installDeterminism } from "./determinism.ts";
import { BEGUN_REQUEST, type HostProgress } from "./effect-messages.ts";
import { createEffectRunner } from "./effect-runner.ts";
import { EvaluationFailed } from "./evaluate-program.ts";
import type { HostAnswer, HostNotice, HostRequest } from "./messages.ts";
import { provide } from "./provided.ts";
import { createRoom } from "./room.ts";

installDeterminism();
// Authors make their schemas anew at each step: compiling one takes longer than its only parse.
configureZod({ jitless: true });
Error.stackTraceLimit = 30;

/** Characters of a stack that are reported. */
const MAX_STACK = 8_000;

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
    `agent-sequencer: a promise rejected in a program was never handled: ${describeThrown(reason).message}\n`,
  );
});
process.on("uncaughtException", (error) => {
  process.stderr.write(`agent-sequencer: uncaught in a program: ${stackOf(error)}\n`);
});

function stackOf(error: unknown): string {
  const stack = attempt(() => (error as Error).stack, undefined);
  return typeof stack === "string" ? stack.slice(0, MAX_STACK) : describeThrown(error).message;
}

/** The request that is being handled; it is answered once. */
let handled: number | undefined;

function answer(content: HostAnswer): void {
  if (handled !== content.id) return;
  handled = undefined;
  port.postMessage(content);
}

async function handle({ id, call, request }: HostRequest): Promise<void> {
  try {
    answer({ id, answer: await (room[call] as (request: unknown) => unknown)(request) });
  } catch (error) {
    const place = error instanceof EvaluationFailed ? error.place : undefined;
    answer({ id, failure: toErrorAnswer(error), ...(place && { place }) });
  }
}

port.on("message", (message: HostRequest) => {
  handled = message.id;
  Atomics.store(progress, BEGUN_REQUEST, handled);
  // Programs wait for steps only, so a request is one chain of microtasks. If it has not ended when the
  // event loop turns, the program waits for something else.
  setImmediate(answer, { id: handled, foreignAwait: true } as const);
  void handle(message);
});
tell("ready");
