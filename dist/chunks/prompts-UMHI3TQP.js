import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
} from "./chunk-TRTSJG2M.js";
import "./chunk-OEBDNEBG.js";
import "./chunk-SI5YJSUS.js";
import "./chunk-FFBUUX4P.js";
import "./chunk-JCKKUAMZ.js";
import "./chunk-6E5ESL5F.js";
export {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
};
