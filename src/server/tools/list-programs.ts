import { formatPrograms } from "../format-list.ts";
import type { Tool } from "../tool.ts";

interface Arguments {
  filter?: string;
}

export const listPrograms: Tool<Arguments> = {
  name: "sequencer_list_programs",
  title: "List programs",
  description:
    "Programs that can be started, with their params_schema; and files that do not load, with the reason.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  inputSchema: {
    type: "object",
    properties: { filter: { type: "string", description: "Part of the name or description" } },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    properties: { programs: { type: "array" } },
    required: ["programs"],
  },
  async handle({ filter }, sequencer, { limit }) {
    return formatPrograms(await sequencer.listPrograms(filter), limit);
  },
};
