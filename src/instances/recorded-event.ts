/** An event with its place in the log, without what its line carries for the file's sake. */

import type { Event } from "../engine/event.ts";

export interface RecordedEvent {
  readonly seq: number;
  readonly event: Event;
}

export function recorded(seq: number, event: Event): RecordedEvent {
  const {
    seq: _seq,
    off: _off,
    w: _writer,
    gap: _gap,
    crc: _crc,
    ...rest
  } = event as Event & Record<string, unknown>;
  return { seq, event: rest as Event };
}
