import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import "./chunks/chunk-FIBAQXX5.js";
import {
  defineProgram
} from "./chunks/chunk-G3OAAUZY.js";
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
} from "./chunks/chunk-H3QHES3G.js";
import "./chunks/chunk-X2D4U2RG.js";
import "./chunks/chunk-6E5ESL5F.js";
export {
  Abort,
  CallFailed,
  Instruction,
  StepFailed,
  all,
  allSettled,
  ask,
  command,
  defineProgram,
  instruct,
  race,
  sideEffect,
  signal,
  sleep
};
