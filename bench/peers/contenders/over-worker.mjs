/** What peers have in common whose replies are handed in by the process that holds the program. */

import { REPLY } from "../../drive.mjs";

/** @param {() => Promise<import("../worker-process.mjs").Worker>} start */
export async function overWorker(start) {
  let worker = await start();
  return {
    roots: () => [worker.pid],
    async begin(run, steps) {
      worker.tell({ run, steps });
      await worker.visible(run, 1);
    },
    async reply(run, step) {
      worker.tell({ run, step, reply: REPLY });
      await worker.visible(run, step + 1);
    },
    crash: () => worker.kill(),
    async recover() {
      worker = await start();
    },
    close: () => worker.close(),
  };
}
