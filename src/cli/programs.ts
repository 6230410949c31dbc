/** `agent-sequencer programs`: what can be started, and what does not load. */

import type { Rooms } from "./rooms.ts";
import { schemaText } from "./schema-text.ts";
import { table } from "./table.ts";
import { colorsFor, hang, jsonText, oneLine, print, printable, type Terminal, widthOf } from "./terminal.ts";

export async function showPrograms(
  filter: string | undefined,
  { json = false }: { json?: boolean },
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const sequencer = await rooms.openSequencer();
  try {
    const found = await sequencer.listPrograms(filter);
    const { output, errors } = terminal;
    if (json) {
      print(output, jsonText(found, 2));
      return 0;
    }
    const { bold, dim, red } = colorsFor(output, terminal);
    if (found.programs.length === 0) print(errors, "No program was found.");
    else {
      const [header, ...lines] = table(
        ["PROGRAM", "FROM", "DESCRIPTION"],
        found.programs.map(({ name, source, description }) => [
          printable(name),
          source,
          oneLine(description, 200),
        ]),
      );
      print(output, bold(header!));
      for (const [i, line] of lines.entries()) {
        const params = found.programs[i]!.params_schema;
        print(output, line.slice(0, widthOf(output)));
        if (params !== null)
          print(output, dim(`  params ${oneLine(schemaText(params), widthOf(output) - 9)}`));
      }
    }
    for (const { file, line, column, message } of found.problems) {
      const place = [file, line, column].filter((part) => part !== undefined).join(":");
      print(errors, `${red("does not load")} ${printable(place)}`, `  ${hang(message, "  ")}`);
    }
    return 0;
  } finally {
    await sequencer.dispose();
  }
}
