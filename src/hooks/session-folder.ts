/** The records of all sessions together: who else drives an instance, and which records are left behind. */

import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { isId } from "./input.ts";
import { readRecord, type SessionRecord } from "./session-record.ts";

const DAY_MS = 86_400_000;
const KEEP_MS = 30 * DAY_MS;
/** What a hook that was killed left behind. */
const KEEP_TEMPORARY_MS = 3_600_000;
/** Records looked at in one go. */
const MAX_LOOKED_AT = 2_000;
/** How long after the end of a conversation the next one may begin. */
const SUCCESSION_MS = 10_000;

/** True if another session has driven the instance since this one did. */
export function isDrivenElsewhere(
  stateDir: string,
  { session_id }: SessionRecord,
  { instance_id, driven_at }: { readonly instance_id: string; readonly driven_at: number },
): boolean {
  return otherRecords(stateDir, session_id).some(({ instances }) =>
    instances.some(
      (tie) => tie.instance_id === instance_id && tie.resting === undefined && tie.driven_at > driven_at,
    ),
  );
}

/** The record of the conversation that was cleared, and that this one goes on from. */
export function predecessorOf(
  stateDir: string,
  session: { readonly session_id: string; readonly prompt_id?: string; readonly cwd: string },
  now: number,
): SessionRecord | undefined {
  const cleared = otherRecords(stateDir, session.session_id).filter((record) => record.cleared !== undefined);
  const same = cleared.find(
    (record) => session.prompt_id !== undefined && record.cleared?.prompt_id === session.prompt_id,
  );
  if (same !== undefined) return same;
  const recent = cleared.filter(
    ({ cleared: end }) =>
      end!.prompt_id === undefined && end!.cwd === session.cwd && now - end!.at < SUCCESSION_MS,
  );
  return recent.length === 1 ? recent[0] : undefined;
}

function otherRecords(stateDir: string, sessionId: string): SessionRecord[] {
  return namesIn(stateDir)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .filter((id) => id !== sessionId && isId(id))
    .slice(0, MAX_LOOKED_AT)
    .map((id) => {
      try {
        return readRecord(stateDir, id);
      } catch {
        return undefined;
      }
    })
    .filter((record) => record !== undefined);
}

/** Removes records that nobody touched for a month; looks at most once a day. */
export function pruneSessions(stateDir: string, now: number): void {
  if (!existsSync(`${stateDir}/sessions`)) return;
  const marker = `${stateDir}/sessions/.pruned`;
  const pruned = statSync(marker, { throwIfNoEntry: false });
  if (pruned !== undefined && now - pruned.mtimeMs < DAY_MS) return;
  // Marked first: of several hooks at once, only one looks.
  if (pruned === undefined) writeFileSync(marker, "", { flag: "wx", mode: 0o600 });
  utimesSync(marker, now / 1000, now / 1000);
  for (const name of turnOf(namesIn(stateDir), now)) {
    const [, id, suffix] = /^(.+)\.json(|\.lock|\.tmp)$/.exec(name) ?? [];
    if (!isId(id)) continue;
    const path = `${stateDir}/sessions/${name}`;
    const facts = statSync(path, { throwIfNoEntry: false });
    const keepMs = suffix === "" ? KEEP_MS : KEEP_TEMPORARY_MS;
    if (facts?.isFile() && now - facts.mtimeMs > keepMs) rmSync(path, { force: true });
  }
}

/** Where there are too many for one go, others are looked at on another day. */
function turnOf(names: readonly string[], now: number): readonly string[] {
  if (names.length <= MAX_LOOKED_AT) return names;
  const start = (Math.floor(now / DAY_MS) * MAX_LOOKED_AT) % names.length;
  return [...names.slice(start), ...names.slice(0, start)].slice(0, MAX_LOOKED_AT);
}

function namesIn(stateDir: string): string[] {
  try {
    return readdirSync(`${stateDir}/sessions`);
  } catch {
    return [];
  }
}
