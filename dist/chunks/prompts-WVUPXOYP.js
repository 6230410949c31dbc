import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
} from "./chunk-ZY2ISO47.js";
import "./chunk-OEBDNEBG.js";
import "./chunk-OQW2EI5R.js";
import "./chunk-FFBUUX4P.js";
import "./chunk-YSFBJPUK.js";
import "./chunk-6E5ESL5F.js";
export {
  INSTANCE_ARGUMENT,
  getPrompt,
  listPrompts,
  resumeName
};
