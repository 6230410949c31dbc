/**
 * What an import leads to: a file to link, or something that is given at evaluation.
 *
 * I1. `agent-sequencer` and `zod` are the server's own, wherever the program lies; a package that brings
 *     its own zod keeps it.
 */

import { isBuiltin } from "node:module";
import { dirname, extname } from "node:path";
import { dialectOf } from "./compiled-code.ts";
import { DISK, findLocal, isLocal, type SourceTree } from "./local-import.ts";
import { describePackageFile, findPackage, type PackageFile } from "./package-import.ts";
import type { ImportTarget, LinkedModule } from "./version.ts";

export type Found =
  /** A file of the program's own. */
  | { readonly local: string }
  /** A package, by the file that the import means. */
  | { readonly package: PackageFile }
  /** Given at evaluation. */
  | { readonly given: ImportTarget }
  /** Why it leads nowhere, and which package would be needed. */
  | { readonly problem: string; readonly missingPackage?: string };

const PROVIDED = /^(agent-sequencer(\/testing)?|zod(\/.+)?)$/;

/** An import in a file of the program's own. */
export function findImport(specifier: string, importer: string, tree: SourceTree): Found {
  if (PROVIDED.test(specifier)) return { given: { provided: specifier } };
  if (specifier.startsWith("agent-sequencer/")) {
    return {
      problem: `'${specifier}' does not exist; there are agent-sequencer and agent-sequencer/testing.`,
    };
  }
  if (isBuiltin(specifier)) return { given: { builtin: withNodePrefix(specifier) } };
  if (isLocal(specifier)) {
    const local = findLocal(specifier, dirname(importer), tree);
    if (local === undefined) return { problem: `'${specifier}' does not exist.` };
    return kindOf(local) === undefined ? { problem: notImportable(specifier) } : { local };
  }
  if (/^(node|data|https?):/.test(specifier)) return { problem: `'${specifier}' cannot be imported.` };
  if (specifier.startsWith("#")) {
    return { problem: `'${specifier}' cannot be imported: write the path to the file, like './lib.ts'.` };
  }
  const found = findPackage(specifier, importer);
  return found === undefined ? missing(specifier) : { package: found };
}

/** An import in a package's module. */
export function findImportOfPackage(specifier: string, importer: string): Found {
  if (isBuiltin(specifier)) return { given: { builtin: withNodePrefix(specifier) } };
  if (isLocal(specifier)) {
    const file = findLocal(specifier, dirname(importer), DISK);
    return file === undefined
      ? { problem: `'${specifier}' does not exist.` }
      : { package: describePackageFile(file) };
  }
  if (specifier.startsWith("agent-sequencer")) return { given: { provided: specifier } };
  const found = findPackage(specifier, importer);
  if (found !== undefined) return { package: found };
  return PROVIDED.test(specifier) ? { given: { provided: specifier } } : missing(specifier);
}

/** How a file takes part in a program; `undefined`: it cannot be imported. */
export function kindOf(file: string): LinkedModule["kind"] | undefined {
  const ending = extname(file);
  if (ending === ".json") return "json";
  if (ending === ".md" || ending === ".txt") return "text";
  return dialectOf(file) === undefined ? undefined : "script";
}

function missing(specifier: string): Found {
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const problem =
    `The package '${name}' is not installed where the program lies, or does not export '${specifier}'. ` +
    `Run npm install ${name} there; only agent-sequencer and zod come with the server.`;
  return { problem, missingPackage: name };
}

function notImportable(specifier: string): string {
  return `'${specifier}' cannot be imported: a program's imports are scripts, .json, .md and .txt files.`;
}

function withNodePrefix(specifier: string): string {
  return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
}
