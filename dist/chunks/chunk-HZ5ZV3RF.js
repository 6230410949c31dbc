import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  logUri,
  timelineUri
} from "./chunk-3FQVTKID.js";

// src/server/resource-link.ts
var MARKDOWN = "text/markdown";
var JSON_LINES = "application/jsonl";
var ENDS = /* @__PURE__ */ new Set(["completed", "aborted", "failed", "cancelled"]);
function linksFor(payload) {
  const { instance_id, program, state, last_yield } = payload;
  if (typeof instance_id !== "string" || typeof state !== "string" || !ENDS.has(state)) return [];
  const name = `${String(program)} ${instance_id}`;
  const timeline = {
    type: "resource_link",
    uri: timelineUri(instance_id),
    name,
    description: "What happened in this run, step by step, and its summary.",
    mimeType: MARKDOWN
  };
  const isCut = typeof last_yield === "object" && last_yield !== null && "note" in last_yield;
  if (!isCut) return [timeline];
  const description = "Every event of this run; the last one holds its whole outcome.";
  const log = {
    type: "resource_link",
    uri: logUri(instance_id),
    name: `${name} log`,
    description,
    mimeType: JSON_LINES
  };
  return [timeline, log];
}

export {
  MARKDOWN,
  JSON_LINES,
  linksFor
};
