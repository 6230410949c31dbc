/**
 * The processes of this machine that belong to a command, and their end.
 *
 * P1. A process belongs to a command by its group, or by the marker in its environment, which children
 *     inherit also when they leave the group. The environment is the one that it was started with.
 * P2. Ended processes that nobody has collected do not count.
 * P3. Between a look and a signal a process may start another: it is looked again until nothing is found.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hasEnded, parseStat } from "./proc-stat.ts";

export interface FoundProcess {
  readonly pid: number;
  readonly group: number;
  /** `NAME=value` each; of `ps`, the words of its line. */
  readonly environment: readonly string[];
}

/** Between the request to end and the end by force. */
export const GRACE_MS = 2_000;
/** For what the kernel itself takes its time to end. */
const GIVE_UP_MS = 5_000;
const FIRST_LOOK_MS = 5;
const LOOK_EVERY_MS = 50;

/** Every living process that this user may look at, but for this one. */
export function listProcesses(): FoundProcess[] {
  const found = process.platform === "linux" ? listFromProc() : listFromPs();
  return found.filter(({ pid }) => pid !== process.pid);
}

function listFromProc(): FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const facts = parseStat(readFileSync(`/proc/${name}/stat`, "latin1"));
      if (facts === undefined || hasEnded(facts)) continue;
      found.push({ pid: Number(name), group: facts.group, environment: environmentOf(name) });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** Empty for the processes of others. */
function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** macOS: `-E` adds the environment, but not that of programs that the system protects. */
function listFromPs(): FoundProcess[] {
  const columns = ["-o", "pid=,pgid=,stat=,command="];
  try {
    return parsePs(
      execFileSync("ps", ["-axEww", ...columns], { encoding: "utf8", maxBuffer: 1 << 26, stdio: "pipe" }),
    );
  } catch {
    return [];
  }
}

export function parsePs(output: string): FoundProcess[] {
  return output.split("\n").flatMap((line) => {
    const [pid, group, state, ...words] = line.trim().split(/\s+/);
    if (!pid || !group || !state || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), group: Number(group), environment: words }];
  });
}

/** The values of a marker, innermost last. */
export function markersOf({ environment }: FoundProcess, name: string): string[] {
  const variable = environment.find((entry) => entry.startsWith(`${name}=`));
  return variable === undefined ? [] : variable.slice(name.length + 1).split(",");
}

/** False once the group holds nothing but ended processes. */
export function groupLives(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  return listProcesses().some((each) => each.group === group);
}

/**
 * Asks the processes to end, waits, ends those that stay by force, and looks again until none is left.
 *
 * @param find those that are left: pids, or negative numbers for whole groups
 */
export async function endProcesses(find: () => number[], graceMs = GRACE_MS): Promise<void> {
  const begun = performance.now();
  const asked = new Set<number>();
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LOOK_EVERY_MS)) {
    const left = find();
    const waited = performance.now() - begun;
    if (left.length === 0 || waited > graceMs + GIVE_UP_MS) return;
    for (const target of left) {
      if (waited >= graceMs) send(target, "SIGKILL");
      else if (!asked.has(target)) {
        asked.add(target);
        send(target, "SIGTERM");
        // A stopped process hears nothing until it goes on.
        send(target, "SIGCONT");
      }
    }
    await sleep(pause);
  }
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It ended meanwhile.
  }
}
