import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  HostRestarted,
  ProgramHost
} from "./chunk-J5JB4SA6.js";
import "./chunk-YSFBJPUK.js";
import "./chunk-6E5ESL5F.js";
export {
  HostRestarted,
  ProgramHost
};
