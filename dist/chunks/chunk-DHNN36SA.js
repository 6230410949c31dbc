import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  ProgramNotLoadable,
  assemble,
  createCodeCache,
  digest,
  followImports,
  isVersion,
  linkProgram,
  manifestOf,
  systemErrorCode,
  systemErrorInWords,
  versionOf
} from "./chunk-G32TDBMB.js";
import {
  SequencerError
} from "./chunk-J27JKALQ.js";

// src/catalog/catalog.ts
import { join as join5 } from "node:path";

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
    if (!KEBAB_CASE.test(name) || name.length > MAX_NAME_LENGTH) {
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

// src/catalog/load.ts
import { join as join2 } from "node:path";
async function loadStored(name, version, { manifest, files, roots }, cache, filesFolder) {
  const candidates = roots.length > 0 ? roots : [filesFolder(version)];
  let changed = "";
  for (const root of candidates) {
    const entry = join2(root, manifest.entry);
    const graph = await followImports(name, entry, treeOf(root, files), cache);
    changed ||= packageChanges(manifest.packages, graph);
    if (packageChanges(manifest.packages, graph) !== "") continue;
    if (graph.problems.length > 0) throw new ProgramNotLoadable(graph.problems);
    const content = {
      entry: manifest.entry,
      files: new Map([...files].map(([id, bytes]) => [id, { bytes, executable: false }])),
      packages: manifest.packages
    };
    return { version: assemble(name, version, manifest.entry, graph, root, filesFolder), content, root };
  }
  throw new SequencerError(
    "PackagesChanged",
    `Packages of the program are not those it started with: ${changed}.`
  );
}
function treeOf(root, files) {
  const byPath = new Map([...files].map(([id, bytes]) => [join2(root, id), bytes]));
  return {
    isFile: (path) => byPath.has(path),
    read: (path) => byPath.get(path)
  };
}
function packageChanges(recorded, graph) {
  const now = new Set(graph.packages.map((each) => each.join(" ")));
  const gone = recorded.filter((each) => !now.has(each.join(" ")));
  const changes = gone.map(([name, version]) => {
    const current = graph.packages.find(([other]) => other === name)?.[1];
    return `${name} ${version} is now ${current ?? "missing"}`;
  });
  if (gone.length === 0 && graph.missingPackages.length > 0) {
    changes.push(`${graph.missingPackages.join(", ")} is missing`);
  }
  return changes.join("; ");
}

// src/catalog/version-store.ts
import { randomUUID as randomUUID2 } from "node:crypto";
import { readdirSync as readdirSync2, readFileSync, renameSync, rmSync, statSync as statSync2 } from "node:fs";
import { mkdir as mkdir2 } from "node:fs/promises";
import { basename as basename2, dirname as dirname2, extname, join as join4 } from "node:path";

// src/catalog/durable-folder.ts
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join as join3 } from "node:path";
var ASIDE = ".aside-";
var AT_ONCE = 16;
async function publishFolder(folder, files) {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true, mode: 448 });
  const aside = join3(parent, `${ASIDE}${basename(folder)}-${randomUUID()}`);
  try {
    await writeAll(aside, files);
    await rename(aside, folder);
    await syncFolder(parent);
    await syncFolder(dirname(parent));
    return true;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (["ENOTEMPTY", "EEXIST"].includes(systemErrorCode(error))) return false;
    throw error;
  }
}
async function writeAll(root, files) {
  const folders = /* @__PURE__ */ new Set([root]);
  for (const { path } of files) {
    for (let at = dirname(join3(root, path)); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 448 });
  for (let at = 0; at < files.length; at += AT_ONCE) {
    await Promise.all(files.slice(at, at + AT_ONCE).map((file) => writeSynced(root, file)));
  }
  for (const folder of folders) await syncFolder(folder);
}
async function writeSynced(root, { path, bytes, executable }) {
  const handle = await open(join3(root, path), "wx", executable ? 448 : 384);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
async function syncFolder(folder) {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
async function replaceFile(path, text) {
  const name = `${ASIDE}${basename(path)}-${randomUUID()}`;
  const aside = join3(dirname(path), name);
  try {
    await writeSynced(dirname(path), { path: name, bytes: text });
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

// src/catalog/version-store.ts
var FORMAT = 1;
var MAX_ROOTS = 8;
var ABANDONED_AFTER_MS = 24 * 60 * 60 * 1e3;
function createVersionStore(versionsFolder) {
  const folderOf = (version) => join4(versionsFolder, version);
  const durable = /* @__PURE__ */ new Set();
  const read = (version) => {
    if (!isVersion(version)) throw missing(version);
    const folder = folderOf(version);
    const manifest = readManifest(version, folder);
    const files = /* @__PURE__ */ new Map();
    for (const [id, sha256] of manifest.files) {
      const path = join4(folder, "files", id);
      const bytes = readOrUndefined(path);
      if (bytes === void 0) throw damaged(version, `${path} is missing`);
      if (digest(bytes) !== sha256) throw damaged(version, `${path} was changed`);
      files.set(id, bytes);
    }
    return { manifest, files, roots: readRoots(folder) };
  };
  const store = async (version, content, root) => {
    const folder = folderOf(version);
    if (durable.has(version) && statSync2(folder, { throwIfNoEntry: false }) !== void 0) {
      return noteRoot(folder, root);
    }
    if (statSync2(folder, { throwIfNoEntry: false }) !== void 0 && !isIntact(version)) setAside(folder);
    const published = statSync2(folder, { throwIfNoEntry: false }) === void 0 && await publishFolder(folder, filesToWrite(content, root));
    if (!published) {
      await syncFolder(versionsFolder);
      await noteRoot(folder, root);
    }
    durable.add(version);
  };
  const isIntact = (version) => {
    try {
      read(version);
      return true;
    } catch {
      return false;
    }
  };
  const setAside = (folder) => {
    const aside = join4(dirname2(folder), `${ASIDE}${basename2(folder)}-${randomUUID2()}`);
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  };
  return {
    filesFolder: (version) => join4(folderOf(version), "files"),
    read,
    async store(version, content, root) {
      try {
        await mkdir2(versionsFolder, { recursive: true, mode: 448 });
        await store(version, content, root);
      } catch (error) {
        if (error instanceof SequencerError) throw error;
        const message = `The program's version cannot be stored in ${versionsFolder}: ${systemErrorInWords(error)}.`;
        throw new SequencerError("StorageFailed", message, void 0, { cause: error });
      }
    },
    list() {
      removeAbandoned(versionsFolder);
      return entriesOf2(versionsFolder).flatMap(({ name }) => {
        if (!isVersion(name)) return [];
        const folder = folderOf(name);
        const storedAtMs = statSync2(folder, { throwIfNoEntry: false })?.mtimeMs;
        return storedAtMs === void 0 ? [] : [{ version: name, program: programOf(folder), storedAtMs }];
      });
    },
    remove(version) {
      durable.delete(version);
      if (!isVersion(version) || statSync2(folderOf(version), { throwIfNoEntry: false }) === void 0) return;
      setAside(folderOf(version));
    }
  };
}
function filesToWrite(content, root) {
  return [
    { path: "manifest.json", bytes: `${JSON.stringify({ format: FORMAT, ...manifestOf(content) })}
` },
    { path: "origins.json", bytes: originsText([root]) },
    ...[...content.files].map(([id, file]) => ({ path: join4("files", id), ...file }))
  ];
}
function readManifest(version, folder) {
  const path = join4(folder, "manifest.json");
  if (statSync2(folder, { throwIfNoEntry: false }) === void 0) throw missing(version);
  const text = readOrUndefined(path)?.toString("utf8");
  if (text === void 0) throw damaged(version, `${path} is missing`);
  const manifest = parseManifest(text);
  if (manifest === void 0 || versionOf(manifest) !== version)
    throw damaged(version, `${path} was changed`);
  return manifest;
}
function parseManifest(text) {
  try {
    const { entry, files, packages } = JSON.parse(text);
    return typeof entry === "string" && Array.isArray(files) ? { entry, files, packages } : void 0;
  } catch {
    return void 0;
  }
}
function readOrUndefined(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error))) return void 0;
    throw new SequencerError("StorageFailed", `${path} cannot be read: ${systemErrorInWords(error)}.`);
  }
}
function readRoots(folder) {
  try {
    const { roots } = JSON.parse(readFileSync(join4(folder, "origins.json"), "utf8"));
    return Array.isArray(roots) ? roots.filter((root) => typeof root === "string") : [];
  } catch {
    return [];
  }
}
async function noteRoot(folder, root) {
  const roots = readRoots(folder);
  if (roots[0] === root) return;
  const latest = [root, ...roots.filter((other) => other !== root)].slice(0, MAX_ROOTS);
  await replaceFile(join4(folder, "origins.json"), originsText(latest));
}
function originsText(roots) {
  return `${JSON.stringify({ roots })}
`;
}
function programOf(folder) {
  const text = readOrUndefined(join4(folder, "manifest.json"))?.toString("utf8") ?? "";
  const entry = parseManifest(text)?.entry ?? "";
  return basename2(entry, extname(entry));
}
function removeAbandoned(versionsFolder) {
  for (const { name } of entriesOf2(versionsFolder)) {
    if (!name.startsWith(ASIDE)) continue;
    const path = join4(versionsFolder, name);
    const age = Date.now() - (statSync2(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}
function entriesOf2(folder) {
  try {
    return readdirSync2(folder, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw new SequencerError("StorageFailed", `${folder} cannot be read: ${systemErrorInWords(error)}.`);
  }
}
function missing(version) {
  return new SequencerError("VersionMissing", `The program version ${version} is not in the version store.`);
}
function damaged(version, fact) {
  return new SequencerError("VersionDamaged", `The stored program version ${version} is damaged: ${fact}.`);
}

// src/catalog/catalog.ts
function createCatalog(options) {
  const { projectDir, home, programDirs, stateDir } = options;
  const folders = withoutRepeats([
    { folder: join5(projectDir, ".claude", "sequencer", "programs"), source: "project" },
    { folder: join5(home, ".claude", "sequencer", "programs"), source: "user" },
    ...programDirs.map((folder) => ({ folder, source: "bundled" }))
  ]);
  const cache = createCodeCache(join5(stateDir, "compiled"), options.loadTransform);
  const versions = createVersionStore(join5(stateDir, "versions"));
  const sources = /* @__PURE__ */ new WeakMap();
  const known = (linked) => {
    sources.set(linked.version, linked);
    return linked.version;
  };
  return {
    folders,
    find: () => findPrograms(folders),
    link: async (file) => known(await linkProgram(file, cache, versions.filesFolder)),
    async store(version) {
      const linked = sources.get(version);
      if (linked === void 0) {
        throw new SequencerError(
          "InternalError",
          `Version ${version.version} was not linked by this catalog.`
        );
      }
      await versions.store(version.version, linked.content, linked.root);
    },
    async load(version, name) {
      const stored = versions.read(version);
      return known(await loadStored(name, version, stored, cache, versions.filesFolder));
    },
    filesFolder: versions.filesFolder,
    storedVersions: versions.list,
    removeVersion: versions.remove,
    pruneCompiled: cache.prune
  };
}
function withoutRepeats(folders) {
  const paths = /* @__PURE__ */ new Set();
  return folders.filter(({ folder }) => !paths.has(folder) && paths.add(folder));
}

export {
  createCatalog
};
