/** The URIs of what the server offers to read: a run's timeline, and its log. */

import { isInstanceId } from "../log/instance-id.ts";

const ROOT = "sequencer://instances/";

export const TIMELINE_TEMPLATE = `${ROOT}{instance_id}`;
export const LOG_TEMPLATE = `${TIMELINE_TEMPLATE}/log`;

export interface ResourceName {
  readonly instanceId: string;
  readonly what: "timeline" | "log";
}

export function timelineUri(instanceId: string): string {
  return `${ROOT}${instanceId}`;
}

export function logUri(instanceId: string): string {
  return `${ROOT}${instanceId}/log`;
}

/** @returns `undefined` if it names nothing that could exist: no id that is not one gets any further */
export function parseUri(uri: string): ResourceName | undefined {
  if (!uri.startsWith(ROOT)) return undefined;
  const [instanceId, ...rest] = uri.slice(ROOT.length).split("/");
  if (!isInstanceId(instanceId) || rest.length > 1) return undefined;
  if (rest.length === 0) return { instanceId, what: "timeline" };
  return rest[0] === "log" ? { instanceId, what: "log" } : undefined;
}
