/** No network: neither the server nor what it starts for itself has a socket of the internet, to listen or to talk. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSandbox, startServer } from "../server/stdio.ts";
import { writeBody, writeSum } from "../whole/sandbox-programs.ts";

const TABLES = ["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6"];

/** Sockets of the internet that these processes hold open, as lines of the kernel's tables. */
function socketsOf(pids: readonly number[]): string[] {
  return pids.flatMap((pid) => {
    const held = new Set(
      readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        } catch {
          return undefined;
        }
      }),
    );
    const lines = TABLES.map((table) => `/proc/${pid}/net/${table}`)
      .filter((table) => existsSync(table))
      .flatMap((table) => readFileSync(table, "utf8").trim().split("\n").slice(1));
    return lines.filter((line) => held.has(line.trim().split(/\s+/)[9]));
  });
}

/** The process and all that it started. */
function familyOf(pid: number): number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isChild(name, pid))
    .map(Number);
  return [pid, ...children.flatMap(familyOf)];
}

function isChild(name: string, parent: number): boolean {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform !== "linux")("no socket of the internet (seen on Linux only)", () => {
  it("is open in a server that has listed, run, waited, watched and started processes", async () => {
    const sandbox = createSandbox();
    writeSum(sandbox);
    writeBody(
      sandbox,
      "busy",
      `yield* sideEffect("effect", () => 1); yield* command("node", ["-e", "setInterval(() => {}, 1000)"]);`,
      `import { command, sideEffect } from "agent-sequencer";`,
    );
    const server = await startServer(sandbox, { args: ["--watch"] });
    try {
      await server.call("sequencer_list_programs");
      await server.call("sequencer_start", { program: "sum" });
      // It is answered when its command has ended: not before it is cancelled.
      const starting = server.call("sequencer_start", { program: "busy" });
      while (familyOf(server.pid).length < 3) await sleep(20);
      expect(socketsOf(familyOf(server.pid))).toEqual([]);
      const { instances } = await server.call("sequencer_list");
      const { instance_id } = instances.find(({ program }: any) => program === "busy");
      await server.call("sequencer_cancel", { instance_id, reason: "enough" });
      expect(await starting).toMatchObject({ instance_id });
      expect(socketsOf(familyOf(server.pid))).toEqual([]);
    } finally {
      await server.close();
      sandbox.remove();
    }
  });

  it("would be seen", async () => {
    const listen = `require("node:net").createServer().listen(0, "127.0.0.1", () => console.log("listening"))`;
    const child = spawn(process.execPath, ["-e", listen], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await new Promise((resolve) => child.stdout.once("data", resolve));
      expect(socketsOf([child.pid!])).toHaveLength(1);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
