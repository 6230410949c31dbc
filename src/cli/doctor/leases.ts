/** The leases of processes that run effects: whether whoever they belong to is still there. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { STALE_MS } from "../../instances/effects/owners.ts";
import { isRunning, type ProcessIdentity } from "../../instances/effects/process-identity.ts";
import { type Finding, ok, warning } from "./finding.ts";

const LEASE = /^[0-9A-Z]{26}$/;
const FIX =
  "Nothing to do: the next server that meets one takes over its effects. sequencer_current asks it to.";

export async function examineLeases(stateDir: string, now: number): Promise<Finding[]> {
  const folder = join(stateDir, "owners");
  const names = (await readdir(folder).catch(() => [])).filter((name) => LEASE.test(name));
  const stalled: string[] = [];
  for (const name of names) {
    const verdict = await isStalled(join(folder, name), now).catch(() => undefined);
    if (verdict) stalled.push(name);
  }
  if (stalled.length === 0) return names.length === 0 ? [] : [ok("leases", `${names.length} held`)];
  const which = stalled.length === 1 ? "1 lease belongs" : `${stalled.length} leases belong`;
  return [warning("leases", `${which} to a process that is gone or stuck: ${stalled.join(", ")}`, FIX)];
}

/** Where the process itself cannot be asked, the time of the last beat tells. */
async function isStalled(path: string, now: number): Promise<boolean> {
  const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
  const running = await isRunning(JSON.parse(text) as ProcessIdentity).catch(() => undefined);
  return running === undefined ? now - mtimeMs > STALE_MS : !running;
}
