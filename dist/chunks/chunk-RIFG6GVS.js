import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  systemErrorCode,
  systemErrorInWords
} from "./chunk-76ASFBWX.js";

// src/catalog/find.ts
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
var SCRIPT = /\.[mc]?[jt]s$/;
var KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
var MAX_NAME_LENGTH = 64;
function findPrograms(folders) {
  const byName = /* @__PURE__ */ new Map();
  const problems = [];
  for (const folder of folders) {
    for (const [name, files2] of programsOfFolder(folder, problems)) {
      if (byName.has(name)) continue;
      byName.set(name, files2.length === 1 ? files2[0] : void 0);
      if (files2.length > 1) problems.push(sameName(name, files2));
    }
  }
  const files = [...byName.values()].filter((file) => file !== void 0);
  return { files: files.sort((a, b) => a.name < b.name ? -1 : 1), problems };
}
function programsOfFolder({ folder, source }, problems) {
  const found = /* @__PURE__ */ new Map();
  for (const entry of entriesOf(folder, problems)) {
    const name = programName(entry.name);
    if (name === void 0) continue;
    const file = join(folder, entry.name);
    const real = realFile(entry, file, name, problems);
    if (real === void 0) continue;
    if (!isProgramName(name)) {
      problems.push({ name, file, message: nameProblem(entry.name) });
      continue;
    }
    const sameNamed = found.get(name) ?? [];
    found.set(name, [...sameNamed, { name, file, realpath: real, source }]);
  }
  return found;
}
function entriesOf(folder, problems) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") {
      const message = `The programs folder cannot be read: ${systemErrorInWords(error)}.`;
      problems.push({ name: "", file: folder, message });
    }
    return [];
  }
}
function isProgramName(name) {
  return KEBAB_CASE.test(name) && name.length <= MAX_NAME_LENGTH;
}
function programName(fileName) {
  if (!SCRIPT.test(fileName) || /^[_.]/.test(fileName)) return void 0;
  if (/\.d\.[mc]?ts$/.test(fileName) || /\.(test|spec)\./.test(fileName)) return void 0;
  return fileName.replace(SCRIPT, "");
}
function realFile(entry, file, name, problems) {
  if (!entry.isFile() && !entry.isSymbolicLink()) return void 0;
  try {
    const real = realpathSync(file);
    return statSync(real).isFile() ? real : void 0;
  } catch (error) {
    const message = `The symbolic link leads nowhere usable: ${systemErrorInWords(error)}.`;
    problems.push({ name, file, message });
    return void 0;
  }
}
function nameProblem(fileName) {
  return `'${fileName}' cannot be a program's file: its name must be kebab-case (lower-case letters, digits, single hyphens; at most ${MAX_NAME_LENGTH} characters). Rename it, or begin its name with _ if it is not a program.`;
}
function sameName(name, files) {
  const all = files.map((file) => file.file).join(" and ");
  return {
    name,
    file: files[0].file,
    message: `The name '${name}' is used by ${files.length} files of one folder: ${all}. Rename or remove all but one.`
  };
}

export {
  findPrograms,
  isProgramName,
  programName
};
