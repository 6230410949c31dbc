import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-63VFHRKO.js";
import "./chunk-53XL7KJD.js";
import "./chunk-7I6UQGFW.js";
import "./chunk-GQFYOZO4.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import "./chunk-JCKKUAMZ.js";
import "./chunk-6E5ESL5F.js";
export {
  createCatalog
};
