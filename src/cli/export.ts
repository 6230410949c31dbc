/** `agent-sequencer export <id>`: a run and its program's version as one file, for another machine. */

import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Rooms } from "./rooms.ts";
import { colorsFor, print, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export async function exportRun(
  instanceId: string,
  { out, force = false }: { out?: string; force?: boolean },
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  if (out !== undefined && !force && existsSync(out)) {
    throw new UsageError(`${out} is there already. Name another file, or replace it with --force.`);
  }
  const sequencer = await rooms.openSequencer();
  try {
    const lines = sequencer.exportInstance(instanceId);
    if (out === undefined) {
      for await (const line of lines) await write(terminal.output, line);
      return 0;
    }
    await writeWhole(out, lines);
    const { dim } = colorsFor(terminal.errors, terminal);
    print(terminal.errors, dim(`exported to ${out}; to take it there: ${terminal.invokedAs} import ${out}`));
    return 0;
  } finally {
    await sequencer.dispose();
  }
}

/** The file appears when it is complete. */
async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  const aside = `${path}.${process.pid}.part`;
  try {
    // It may hold what the run's replies held: nobody else's business.
    await pipeline(Readable.from(lines), createWriteStream(aside, { flags: "wx", mode: 0o600 }));
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !("syscall" in (error as object))) throw error;
    throw new UsageError(`${path} cannot be written: ${message}`);
  }
}

async function write(output: Writable, text: string): Promise<void> {
  if (output.write(text)) return;
  await new Promise((resolve) => output.once("drain", resolve));
}
