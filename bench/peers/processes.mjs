/** Processes and what they weigh, from /proc: on other systems than Linux there is nothing to read. */

import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The processes that were started, and all that they started. */
export function processTree(roots) {
  const children = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const all = [...roots];
  for (let at = 0; at < all.length; at += 1) all.push(...(children.get(all[at]) ?? []));
  return all;
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[1]);
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

/** Megabytes in memory: what is shared is divided among those that share it. */
export function proportionalMegabytes(pids) {
  const kilobytes = pids.map((pid) =>
    Number(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/^Pss:\s+(\d+)/m)[1]),
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Bytes that a folder takes on its disk. */
export function bytesOnDisk(folder) {
  let blocks = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    try {
      blocks += lstatSync(join(entry.parentPath, entry.name)).blocks;
    } catch {} // Removed meanwhile, as write-ahead logs are.
  }
  return blocks * 512;
}
