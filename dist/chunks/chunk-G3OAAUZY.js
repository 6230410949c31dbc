import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Call
} from "./chunk-H3QHES3G.js";
import {
  isStandardSchema
} from "./chunk-X2D4U2RG.js";

// src/program/program.ts
var PROGRAM = /* @__PURE__ */ Symbol.for("agent-sequencer.program");
var NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
function defineProgram(definition) {
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError("defineProgram takes an object: { name, description, params?, run }");
  }
  const { name, description, params, run } = definition;
  if (typeof name !== "string" || !NAME.test(name) || name.length > 64) {
    throw new TypeError(
      `defineProgram: name must be kebab-case (lower-case letters, digits, single hyphens; at most 64 characters), got ${JSON.stringify(name)}`
    );
  }
  if (typeof description !== "string" || description.trim() === "") {
    throw new TypeError(`defineProgram: program '${name}' needs a description, one sentence`);
  }
  if (params !== void 0 && (typeof params !== "object" && typeof params !== "function" || params === null)) {
    throw new TypeError(`defineProgram: params of '${name}' must be a zod schema or a JSON Schema object`);
  }
  if (typeof run !== "function") {
    throw new TypeError(
      `defineProgram: program '${name}' needs run, an async generator method: async *run({ params }) { ... }`
    );
  }
  requireSignals(definition);
  requireLimits(definition);
  const program = Object.freeze({
    ...definition,
    [PROGRAM]: true,
    call: (given) => new Call(program, given ?? {})
  });
  return program;
}
function requireSignals({ name, signals }) {
  if (signals === void 0) return;
  for (const [signal, schema] of Object.entries(signals)) {
    if (isStandardSchema(schema) || typeof schema === "object" && schema !== null) continue;
    throw new TypeError(
      `defineProgram: signal '${signal}' of '${name}' needs a zod schema or a JSON Schema object`
    );
  }
}
function requireLimits({ name, limits }) {
  for (const [limit, value] of Object.entries(limits ?? {})) {
    if (!["steps", "minutes", "invalidReplies"].includes(limit)) {
      throw new TypeError(
        `defineProgram: '${name}' has an unknown limit '${limit}'; there are steps, minutes, invalidReplies`
      );
    }
    if (!(typeof value === "number" && value > 0)) {
      throw new TypeError(
        `defineProgram: limit ${limit} of '${name}' must be a number above 0, got ${String(value)}`
      );
    }
  }
}
function isProgram(value) {
  return typeof value === "object" && value !== null && PROGRAM in value;
}

export {
  defineProgram,
  isProgram
};
