/** `agent-sequencer import <file>`: takes a run that was exported elsewhere. */

import { createReadStream, statSync } from "node:fs";
import type { Rooms } from "./rooms.ts";
import { colorsFor, hang, print, printable, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Bytes; what the sequencer takes is less. */
const LARGEST_FILE = 1024 * 1024 * 1024;

export async function importRun(file: string, terminal: Terminal, rooms: Rooms): Promise<number> {
  assertReadable(file);
  const sequencer = await rooms.openSequencer();
  try {
    const { instance_id, program, imported_from, warnings } = await sequencer.importInstance(linesOf(file));
    const { dim, yellow } = colorsFor(terminal.errors, terminal);
    print(terminal.output, instance_id);
    for (const warning of warnings) print(terminal.errors, yellow(hang(warning, "  ")));
    const renamed = imported_from === undefined ? "" : ` (${imported_from} is taken here)`;
    print(
      terminal.errors,
      dim(
        `imported a run of '${printable(program)}'${renamed}; to go on: ${terminal.invokedAs} run --resume ${instance_id}`,
      ),
    );
    return 0;
  } finally {
    await sequencer.dispose();
  }
}

/** Not by node:readline, which also ends a line at U+2028: JSON may hold that as it is. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let open: string[] = [];
  for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
    const [first, ...others] = (chunk as string).split("\n");
    open.push(first!);
    for (const next of others) {
      yield open.join("");
      open = [next];
    }
  }
  const rest = open.join("");
  if (rest !== "") yield rest;
}

function assertReadable(file: string): void {
  let size: number;
  try {
    const facts = statSync(file);
    if (!facts.isFile()) throw new UsageError(`${file} is not a file`);
    size = facts.size;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
  if (size > LARGEST_FILE) throw new UsageError(`${file} is too large to be an export: ${size} bytes`);
}
