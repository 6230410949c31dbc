/**
 * Loads a version from the store: the same modules as when it was linked, from the stored sources.
 *
 * R1. Nothing of the author's files is read; only packages are, from where the author kept the program.
 * R2. Packages are those that were recorded, or it is `PackagesChanged`.
 */

import { join } from "node:path";
import { SequencerError } from "../errors.ts";
import type { CodeCache } from "./compiled-code.ts";
import type { PackageList } from "./content.ts";
import { assemble, type FilesFolder, type Linked } from "./link.ts";
import type { SourceTree } from "./local-import.ts";
import { followImports, type ModuleGraph } from "./module-graph.ts";
import { ProgramNotLoadable } from "./problem.ts";
import type { StoredSources } from "./version-store.ts";

/**
 * @param filesFolder where the version lies; also the author's folder, if none is recorded
 * @throws SequencerError `PackagesChanged`; ProgramNotLoadable if this server cannot compile it any more
 */
export async function loadStored(
  name: string,
  version: string,
  { manifest, files, roots }: StoredSources,
  cache: CodeCache,
  filesFolder: FilesFolder,
): Promise<Linked> {
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
      packages: manifest.packages,
    };
    return { version: assemble(name, version, manifest.entry, graph, root, filesFolder), content, root };
  }
  throw new SequencerError(
    "PackagesChanged",
    `Packages of the program are not those it started with: ${changed}.`,
  );
}

function treeOf(root: string, files: ReadonlyMap<string, Buffer>): SourceTree {
  const byPath = new Map([...files].map(([id, bytes]) => [join(root, id), bytes]));
  return {
    isFile: (path) => byPath.has(path),
    read: (path) => byPath.get(path)!,
  };
}

/** In words: "nanoid 5.0.1 is now 5.1.0"; `""` if there are none. */
function packageChanges(recorded: PackageList, graph: ModuleGraph): string {
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
