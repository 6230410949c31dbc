import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  isInstanceId
} from "./chunk-Y4Q2QEGS.js";

// src/server/resource-uri.ts
var ROOT = "sequencer://instances/";
var TIMELINE_TEMPLATE = `${ROOT}{instance_id}`;
var LOG_TEMPLATE = `${TIMELINE_TEMPLATE}/log`;
function timelineUri(instanceId) {
  return `${ROOT}${instanceId}`;
}
function logUri(instanceId) {
  return `${ROOT}${instanceId}/log`;
}
function parseUri(uri) {
  if (!uri.startsWith(ROOT)) return void 0;
  const [instanceId, ...rest] = uri.slice(ROOT.length).split("/");
  if (!isInstanceId(instanceId) || rest.length > 1) return void 0;
  if (rest.length === 0) return { instanceId, what: "timeline" };
  return rest[0] === "log" ? { instanceId, what: "log" } : void 0;
}

export {
  TIMELINE_TEMPLATE,
  LOG_TEMPLATE,
  timelineUri,
  logUri,
  parseUri
};
