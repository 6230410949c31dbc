/** `agent-sequencer list`: the runs of this machine, this project's first. */

import type { ListEntry, Sequencer } from "../instances/answer.ts";
import type { Rooms } from "./rooms.ts";
import { table } from "./table.ts";
import { colorsFor, jsonText, oneLine, print, type Terminal } from "./terminal.ts";
import { ago } from "./time.ts";

const PAGE = 200;

export async function listInstances(
  { all = false, json = false }: { all?: boolean; json?: boolean },
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const sequencer = await rooms.openSequencer();
  try {
    const entries = await everyEntry(sequencer, all ? "all" : "active");
    const { output, errors } = terminal;
    if (json) {
      print(output, jsonText(entries, 2));
      return 0;
    }
    if (entries.length === 0) {
      print(errors, all ? "There are no runs." : "No run is active. To see all: list --all");
      return 0;
    }
    const { bold } = colorsFor(output, terminal);
    const [header, ...lines] = table(
      ["INSTANCE", "PROGRAM", "STATE", "STEP", "UPDATED", "PROGRESS", "PROJECT"],
      entries.map(rowOf),
    );
    print(output, bold(header!), ...lines);
    return 0;
  } finally {
    await sequencer.dispose();
  }
}

/** All pages, closed ones included where all are asked for. */
export async function everyEntry(sequencer: Sequencer, filter: "active" | "all"): Promise<ListEntry[]> {
  const entries: ListEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await sequencer.list({ filter, limit: PAGE, cursor, includeClosed: filter === "all" });
    entries.push(...page.instances);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return entries;
}

function rowOf(entry: ListEntry): string[] {
  const hint = entry.progress_hint;
  const progress = hint === null ? "" : oneLine(`${hint.current}/${hint.of} ${hint.label}`, 40);
  return [
    entry.instance_id,
    oneLine(entry.program || "-", 64),
    entry.closed ? `${entry.state}, closed` : entry.state,
    String(entry.step_no),
    ago(entry.updated_at),
    entry.problem === undefined ? progress : oneLine(entry.problem, 60),
    oneLine(entry.project_dir, 80),
  ];
}
