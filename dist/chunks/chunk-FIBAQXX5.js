import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  defineProgram
} from "./chunk-G3OAAUZY.js";
import {
  Abort,
  CallFailed,
  Instruction,
  StepFailed,
  all,
  allSettled,
  ask,
  command,
  instruct,
  race,
  sideEffect,
  signal,
  sleep
} from "./chunk-H3QHES3G.js";
import {
  __export
} from "./chunk-6E5ESL5F.js";

// src/index.ts
var src_exports = {};
__export(src_exports, {
  Abort: () => Abort,
  CallFailed: () => CallFailed,
  Instruction: () => Instruction,
  StepFailed: () => StepFailed,
  all: () => all,
  allSettled: () => allSettled,
  ask: () => ask,
  command: () => command,
  defineProgram: () => defineProgram,
  instruct: () => instruct,
  race: () => race,
  sideEffect: () => sideEffect,
  signal: () => signal,
  sleep: () => sleep
});

export {
  src_exports
};
