import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  objectOf,
  textOf
} from "./chunk-OEBDNEBG.js";
import {
  INVALID_PARAMS,
  protocolError
} from "./chunk-ZWHMTMT7.js";
import {
  nearest
} from "./chunk-FFBUUX4P.js";

// src/server/prompt-arguments.ts
var WHOLE = "params";
function argumentsOf(schema) {
  if (schema === null) return [];
  const properties = propertiesOf(schema);
  if (properties === void 0) {
    return [{ name: WHOLE, description: "The program's params, in JSON", required: true }];
  }
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    description: describe(property, schema),
    required: required.includes(name) && !Object.hasOwn(property, "default")
  }));
}
function paramsFrom(schema, given) {
  const texts = Object.entries(given).filter(([, text]) => typeof text === "string" && text.trim() !== "");
  if (schema === null || texts.length === 0) return void 0;
  const properties = propertiesOf(schema);
  if (properties === void 0) return parsed(given[WHOLE]);
  return Object.fromEntries(
    texts.map(([name, text]) => [name, meant(text, properties[name] ?? {}, schema)])
  );
}
function choicesOf(schema, name) {
  const property = schema === null ? void 0 : propertiesOf(schema)?.[name];
  if (property === void 0) return [];
  const forms = formsOf(property, schema);
  const items = forms.flatMap(
    ({ type, items: items2 }) => type === "array" && isSchema(items2) ? formsOf(items2, schema) : []
  );
  return [...new Set([...forms, ...items].flatMap(choices))];
}
function choices({ type, enum: listed, const: only }) {
  if (Array.isArray(listed)) return listed.filter((choice) => choice !== null).map(String);
  if (only !== void 0 && only !== null) return [String(only)];
  return type === "boolean" ? ["true", "false"] : [];
}
function propertiesOf({ properties }) {
  return isSchema(properties) ? properties : void 0;
}
function isSchema(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function describe(property, root) {
  const forms = formsOf(property, root);
  const { description, default: preset } = property;
  const form = [...new Set(forms.map((each) => formInWords(each, root)))].filter(Boolean).join(", or ");
  const parts = [
    typeof description === "string" ? description : "",
    form,
    preset === void 0 ? "" : `default ${JSON.stringify(preset)}`
  ];
  return parts.filter(Boolean).join("; ");
}
function formInWords(form, root) {
  const few = choices(form);
  if (few.length > 0) return `one of ${few.slice(0, 20).join(", ")}`;
  switch (form["type"]) {
    case "string":
    case "null":
      return "";
    case "integer":
      return "a whole number";
    case "number":
      return "a number";
    case "array":
      return hasPlainItems(form, root) ? "a list with commas, or JSON" : "a list in JSON";
    default:
      return "JSON";
  }
}
function formsOf(schema, root, depth = 0) {
  const { $ref, anyOf, oneOf, type } = schema;
  if (depth > 8) return [schema];
  if (typeof $ref === "string") {
    const target = resolve($ref, root);
    return target === void 0 ? [schema] : formsOf(target, root, depth + 1);
  }
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(alternatives)) {
    return alternatives.filter(isSchema).flatMap((each) => formsOf(each, root, depth + 1));
  }
  if (Array.isArray(type)) return type.map((each) => ({ ...schema, type: each }));
  return [schema];
}
function resolve(ref, root) {
  let at = ref.startsWith("#/") ? root : void 0;
  for (const part of ref.slice(2).split("/")) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isSchema(at) && Object.hasOwn(at, key) ? at[key] : void 0;
  }
  return isSchema(at) ? at : void 0;
}
function meant(text, schema, root) {
  const forms = formsOf(schema, root);
  for (const form of forms) {
    const value = plainValue(text.trim(), form);
    if (value !== void 0) return value;
  }
  if (forms.some(({ type, enum: listed }) => type === "string" || Array.isArray(listed))) return text;
  const list = forms.find((form) => hasPlainItems(form, root));
  if (list === void 0) return parsed(text);
  const items = text.split(",").map((item) => item.trim());
  return items.filter(Boolean).map((item) => meant(item, list["items"], root));
}
function plainValue(text, { type, enum: listed, const: only }) {
  const few = Array.isArray(listed) ? listed : only === void 0 ? void 0 : [only];
  if (few !== void 0) return few.find((choice) => String(choice) === text);
  switch (type) {
    case "integer":
    case "number":
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : void 0;
    case "boolean":
      if (/^(true|yes|y|on)$/i.test(text)) return true;
      return /^(false|no|n|off)$/i.test(text) ? false : void 0;
    case "null":
      return text === "null" ? null : void 0;
    case "array":
      return text.startsWith("[") ? ifOfKind(parsed(text), Array.isArray) : void 0;
    case "object":
      return text.startsWith("{") ? ifOfKind(parsed(text), isSchema) : void 0;
    default:
      return void 0;
  }
}
function ifOfKind(value, is) {
  return is(value) ? value : void 0;
}
function hasPlainItems({ type, items }, root) {
  if (type !== "array" || !isSchema(items)) return false;
  return formsOf(items, root).every(
    ({ type: type2, enum: listed }) => Array.isArray(listed) ? true : typeof type2 === "string" && type2 !== "array" && type2 !== "object"
  );
}
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// src/server/prompts.ts
var DRIVE = `Carry out each step exactly as it says, and reply to it with sequencer_next, until the state is "completed", "aborted", "failed" or "cancelled". Then tell me the outcome and call sequencer_close.`;
var INSTANCE_ARGUMENT = "instance_id";
var listPrompts = async (_, sequencer) => {
  const { programs } = await sequencer.listPrograms();
  const resume = {
    name: resumeName(programs),
    title: "Go on with a run",
    description: "Goes on with an unfinished run of a program.",
    arguments: [
      {
        name: INSTANCE_ARGUMENT,
        description: "The run; left out: the newest one that is unfinished",
        required: false
      }
    ]
  };
  return { prompts: [...programs.map(promptOf), resume] };
};
function promptOf({ name, description, params_schema }) {
  return { name, title: `Run ${name}`, description, arguments: argumentsOf(params_schema) };
}
var getPrompt = async (params, sequencer) => {
  const name = textOf(params, "name");
  const given = objectOf(params, "arguments");
  const { programs } = await sequencer.listPrograms();
  if (name === resumeName(programs)) return resumePrompt(given[INSTANCE_ARGUMENT], sequencer);
  const program = programs.find((candidate) => candidate.name === name);
  if (program === void 0) throw unknownPrompt(name, programs);
  return { description: program.description, messages: [said(startText(program, given))] };
};
function resumeName(programs) {
  const taken = new Set(programs.map(({ name: name2 }) => name2));
  let name = "resume";
  while (taken.has(name)) name = `${name}-run`;
  return name;
}
function startText({ name, description, params_schema }, given) {
  const known = argumentsOf(params_schema);
  for (const key of Object.keys(given)) {
    if (!known.some((argument) => argument.name === key)) throw unknownArgument(name, key, known);
  }
  const params = paramsFrom(params_schema, given);
  const missing = known.filter(({ name: key, required }) => required && !isGiven(given[key]));
  const call = JSON.stringify({ program: name, ...params !== void 0 && { params } });
  return [
    `Run the agent-sequencer program '${name}': ${description}`,
    ...missing.map(
      ({ name: key, description: description2 }) => `I have not said what '${key}' is${description2 === "" ? "" : ` (${description2})`}: ask me before you start.`
    ),
    `Call sequencer_start with ${call} and note the instance_id that it answers before anything else. ${DRIVE}`
  ].join("\n\n");
}
function isGiven(text) {
  return typeof text === "string" && text.trim() !== "";
}
async function resumePrompt(given, sequencer) {
  const instanceId = isGiven(given) ? given.trim() : await newestUnfinished(sequencer);
  const program = await programOf(instanceId, sequencer);
  const text = [
    `Go on with the run ${instanceId} of the agent-sequencer program '${program}'.`,
    `Call sequencer_resume with ${JSON.stringify({ instance_id: instanceId })}: it shows what awaits a reply. ${DRIVE}`
  ].join("\n\n");
  return { description: `Goes on with a run of '${program}'.`, messages: [said(text)] };
}
async function newestUnfinished(sequencer) {
  const [newest] = await sequencer.recent({ limit: 1, unfinished: true, elsewhere: true });
  if (newest === void 0) throw protocolError(INVALID_PARAMS, "There is no unfinished run.");
  return newest.instance_id;
}
async function programOf(instanceId, sequencer) {
  for await (const { event } of sequencer.events(instanceId)) {
    if (event.type === "started") return event.program.name;
  }
  return "";
}
function said(text) {
  return { role: "user", content: { type: "text", text } };
}
function unknownPrompt(name, programs) {
  const names = [...programs.map((program) => program.name), resumeName(programs)];
  const meant2 = nearest(name, names);
  const hint = meant2 === void 0 ? `There are: ${names.slice(0, 20).join(", ")}.` : `Did you mean ${meant2}?`;
  return protocolError(
    INVALID_PARAMS,
    `There is no prompt named ${JSON.stringify(name.slice(0, 80))}. ${hint}`
  );
}
function unknownArgument(program, key, known) {
  const names = known.map(({ name }) => name);
  const meant2 = nearest(key, names);
  const hint = names.length === 0 ? "It takes none." : meant2 === void 0 ? `There are: ${names.join(", ")}.` : `Did you mean ${meant2}?`;
  const shown = JSON.stringify(key.slice(0, 80));
  return protocolError(INVALID_PARAMS, `The prompt '${program}' has no argument ${shown}. ${hint}`);
}

export {
  choicesOf,
  INSTANCE_ARGUMENT,
  listPrompts,
  getPrompt,
  resumeName
};
