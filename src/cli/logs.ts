/** The logs of a state folder, for the commands that read them without running anything. */

import { FORMAT_VERSION, isKnownEventType } from "../engine/event.ts";
import { createLogStore } from "../log/log-store.ts";
import { type History, historyOf } from "./history.ts";

export function openLogs(stateDir: string): History {
  return historyOf(
    createLogStore({ stateDir, isKnownType: isKnownEventType, formatVersion: FORMAT_VERSION }),
  );
}
