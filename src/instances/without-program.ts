/** What can be done to a run whose program is not run: it is stuck, diverged, or nobody needs it to answer. */

import type { Event } from "../engine/event.ts";
import type { State } from "../engine/state.ts";
import type { LogStore } from "../log/event-log.ts";
import { foldLog } from "./listing.ts";

/**
 * Appends what `decide` makes of the state, deciding anew as often as others are faster; durable on return.
 *
 * @param decide gives `undefined` when there is nothing to append
 */
export async function appendWithoutProgram(
  store: LogStore,
  instanceId: string,
  decide: (state: State) => readonly Event[] | undefined,
): Promise<void> {
  const log = store.open(instanceId);
  try {
    const state = await foldLog(log);
    for (let events = decide(state); events !== undefined; events = decide(state)) {
      if (log.append(events) !== undefined) break;
      await foldLog(log, state);
    }
    await log.sync();
  } finally {
    log.close();
  }
}
