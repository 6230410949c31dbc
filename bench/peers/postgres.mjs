/**
 * A PostgreSQL for one session, on loopback, in a folder of its own, with the settings that it comes with. It
 * does not run as root, so there it becomes the user `postgres`, or `nobody`.
 */

import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.mjs";
import { endProcess, startProcess } from "./worker-process.mjs";

const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** The folder with `initdb` and `postgres`; `undefined`: there is none. */
export function postgresPrograms() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((each) => join(debian, each, "bin")),
    ...process.env.PATH.split(delimiter),
  ];
  return folders.find((each) => ["initdb", "postgres"].every((name) => existsSync(join(each, name))));
}

export async function startPostgres({ folder, trace }) {
  const programs = postgresPrograms();
  const as = process.getuid() === 0 ? ordinaryUser() : {};
  const data = initialize(join(programs, "initdb"), folder, as);
  const port = await freePort();
  const command = [join(programs, "postgres"), "-D", data, "-p", String(port)];
  command.push("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=");
  const server = startProcess(command, {
    cwd: data,
    log: `${folder}.server.txt`,
    trace: trace && join(data, "trace"),
    as,
  });
  for (let attempt = 0; attempt < 150 && server.exitCode === null; attempt += 1) {
    if (await accepts(port)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    data,
    pid: server.pid,
    trace: trace && join(data, "trace"),
    url: `postgresql://postgres@127.0.0.1:${port}`,
    async close() {
      await endProcess(server, "SIGINT");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** In the session's folder, or, where that user may not go there, in the folder for temporary files. */
function initialize(initdb, folder, as) {
  let failure;
  for (const parent of [folder, tmpdir()]) {
    if (IN_MEMORY.has(statfsSync(parent).type)) continue;
    const data = mkdtempSync(join(parent, "agent-sequencer-bench-postgres-"));
    if (as.uid) chownSync(data, as.uid, as.gid);
    const args = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C"];
    const { status, stderr } = spawnSync(initdb, args, { cwd: "/", encoding: "utf8", ...as });
    if (status === 0) return data;
    rmSync(data, { recursive: true, force: true });
    failure = stderr;
  }
  throw new Error(`initdb failed: ${failure?.trim().split("\n").at(-1) ?? "only file systems in memory"}`);
}

function ordinaryUser() {
  for (const name of ["postgres", "nobody"]) {
    const ids = ["-u", "-g"].map((flag) => spawnSync("id", [flag, name], { encoding: "utf8" }));
    if (ids.every(({ status }) => status === 0)) {
      const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
      return { uid, gid };
    }
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody");
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
