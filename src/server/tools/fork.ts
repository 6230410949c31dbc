import { formatAnswer } from "../format.ts";
import { ANSWER, INSTANCE_ID, type Tool } from "../tool.ts";

interface Arguments {
  instance_id: string;
  before_step_no: number;
  program_version?: "recorded" | "latest";
}

export const fork: Tool<Arguments> = {
  name: "sequencer_fork",
  title: "Fork a run before a step",
  description:
    "A new run with the history of another one before a step: to try that step again, or, with the last step plus one, to go on after a failure. The other one stays.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: {
      instance_id: INSTANCE_ID,
      before_step_no: { type: "integer", minimum: 1 },
      program_version: {
        type: "string",
        enum: ["recorded", "latest"],
        description: "latest: the program as it is now",
      },
    },
    required: ["instance_id", "before_step_no"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  async handle({ instance_id, before_step_no, program_version }, sequencer, { limit }) {
    const answer = await sequencer.fork({
      instanceId: instance_id,
      beforeStepNo: before_step_no,
      programVersion: program_version,
    });
    return { ...formatAnswer(answer, limit), forked_from: instance_id };
  },
};
