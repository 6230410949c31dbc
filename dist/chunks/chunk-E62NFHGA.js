import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/package.ts
import { readFileSync } from "node:fs";
var BUNDLED = true;
var DEPTH = import.meta.url.includes("/dist/chunks/") ? "../../" : "../";
var PACKAGE_ROOT = new URL(DEPTH, import.meta.url).href;
var OLDEST_NODE = [20, 19];
function isNodeTooOld(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_NODE[0] || major === OLDEST_NODE[0] && minor < OLDEST_NODE[1];
}
var VERSION = BUNDLED ? "0.1.0" : JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8")).version;

export {
  PACKAGE_ROOT,
  OLDEST_NODE,
  isNodeTooOld,
  VERSION
};
