/**
 * The catalog: finds programs, links them to versions, keeps the versions that instances run from.
 *
 * C1. A file that cannot be used is a problem of its own; the others are found and linked as if it were
 *     not there.
 * C2. What `store` writes is what `link` read: the author may edit in between.
 */

import { join } from "node:path";
import { SequencerError } from "../errors.ts";
import { createCodeCache, type Transform } from "./compiled-code.ts";
import { type Content, manifestOf, versionOf } from "./content.ts";
import { type FoundPrograms, findPrograms, type ProgramFolder } from "./find.ts";
import { type Linked, linkProgram } from "./link.ts";
import { loadStored } from "./load.ts";
import type { ProgramFile, ProgramVersion } from "./version.ts";
import { createVersionStore, type StoredSources, type StoredVersion } from "./version-store.ts";

export interface CatalogOptions {
  readonly projectDir: string;
  /** The user's home folder. */
  readonly home: string;
  /** Searched last, in order: those of `AGENT_SEQUENCER_PROGRAMS_DIR`, then the bundled programs. */
  readonly programDirs: readonly string[];
  readonly stateDir: string;
  /** Loads the transformer when it is first needed. */
  readonly loadTransform?: () => Promise<Transform>;
}

export interface Catalog {
  /** Folders in which programs are found, in the order of search. */
  readonly folders: readonly ProgramFolder[];
  find(): FoundPrograms;
  /**
   * @param look is told of every path that is read or looked for, packages left out
   * @throws ProgramNotLoadable
   */
  link(file: ProgramFile, look?: (path: string) => void): Promise<ProgramVersion>;
  /**
   * Stores a version that this catalog linked or loaded; durable when it resolves.
   *
   * @throws SequencerError `StorageFailed`
   */
  store(version: ProgramVersion): Promise<void>;
  /** @throws SequencerError `VersionMissing`, `VersionDamaged`, `PackagesChanged`, `StorageFailed` */
  load(version: string, name: string): Promise<ProgramVersion>;
  /** What a stored version is made of. @throws SequencerError `VersionMissing`, `VersionDamaged`, `StorageFailed` */
  sources(version: string): StoredSources;
  /**
   * Stores a version that came from elsewhere, durably.
   *
   * @param root where its packages are looked for
   * @returns its name, the hash of its content
   * @throws SequencerError `StorageFailed`
   */
  storeSources(content: Content, root: string): Promise<string>;
  /** The folder with a stored version's files: what texts of its steps may name. */
  filesFolder(version: string): string;
  storedVersions(): StoredVersion[];
  removeVersion(version: string): void;
  /** Removes compiled code older than that, which is compiled again when needed. */
  pruneCompiled(maxAgeMs: number): number;
}

export function createCatalog(options: CatalogOptions): Catalog {
  const { projectDir, home, programDirs, stateDir } = options;
  const folders = withoutRepeats([
    { folder: join(projectDir, ".claude", "sequencer", "programs"), source: "project" },
    { folder: join(home, ".claude", "sequencer", "programs"), source: "user" },
    ...programDirs.map((folder) => ({ folder, source: "bundled" as const })),
  ]);
  const cache = createCodeCache(join(stateDir, "compiled"), options.loadTransform);
  const versions = createVersionStore(join(stateDir, "versions"));
  const sources = new WeakMap<ProgramVersion, Linked>();

  const known = (linked: Linked): ProgramVersion => {
    sources.set(linked.version, linked);
    return linked.version;
  };

  return {
    folders,
    find: () => findPrograms(folders),
    link: async (file, look) => known(await linkProgram(file, cache, versions.filesFolder, look)),

    async store(version) {
      const linked = sources.get(version);
      if (linked === undefined) {
        throw new SequencerError(
          "InternalError",
          `Version ${version.version} was not linked by this catalog.`,
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
    pruneCompiled: cache.prune,
  };
}

/** A server that is started in the home folder has one programs folder, not two. */
function withoutRepeats(folders: readonly ProgramFolder[]): ProgramFolder[] {
  const paths = new Set<string>();
  return folders.filter(({ folder }) => !paths.has(folder) && paths.add(folder));
}
