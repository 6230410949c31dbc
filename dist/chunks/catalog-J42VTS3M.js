import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-26RTCLCQ.js";
import "./chunk-4AMPBYHS.js";
import "./chunk-45UBARQC.js";
import "./chunk-54NMHGRK.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import "./chunk-JCKKUAMZ.js";
import "./chunk-6E5ESL5F.js";
export {
  createCatalog
};
