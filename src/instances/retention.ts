/**
 * Retention: what is removed, and when. Never on the start-up path, never anything unfinished.
 *
 * R1. Ended instances go after completed 30, aborted and cancelled 7, failed 90 days, with what belongs to them.
 * R2. A program version stays while a log needs it, and for its first day.
 */

import type { Catalog } from "../catalog/catalog.ts";
import type { LogStore } from "../log/event-log.ts";
import type { ListEntry } from "./answer.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days that an ended instance is kept. */
export const RETENTION_DAYS: { readonly [state: string]: number } = {
  completed: 30,
  aborted: 7,
  cancelled: 7,
  failed: 90,
};

const COMPILED_DAYS = 30;

export interface PruneReport {
  /** Instances that were removed, or would be. */
  readonly instances: readonly ListEntry[];
  /** Hashes of the program versions that were removed, or would be. */
  readonly versions: readonly string[];
}

export function prune(
  parts: { readonly store: LogStore; readonly catalog: Catalog },
  entries: readonly ListEntry[],
  now: number,
  dryRun: boolean,
): PruneReport {
  const expired = entries.filter((entry) => isExpired(entry, now));
  const gone = new Set(expired.map(({ instance_id }) => instance_id));
  const unreadable = entries.some(({ state }) => state === "unreadable");
  const needed = new Set(
    entries
      .filter(({ instance_id }) => !gone.has(instance_id))
      .flatMap(({ version, past_versions = [] }) => [version, ...past_versions]),
  );
  // A log that cannot be read may need any version: a fork from it is the way out.
  const versions = unreadable
    ? []
    : parts.catalog
        .storedVersions()
        .filter(({ version, storedAtMs }) => !needed.has(version) && now - storedAtMs > DAY_MS)
        .map(({ version }) => version);
  if (!dryRun) {
    for (const { instance_id } of expired) parts.store.remove(instance_id);
    for (const version of versions) parts.catalog.removeVersion(version);
    parts.catalog.pruneCompiled(COMPILED_DAYS * DAY_MS);
  }
  return { instances: expired, versions };
}

function isExpired({ state, updated_at }: ListEntry, now: number): boolean {
  const days = RETENTION_DAYS[state];
  return days !== undefined && now - Date.parse(updated_at) > days * DAY_MS;
}
