import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-CNEQKZSG.js";
import "./chunk-RIFG6GVS.js";
import "./chunk-A3KDQBFZ.js";
import "./chunk-76ASFBWX.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";
export {
  createCatalog
};
