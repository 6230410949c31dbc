/** LangGraph.js: interrupt and resume, with its SQLite saver. */

import { join } from "node:path";
import { peerFolder } from "../install.mjs";
import { Worker } from "../worker-process.mjs";
import { overWorker } from "./over-worker.mjs";

export const langgraph = {
  name: "langgraph",
  title: "LangGraph.js, SQLite saver",
  durability:
    "SQLite in WAL mode with `synchronous=NORMAL`, as its saver opens it: safe from a crash of the process; a power loss may lose the last steps, which is why it hardly syncs",
  async open({ folder, trace }) {
    const start = () =>
      Worker.start([process.execPath, join(peerFolder("langgraph"), "langgraph.mjs")], {
        cwd: folder,
        env: { DATABASE: join(folder, "checkpoints.sqlite"), LANGSMITH_TRACING: "false" },
        log: `${folder}.txt`,
        trace,
      });
    return { ...(await overWorker(start)), data: folder };
  },
};
