/** Logs as the commands read them: events with their place, without what only the file needs. */

import { type RecordedEvent, recorded } from "../instances/recorded-event.ts";
import type { LogStore } from "../log/event-log.ts";

export type { RecordedEvent } from "../instances/recorded-event.ts";

export interface EventReader {
  /** What follows what was read before; all of it, the first time. */
  readOn(): AsyncIterable<RecordedEvent>;
  close(): void;
}

export interface History {
  /** @throws SequencerError `InvalidInstanceId`, `UnknownInstance` and the like */
  open(instanceId: string): EventReader;
  /** When each log was last written, by its instance; in milliseconds since the epoch. */
  written(): ReadonlyMap<string, number>;
}

export function historyOf(store: Pick<LogStore, "open" | "list">): History {
  return {
    written: () => new Map(store.list().map(({ instanceId, modifiedMs }) => [instanceId, modifiedMs])),
    open(instanceId) {
      const log = store.open(instanceId);
      return {
        async *readOn() {
          for await (const { firstSeq, events } of log.readOn()) {
            for (const [i, event] of events.entries()) yield recorded(firstSeq + i, event);
          }
        },
        close: () => log.close(),
      };
    },
  };
}
