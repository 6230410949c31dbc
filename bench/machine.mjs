/** What a session ran on, so that its figures can be read later. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";

export function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit:
      spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim() || undefined,
    processor: cpus()[0].model,
    processors: cpus().length,
    system: `${process.platform} ${release()}`,
    fileSystem: fileSystem(),
    node: process.version,
    load: Number(loadavg()[0].toFixed(1)),
  };
}

/** Of the disk that holds the repository. */
function fileSystem() {
  try {
    const here = process.cwd();
    const mounts = readFileSync("/proc/mounts", "utf8").trim().split("\n");
    const holding = mounts
      .map((line) => line.split(" "))
      .filter(([, at]) => at === "/" || `${here}/`.startsWith(`${at}/`));
    return holding.sort((a, b) => b[1].length - a[1].length)[0]?.[2];
  } catch {
    return undefined;
  }
}

/** More than a third of the processors were at work on something else when the session began. */
export const isBusy = ({ load, processors }) => load > processors / 3;

export function sentence(ran) {
  const { date, commit, processor, processors, system, fileSystem, node, load } = ran;
  const disk = fileSystem ? `, ${fileSystem}` : "";
  const busy = isBusy(ran) ? ` **The machine was busy with other work: read these as provisional.**` : "";
  return `${date}${commit ? `, commit ${commit}` : ""}: ${processors} x ${processor}, ${system}${disk}, Node ${node.slice(1)}, load ${load} at the start.${busy}`;
}
