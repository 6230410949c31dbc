import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  findPrograms
} from "./chunk-RIFG6GVS.js";
import {
  NOT_REGULAR,
  assemble,
  createCodeCache,
  digest,
  followImports,
  isVersion,
  linkProgram,
  manifestOf,
  readRegularFile,
  versionOf
} from "./chunk-A3KDQBFZ.js";
import {
  ProgramNotLoadable,
  systemErrorCode,
  systemErrorInWords
} from "./chunk-76ASFBWX.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/catalog/catalog.ts
import { join as join4 } from "node:path";

// src/catalog/load.ts
import { join } from "node:path";
async function loadStored(name, version, { manifest, files, roots }, cache, filesFolder) {
  const candidates = roots.length > 0 ? roots : [filesFolder(version)];
  let changed = "";
  for (const root of candidates) {
    const entry = join(root, manifest.entry);
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
  const byPath = new Map([...files].map(([id, bytes]) => [join(root, id), bytes]));
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
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir as mkdir2 } from "node:fs/promises";
import { basename as basename2, dirname as dirname2, extname, join as join3 } from "node:path";

// src/catalog/durable-folder.ts
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join as join2 } from "node:path";
var ASIDE = ".aside-";
var AT_ONCE = 16;
async function publishFolder(folder, files) {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true, mode: 448 });
  const aside = join2(parent, `${ASIDE}${basename(folder)}-${randomUUID()}`);
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
    for (let at = dirname(join2(root, path)); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 448 });
  for (let at = 0; at < files.length; at += AT_ONCE) {
    await Promise.all(files.slice(at, at + AT_ONCE).map((file) => writeSynced(root, file)));
  }
  for (const folder of folders) await syncFolder(folder);
}
async function writeSynced(root, { path, bytes, executable }) {
  const handle = await open(join2(root, path), "wx", executable ? 448 : 384);
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
  const aside = join2(dirname(path), name);
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
  const folderOf = (version) => join3(versionsFolder, version);
  const durable = /* @__PURE__ */ new Set();
  const read = (version) => {
    if (!isVersion(version)) throw missing(version);
    const folder = folderOf(version);
    const manifest = readManifest(version, folder);
    const files = /* @__PURE__ */ new Map();
    for (const [id, sha256] of manifest.files) {
      const path = join3(folder, "files", id);
      const bytes = readOrUndefined(path);
      if (bytes === void 0) throw damaged(version, `${path} is missing`);
      if (digest(bytes) !== sha256) throw damaged(version, `${path} was changed`);
      files.set(id, bytes);
    }
    return { manifest, files, roots: readRoots(folder) };
  };
  const store = async (version, content, root) => {
    const folder = folderOf(version);
    if (durable.has(version) && statSync(folder, { throwIfNoEntry: false }) !== void 0) {
      return noteRoot(folder, root);
    }
    if (statSync(folder, { throwIfNoEntry: false }) !== void 0 && !isIntact(version)) setAside(folder);
    const published = statSync(folder, { throwIfNoEntry: false }) === void 0 && await publishFolder(folder, filesToWrite(content, root));
    if (!published) {
      for (const above of [versionsFolder, dirname2(versionsFolder)]) await syncFolder(above);
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
    const aside = join3(dirname2(folder), `${ASIDE}${basename2(folder)}-${randomUUID2()}`);
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  };
  return {
    filesFolder: (version) => join3(folderOf(version), "files"),
    read,
    async store(version, content, root) {
      try {
        await mkdir2(versionsFolder, { recursive: true, mode: 448 });
        await store(version, content, root);
      } catch (error) {
        if (error instanceof SequencerError) throw error;
        const message = `The program's version cannot be stored in ${versionsFolder}: ${systemErrorInWords(error)}.`;
        const fix = "Free or repair the disk of the state folder, then call again; nothing was started.";
        throw new SequencerError("StorageFailed", message, fix, { cause: error });
      }
    },
    list() {
      removeAbandoned(versionsFolder);
      return entriesOf(versionsFolder).flatMap(({ name }) => {
        if (!isVersion(name)) return [];
        const folder = folderOf(name);
        const storedAtMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
        return storedAtMs === void 0 ? [] : [{ version: name, program: programOf(folder), storedAtMs }];
      });
    },
    remove(version) {
      durable.delete(version);
      if (!isVersion(version) || statSync(folderOf(version), { throwIfNoEntry: false }) === void 0) return;
      setAside(folderOf(version));
    }
  };
}
function filesToWrite(content, root) {
  return [
    { path: "manifest.json", bytes: `${JSON.stringify({ format: FORMAT, ...manifestOf(content) })}
` },
    { path: "origins.json", bytes: originsText([root]) },
    ...[...content.files].map(([id, file]) => ({ path: join3("files", id), ...file }))
  ];
}
function readManifest(version, folder) {
  const path = join3(folder, "manifest.json");
  if (statSync(folder, { throwIfNoEntry: false }) === void 0) throw missing(version);
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
var NO_FILE = ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENXIO", NOT_REGULAR];
function readOrUndefined(path) {
  try {
    return readRegularFile(path);
  } catch (error) {
    if (NO_FILE.includes(systemErrorCode(error))) return void 0;
    throw new SequencerError("StorageFailed", `${path} cannot be read: ${systemErrorInWords(error)}.`);
  }
}
function readRoots(folder) {
  try {
    const { roots } = JSON.parse(readRegularFile(join3(folder, "origins.json")).toString("utf8"));
    return Array.isArray(roots) ? roots.filter((root) => typeof root === "string") : [];
  } catch {
    return [];
  }
}
async function noteRoot(folder, root) {
  const roots = readRoots(folder);
  if (roots[0] === root) return;
  const latest = [root, ...roots.filter((other) => other !== root)].slice(0, MAX_ROOTS);
  await replaceFile(join3(folder, "origins.json"), originsText(latest));
}
function originsText(roots) {
  return `${JSON.stringify({ roots })}
`;
}
function programOf(folder) {
  const text = readOrUndefined(join3(folder, "manifest.json"))?.toString("utf8") ?? "";
  const entry = parseManifest(text)?.entry ?? "";
  return basename2(entry, extname(entry));
}
function removeAbandoned(versionsFolder) {
  for (const { name } of entriesOf(versionsFolder)) {
    if (!name.startsWith(ASIDE)) continue;
    const path = join3(versionsFolder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}
function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
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
    { folder: join4(projectDir, ".claude", "sequencer", "programs"), source: "project" },
    { folder: join4(home, ".claude", "sequencer", "programs"), source: "user" },
    ...programDirs.map((folder) => ({ folder, source: "bundled" }))
  ]);
  const cache = createCodeCache(join4(stateDir, "compiled"), options.loadTransform);
  const versions = createVersionStore(join4(stateDir, "versions"));
  const sources = /* @__PURE__ */ new WeakMap();
  const known = (linked) => {
    sources.set(linked.version, linked);
    return linked.version;
  };
  return {
    folders,
    find: () => findPrograms(folders),
    link: async (file, look) => known(await linkProgram(file, cache, versions.filesFolder, look)),
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
    sources: versions.read,
    async storeSources(content, root) {
      const version = versionOf(manifestOf(content));
      await versions.store(version, content, root);
      return version;
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
