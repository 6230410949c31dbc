import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  inPlace,
  sourceOfVersion
} from "./chunk-LW67BIXQ.js";
import "./chunk-FIBAQXX5.js";
import "./chunk-WJMNOWQF.js";
import "./chunk-BJSSGFKS.js";
import "./chunk-G3OAAUZY.js";
import "./chunk-H3QHES3G.js";
import "./chunk-X2D4U2RG.js";
import {
  createCodeCache,
  linkProgram
} from "./chunk-A3KDQBFZ.js";
import "./chunk-76ASFBWX.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/testing/file.ts
import { realpathSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
var NOWHERE = "/dev/null/compiled";
var cache = createCodeCache(NOWHERE);
async function fileSource(file) {
  const path = typeof file === "string" ? resolve(file) : fileURLToPath(file.href);
  const name = basename(path, extname(path));
  const found = { name, file: path, realpath: realPath(path), source: "project" };
  const { version } = await linkProgram(found, cache, () => dirname(path));
  return sourceOfVersion(inPlace(version));
}
function realPath(path) {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new SequencerError("ProgramNotLoadable", `There is no program file ${path}.`, void 0, { cause });
  }
}
export {
  fileSource
};
