/**
 * Which file an import of a package means, seen from the file that imports it.
 *
 * N1. CommonJS is preferred where a package offers both: it needs no transformer. A package that offers
 *     ES modules only is found by the conditions of `import`.
 */

import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";

export interface PackageFile {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  /** Path of the file within its package, with `/`. */
  readonly within: string;
  /** The file holds ES modules or TypeScript: it has to be linked. */
  readonly isModule: boolean;
}

/** `undefined`: not installed there, or it does not export that path. */
export function findPackage(specifier: string, importer: string): PackageFile | undefined {
  const file = asRequired(specifier, importer) ?? asImported(specifier, importer);
  return file === undefined ? undefined : describePackageFile(file);
}

/** The package that a file belongs to: the nearest manifest upwards that has a name. */
export function describePackageFile(file: string): PackageFile {
  let type: string | undefined;
  for (const folder of foldersUpwards(dirname(file))) {
    const manifest = readManifest(folder);
    if (manifest === undefined) continue;
    type ??= typeof manifest.type === "string" ? manifest.type : "commonjs";
    if (typeof manifest.name !== "string") continue;
    const version = typeof manifest.version === "string" ? manifest.version : "0.0.0";
    const within = file.slice(folder.length + 1).replaceAll("\\", "/");
    return { file, name: manifest.name, version, within, isModule: isModule(file, type) };
  }
  return { file, name: file, version: "0.0.0", within: "", isModule: isModule(file, type) };
}

function isModule(file: string, type: string | undefined): boolean {
  const ending = extname(file);
  if (ending === ".js") return type === "module";
  return [".mjs", ".ts", ".mts", ".cts"].includes(ending);
}

function asRequired(specifier: string, importer: string): string | undefined {
  try {
    return createRequire(importer).resolve(specifier);
  } catch {
    return undefined;
  }
}

function asImported(specifier: string, importer: string): string | undefined {
  const [, name, rest] = /^(@[^/]+\/[^/]+|[^@/][^/]*)(\/.*)?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  for (const folder of foldersUpwards(dirname(importer))) {
    const root = join(folder, "node_modules", name);
    const manifest = readManifest(root);
    if (manifest === undefined) continue;
    const subpath = `.${rest ?? ""}`;
    const target =
      manifest.exports == null
        ? { ".": manifest.main ?? manifest.module ?? "./index.js" }[subpath]
        : exported(manifest.exports, subpath);
    const file = typeof target === "string" ? join(root, target) : undefined;
    return file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
  }
  return undefined;
}

/** `exports` of a manifest: a target, or targets by subpath, of which one may have a `*`. */
function exported(exports: unknown, subpath: string): string | undefined {
  const bySubpath = isRecord(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  if (!bySubpath) return subpath === "." ? target(exports, "") : undefined;
  const subpaths = exports as { [key: string]: unknown };
  if (Object.hasOwn(subpaths, subpath)) return target(subpaths[subpath], "");
  const patterns = Object.keys(subpaths).filter((key) => key.includes("*"));
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const pattern of patterns) {
    const [before, after] = pattern.split("*") as [string, string];
    const fits = subpath.startsWith(before) && subpath.endsWith(after) && subpath.length >= pattern.length;
    if (fits) return target(subpaths[pattern], subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

const CONDITIONS = new Set(["node", "import", "module-sync", "default"]);

function target(value: unknown, star: string): string | undefined {
  if (typeof value === "string") return value.replaceAll("*", star);
  const choices = Array.isArray(value)
    ? value
    : isRecord(value)
      ? Object.keys(value).flatMap((condition) => (CONDITIONS.has(condition) ? [value[condition]] : []))
      : [];
  for (const choice of choices) {
    const found = target(choice, star);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readManifest(folder: string): { [key: string]: unknown } | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return isRecord(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function* foldersUpwards(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}
