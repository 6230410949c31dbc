/** Completion of what a person types: choices of a program's params, and ids of runs. */

import { preview } from "../engine/json.ts";
import type { Sequencer } from "../instances/answer.ts";
import { choicesOf } from "./prompt-arguments.ts";
import { INSTANCE_ARGUMENT, resumeName } from "./prompts.ts";
import { INVALID_PARAMS, protocolError } from "./protocol-error.ts";
import { type Method, objectOf, textOf } from "./request.ts";
import { LOG_TEMPLATE, TIMELINE_TEMPLATE } from "./resource-uri.ts";

/** As many as a client may be given. */
const MAX_VALUES = 100;

export const complete: Method = async (params, sequencer) => {
  const ref = objectOf(params, "ref");
  const argument = objectOf(params, "argument");
  const typed = textOf(argument, "value");
  const all = await valuesFor(ref, textOf(argument, "name"), sequencer);
  const fitting = all.filter((value) => value.toLowerCase().startsWith(typed.trim().toLowerCase()));
  const values = fitting.slice(0, MAX_VALUES);
  return { completion: { values, total: fitting.length, hasMore: fitting.length > values.length } };
};

async function valuesFor(
  ref: Record<string, unknown>,
  name: string,
  sequencer: Sequencer,
): Promise<readonly string[]> {
  if (ref["type"] === "ref/resource") {
    if (![TIMELINE_TEMPLATE, LOG_TEMPLATE].includes(textOf(ref, "uri"))) throw unknownReference(ref);
    return name === INSTANCE_ARGUMENT ? idsOf(sequencer, false) : [];
  }
  if (ref["type"] !== "ref/prompt") throw unknownReference(ref);
  const { programs } = await sequencer.listPrograms();
  const prompt = textOf(ref, "name");
  if (prompt === resumeName(programs)) return name === INSTANCE_ARGUMENT ? idsOf(sequencer, true) : [];
  const program = programs.find((candidate) => candidate.name === prompt);
  if (program === undefined) throw unknownReference(ref);
  return choicesOf(program.params_schema, name);
}

/** Newest first, this project's before others. */
async function idsOf(sequencer: Sequencer, unfinished: boolean): Promise<string[]> {
  const entries = await sequencer.recent({ limit: MAX_VALUES, unfinished, elsewhere: true });
  return entries.map(({ instance_id }) => instance_id);
}

function unknownReference(ref: Record<string, unknown>): Error {
  return protocolError(INVALID_PARAMS, `There is nothing to complete for ${preview(ref, 200)}.`);
}
