import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  HostRestarted,
  ProgramHost
} from "./chunk-2BRBAAF4.js";
import "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";
export {
  HostRestarted,
  ProgramHost
};
