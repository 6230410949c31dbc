/** `agent-sequencer show <id>`: what happened in a run, from its log. */

import { setTimeout as delay } from "node:timers/promises";
import type { RecordedEvent } from "./history.ts";
import type { Rooms } from "./rooms.ts";
import { colorsFor, print, type Terminal, widthOf } from "./terminal.ts";
import { Timeline } from "./timeline.ts";

const POLL_MS = 300;

export async function showInstance(
  instanceId: string,
  { json = false, follow = false }: { json?: boolean; follow?: boolean },
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const { output } = terminal;
  const timeline = new Timeline(instanceId, colorsFor(output, terminal), widthOf(output));
  const show = ({ seq, event }: RecordedEvent) => {
    const lines = json ? [JSON.stringify({ seq, ...event })] : timeline.linesOf(event);
    if (lines.length > 0) print(output, ...lines);
  };
  const stop = new AbortController();
  const unsubscribe = terminal.onInterrupt(() => stop.abort());
  const log = (await rooms.openHistory()).open(instanceId);
  try {
    let ended = false;
    for (;;) {
      for await (const recorded of log.readOn()) {
        if (stop.signal.aborted) return 130;
        show(recorded);
        ended ||= recorded.event.type === "ended" || recorded.event.type === "storage_failed";
      }
      if (!follow || ended) return 0;
      await delay(POLL_MS, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return 130;
    }
  } finally {
    log.close();
    unsubscribe();
  }
}
