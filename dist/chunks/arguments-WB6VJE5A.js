import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  nearest
} from "./chunk-FFBUUX4P.js";
import {
  judgeOf
} from "./chunk-EHSHSBMI.js";
import "./chunk-BJSSGFKS.js";
import {
  pathTo,
  preview
} from "./chunk-4PNFGV6Y.js";
import "./chunk-X2D4U2RG.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/server/arguments.ts
function judgeArguments({ name, inputSchema }, given) {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const fix = `Pass an object: ${example(inputSchema.required ?? [])}.`;
    throw new SequencerError(
      "InvalidArguments",
      `The arguments of ${name} must be an object, got ${preview(given)}.`,
      fix
    );
  }
  const names = Object.keys(inputSchema.properties);
  const known = {};
  const problems = [];
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(inputSchema.properties, key)) {
      problems.push(`${pathTo("$", key.slice(0, 80))} is not an argument; ${suggest(key, names)}`);
    } else if (!isLeftOut(inputSchema, key, value)) {
      known[key] = value;
    }
  }
  for (const { path, message } of judgeFor(name, inputSchema)(known)) problems.push(`${path} ${message}`);
  if (problems.length === 0) return known;
  throw new SequencerError(
    "InvalidArguments",
    `The arguments of ${name} are not valid: ${problems.join("; ")}.`
  );
}
var judges = /* @__PURE__ */ new WeakMap();
function judgeFor(name, inputSchema) {
  let judge = judges.get(inputSchema);
  if (judge === void 0) {
    judge = judgeOf(inputSchema, `the input schema of ${name}`);
    judges.set(inputSchema, judge);
  }
  return judge;
}
function isLeftOut({ required, properties }, key, value) {
  const takesNull = Object.hasOwn(properties[key], "anyOf");
  return value === null && !takesNull && !required?.includes(key);
}
function suggest(key, names) {
  const meant = nearest(key, names);
  return meant === void 0 ? `there are: ${names.join(", ")}` : `did you mean ${meant}?`;
}
function example(required) {
  return required.length === 0 ? "{}" : `{ ${required.map((name) => `"${name}": …`).join(", ")} }`;
}
export {
  judgeArguments
};
