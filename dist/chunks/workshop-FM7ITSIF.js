import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  createCatalog
} from "./chunk-CNEQKZSG.js";
import "./chunk-RIFG6GVS.js";
import "./chunk-A3KDQBFZ.js";
import "./chunk-76ASFBWX.js";
import "./chunk-IEMTFB52.js";
import "./chunk-62232MNN.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/authoring/workshop.ts
import { existsSync, realpathSync } from "node:fs";
import { basename, resolve, sep } from "node:path";
var SCRIPT = /\.[mc]?[jt]s$/;
function openWorkshop(options) {
  const catalog = createCatalog(options);
  return {
    projectDir: options.projectDir,
    catalog,
    probe: options.probe,
    host: options.host,
    types: options.types,
    async find(programOrFile) {
      const isFile = programOrFile.includes(sep) || SCRIPT.test(programOrFile);
      const file = isFile ? programFile(programOrFile) : named(programOrFile, catalog);
      return { file, version: await catalog.link(file) };
    }
  };
}
function programFile(path) {
  const file = resolve(path);
  if (!existsSync(file))
    throw new SequencerError("UnknownProgram", `There is no file ${file}.`, "Correct the path.");
  return { name: basename(file).replace(SCRIPT, ""), file, realpath: realpathSync(file), source: "project" };
}
function named(name, catalog) {
  const { files, problems } = catalog.find();
  const file = files.find((candidate) => candidate.name === name);
  if (file !== void 0) return file;
  const problem = problems.find((candidate) => candidate.name === name);
  if (problem !== void 0) throw new SequencerError("ProgramNotLoadable", problem.message);
  const known = files.map((each) => each.name).join(", ");
  throw new SequencerError(
    "UnknownProgram",
    `There is no program named ${JSON.stringify(name.slice(0, 80))}. ${known === "" ? "No program was found at all" : `There are: ${known}`}.`,
    "Give one of these names, or the path of a program's file."
  );
}
export {
  openWorkshop
};
