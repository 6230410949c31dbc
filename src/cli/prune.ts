/**
 * `agent-sequencer prune`: removes ended runs after their time, and program versions that no log needs.
 *
 * R1. An unfinished run is never removed, nor one whose log cannot be read.
 * R2. Its time begins when its log was last written: a fork or an import of an old run is new.
 * R3. While a log cannot be read, no version is removed: it may need any of them.
 */

import type { ListEntry } from "../instances/answer.ts";
import type { History } from "./history.ts";
import { everyEntry } from "./list.ts";
import type { Rooms } from "./rooms.ts";
import { colorsFor, oneLine, print, printable, type Terminal } from "./terminal.ts";

const DAY_MS = 86_400_000;
const KEEP_DAYS: { readonly [state: string]: number } = {
  completed: 30,
  aborted: 7,
  cancelled: 7,
  failed: 90,
};
/** A version is stored before the log that needs it. */
const KEEP_VERSION_MS = DAY_MS;
const KEEP_COMPILED_MS = 30 * DAY_MS;

export async function prune(
  { dryRun = false }: { dryRun?: boolean },
  terminal: Terminal,
  rooms: Rooms,
  now = Date.now(),
): Promise<number> {
  const sequencer = await rooms.openSequencer();
  const { output, errors } = terminal;
  const { dim, red } = colorsFor(errors, terminal);
  let failures = 0;
  try {
    const entries = await everyEntry(sequencer, "all");
    const history = await rooms.openHistory();
    const written = history.written();
    const over = entries.filter((entry) => isOver(entry, written.get(entry.instance_id) ?? 0, now));
    const kept = new Set(entries.filter((entry) => !over.includes(entry)));
    let removed = 0;
    for (const entry of over) {
      try {
        if (!dryRun) await sequencer.close({ instanceId: entry.instance_id, deleteLog: true });
        removed += 1;
        print(
          output,
          `${entry.instance_id}  ${entry.state.padEnd(9)}  ${entry.updated_at}  ${oneLine(entry.program, 64)}`,
        );
      } catch (error) {
        failures += 1;
        kept.add(entry);
        print(errors, red(`${entry.instance_id} stays: ${printable((error as Error).message)}`));
      }
    }
    const versions = await pruneVersions([...kept], history, rooms, dryRun, now);
    const verb = dryRun ? "would be removed" : "removed";
    print(errors, dim(`${removed} of ${entries.length} runs ${verb}, ${versions} program versions`));
    return failures === 0 ? 0 : 1;
  } finally {
    await sequencer.dispose();
  }
}

function isOver({ state, updated_at }: ListEntry, writtenMs: number, now: number): boolean {
  const days = KEEP_DAYS[state];
  return days !== undefined && now - Math.max(Date.parse(updated_at), writtenMs) > days * DAY_MS;
}

async function pruneVersions(
  kept: readonly ListEntry[],
  history: History,
  rooms: Rooms,
  dryRun: boolean,
  now: number,
): Promise<number> {
  const shelf = await rooms.openVersions();
  if (!dryRun) shelf.pruneCompiled(KEEP_COMPILED_MS);
  const old = shelf.storedVersions().filter(({ storedAtMs }) => now - storedAtMs > KEEP_VERSION_MS);
  if (old.length === 0 || kept.some(({ state }) => state === "unreadable")) return 0;
  const needed = await versionsOf(kept, history);
  if (needed === undefined) return 0;
  const unneeded = old.filter(({ version }) => !needed.has(version));
  if (!dryRun) for (const { version } of unneeded) shelf.removeVersion(version);
  return unneeded.length;
}

/** Every version that a log names, those it has left behind included: a fork may go back. */
async function versionsOf(entries: readonly ListEntry[], history: History): Promise<Set<string> | undefined> {
  const versions = new Set<string>();
  for (const { instance_id } of entries) {
    try {
      const log = history.open(instance_id);
      try {
        for await (const { event } of log.readOn()) {
          if (event.type === "started") versions.add(event.program.version);
          if (event.type === "version_adopted") versions.add(event.version);
        }
      } finally {
        log.close();
      }
    } catch {
      // What it needs is not known: see R3.
      return undefined;
    }
  }
  return versions;
}
