import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  HostRestarted,
  ProgramHost
} from "./chunk-W5O5F5IL.js";
import "./chunk-CQHZEZUW.js";
import "./chunk-6E5ESL5F.js";
export {
  HostRestarted,
  ProgramHost
};
