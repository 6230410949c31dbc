import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/catalog/problem.ts
import { basename } from "node:path";
var ProgramNotLoadable = class extends SequencerError {
  problems;
  constructor(problems) {
    const [first, ...others] = problems;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    super("ProgramNotLoadable", first === void 0 ? "The program has a problem." : placed(first) + more);
    this.problems = problems;
  }
};
function placed(problem) {
  const { file, line, column } = problem;
  const place = [basename(file), line, column].filter((part) => part !== void 0).join(":");
  return `${place}: ${problem.message}`;
}
function systemErrorCode(thrown) {
  const code = thrown?.code;
  return typeof code === "string" ? code : "";
}
function systemErrorInWords(thrown) {
  const code = systemErrorCode(thrown);
  const words = {
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    ENOENT: "it does not exist",
    ENOTDIR: "it is not a folder",
    EISDIR: "it is a folder",
    ELOOP: "its symbolic links lead in a circle",
    ENOSPC: "no space is left on the disk",
    EROFS: "the file system is read-only"
  };
  return words[code] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}

// src/catalog/bundle-folder.ts
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
var MAX_FILES = 2e3;
var MAX_BYTES = 32 * 1024 * 1024;
var NOT_OF_IT = /^(node_modules|\.git|\.DS_Store|\.#.*|.*~|.*\.sw[px])$/;
function belongsToBundle(name) {
  return !NOT_OF_IT.test(name);
}
var BundleProblem = class extends Error {
  path;
  constructor(path, message) {
    super(message);
    this.path = path;
  }
};
function filesOfBundle(folder) {
  const files = [];
  try {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    collect(folder, realpathSync(folder), files);
  } catch (error) {
    if (error instanceof BundleProblem || systemErrorCode(error) === "") throw error;
    const path = error.path ?? folder;
    throw new BundleProblem(path, `The bundle folder cannot be read: ${path}: ${systemErrorInWords(error)}.`);
  }
  return files.sort();
}
function collect(folder, root, files) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!belongsToBundle(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, root, files);
    else if (entry.isFile() || entry.isSymbolicLink() && leadsToFileOf(path, root)) files.push(path);
    if (files.length > MAX_FILES) throw tooManyFiles(path);
  }
}
function leadsToFileOf(link, root) {
  const real = realpathSync(link);
  if (!real.startsWith(root + sep)) {
    throw new BundleProblem(
      link,
      `The symbolic link ${link} leads out of the bundle folder, to ${real}. Put the file itself there.`
    );
  }
  const facts = statSync(real);
  if (facts.isDirectory()) {
    throw new BundleProblem(
      link,
      `The symbolic link ${link} leads to a folder. In a bundle folder, only links to its files are followed.`
    );
  }
  return facts.isFile();
}
function tooManyFiles(path) {
  return new BundleProblem(
    path,
    `The program has more than ${MAX_FILES.toLocaleString("en")} files with its bundle folder. Keep what it only works on elsewhere, and pass its path as a param.`
  );
}
function tooManyBytes(path) {
  return new BundleProblem(
    path,
    `The program has more than ${MAX_BYTES / 1024 / 1024} MB with its bundle folder. Keep what it only works on elsewhere, and pass its path as a param.`
  );
}

export {
  ProgramNotLoadable,
  systemErrorCode,
  systemErrorInWords,
  MAX_FILES,
  MAX_BYTES,
  belongsToBundle,
  BundleProblem,
  filesOfBundle,
  tooManyFiles,
  tooManyBytes
};
