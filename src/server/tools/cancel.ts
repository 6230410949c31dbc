import { formatAnswer } from "../format.ts";
import { ANSWER, INSTANCE_ID, type Tool } from "../tool.ts";

interface Arguments {
  instance_id: string;
  reason: string;
}

export const cancel: Tool<Arguments> = {
  name: "sequencer_cancel",
  title: "Cancel a run",
  description:
    "Ends a run for good: pending steps are cancelled, its cleanup may still issue steps. Only when the user wants it.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: { instance_id: INSTANCE_ID, reason: { type: "string", minLength: 1 } },
    required: ["instance_id", "reason"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  async handle({ instance_id, reason }, sequencer, { limit }) {
    return formatAnswer(await sequencer.cancel({ instanceId: instance_id, reason }), limit);
  },
};
