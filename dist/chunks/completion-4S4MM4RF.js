import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  INSTANCE_ARGUMENT,
  choicesOf,
  resumeName
} from "./chunk-S74FA2SQ.js";
import {
  LOG_TEMPLATE,
  TIMELINE_TEMPLATE
} from "./chunk-3FQVTKID.js";
import "./chunk-Y4Q2QEGS.js";
import {
  objectOf,
  textOf
} from "./chunk-OEBDNEBG.js";
import {
  INVALID_PARAMS,
  protocolError
} from "./chunk-ZWHMTMT7.js";
import "./chunk-FFBUUX4P.js";
import {
  preview
} from "./chunk-4PNFGV6Y.js";
import "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/server/completion.ts
var MAX_VALUES = 100;
var complete = async (params, sequencer) => {
  const ref = objectOf(params, "ref");
  const argument = objectOf(params, "argument");
  const typed = textOf(argument, "value");
  const all = await valuesFor(ref, textOf(argument, "name"), sequencer);
  const fitting = all.filter((value) => value.toLowerCase().startsWith(typed.trim().toLowerCase()));
  const values = fitting.slice(0, MAX_VALUES);
  return { completion: { values, total: fitting.length, hasMore: fitting.length > values.length } };
};
async function valuesFor(ref, name, sequencer) {
  if (ref["type"] === "ref/resource") {
    if (![TIMELINE_TEMPLATE, LOG_TEMPLATE].includes(textOf(ref, "uri"))) throw unknownReference(ref);
    return name === INSTANCE_ARGUMENT ? idsOf(sequencer, false) : [];
  }
  if (ref["type"] !== "ref/prompt") throw unknownReference(ref);
  const { programs } = await sequencer.listPrograms();
  const prompt = textOf(ref, "name");
  if (prompt === resumeName(programs)) return name === INSTANCE_ARGUMENT ? idsOf(sequencer, true) : [];
  const program = programs.find((candidate) => candidate.name === prompt);
  if (program === void 0) throw unknownReference(ref);
  return choicesOf(program.params_schema, name);
}
async function idsOf(sequencer, unfinished) {
  const entries = await sequencer.recent({ limit: MAX_VALUES, unfinished, elsewhere: true });
  return entries.map(({ instance_id }) => instance_id);
}
function unknownReference(ref) {
  return protocolError(INVALID_PARAMS, `There is nothing to complete for ${preview(ref, 200)}.`);
}
export {
  complete
};
