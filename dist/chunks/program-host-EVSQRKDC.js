import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  HostRestarted,
  ProgramHost
} from "./chunk-TF6SELNS.js";
import "./chunk-JCKKUAMZ.js";
import "./chunk-6E5ESL5F.js";
export {
  HostRestarted,
  ProgramHost
};
