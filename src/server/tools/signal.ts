import { formatAnswer } from "../format.ts";
import { ANSWER, INSTANCE_ID, type Tool } from "../tool.ts";
import { ANY_JSON } from "./any-json.ts";

interface Arguments {
  instance_id: string;
  name: string;
  value?: unknown;
}

export const signal: Tool<Arguments> = {
  name: "sequencer_signal",
  title: "Send a signal to a run",
  description: "Hands a signal that the program declares to the run; kept until the program waits for it.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: { instance_id: INSTANCE_ID, name: { type: "string" }, value: { anyOf: ANY_JSON } },
    required: ["instance_id", "name"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  async handle({ instance_id, name, value }, sequencer, { limit }) {
    return formatAnswer(await sequencer.signal({ instanceId: instance_id, name, value }), limit);
  },
};
