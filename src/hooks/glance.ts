/**
 * Whether a hook has nothing to say, told from the lengths of the logs alone. What takes longer is loaded
 * only when this says no.
 */

import { statSync } from "node:fs";
import type { Glance, SessionRecord, Tie } from "./session-record.ts";

type Question = Exclude<keyof Glance, "bytes">;

/** @param about what a log would have to hold for the hook to say something */
export function isQuiet(stateDir: string, record: SessionRecord, about: Question): boolean {
  return record.instances.every((tie) => isTieQuiet(stateDir, tie, about));
}

function isTieQuiet(stateDir: string, { instance_id, resting, glance }: Tie, about: Question): boolean {
  if (resting && about !== "unfinished") return true;
  const facts = statSync(`${stateDir}/${instance_id}.jsonl`, { throwIfNoEntry: false });
  if (facts === undefined) return true;
  return glance !== undefined && glance.bytes === facts.size && !glance[about];
}
