import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-TGEP4TMJ.js";
import "./chunk-B2QUEBJ7.js";
import "./chunk-YXTVJFLS.js";
import "./chunk-VMDSO46E.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import "./chunk-YSFBJPUK.js";
import "./chunk-6E5ESL5F.js";
export {
  createCatalog
};
