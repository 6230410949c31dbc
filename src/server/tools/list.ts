import { fitPage } from "../format-list.ts";
import type { Tool } from "../tool.ts";

interface Arguments {
  filter?: "active" | "ended" | "all";
  limit?: number;
  cursor?: string;
}

const DEFAULT_LIMIT = 20;

export const list: Tool<Arguments> = {
  name: "sequencer_list",
  title: "List runs",
  description: "Runs on this machine, this project's first: to find an instance_id again.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  inputSchema: {
    type: "object",
    properties: {
      filter: {
        type: "string",
        enum: ["active", "ended", "all"],
        description: "Default active; all also shows closed ones",
      },
      limit: { type: "integer", minimum: 1, maximum: 100 },
      cursor: { type: "string", description: "next_cursor of the page before" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    properties: { instances: { type: "array" } },
    required: ["instances"],
  },
  handle({ filter, limit = DEFAULT_LIMIT, cursor }, sequencer, request) {
    return fitPage((count) => sequencer.list({ filter, limit: count, cursor }), limit, request.limit);
  },
};
