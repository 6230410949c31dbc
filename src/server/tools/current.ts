import { formatAnswer } from "../format.ts";
import { ANSWER, INSTANCE_ID, type Tool } from "../tool.ts";

interface Arguments {
  instance_id: string;
  step_nos?: number[];
  wait_seconds?: number;
}

export const current: Tool<Arguments> = {
  name: "sequencer_current",
  title: "Show where a run stands",
  description: "The state of a run and the steps that await a reply. Changes nothing.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  inputSchema: {
    type: "object",
    properties: {
      instance_id: INSTANCE_ID,
      step_nos: {
        type: "array",
        items: { type: "integer", minimum: 1 },
        minItems: 1,
        description: "Only these steps",
      },
      wait_seconds: {
        type: "number",
        minimum: 0,
        maximum: 45,
        description: 'While state is "waiting": wait this long for a change',
      },
    },
    required: ["instance_id"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  async handle({ instance_id, step_nos, wait_seconds }, sequencer, { limit, onWaiting }) {
    const answer = await sequencer.current({
      instanceId: instance_id,
      stepNos: step_nos,
      waitSeconds: wait_seconds,
      onWaiting,
    });
    return formatAnswer(answer, limit);
  },
};
