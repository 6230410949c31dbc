import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  BundleProblem,
  MAX_BYTES,
  MAX_FILES,
  ProgramNotLoadable,
  filesOfBundle,
  systemErrorInWords,
  tooManyBytes,
  tooManyFiles
} from "./chunk-76ASFBWX.js";
import {
  SyntaxProblem
} from "./chunk-IEMTFB52.js";
import {
  asFunction
} from "./chunk-62232MNN.js";

// src/catalog/compiled-code.ts
import { createHash, randomUUID } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Script } from "node:vm";

// src/catalog/regular-file.ts
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
var { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
var NOT_REGULAR = "ENOTREG";
function readRegularFile(path) {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw Object.assign(new Error("not a regular file"), { code: NOT_REGULAR });
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

// src/catalog/compiled-code.ts
var TRANSFORMER_VERSION = "jiti-2.7.0/1";
var MAX_IN_MEMORY = 256;
function createCodeCache(folder, loadTransform = async () => (await import("./transformer-7NJIJM66.js")).transform) {
  const memory = /* @__PURE__ */ new Map();
  let transform;
  const remember = (key, compiled) => {
    memory.delete(key);
    memory.set(key, compiled);
    if (memory.size > MAX_IN_MEMORY) memory.delete(memory.keys().next().value);
    return compiled;
  };
  return {
    async compile(source, dialect) {
      const key = keyOf(source, dialect);
      const known = memory.get(key) ?? readEntry(join(folder, `${key}.cjs`));
      if (known !== void 0) return remember(key, known);
      transform ??= loadTransform();
      const compiled = await (await transform)(source, dialect);
      refuseWhatNodeRefuses(compiled.code);
      writeEntry(folder, key, compiled);
      return remember(key, compiled);
    },
    prune(maxAgeMs) {
      let removed = 0;
      for (const name of entriesOf(folder)) {
        const path = join(folder, name);
        const facts = lstatSync(path, { throwIfNoEntry: false });
        if (!facts?.isFile() || Date.now() - facts.mtimeMs <= maxAgeMs) continue;
        rmSync(path, { force: true });
        removed++;
      }
      return removed;
    }
  };
}
function dialectOf(file) {
  const dialects = {
    ".ts": "ts",
    ".mts": "ts",
    ".cts": "cts",
    ".js": "js",
    ".mjs": "mjs",
    ".cjs": "cjs"
  };
  return dialects[extname(file)];
}
function refuseWhatNodeRefuses(code) {
  try {
    new Script(asFunction(code), { filename: "source" });
  } catch (error) {
    const { message, stack } = error;
    const line = /^source:(\d+)/.exec(stack ?? "")?.[1];
    throw new SyntaxProblem(`${message}.`, line === void 0 ? void 0 : Number(line));
  }
}
function keyOf(source, dialect) {
  const hash = createHash("sha256").update(`${TRANSFORMER_VERSION}\0${dialect}\0`).update(source);
  return hash.digest("hex").slice(0, 32);
}
function writeEntry(folder, key, { code, ...findings }) {
  const rest = `// ${JSON.stringify(findings)}
${code}`;
  const aside = join(folder, `.${key}-${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 448 });
    try {
      writeFileSync(aside, `// ${checksum(rest)}
${rest}`, { mode: 384 });
      renameSync(aside, join(folder, `${key}.cjs`));
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  } catch {
  }
}
function readEntry(path) {
  let text;
  try {
    text = readRegularFile(path).toString("utf8");
  } catch {
    return void 0;
  }
  const first = text.indexOf("\n");
  const rest = text.slice(first + 1);
  if (text.slice(3, first) !== checksum(rest)) return void 0;
  const second = rest.indexOf("\n");
  const findings = JSON.parse(rest.slice(3, second));
  return { ...findings, code: rest.slice(second + 1) };
}
function checksum(text) {
  return createHash("sha256").update(text).digest("hex");
}
function entriesOf(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

// src/catalog/content.ts
import { createHash as createHash2 } from "node:crypto";
import { dirname, relative, sep } from "node:path";
function manifestOf({ entry, files, packages }) {
  const digests = [...files].map(([id, { bytes }]) => [id, digest(bytes)]);
  return { entry, files: digests.sort(byFirst), packages };
}
function versionOf({ entry, files, packages }) {
  return digest(JSON.stringify({ entry, files, packages })).slice(0, 32);
}
function isVersion(text) {
  return /^[0-9a-f]{32}$/.test(text);
}
function digest(bytes) {
  return createHash2("sha256").update(bytes).digest("hex");
}
function byFirst(a, b) {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
function commonFolder(paths) {
  let common = dirname(paths[0]).split(sep);
  for (const path of paths) {
    const parts = dirname(path).split(sep);
    const differs = common.findIndex((part, at) => part !== parts[at]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return common.join(sep) || sep;
}
function idOf(root, path) {
  return relative(root, path).split(sep).join("/");
}

// src/catalog/link.ts
import { readFileSync as readFileSync4, statSync as statSync3 } from "node:fs";
import { join as join4 } from "node:path";

// src/catalog/local-import.ts
import { readFileSync as readFileSync2, statSync } from "node:fs";
import { extname as extname2, isAbsolute, join as join2, resolve } from "node:path";
import { fileURLToPath } from "node:url";
var DISK = {
  isFile(path) {
    try {
      return statSync(path).isFile();
    } catch {
      return false;
    }
  },
  read: (path) => readFileSync2(path)
};
function traced(tree, look) {
  return {
    isFile(path) {
      look(path);
      return tree.isFile(path);
    },
    read(path) {
      look(path);
      return tree.read(path);
    }
  };
}
var SCRIPT_ENDINGS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];
var WRITTEN_FOR = { ".js": ".ts", ".mjs": ".mts", ".cjs": ".cts" };
function isLocal(specifier) {
  return /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier) || specifier.startsWith("file:");
}
function findLocal(specifier, folder, tree) {
  const path = specifier.startsWith("file:") ? pathOfUrl(specifier) : resolve(folder, specifier);
  if (path === void 0) return void 0;
  return candidates(path).find((candidate) => tree.isFile(candidate));
}
function pathOfUrl(url) {
  try {
    return fileURLToPath(url);
  } catch {
    return void 0;
  }
}
function candidates(path) {
  const ending = extname2(path);
  const source = WRITTEN_FOR[ending];
  return [
    path,
    ...source === void 0 ? [] : [path.slice(0, -ending.length) + source],
    ...SCRIPT_ENDINGS.map((each) => path + each),
    `${path}.json`,
    ...SCRIPT_ENDINGS.map((each) => join2(path, `index${each}`))
  ];
}

// src/catalog/module-graph.ts
import { basename } from "node:path";

// src/catalog/import-target.ts
import { isBuiltin } from "node:module";
import { dirname as dirname3, extname as extname4 } from "node:path";

// src/catalog/package-import.ts
import { readFileSync as readFileSync3, statSync as statSync2 } from "node:fs";
import { createRequire } from "node:module";
import { dirname as dirname2, extname as extname3, join as join3 } from "node:path";
function findPackage(specifier, importer) {
  const file = asRequired(specifier, importer) ?? asImported(specifier, importer);
  return file === void 0 ? void 0 : describePackageFile(file);
}
function describePackageFile(file) {
  let type;
  for (const folder of foldersUpwards(dirname2(file))) {
    const manifest = readManifest(folder);
    if (manifest === void 0) continue;
    type ??= typeof manifest.type === "string" ? manifest.type : "commonjs";
    if (typeof manifest.name !== "string") continue;
    const version = typeof manifest.version === "string" ? manifest.version : "0.0.0";
    const within = file.slice(folder.length + 1).replaceAll("\\", "/");
    return { file, name: manifest.name, version, within, isModule: isModule(file, type) };
  }
  return { file, name: file, version: "0.0.0", within: "", isModule: isModule(file, type) };
}
function isModule(file, type) {
  const ending = extname3(file);
  if (ending === ".js") return type === "module";
  return [".mjs", ".ts", ".mts", ".cts"].includes(ending);
}
function asRequired(specifier, importer) {
  try {
    return createRequire(importer).resolve(specifier);
  } catch {
    return void 0;
  }
}
function asImported(specifier, importer) {
  const [, name, rest] = /^(@[^/]+\/[^/]+|[^@/][^/]*)(\/.*)?$/.exec(specifier) ?? [];
  if (name === void 0) return void 0;
  for (const folder of foldersUpwards(dirname2(importer))) {
    const root = join3(folder, "node_modules", name);
    const manifest = readManifest(root);
    if (manifest === void 0) continue;
    const subpath = `.${rest ?? ""}`;
    const target2 = manifest.exports == null ? { ".": manifest.main ?? manifest.module ?? "./index.js" }[subpath] : exported(manifest.exports, subpath);
    const file = typeof target2 === "string" ? join3(root, target2) : void 0;
    return file !== void 0 && statSync2(file, { throwIfNoEntry: false })?.isFile() ? file : void 0;
  }
  return void 0;
}
function exported(exports, subpath) {
  const bySubpath = isRecord(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  if (!bySubpath) return subpath === "." ? target(exports, "") : void 0;
  const subpaths = exports;
  if (Object.hasOwn(subpaths, subpath)) return target(subpaths[subpath], "");
  const patterns = Object.keys(subpaths).filter((key) => key.includes("*"));
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const pattern of patterns) {
    const [before, after] = pattern.split("*");
    const fits = subpath.startsWith(before) && subpath.endsWith(after) && subpath.length >= pattern.length;
    if (fits) return target(subpaths[pattern], subpath.slice(before.length, subpath.length - after.length));
  }
  return void 0;
}
var CONDITIONS = /* @__PURE__ */ new Set(["node", "import", "module-sync", "default"]);
function target(value, star) {
  if (typeof value === "string") return value.replaceAll("*", star);
  const choices = Array.isArray(value) ? value : isRecord(value) ? Object.keys(value).flatMap((condition) => CONDITIONS.has(condition) ? [value[condition]] : []) : [];
  for (const choice of choices) {
    const found = target(choice, star);
    if (found !== void 0) return found;
  }
  return void 0;
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function readManifest(folder) {
  try {
    const manifest = JSON.parse(readFileSync3(join3(folder, "package.json"), "utf8"));
    return isRecord(manifest) ? manifest : void 0;
  } catch {
    return void 0;
  }
}
function* foldersUpwards(folder) {
  for (let at = folder; ; at = dirname2(at)) {
    yield at;
    if (at === dirname2(at)) return;
  }
}

// src/catalog/import-target.ts
var PROVIDED = /^(agent-sequencer(\/testing)?|zod(\/.+)?)$/;
function findImport(specifier, importer, tree) {
  if (PROVIDED.test(specifier)) return { given: { provided: specifier } };
  if (specifier.startsWith("agent-sequencer/")) {
    return {
      problem: `'${specifier}' does not exist; there are agent-sequencer and agent-sequencer/testing.`
    };
  }
  if (isBuiltin(specifier)) return { given: { builtin: withNodePrefix(specifier) } };
  if (isLocal(specifier)) {
    const local = findLocal(specifier, dirname3(importer), tree);
    if (local === void 0) return { problem: `'${specifier}' does not exist.` };
    return kindOf(local) === void 0 ? { problem: notImportable(specifier) } : { local };
  }
  if (/^(node|data|https?):/.test(specifier)) return { problem: `'${specifier}' cannot be imported.` };
  if (specifier.startsWith("#")) {
    return { problem: `'${specifier}' cannot be imported: write the path to the file, like './lib.ts'.` };
  }
  const found = findPackage(specifier, importer);
  return found === void 0 ? missing(specifier) : { package: found };
}
function findImportOfPackage(specifier, importer) {
  if (isBuiltin(specifier)) return { given: { builtin: withNodePrefix(specifier) } };
  if (isLocal(specifier)) {
    const file = findLocal(specifier, dirname3(importer), DISK);
    return file === void 0 ? { problem: `'${specifier}' does not exist.` } : { package: describePackageFile(file) };
  }
  if (specifier.startsWith("agent-sequencer")) return { given: { provided: specifier } };
  const found = findPackage(specifier, importer);
  if (found !== void 0) return { package: found };
  return PROVIDED.test(specifier) ? { given: { provided: specifier } } : missing(specifier);
}
function kindOf(file) {
  const ending = extname4(file);
  if (ending === ".json") return "json";
  if (ending === ".md" || ending === ".txt") return "text";
  return dialectOf(file) === void 0 ? void 0 : "script";
}
function missing(specifier) {
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const problem = `The package '${name}' is not installed where the program lies, or does not export '${specifier}'. Run npm install ${name} there; only agent-sequencer and zod come with the server.`;
  return { problem, missingPackage: name };
}
function notImportable(specifier) {
  return `'${specifier}' cannot be imported: a program's imports are scripts, .json, .md and .txt files.`;
}
function withNodePrefix(specifier) {
  return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
}

// src/catalog/module-graph.ts
var MAX_SCRIPT_BYTES = 2 * 1024 * 1024;
async function followImports(programName, entry, tree, cache) {
  const modules = /* @__PURE__ */ new Map();
  const packages = /* @__PURE__ */ new Map();
  const missingPackages = [];
  const problems = [];
  const report = (file, message, line, column) => problems.push({ name: programName, file, line, column, message });
  const target2 = (found, site, importer) => {
    if ("given" in found) return found.given;
    if ("problem" in found) {
      if (site.optional || importer.package !== void 0) return void 0;
      if (found.missingPackage !== void 0) missingPackages.push(found.missingPackage);
      report(importer.path, found.problem, site.line, site.column);
      return void 0;
    }
    if ("local" in found) {
      waiting.push({ path: found.local });
      return { path: found.local };
    }
    const { file, name, version, isModule: isModule2 } = found.package;
    if (importer.package === void 0) packages.set(`${name}@${version}`, [name, version]);
    if (!isModule2) return { file, name, version };
    waiting.push({ path: file, package: found.package });
    return { path: file };
  };
  const waiting = [{ path: entry }];
  for (let next = waiting.shift(); next !== void 0; next = waiting.shift()) {
    if (modules.has(next.path)) continue;
    const parsed = await parse(next, next.package === void 0 ? tree : DISK, cache).catch(
      (problem) => {
        if (!(problem instanceof SyntaxProblem)) throw problem;
        report(next.path, problem.message, problem.line, problem.column);
        return void 0;
      }
    );
    if (parsed === void 0) continue;
    const imports = {};
    for (const site of parsed.sites) {
      if (Object.hasOwn(imports, site.specifier)) continue;
      const found = next.package === void 0 ? findImport(site.specifier, next.path, tree) : findImportOfPackage(site.specifier, next.path);
      const to = target2(found, site, next);
      if (to !== void 0) imports[site.specifier] = to;
    }
    modules.set(next.path, { ...next, ...parsed.module, imports });
  }
  return {
    modules,
    packages: [...packages.values()].sort((a, b) => byFirst(a, b) || (a[1] < b[1] ? -1 : 1)),
    missingPackages,
    problems
  };
}
async function parse({ path, package: ofPackage }, tree, cache) {
  const bytes = read(path, tree);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const kind = kindOf(path) ?? "text";
  if (kind !== "script") {
    if (kind === "json") refuseInvalidJson(text);
    return { module: { kind, bytes, code: text }, sites: [] };
  }
  if (bytes.length > MAX_SCRIPT_BYTES) throw new SyntaxProblem(tooLarge(path, bytes.length));
  const { code, map, names, imports } = await cache.compile(text, dialectOf(path));
  const asked = ofPackage === void 0 ? { names } : {};
  return { module: { kind, bytes, code, map, ...asked }, sites: imports };
}
function read(path, tree) {
  try {
    return tree.read(path);
  } catch (error) {
    throw new SyntaxProblem(`${basename(path)} cannot be read: ${systemErrorInWords(error)}.`);
  }
}
function refuseInvalidJson(text) {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error.message;
    const position = /position (\d+)/.exec(message)?.[1];
    if (position === void 0) throw new SyntaxProblem(`It is not valid JSON: ${message}.`);
    const before = text.slice(0, Number(position)).split("\n");
    throw new SyntaxProblem(`It is not valid JSON: ${message}.`, before.length, before.at(-1).length + 1);
  }
}
function tooLarge(path, bytes) {
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  return `${basename(path)} is ${megabytes} MB; a script may have at most ${MAX_SCRIPT_BYTES / 1024 / 1024} MB. Move its data into a .json or .txt file.`;
}

// src/catalog/link.ts
async function linkProgram({ name, realpath }, cache, filesFolder, look = () => {
}) {
  const graph = await followImports(name, realpath, traced(DISK, look), cache);
  if (graph.problems.length > 0) throw new ProgramNotLoadable(graph.problems);
  try {
    const bytes = contentOf(graph, realpath);
    for (const path of bytes.keys()) look(path);
    const root = commonFolder([...bytes.keys()]);
    const files = new Map([...bytes].map(([path, file]) => [idOf(root, path), file]));
    const content = { entry: idOf(root, realpath), files, packages: graph.packages };
    const version = versionOf(manifestOf(content));
    return { version: assemble(name, version, content.entry, graph, root, filesFolder), content, root };
  } catch (error) {
    if (!(error instanceof BundleProblem)) throw error;
    throw new ProgramNotLoadable([{ name, file: error.path, message: error.message }]);
  }
}
function assemble(name, version, entry, graph, root, filesFolder) {
  const ids = idsOf(graph, root);
  const folder = filesFolder(version);
  const modules = {};
  for (const { path, kind, code, map, names, imports, package: ofPackage } of graph.modules.values()) {
    const id = ids.get(path);
    modules[id] = {
      id,
      filename: path,
      storedAt: ofPackage === void 0 ? join4(folder, id) : path,
      kind,
      code,
      ...map === void 0 ? {} : { map },
      ...names === void 0 ? {} : { names },
      imports: Object.fromEntries(
        Object.entries(imports).map(([specifier, target2]) => [
          specifier,
          "path" in target2 ? { module: ids.get(target2.path) } : target2
        ])
      )
    };
  }
  return { version, name, entry, modules };
}
function idsOf(graph, root) {
  const ids = /* @__PURE__ */ new Map();
  const taken = /* @__PURE__ */ new Set();
  for (const { path, package: ofPackage } of graph.modules.values()) {
    const plain = ofPackage === void 0 ? idOf(root, path) : `npm:${ofPackage.name}@${ofPackage.version}/${ofPackage.within}`;
    let id = plain;
    for (let copy = 2; taken.has(id); copy++) id = `${plain}#${copy}`;
    taken.add(id);
    ids.set(path, id);
  }
  return ids;
}
function contentOf(graph, entry) {
  const files = /* @__PURE__ */ new Map();
  let total = 0;
  const add = (path, bytes, executable) => {
    total += bytes.length;
    if (total > MAX_BYTES) throw tooManyBytes(path);
    files.set(path, { bytes, executable });
    if (files.size > MAX_FILES) throw tooManyFiles(path);
  };
  for (const { path, bytes, package: ofPackage } of graph.modules.values()) {
    if (ofPackage === void 0) add(path, bytes, false);
  }
  for (const path of filesOfBundle(entry.replace(/\.[^.]+$/, ""))) {
    if (files.has(path)) continue;
    try {
      const { mode, size } = statSync3(path);
      if (total + size > MAX_BYTES) throw tooManyBytes(path);
      add(path, readFileSync4(path), (mode & 73) !== 0);
    } catch (error) {
      if (error instanceof BundleProblem) throw error;
      throw new BundleProblem(
        path,
        `A file of the bundle folder cannot be read: ${systemErrorInWords(error)}.`
      );
    }
  }
  return files;
}

export {
  NOT_REGULAR,
  readRegularFile,
  createCodeCache,
  manifestOf,
  versionOf,
  isVersion,
  digest,
  followImports,
  linkProgram,
  assemble
};
