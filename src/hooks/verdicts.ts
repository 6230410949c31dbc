/** What takes a look at the logs: loaded by a hook that may have something to say. */

export { contextFor } from "./session-start.ts";
export { stopReason, subagentStopReason } from "./stop.ts";
export { refusalOf } from "./tool-rules.ts";
