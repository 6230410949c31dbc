/**
 * Resources: the timeline and the log of every run, for people and agents who want to look back. Loaded with
 * the first request for one.
 *
 * S1. The list is bounded: the newest runs of this project. Every other run is read by its id.
 */

import type { ListEntry } from "../instances/answer.ts";
import { INVALID_PARAMS, protocolError } from "./protocol-error.ts";
import { type Method, textOf } from "./request.ts";
import { JSON_LINES, MARKDOWN } from "./resource-link.ts";
import { LOG_TEMPLATE, parseUri, TIMELINE_TEMPLATE, timelineUri } from "./resource-uri.ts";
import { logOf, timelineOf } from "./run-document.ts";

const LISTED = 20;

export const listResources: Method = async (_, sequencer) => {
  const entries = await sequencer.recent({ limit: LISTED });
  return { resources: entries.map(resourceOf) };
};

function resourceOf(entry: ListEntry): object {
  const { instance_id, program, state, step_no, updated_at } = entry;
  return {
    uri: timelineUri(instance_id),
    name: `${program || "run"} ${instance_id}`,
    title: `${program || "Run"}: ${state}`,
    description: entry.problem ?? `At step ${step_no}, last changed ${updated_at}.`,
    mimeType: MARKDOWN,
  };
}

export const listTemplates: Method = async () => ({
  resourceTemplates: [
    {
      uriTemplate: TIMELINE_TEMPLATE,
      name: "timeline",
      title: "Timeline of a run",
      description: "What happened in a run, step by step, and its summary.",
      mimeType: MARKDOWN,
    },
    {
      uriTemplate: LOG_TEMPLATE,
      name: "log",
      title: "Log of a run",
      description: "Every event of a run, one JSON object a line.",
      mimeType: JSON_LINES,
    },
  ],
});

export const readResource: Method = async (params, sequencer) => {
  const uri = textOf(params, "uri");
  const name = parseUri(uri);
  if (name === undefined) {
    const shown = JSON.stringify(uri.slice(0, 200));
    throw protocolError(
      INVALID_PARAMS,
      `There is no resource ${shown}. There are ${TIMELINE_TEMPLATE} and ${LOG_TEMPLATE}, with the id of a run as sequencer_list shows it.`,
    );
  }
  const events = sequencer.events(name.instanceId);
  const content =
    name.what === "log"
      ? { mimeType: JSON_LINES, text: await logOf(name.instanceId, events) }
      : { mimeType: MARKDOWN, text: await timelineOf(name.instanceId, events) };
  return { contents: [{ uri, ...content }] };
};
