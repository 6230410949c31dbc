/** The logs of a state folder, for the commands that read them without running anything. */

import { KNOWN_FORMAT } from "../engine/event-form.ts";
import { createLogStore } from "../log/log-store.ts";
import { type History, historyOf } from "./history.ts";

export function openLogs(stateDir: string): History {
  return historyOf(createLogStore({ stateDir, ...KNOWN_FORMAT }));
}
