import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  transform
} from "./chunk-5IAHRXQW.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import "./chunk-6E5ESL5F.js";
export {
  transform
};
