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

// src/cli/program-file.ts
import { realpathSync } from "node:fs";
import { basename } from "node:path";
function assertFound(file, options) {
  const name = basename(file).replace(/\.[mc]?[jt]s$/, "");
  const { files, problems } = createCatalog(options).find();
  const found = files.find((candidate) => candidate.name === name);
  if (found !== void 0 && realpathSync(found.file) === realpathSync(file)) return;
  if (found !== void 0) {
    throw new SequencerError(
      "ProgramNotLoadable",
      `The name '${name}' means ${found.file}, which is found before ${file}.`,
      "Rename the file, and the program in it, or move the other one away."
    );
  }
  const problem = problems.find((candidate) => candidate.name === name);
  throw new SequencerError(
    "ProgramNotLoadable",
    problem?.message ?? `${file} is not taken for a program: its name begins with _ or . , or is that of a test.`,
    "Rename it to a kebab-case name such as my-program.ts."
  );
}
export {
  assertFound
};
