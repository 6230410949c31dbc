import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-DHNN36SA.js";
import "./chunk-G32TDBMB.js";
import "./chunk-VFSHRO5Y.js";
import "./chunk-J27JKALQ.js";
import "./chunk-6E5ESL5F.js";
export {
  createCatalog
};
