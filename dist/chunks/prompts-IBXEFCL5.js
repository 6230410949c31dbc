import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
} from "./chunk-S74FA2SQ.js";
import "./chunk-OEBDNEBG.js";
import "./chunk-ZWHMTMT7.js";
import "./chunk-FFBUUX4P.js";
import "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";
export {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
};
