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
}

export function historyOf(store: Pick<LogStore, "open">): History {
  return {
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
