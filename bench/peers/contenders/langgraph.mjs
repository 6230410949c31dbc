/** LangGraph.js: interrupt and resume, with its SQLite saver. */

import { join } from "node:path";
import { peerFolder } from "../install.mjs";
import { Worker } from "../worker-process.mjs";
import { overWorker } from "./over-worker.mjs";

const contender = (name, title, durability, env) => ({
  name,
  title,
  durability,
  peer: "langgraph",
  async open({ folder, trace }) {
    const start = () =>
      Worker.start([process.execPath, join(peerFolder("langgraph"), "langgraph.mjs")], {
        cwd: folder,
        env: { DATABASE: join(folder, "checkpoints.sqlite"), LANGSMITH_TRACING: "false", ...env },
        log: `${folder}.txt`,
        trace,
      });
    return { ...(await overWorker(start)), data: folder };
  },
});

export const langgraph = contender(
  "langgraph",
  "LangGraph.js, SQLite saver",
  "SQLite in WAL mode with `synchronous=NORMAL`, as its saver opens it: safe from a crash of the process; a power loss may lose the last steps, which is why it hardly syncs. `durability` is `async`, its default; `invoke` waits for the writes before it returns",
);

/** Not its default, but as durable as the others: so that what a sync costs can be told from the rest. */
export const langgraphSynced = contender(
  "langgraph-synced",
  "LangGraph.js, the same, synced",
  "the same with `synchronous=FULL`, which is not its default: as durable as the others",
  { SYNCHRONOUS: "FULL" },
);
