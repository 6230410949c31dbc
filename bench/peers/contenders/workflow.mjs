/** Vercel's Workflow SDK with its local world: built by Nitro, as its guides say, and driven over HTTP. */

import { join } from "node:path";
import { REPLY } from "../../drive.mjs";
import { freePort } from "../free-port.mjs";
import { post, untilAnswered } from "../http.mjs";
import { peerFolder } from "../install.mjs";
import { Worker } from "../worker-process.mjs";

export const workflow = {
  name: "workflow",
  peer: "workflow",
  title: "Vercel Workflow, local world",
  durability:
    "JSON files that are never synced, and a queue in memory; its documentation calls the local world one for development, not production",
  async open({ folder, trace }) {
    const port = await freePort();
    const app = `http://127.0.0.1:${port}/api`;
    const start = async () => {
      const worker = await Worker.start(
        [process.execPath, join(peerFolder("workflow"), "app/.output/server/index.mjs")],
        {
          cwd: join(peerFolder("workflow"), "app"),
          env: {
            PORT: String(port),
            HOST: "127.0.0.1",
            NITRO_HOST: "127.0.0.1",
            WORKFLOW_TARGET_WORLD: "local",
            WORKFLOW_LOCAL_DATA_DIR: folder,
          },
          log: `${folder}.worker.txt`,
          trace,
          announcesItself: false,
        },
      );
      await untilAnswered(`${app}/ready`, worker);
      return worker;
    };
    let worker = await start();
    return {
      data: folder,
      roots: () => [worker.pid],
      async begin(run, steps) {
        await post(`${app}/loop`, { run, steps });
        await worker.visible(run, 1);
      },
      async reply(run, step) {
        await post(`${app}/loop`, { run, reply: REPLY });
        await worker.visible(run, step + 1);
      },
      crash: () => worker.kill(),
      async recover() {
        worker = await start();
      },
      close: () => worker.close(),
    };
  },
};
