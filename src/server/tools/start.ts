import { formatAnswer } from "../format.ts";
import { ALWAYS_LOAD, ANSWER, type Tool } from "../tool.ts";

interface Arguments {
  program: string;
  params?: object;
  request_id?: string;
}

export const start: Tool<Arguments> = {
  name: "sequencer_start",
  title: "Start a program",
  description:
    "Starts a program: answers instance_id (note it) and the first step. Carry it out, then call sequencer_next.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: {
      program: { type: "string" },
      params: { type: "object", description: "By the program's params_schema" },
      request_id: {
        type: "string",
        minLength: 1,
        maxLength: 200,
        description: "The same id again gives the same instance",
      },
    },
    required: ["program"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  _meta: ALWAYS_LOAD,
  async handle({ program, params, request_id }, sequencer, { limit }) {
    return formatAnswer(await sequencer.start({ program, params, requestId: request_id }), limit);
  },
};
