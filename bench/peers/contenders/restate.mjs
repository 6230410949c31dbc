/** Restate: its server on loopback, and a worker whose workflow waits for awakeables, resolved over HTTP. */

import { join } from "node:path";
import { REPLY } from "../../drive.mjs";
import { freePort } from "../free-port.mjs";
import { post } from "../http.mjs";
import { peerFolder } from "../install.mjs";
import { endProcess, startProcess, Worker } from "../worker-process.mjs";

export const restate = {
  name: "restate",
  peer: "restate",
  title: "Restate",
  durability: "the defaults of a server on one node: the write-ahead log of its log (RocksDB) is synced",
  async open({ folder, trace }) {
    const [ingressPort, adminPort, nodePort, workerPort] = await Promise.all([1, 2, 3, 4].map(freePort));
    const ingress = `http://127.0.0.1:${ingressPort}`;
    const admin = `http://127.0.0.1:${adminPort}`;
    const server = startProcess([serverFile(), "--base-dir", folder, "--node-name", "bench", "--no-logo"], {
      cwd: folder,
      env: {
        RESTATE_DISABLE_TELEMETRY: "true",
        RESTATE_BIND_ADDRESS: `127.0.0.1:${nodePort}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${adminPort}`,
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingressPort}`,
      },
      log: `${folder}.server.txt`,
      trace,
    });
    const startWorker = () =>
      Worker.start([process.execPath, join(peerFolder("restate"), "restate.mjs")], {
        cwd: folder,
        env: { PORT: String(workerPort), RESTATE_LOGGING: "ERROR" },
        log: `${folder}.worker.txt`,
      });
    let worker;
    const close = async () => {
      await worker?.close();
      await endProcess(server);
    };
    try {
      worker = await startWorker();
      await registered(admin, `http://127.0.0.1:${workerPort}`, server);
    } catch (error) {
      await close();
      throw error;
    }

    const awakeables = new Map();
    const shown = async (run, step) => awakeables.set(run, (await worker.visible(run, step)).id);
    return {
      data: folder,
      roots: () => [server.pid, worker.pid],
      async begin(run, steps) {
        await post(`${ingress}/loop/${run}/run/send`, { steps });
        await shown(run, 1);
      },
      async reply(run, step) {
        await post(`${ingress}/restate/awakeables/${awakeables.get(run)}/resolve`, REPLY);
        await shown(run, step + 1);
      },
      crash: () => worker.kill(),
      async recover() {
        worker = await startWorker();
      },
      close,
    };
  },
};

/** The binary that the package's own script would start, without that script's process beside it. */
function serverFile() {
  const name = `restate-server-${process.platform}-${process.arch}`;
  return join(peerFolder("restate"), "node_modules", "@restatedev", name, "bin", "restate-server");
}

async function registered(admin, uri, server) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(`${admin}/deployments`, { uri });
    } catch (error) {
      if (attempt === 150 || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
