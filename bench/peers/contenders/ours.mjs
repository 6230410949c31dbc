/** agent-sequencer, as any client starts it: over stdio, with its full durability. */

import { join } from "node:path";
import { startOurs } from "../../bench-space.mjs";
import { begin, next } from "../../drive.mjs";
import { traced } from "../worker-process.mjs";

export const ours = {
  name: "ours",
  title: "agent-sequencer",
  durability: "one append and one `fdatasync` before each answer",
  async open({ folder, trace }) {
    const start = () => startOurs(folder, {}, traced([], trace));
    let server = await start();
    const instances = new Map();
    return {
      data: folder,
      roots: () => [server.pid],
      /** What the floor needs for its recovery. */
      log: (run) => join(folder, `${instances.get(run)}.jsonl`),
      async begin(run, steps) {
        instances.set(run, await begin(server, { steps }));
      },
      reply: (run, step) => next(server, instances.get(run), step),
      crash: () => server.kill(),
      async recover() {
        server = await start();
      },
      close: () => server.close(),
    };
  },
};
