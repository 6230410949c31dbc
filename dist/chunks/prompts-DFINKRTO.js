import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
} from "./chunk-4ZU4BMTR.js";
import "./chunk-OEBDNEBG.js";
import "./chunk-P6TNKBA7.js";
import "./chunk-FFBUUX4P.js";
import "./chunk-CQHZEZUW.js";
import "./chunk-6E5ESL5F.js";
export {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
};
