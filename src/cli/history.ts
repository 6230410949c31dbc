/** Logs as the commands read them: events with their place, without what only the file needs. */

import type { Event } from "../engine/event.ts";
import type { LogStore } from "../log/event-log.ts";

export interface RecordedEvent {
  readonly seq: number;
  readonly event: Event;
}

export interface EventReader {
  /** What follows what was read before; all of it, the first time. */
  readOn(): AsyncIterable<RecordedEvent>;
  close(): void;
}

export interface History {
  /** @throws SequencerError `InvalidInstanceId`, `UnknownInstance` and the like */
  open(instanceId: string): EventReader;
}

export function historyOf(store: Pick<LogStore, "open">): History {
  return {
    open(instanceId) {
      const log = store.open(instanceId);
      return {
        async *readOn() {
          for await (const { firstSeq, events } of log.readOn()) {
            for (const [i, event] of events.entries()) yield { seq: firstSeq + i, event: clean(event) };
          }
        },
        close: () => log.close(),
      };
    },
  };
}

/** Without what a line carries for the file's sake. */
function clean(event: Event): Event {
  const { seq: _seq, off: _off, w: _writer, crc: _crc, ...rest } = event as Event & Record<string, unknown>;
  return rest as Event;
}
