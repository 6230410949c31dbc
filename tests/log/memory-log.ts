/**
 * Logs in memory for tests: one instance, events to fill it with, and what a reader makes of given bytes.
 */

import type { Event } from "../../src/engine/event.ts";
import { isKnownEventType } from "../../src/engine/event.ts";
import { SequencerError } from "../../src/errors.ts";
import type { EventLog, LogStore } from "../../src/log/event-log.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { MemoryFiles } from "./memory-files.ts";

export const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
export const STATE = "/state";
export const PATH = `${STATE}/${ID}.jsonl`;
const AT = "2026-01-02T03:04:05.678Z";

export const started = { type: "started", at: AT, format: 1, params: {} } as unknown as Event;

/** An event that is told from all others by `name`. */
export function signal(name: string, value: unknown = null): Event {
  return { type: "signal_received", at: AT, name, value } as Event;
}

export function nameOf(event: Event): string {
  return event.type === "signal_received" ? event.name : event.type;
}

export function storeOver(files: MemoryFiles): LogStore {
  return createLogStore({
    stateDir: STATE,
    isKnownType: isKnownEventType,
    formatVersion: 1,
    now: () => Date.parse(AT),
    files,
  });
}

export interface Reading {
  /** Of all accepted events, in order. */
  readonly names: string[];
  readonly lines: string;
  readonly error: SequencerError | undefined;
}

/** Reads on to the end, or to a refusal. */
export async function readAll(log: EventLog): Promise<Reading> {
  const names: string[] = [];
  let lines = "";
  try {
    for await (const batch of log.readOn()) {
      names.push(...batch.events.map(nameOf));
      lines += batch.lines;
    }
  } catch (error) {
    if (error instanceof SequencerError) return { names, lines, error };
    throw error;
  }
  return { names, lines, error: undefined };
}

/** What a fresh reader makes of a log with this content. */
export async function readBytes(bytes: Buffer): Promise<Reading> {
  const files = new MemoryFiles();
  files.put(PATH, bytes);
  const log = storeOver(files).open(ID);
  const reading = await readAll(log);
  log.close();
  return reading;
}

/** A handle that has read everything. */
export async function openCaughtUp(store: LogStore): Promise<EventLog> {
  const log = store.open(ID);
  const { error } = await readAll(log);
  if (error !== undefined) throw error;
  return log;
}
