/**
 * Loads CommonJS packages for one evaluation, so that what a package keeps in its modules belongs to one
 * instance, and the modules of Node that it uses come from the same place as the program's.
 *
 * K1. Only compiled code is shared between evaluations.
 * K2. What cannot be evaluated this way (ES modules required by CommonJS, native addons) is left to Node,
 *     and then shared by all instances.
 */

import { readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname } from "node:path";
import { constants, Script } from "node:vm";
import { importingPackage } from "./determinism.ts";

interface PackageModule {
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  readonly children: unknown[];
  readonly paths: string[];
  exports: any;
  loaded: boolean;
  require?: (specifier: string) => unknown;
}

/** Gives the exports of a package's file. */
export function createPackageLoader(
  requireBuiltin: (specifier: string) => unknown,
  provided: (specifier: string) => unknown,
): (file: string) => unknown {
  const loaded = new Map<string, PackageModule>();

  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const module: PackageModule = {
      id: file,
      filename: file,
      path: dirname(file),
      children: [],
      paths: [],
      exports: {},
      loaded: false,
    };
    loaded.set(file, module);
    try {
      importingPackage(() => evaluate(module));
    } catch (error) {
      loaded.delete(file);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  };

  const evaluate = (module: PackageModule): void => {
    const { filename } = module;
    const real = createRequire(filename);
    if (extname(filename) === ".json") {
      module.exports = JSON.parse(readFileSync(filename, "utf8").replace(/^\uFEFF/, ""));
      return;
    }
    const script = scriptOf(filename);
    if (script === undefined) {
      module.exports = real(filename);
      return;
    }
    const require = (specifier: string): unknown => {
      if (isBuiltin(specifier)) return requireBuiltin(withNodePrefix(specifier));
      if (/^agent-sequencer(\/|$)/.test(specifier)) return provided(specifier);
      return load(real.resolve(specifier));
    };
    module.require = require;
    const run = script.runInThisContext() as (...parameters: unknown[]) => void;
    const complete = Object.assign(require, { resolve: real.resolve, cache: {}, main: undefined });
    run.call(module.exports, module.exports, complete, module, filename, module.path);
  };

  return load;
}

function isCommonJs(file: string): boolean {
  const ending = extname(file);
  if (ending === ".mjs" || ending === ".node") return false;
  return ending !== ".js" || typeOf(dirname(file)) !== "module";
}

/** The `type` of the nearest manifest upwards. */
function typeOf(folder: string): unknown {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      return (JSON.parse(readFileSync(`${at}/package.json`, "utf8")) as { type?: unknown }).type;
    } catch {
      // None here, or not one: the next folder upwards decides, as in Node.
    }
  }
  return undefined;
}

function withNodePrefix(specifier: string): string {
  return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
}

const MAX_SCRIPTS = 2_000;
const scripts = new Map<string, { fingerprint: string; script: Script | undefined }>();
const WRAPPER = "(function (exports, require, module, __filename, __dirname) {";

/** `undefined`: not CommonJS. */
function scriptOf(file: string): Script | undefined {
  const { mtimeMs, size } = statSync(file);
  const fingerprint = `${mtimeMs} ${size}`;
  const known = scripts.get(file);
  if (known?.fingerprint === fingerprint) return known.script;
  const script = isCommonJs(file) ? compile(file) : undefined;
  scripts.delete(file);
  scripts.set(file, { fingerprint, script });
  if (scripts.size > MAX_SCRIPTS) scripts.delete(scripts.keys().next().value!);
  return script;
}

function compile(file: string): Script {
  const source = readFileSync(file, "utf8")
    .replace(/^\uFEFF/, "")
    .replace(/^#!/, "//");
  return new Script(`${WRAPPER}${source}\n})`, {
    filename: file,
    columnOffset: -WRAPPER.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}
