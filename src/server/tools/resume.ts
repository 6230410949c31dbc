import { formatAnswer } from "../format.ts";
import { ANSWER, INSTANCE_ID, type Tool } from "../tool.ts";

interface Arguments {
  instance_id: string;
  program_version?: "recorded" | "latest";
}

export const resume: Tool<Arguments> = {
  name: "sequencer_resume",
  title: "Resume a run",
  description:
    "Takes up a run that was closed, stalled or left long ago. Not needed between steps: other tools load a run by themselves.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: {
      instance_id: INSTANCE_ID,
      program_version: {
        type: "string",
        enum: ["recorded", "latest"],
        description: "latest: move to the program as it is now, if its history fits",
      },
    },
    required: ["instance_id"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  async handle({ instance_id, program_version }, sequencer, { limit }) {
    const answer = await sequencer.resume({ instanceId: instance_id, programVersion: program_version });
    return formatAnswer(answer, limit);
  },
};
