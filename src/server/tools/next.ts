import { SequencerError } from "../../errors.ts";
import { formatAnswer } from "../format.ts";
import { ALWAYS_LOAD, ANSWER, INSTANCE_ID, type Tool } from "../tool.ts";
import { ANY_JSON } from "./any-json.ts";

interface Arguments {
  instance_id: string;
  for_step_no: number;
  result?: unknown;
  failure?: { reason: string };
}

export const next: Tool<Arguments> = {
  name: "sequencer_next",
  title: "Reply to a step",
  description:
    "Replies to step for_step_no with result, or with failure if you cannot do it; answers the next step. Sending the same reply again is safe.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: {
      instance_id: INSTANCE_ID,
      for_step_no: { type: "integer", minimum: 1, description: "step_no of the step you reply to" },
      result: {
        anyOf: ANY_JSON,
        description: "Fits the step's expect_schema",
      },
      failure: {
        type: "object",
        properties: { reason: { type: "string", minLength: 1 } },
        required: ["reason"],
        additionalProperties: false,
        description: "Instead of result: why the step cannot be done",
      },
    },
    required: ["instance_id", "for_step_no"],
    additionalProperties: false,
  },
  outputSchema: ANSWER,
  _meta: ALWAYS_LOAD,
  async handle(args, sequencer, { limit }) {
    const answer = await sequencer.next({
      instanceId: args.instance_id,
      forStepNo: args.for_step_no,
      ...resultOrFailure(args),
    });
    return formatAnswer(answer, limit);
  },
};

/** Clients that fill every argument send `result: null` beside a failure. */
function resultOrFailure({ result, failure }: Arguments): Pick<Arguments, "result" | "failure"> {
  if (failure === undefined && result === undefined) {
    throw new SequencerError("InvalidArguments", "Neither result nor failure is given; pass one of the two.");
  }
  if (failure === undefined) return { result };
  if (result !== undefined && result !== null) {
    throw new SequencerError("InvalidArguments", "Both result and failure are given; pass one of the two.");
  }
  return { failure };
}
