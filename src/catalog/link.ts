/**
 * Links a program: its module graph and bundle folder become a version, ready to be evaluated and stored.
 *
 * K1. `storedAt` is the module's place in the version store from the start, so that a program sees the same
 *     paths before and after the version is stored and loaded.
 */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  BundleProblem,
  filesOfBundle,
  MAX_BYTES,
  MAX_FILES,
  tooManyBytes,
  tooManyFiles,
} from "./bundle-folder.ts";
import type { CodeCache } from "./compiled-code.ts";
import { type Content, type ContentFile, commonFolder, idOf, manifestOf, versionOf } from "./content.ts";
import { DISK, traced } from "./local-import.ts";
import { followImports, type ModuleGraph } from "./module-graph.ts";
import { ProgramNotLoadable, systemErrorInWords } from "./problem.ts";
import type { LinkedModule, ProgramFile, ProgramVersion } from "./version.ts";

export interface Linked {
  readonly version: ProgramVersion;
  readonly content: Content;
  /** The author's folder that ids are relative to. */
  readonly root: string;
}

/** Where the files of a version lie in the store. */
export type FilesFolder = (version: string) => string;

/**
 * @param look is told of every path that is read or looked for, packages left out
 * @throws ProgramNotLoadable with all its problems
 */
export async function linkProgram(
  { name, realpath }: ProgramFile,
  cache: CodeCache,
  filesFolder: FilesFolder,
  look: (path: string) => void = () => {},
): Promise<Linked> {
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

/** The version as the evaluation needs it, from a graph whose local modules lie under `root`. */
export function assemble(
  name: string,
  version: string,
  entry: string,
  graph: ModuleGraph,
  root: string,
  filesFolder: FilesFolder,
): ProgramVersion {
  const ids = idsOf(graph, root);
  const folder = filesFolder(version);
  const modules: { [id: string]: LinkedModule } = {};
  for (const { path, kind, code, map, names, imports, package: ofPackage } of graph.modules.values()) {
    const id = ids.get(path)!;
    modules[id] = {
      id,
      filename: path,
      storedAt: ofPackage === undefined ? join(folder, id) : path,
      kind,
      code,
      ...(map === undefined ? {} : { map }),
      ...(names === undefined ? {} : { names }),
      imports: Object.fromEntries(
        Object.entries(imports).map(([specifier, target]) => [
          specifier,
          "path" in target ? { module: ids.get(target.path)! } : target,
        ]),
      ),
    };
  }
  return { version, name, entry, modules };
}

/** By path. Two installed copies of one package version are two modules. */
function idsOf(graph: ModuleGraph, root: string): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const { path, package: ofPackage } of graph.modules.values()) {
    const plain =
      ofPackage === undefined
        ? idOf(root, path)
        : `npm:${ofPackage.name}@${ofPackage.version}/${ofPackage.within}`;
    let id = plain;
    for (let copy = 2; taken.has(id); copy++) id = `${plain}#${copy}`;
    taken.add(id);
    ids.set(path, id);
  }
  return ids;
}

/** By path: the program's own modules, and every file of the bundle folder. */
function contentOf(graph: ModuleGraph, entry: string): Map<string, ContentFile> {
  const files = new Map<string, ContentFile>();
  let total = 0;
  const add = (path: string, bytes: Buffer, executable: boolean) => {
    total += bytes.length;
    if (total > MAX_BYTES) throw tooManyBytes(path);
    files.set(path, { bytes, executable });
    if (files.size > MAX_FILES) throw tooManyFiles(path);
  };
  for (const { path, bytes, package: ofPackage } of graph.modules.values()) {
    if (ofPackage === undefined) add(path, bytes, false);
  }
  for (const path of filesOfBundle(entry.replace(/\.[^.]+$/, ""))) {
    if (files.has(path)) continue;
    try {
      const { mode, size } = statSync(path);
      if (total + size > MAX_BYTES) throw tooManyBytes(path);
      add(path, readFileSync(path), (mode & 0o111) !== 0);
    } catch (error) {
      if (error instanceof BundleProblem) throw error;
      throw new BundleProblem(
        path,
        `A file of the bundle folder cannot be read: ${systemErrorInWords(error)}.`,
      );
    }
  }
  return files;
}
