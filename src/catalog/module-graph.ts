/**
 * Follows a program's imports from its entry, and compiles what it finds.
 *
 * G1. Each file is read once: what is compiled, hashed and stored are the same bytes.
 * G2. All problems of a program are found, not only the first.
 * G3. A package of ES modules is followed and compiled too, and so evaluated afresh for each instance; a
 *     CommonJS package is left to the evaluation.
 */

import { basename } from "node:path";
import { type CodeCache, type Compiled, dialectOf } from "./compiled-code.ts";
import { byFirst, type PackageList } from "./content.ts";
import { type Found, findImport, findImportOfPackage, kindOf } from "./import-target.ts";
import { DISK, type SourceTree } from "./local-import.ts";
import type { PackageFile } from "./package-import.ts";
import { systemErrorInWords } from "./problem.ts";
import { SyntaxProblem } from "./syntax.ts";
import type { ImportTarget, LinkedModule, ProgramProblem } from "./version.ts";

/** A module before it has an id: targets that are linked are paths. */
export interface GraphModule {
  readonly path: string;
  /** Of a package's module. */
  readonly package?: PackageFile;
  readonly kind: LinkedModule["kind"];
  readonly bytes: Buffer;
  readonly code: string;
  readonly map?: string;
  readonly names?: LinkedModule["names"];
  readonly imports: { readonly [specifier: string]: ImportTarget | { readonly path: string } };
}

export interface ModuleGraph {
  readonly modules: ReadonlyMap<string, GraphModule>;
  /** Those that the program's own modules import. */
  readonly packages: PackageList;
  readonly missingPackages: readonly string[];
  readonly problems: readonly ProgramProblem[];
}

const MAX_SCRIPT_BYTES = 2 * 1024 * 1024;

export async function followImports(
  programName: string,
  entry: string,
  tree: SourceTree,
  cache: CodeCache,
): Promise<ModuleGraph> {
  const modules = new Map<string, GraphModule>();
  const packages = new Map<string, readonly [string, string]>();
  const missingPackages: string[] = [];
  const problems: ProgramProblem[] = [];
  const report = (file: string, message: string, line?: number, column?: number) =>
    problems.push({ name: programName, file, line, column, message });

  const target = (
    found: Found,
    site: Site,
    importer: Waiting,
  ): GraphModule["imports"][string] | undefined => {
    if ("given" in found) return found.given;
    if ("problem" in found) {
      if (site.optional || importer.package !== undefined) return undefined;
      if (found.missingPackage !== undefined) missingPackages.push(found.missingPackage);
      report(importer.path, found.problem, site.line, site.column);
      return undefined;
    }
    if ("local" in found) {
      waiting.push({ path: found.local });
      return { path: found.local };
    }
    const { file, name, version, isModule } = found.package;
    if (importer.package === undefined) packages.set(`${name}@${version}`, [name, version]);
    if (!isModule) return { file, name, version };
    waiting.push({ path: file, package: found.package });
    return { path: file };
  };

  const waiting: Waiting[] = [{ path: entry }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (modules.has(next.path)) continue;
    const parsed = await parse(next, next.package === undefined ? tree : DISK, cache).catch(
      (problem: SyntaxProblem) => {
        if (!(problem instanceof SyntaxProblem)) throw problem;
        report(next.path, problem.message, problem.line, problem.column);
        return undefined;
      },
    );
    if (parsed === undefined) continue;
    const imports: { [specifier: string]: ImportTarget | { path: string } } = {};
    for (const site of parsed.sites) {
      if (Object.hasOwn(imports, site.specifier)) continue;
      const found =
        next.package === undefined
          ? findImport(site.specifier, next.path, tree)
          : findImportOfPackage(site.specifier, next.path);
      const to = target(found, site, next);
      if (to !== undefined) imports[site.specifier] = to;
    }
    modules.set(next.path, { ...next, ...parsed.module, imports });
  }
  return {
    modules,
    packages: [...packages.values()].sort((a, b) => byFirst(a, b) || (a[1] < b[1] ? -1 : 1)),
    missingPackages,
    problems,
  };
}

interface Waiting {
  readonly path: string;
  readonly package?: PackageFile;
}

type Site = Compiled["imports"][number];
type Parsed = Pick<GraphModule, "kind" | "bytes" | "code" | "map" | "names">;

async function parse(
  { path, package: ofPackage }: Waiting,
  tree: SourceTree,
  cache: CodeCache,
): Promise<{ module: Parsed; sites: readonly Site[] }> {
  const bytes = read(path, tree);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const kind = kindOf(path) ?? "text";
  if (kind !== "script") {
    if (kind === "json") refuseInvalidJson(text);
    return { module: { kind, bytes, code: text }, sites: [] };
  }
  if (bytes.length > MAX_SCRIPT_BYTES) throw new SyntaxProblem(tooLarge(path, bytes.length));
  const { code, map, names, imports } = await cache.compile(text, dialectOf(path)!);
  const asked = ofPackage === undefined ? { names } : {};
  return { module: { kind, bytes, code, map, ...asked }, sites: imports };
}

function read(path: string, tree: SourceTree): Buffer {
  try {
    return tree.read(path);
  } catch (error) {
    throw new SyntaxProblem(`${basename(path)} cannot be read: ${systemErrorInWords(error)}.`);
  }
}

function refuseInvalidJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const position = /position (\d+)/.exec(message)?.[1];
    if (position === undefined) throw new SyntaxProblem(`It is not valid JSON: ${message}.`);
    const before = text.slice(0, Number(position)).split("\n");
    throw new SyntaxProblem(`It is not valid JSON: ${message}.`, before.length, before.at(-1)!.length + 1);
  }
}

function tooLarge(path: string, bytes: number): string {
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  return (
    `${basename(path)} is ${megabytes} MB; a script may have at most ${MAX_SCRIPT_BYTES / 1024 / 1024} MB. ` +
    "Move its data into a .json or .txt file."
  );
}
