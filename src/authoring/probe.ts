/**
 * Entry of the process in which check and replay run a program: one job in, one answer out, and it is gone.
 *
 * P1. The program runs in a worker thread, under the same globals as in the server.
 * P2. The main thread watches: a turn that does not end is an answer, too.
 */

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { toErrorAnswer } from "../errors.ts";
import { installDeterminism } from "../host/determinism.ts";
import { EvaluationFailed } from "../host/evaluate-program.ts";
import { sourceOfVersion } from "../testing/version-source.ts";
import { doJob } from "./probe-job.ts";
import type { ProbeAnswer, ProbeJob } from "./probe-messages.ts";

const TURN_MS = 5_000;
const ALIVE = "alive";

if (isMainThread) {
  process.once("message", (job) => supervise(job as ProbeJob));
} else {
  installDeterminism();
  void work(workerData as ProbeJob);
}

function supervise(job: ProbeJob): void {
  const worker = new Worker(new URL(import.meta.url), { workerData: job, stdout: true, stderr: true });
  let watch: NodeJS.Timeout | undefined;
  const answer = (content: ProbeAnswer) => {
    clearTimeout(watch);
    process.send!(content, () => process.exit());
  };
  const watchOn = () => {
    clearTimeout(watch);
    watch = setTimeout(() => answer({ stalled: true }), TURN_MS);
  };
  watchOn();
  worker.on("message", (message) => (message === ALIVE ? watchOn() : answer(message as ProbeAnswer)));
  worker.on("error", (error) => answer({ failure: toErrorAnswer(error) }));
}

async function work(job: ProbeJob): Promise<void> {
  const port = parentPort!;
  // A promise that a program left lying ends nothing.
  process.on("unhandledRejection", () => {});
  const source = sourceOfVersion(job.version);
  try {
    port.postMessage({ result: await doJob(job, source, () => port.postMessage(ALIVE)) });
  } catch (error) {
    const place = error instanceof EvaluationFailed ? error.place : undefined;
    port.postMessage({
      failure: toErrorAnswer(error),
      ...(place && { place: `${place.line}:${place.column}` }),
    });
  }
}
