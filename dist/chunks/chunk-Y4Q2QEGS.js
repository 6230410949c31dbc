import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/log/instance-id.ts
var ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
var LONGEST_SHOWN = 80;
function isInstanceId(id) {
  return typeof id === "string" && ULID.test(id);
}
function assertInstanceId(id) {
  if (isInstanceId(id)) return;
  const shown = JSON.stringify(typeof id === "string" ? id.slice(0, LONGEST_SHOWN) : typeof id);
  const cut = shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
  throw new SequencerError(
    "InvalidInstanceId",
    `${cut} is not an instance id: it is a ULID, 26 digits and capital letters.`
  );
}

export {
  isInstanceId,
  assertInstanceId
};
