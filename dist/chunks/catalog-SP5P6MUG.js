import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-35EYF5WL.js";
import "./chunk-YRIHDI5J.js";
import "./chunk-WVZIIKYJ.js";
import "./chunk-2MM2SETN.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import "./chunk-CQHZEZUW.js";
import "./chunk-6E5ESL5F.js";
export {
  createCatalog
};
