/** `agent-sequencer init`: makes the project's programs folder, and says what comes next. */

import { relative } from "node:path";
import { type InitReport, initProject } from "../authoring/init.ts";
import type { Rooms } from "./rooms.ts";
import { colorsFor, print, printable, type Terminal } from "./terminal.ts";

export async function init(
  { force = false }: { readonly force?: boolean },
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const { projectDir, types } = await rooms.openWorkshop();
  const report = initProject({ projectDir, types, force });
  const { bold, dim } = colorsFor(terminal.output, terminal);
  const { made, replaced, kept } = report;
  print(
    terminal.output,
    bold(printable(relative(process.cwd(), report.folder) || report.folder)),
    ...summed(made, "made"),
    ...summed(replaced, "replaced"),
    ...summed(kept, "kept as it is"),
    ...(made.length + replaced.length + kept.length === 0 ? [dim("  everything is there already")] : []),
    ...(kept.length > 0 ? [dim("  init --force replaces what was kept")] : []),
    "",
    ...nextSteps(report, terminal.invokedAs),
  );
  return 0;
}

/** The types are many files, and one thing. */
function summed(files: readonly string[], what: string): string[] {
  const types = files.filter((file) => file.startsWith(".types/"));
  const others = files.filter((file) => !file.startsWith(".types/"));
  return [
    ...others.map((file) => `  ${what}  ${printable(file)}`),
    ...(types.length === 0 ? [] : [`  ${what}  .types/ (${types.length} files)`]),
  ];
}

function nextSteps({ program }: InitReport, command: string): string[] {
  if (program === undefined) return [`Next: ${command} programs`];
  return [
    "Next:",
    `  ${command} check ${program}   look for mistakes in it`,
    `  ${command} run ${program}     be the agent yourself`,
    `  or tell your agent: run the program ${program}`,
  ];
}
