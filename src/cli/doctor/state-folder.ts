/**
 * The state folder: whether it can be used, by whom else, and on what file system it lies. Nothing is
 * written to find that out.
 */

import { accessSync, constants, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { error, type Finding, ok, warning } from "./finding.ts";

const ABOUT = "state folder";
const LEAST_FREE_BYTES = 100_000_000;
/** `f_type` of Linux, of file systems on which two machines may append at the same moment. */
const NETWORK: { readonly [type: number]: string } = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "CIFS",
  4266872130: "SMB2",
  16914839: "9P",
  1702057286: "FUSE",
  1397113167: "AFS",
  12805120: "Ceph",
  198183888: "Lustre",
  1196443219: "GPFS",
  2020557398: "VirtualBox shared folder",
};

export function examineStateFolder(stateDir: string): Finding[] {
  const facts = statOrError(stateDir);
  if (facts instanceof Error) return [unusable(stateDir, facts)];
  if (facts === undefined) return examineMissing(stateDir);
  if (!facts.isDirectory()) {
    return [error(ABOUT, `${stateDir} is not a folder`, "Move it away, or set AGENT_SEQUENCER_STATE_DIR.")];
  }
  const denied = deniedIn(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
  if (denied !== undefined) return [unusable(stateDir, denied)];
  const findings = [...examineMode(stateDir, facts), ...examineFileSystem(stateDir)];
  return findings.length > 0 ? findings : [ok(ABOUT, `${stateDir} can be read and written, by you only`)];
}

/** It is made when the first run starts, if that is possible. */
function examineMissing(stateDir: string): Finding[] {
  const above = nearestThere(dirname(stateDir));
  const denied = deniedIn(above, constants.W_OK | constants.X_OK);
  if (denied !== undefined) return [unusable(stateDir, denied)];
  const findings = examineFileSystem(above);
  return [ok(ABOUT, `${stateDir} is not there yet; the first run makes it`), ...findings];
}

function nearestThere(folder: string): string {
  for (let each = folder; ; each = dirname(each)) {
    if (statSync(each, { throwIfNoEntry: false }) !== undefined || each === dirname(each)) return each;
  }
}

function examineMode(stateDir: string, { mode, uid }: { mode: number; uid: number }): Finding[] {
  const findings: Finding[] = [];
  if ((mode & 0o077) !== 0) {
    const shown = (mode & 0o777).toString(8);
    findings.push(
      warning(ABOUT, `${stateDir} is open to other users (mode ${shown})`, `chmod 700 '${stateDir}'`),
    );
  }
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) {
    findings.push(
      warning(ABOUT, `${stateDir} belongs to another user (uid ${uid})`, "Use a state folder of your own."),
    );
  }
  return findings;
}

export function examineFileSystem(
  folder: string,
  { type, bavail, bsize }: { type: number; bavail: number; bsize: number } = statfsSync(folder),
): Finding[] {
  const findings: Finding[] = [];
  const network = process.platform === "linux" ? NETWORK[type >>> 0] : undefined;
  if (network !== undefined) {
    findings.push(
      warning(
        ABOUT,
        `${folder} lies on ${network}, where two machines that append at the same moment can overwrite each other`,
        "Set AGENT_SEQUENCER_STATE_DIR to a folder on a local disk, or use it from one machine only.",
      ),
    );
  }
  const free = bavail * bsize;
  if (free < LEAST_FREE_BYTES) {
    findings.push(
      warning(
        ABOUT,
        `only ${Math.floor(free / 1_000_000)} MB are free for ${folder}`,
        "Free space on that disk.",
      ),
    );
  }
  return findings;
}

function statOrError(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return error as Error;
  }
}

function deniedIn(folder: string, mode: number): Error | undefined {
  try {
    accessSync(folder, mode);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function unusable(stateDir: string, { message }: Error): Finding {
  return error(
    ABOUT,
    `${stateDir} cannot be used: ${message}`,
    "Make it a folder that you can read and write, or set AGENT_SEQUENCER_STATE_DIR to one.",
  );
}
