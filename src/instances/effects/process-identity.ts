/**
 * Which process is meant by a pid: pids are used again, after a reboot, in another container, or later.
 *
 * I1. Two identities are comparable only on one boot and in one pid namespace; then a look at the process
 *     tells for sure whether it still runs.
 */

import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { hasEnded, parseStat } from "../../guard/proc-stat.ts";

/** `null`: the system does not tell. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly boot: string | null;
  readonly pid_namespace: string | null;
  /** When it started, in the system's own words. */
  readonly started: string | null;
}

let own: Promise<ProcessIdentity> | undefined;

export function ownIdentity(): Promise<ProcessIdentity> {
  own ??= (async () => ({
    pid: process.pid,
    boot: await orNull(bootOf()),
    pid_namespace:
      process.platform === "linux" ? await orNull(readlink("/proc/self/ns/pid")) : "the only one",
    started: await orNull(startOf(process.pid)),
  }))();
  return own;
}

/** True if the process runs, false if it does not, `undefined` if it cannot be told from here. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean | undefined> {
  const { boot, pid_namespace, started } = await ownIdentity();
  if (boot === null || pid_namespace === null || started === null) return undefined;
  if (identity.boot !== boot || identity.pid_namespace !== pid_namespace) return undefined;
  if (identity.started === null || !Number.isSafeInteger(identity.pid)) return undefined;
  try {
    return (await startOf(identity.pid)) === identity.started;
  } catch {
    return undefined;
  }
}

function bootOf(): Promise<string> {
  if (process.platform === "linux") return readText("/proc/sys/kernel/random/boot_id");
  return output("sysctl", ["-n", "kern.bootsessionuuid"]);
}

/** `undefined`: there is no such process, or it has ended. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") {
    return (await output("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => "")) || undefined;
  }
  try {
    const facts = parseStat(await readFile(`/proc/${pid}/stat`, "latin1"));
    return facts === undefined || hasEnded(facts) ? undefined : facts.started;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ESRCH"].includes(code) && !isHidden(pid)) return undefined;
    throw error;
  }
}

/** True for a process of somebody else, which `/proc` may not show. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function readText(path: string): Promise<string> {
  return (await readFile(path, "utf8")).trim();
}

async function output(file: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(file, args)).stdout.trim();
}

/** What the system does not tell is not known; nobody relies on it then. */
async function orNull(fact: Promise<string | undefined>): Promise<string | null> {
  try {
    return (await fact) || null;
  } catch {
    return null;
  }
}
