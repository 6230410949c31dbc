import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  cut
} from "./chunk-ZWYVAR4N.js";

// src/engine/thrown.ts
var MAX_TYPE = 200;
var UNREADABLE = "something that throws when it is looked at";
function attempt(look, otherwise) {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
function tame(thrown) {
  const isTame = attempt(() => !(thrown instanceof Error) || isPlainError(thrown), false);
  if (isTame) return thrown;
  const { type, message } = describeThrown(thrown);
  return new Error(type === "Error" ? message : `${type}: ${message}`);
}
function describeThrown(thrown) {
  if (!attempt(() => thrown instanceof Error, false)) {
    return { type: typeof thrown, message: cut(textOf(thrown)) };
  }
  const error = thrown;
  const name = attempt(() => error.name, "");
  const message = attempt(() => error.message, UNREADABLE);
  return {
    type: typeof name === "string" && name !== "" ? cut(name, MAX_TYPE) : "Error",
    message: cut(typeof message === "string" ? message : textOf(message))
  };
}
function textOf(value) {
  return attempt(() => String(value), UNREADABLE);
}
function isPlainError({ name, message, stack }) {
  return typeof name === "string" && typeof message === "string" && (stack === void 0 || typeof stack === "string");
}

export {
  attempt,
  tame,
  describeThrown,
  textOf
};
