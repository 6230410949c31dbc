/** A recorded log, anywhere on disk, of which nothing is expected but that it can be read. */

import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Event } from "../engine/event.ts";
import { KNOWN_FORMAT } from "../engine/event-form.ts";
import { SequencerError } from "../errors.ts";
import { FileLog } from "../log/file-log.ts";
import { NODE_FILES } from "../log/log-files.ts";
import { Syncer } from "../log/syncer.ts";

export interface RecordedLog {
  readonly path: string;
  /** The file's name without its ending. */
  readonly id: string;
  readonly events: readonly Event[];
  /** Number of the line, from 1, on which an event stands; by its `seq`. */
  lineOf(seq: number): number | undefined;
}

/** @throws SequencerError `UnknownInstance`, `CorruptedLog`, `LogFromNewerVersion`, `StorageFailed` */
export async function readLog(path: string): Promise<RecordedLog> {
  const id = basename(path).replace(/\.jsonl$/, "");
  const fd = open(path);
  const events: Event[] = [];
  const lines: string[] = [];
  const log = new FileLog(id, path, fd, {
    files: NODE_FILES,
    known: KNOWN_FORMAT,
    now: Date.now,
    syncer: new Syncer(NODE_FILES),
  });
  try {
    for await (const batch of log.readOn()) {
      events.push(...batch.events);
      lines.push(...batch.lines.split("\n").slice(0, batch.events.length));
    }
  } finally {
    log.close();
  }
  if (events[0]?.type !== "started") throw new SequencerError("CorruptedLog", `${path} holds no events.`);
  return {
    path,
    id,
    events,
    lineOf(seq) {
      const line = readFileSync(path, "utf8")
        .split("\n")
        .indexOf(lines[seq] ?? "\n");
      return line === -1 ? undefined : line + 1;
    },
  };
}

function open(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    const message = `The log ${path} cannot be read: ${(error as Error).message}.`;
    throw new SequencerError("UnknownInstance", message, "Give the path of a log, a .jsonl file.");
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  const message = `${path} is not a file.`;
  throw new SequencerError("UnknownInstance", message, "Give the path of a log, a .jsonl file.");
}
