import { INSTANCE_ID, type Tool } from "../tool.ts";

interface Arguments {
  instance_id: string;
  delete_log?: boolean;
}

export const close: Tool<Arguments> = {
  name: "sequencer_close",
  title: "Close a run",
  description:
    "Puts a run away. An unfinished one is hidden until it is resumed. delete_log erases the run for good.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  inputSchema: {
    type: "object",
    properties: { instance_id: INSTANCE_ID, delete_log: { type: "boolean" } },
    required: ["instance_id"],
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    properties: { instance_id: { type: "string" }, deleted: { type: "boolean" } },
    required: ["instance_id"],
  },
  handle({ instance_id, delete_log }, sequencer) {
    return sequencer.close({ instanceId: instance_id, deleteLog: delete_log });
  },
};
