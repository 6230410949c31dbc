/** Links from the answer that ends a run to what happened in it. */

import { logUri, timelineUri } from "./resource-uri.ts";

export type Content =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "resource_link";
      readonly uri: string;
      readonly name: string;
      readonly description: string;
      readonly mimeType: string;
    };

export const MARKDOWN = "text/markdown";
export const JSON_LINES = "application/jsonl";

const ENDS = new Set(["completed", "aborted", "failed", "cancelled"]);

/** @param payload of any tool; only that of an ended run has links */
export function linksFor(payload: object): Content[] {
  const { instance_id, program, state, last_yield } = payload as { readonly [name: string]: unknown };
  if (typeof instance_id !== "string" || typeof state !== "string" || !ENDS.has(state)) return [];
  const name = `${String(program)} ${instance_id}`;
  const timeline: Content = {
    type: "resource_link",
    uri: timelineUri(instance_id),
    name,
    description: "What happened in this run, step by step, and its summary.",
    mimeType: MARKDOWN,
  };
  // Where something of the end was cut off, its last event has it whole.
  const isCut = typeof last_yield === "object" && last_yield !== null && "note" in last_yield;
  if (!isCut) return [timeline];
  const description = "Every event of this run; the last one holds its whole outcome.";
  const log: Content = {
    type: "resource_link",
    uri: logUri(instance_id),
    name: `${name} log`,
    description,
    mimeType: JSON_LINES,
  };
  return [timeline, log];
}
