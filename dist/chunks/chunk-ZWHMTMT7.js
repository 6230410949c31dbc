import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  SequencerError,
  toErrorAnswer
} from "./chunk-ZWYVAR4N.js";

// src/server/protocol-error.ts
var METHOD_NOT_FOUND = -32601;
var INVALID_PARAMS = -32602;
var INTERNAL_ERROR = -32603;
var RESOURCE_NOT_FOUND = -32002;
function protocolError(code, message, data) {
  return Object.assign(new Error(message), { code, ...data !== void 0 && { data } });
}
function asProtocolError(error) {
  if (!(error instanceof SequencerError)) return error;
  const isUnknown = error.code === "UnknownInstance";
  const isInvalid = error.code === "InvalidInstanceId" || error.code === "InvalidArguments";
  const code = isUnknown ? RESOURCE_NOT_FOUND : isInvalid ? INVALID_PARAMS : INTERNAL_ERROR;
  const answer = toErrorAnswer(error);
  return protocolError(code, `${answer.message} ${answer.fix}`, answer);
}

export {
  METHOD_NOT_FOUND,
  INVALID_PARAMS,
  protocolError,
  asProtocolError
};
