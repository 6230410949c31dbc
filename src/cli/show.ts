/**
 * `agent-sequencer show <id>`: what happened in a run, from its log: as a tree, and with `--follow` line by
 * line from there.
 *
 * H1. A log that is damaged is shown as far as it is good, before it is said what is wrong.
 */

import { setTimeout as delay } from "node:timers/promises";
import { drawRun } from "../instances/timeline/draw.ts";
import { RunTree } from "../instances/timeline/run-tree.ts";
import type { EventReader, RecordedEvent } from "./history.ts";
import type { Rooms } from "./rooms.ts";
import { colorsFor, jsonText, print, type Terminal, widthOf } from "./terminal.ts";
import { Timeline } from "./timeline.ts";

const POLL_MS = 300;

export interface ShowOptions {
  readonly json?: boolean;
  readonly follow?: boolean;
}

/** How a run is told. */
interface Teller {
  /** What has happened before anybody looked. */
  past(recorded: RecordedEvent): void;
  pastIsOver(): void;
  now(recorded: RecordedEvent): void;
}

export async function showInstance(
  instanceId: string,
  { json = false, follow = false }: ShowOptions,
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const stop = new AbortController();
  const unsubscribe = terminal.onInterrupt(() => stop.abort());
  const log = (await rooms.openHistory()).open(instanceId);
  const teller = json ? asJson(terminal) : asTree(instanceId, terminal);
  try {
    let ended = await read(log, stop.signal, teller.past).finally(() => teller.pastIsOver());
    while (follow && !ended && !stop.signal.aborted) {
      await delay(POLL_MS, undefined, { signal: stop.signal }).catch(() => {});
      ended = await read(log, stop.signal, teller.now);
    }
    return stop.signal.aborted ? 130 : 0;
  } finally {
    log.close();
    unsubscribe();
  }
}

/** @returns whether the run has ended */
async function read(
  log: EventReader,
  stop: AbortSignal,
  tell: (recorded: RecordedEvent) => void,
): Promise<boolean> {
  let ended = false;
  for await (const recorded of log.readOn()) {
    if (stop.aborted) break;
    tell(recorded);
    ended ||= recorded.event.type === "ended" || recorded.event.type === "storage_failed";
  }
  return ended;
}

function asJson({ output }: Terminal): Teller {
  const tell = ({ seq, event }: RecordedEvent) => print(output, jsonText({ seq, ...event }));
  return { past: tell, pastIsOver() {}, now: tell };
}

function asTree(instanceId: string, terminal: Terminal): Teller {
  const { output } = terminal;
  const colors = colorsFor(output, terminal);
  const width = widthOf(output);
  const tree = new RunTree();
  const timeline = new Timeline(colors, width);
  return {
    past({ event }) {
      tree.add(event);
      timeline.linesOf(event);
    },
    pastIsOver() {
      if (tree.started !== undefined) print(output, ...drawRun(tree, instanceId, colors, width));
    },
    now({ event }) {
      const lines = timeline.linesOf(event);
      if (lines.length > 0) print(output, ...lines);
    },
  };
}
