/** DBOS: a workflow that receives messages, over a PostgreSQL of its own. */

import { join } from "node:path";
import { peerFolder } from "../install.mjs";
import { startPostgres } from "../postgres.mjs";
import { Worker } from "../worker-process.mjs";
import { overWorker } from "./over-worker.mjs";

export const dbos = {
  name: "dbos",
  peer: "dbos",
  title: "DBOS, PostgreSQL",
  durability: "PostgreSQL as it comes: `fsync=on`, `synchronous_commit=on`",
  async open({ folder, trace }) {
    const database = await startPostgres({ folder, trace });
    try {
      const start = () =>
        Worker.start([process.execPath, join(peerFolder("dbos"), "dbos.mjs")], {
          cwd: folder,
          env: { DATABASE_URL: `${database.url}/bench` },
          log: `${folder}.worker.txt`,
        });
      const worker = await overWorker(start);
      return {
        ...worker,
        data: database.data,
        trace: database.trace,
        roots: () => [database.pid, ...worker.roots()],
        async close() {
          await worker.close();
          await database.close();
        },
      };
    } catch (error) {
      await database.close();
      throw error;
    }
  },
};
