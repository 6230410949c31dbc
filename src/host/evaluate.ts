/**
 * Evaluates a program version: runs its modules as CommonJS and gives what its entry exports by default.
 *
 * V1. Each evaluation has module state of its own, that of packages included; only compiled code is shared.
 * V2. No file of the program is read: the version holds all its modules. CommonJS packages are read.
 * V3. Stack traces name the author's files: code runs under the names of the files that it was made from.
 */

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { asFunction, HEAD_COLUMNS } from "../catalog/module-function.ts";
import type { ImportTarget, LinkedModule, ProgramVersion } from "../catalog/version.ts";
import { SequencerError } from "../errors.ts";
import { importingPackage } from "./determinism.ts";
import { createPackageLoader } from "./package-loader.ts";

export interface EvaluateOptions {
  /** What a module of Node is to the program and its packages, by its name with `node:`. */
  readonly requireBuiltin?: (specifier: string) => unknown;
}

/** Gives the server's own modules: `agent-sequencer`, `zod`, `zod/...`; `undefined`: there is none of that name. */
export type Provide = (specifier: string) => unknown;

/**
 * The default export of the entry, `undefined` if it has none.
 *
 * @throws whatever the program throws; SequencerError `ProgramNotLoadable` for an import that cannot be met
 */
export function evaluateVersion(
  version: ProgramVersion,
  provide: Provide,
  options: EvaluateOptions = {},
): unknown {
  const requireBuiltin = options.requireBuiltin ?? createRequire(import.meta.url);
  const provided = (specifier: string) => asModule(specifier, provide(specifier));
  const loadPackageFile = createPackageLoader(requireBuiltin, provided);
  const scripts = scriptsOf(version);
  const loaded = new Map<string, EvaluatedModule>();

  const reach = (target: ImportTarget): unknown => {
    if ("module" in target) return evaluate(version.modules[target.module]!).exports;
    if ("provided" in target) return provided(target.provided);
    if ("builtin" in target) return requireBuiltin(target.builtin);
    return loadPackageFile(target.file);
  };

  const evaluate = (linked: LinkedModule): EvaluatedModule => {
    const known = loaded.get(linked.id);
    if (known !== undefined) return known;
    const module: EvaluatedModule = { id: linked.storedAt, exports: {}, loaded: false };
    loaded.set(linked.id, module);
    try {
      if (linked.kind !== "script")
        module.exports = linked.kind === "json" ? JSON.parse(linked.code) : linked.code;
      else if (linked.id.startsWith("npm:")) importingPackage(() => run(linked, module));
      else run(linked, module);
    } catch (error) {
      loaded.delete(linked.id);
      throw error;
    }
    module.loaded = true;
    return module;
  };

  const run = (linked: LinkedModule, module: EvaluatedModule): void => {
    const require = (specifier: string): unknown => {
      const target = targetOf(linked, specifier);
      const value = reach(target);
      const stillRunning = "module" in target && loaded.get(target.module)?.loaded === false;
      if (!stillRunning) refuseMissingNames(linked, specifier, value);
      return value;
    };
    const resolve = (specifier: string): string => placeOf(targetOf(linked, specifier), version);
    const evaluateModule = scripts(linked).runInThisContext() as (...parameters: unknown[]) => void;
    evaluateModule.call(
      module.exports,
      module.exports,
      Object.assign(require, { resolve }),
      module,
      linked.storedAt,
      dirname(linked.storedAt),
      importMeta(linked, resolve),
      (specifier: unknown) => Promise.resolve().then(() => asNamespace(require(`${specifier}`))),
    );
  };

  return defaultExport(evaluate(version.modules[version.entry]!).exports);
}

interface EvaluatedModule {
  readonly id: string;
  exports: any;
  loaded: boolean;
}

function targetOf(linked: LinkedModule, specifier: string): ImportTarget {
  if (Object.hasOwn(linked.imports, specifier)) return linked.imports[specifier]!;
  throw new SequencerError(
    "ProgramNotLoadable",
    `'${specifier}' was not found when the program was linked: the import is computed, or what it names is not there.`,
    "Write the import with a plain string, and see that what it names is there.",
  );
}

/** A misspelt name would otherwise be undefined until it is used. */
function refuseMissingNames(linked: LinkedModule, specifier: string, value: any): void {
  const names =
    linked.names !== undefined && Object.hasOwn(linked.names, specifier) ? linked.names[specifier]! : [];
  if (names.length === 0 || value === null || !["object", "function"].includes(typeof value)) return;
  const interop = value.__esModule !== true;
  const absent = names.filter((name) => !(name in value) && !(name === "default" && interop));
  if (absent.length === 0) return;
  const list = absent
    .map((name) => (name === "default" ? "default export" : `export named '${name}'`))
    .join(", no ");
  throw new SequencerError("ProgramNotLoadable", `'${specifier}' has no ${list}.`);
}

function placeOf(target: ImportTarget, version: ProgramVersion): string {
  if ("module" in target) return version.modules[target.module]!.storedAt;
  if ("provided" in target) return target.provided;
  return "builtin" in target ? target.builtin : target.file;
}

function importMeta(linked: LinkedModule, resolve: (specifier: string) => string): object {
  return {
    dirname: dirname(linked.storedAt),
    filename: linked.storedAt,
    url: pathToFileURL(linked.storedAt).href,
    main: false,
    resolve: (specifier: string) => {
      const place = resolve(specifier);
      return place.startsWith("/") ? pathToFileURL(place).href : place;
    },
  };
}

function defaultExport(exports: any): unknown {
  if (exports?.__esModule === true) return exports.default;
  if (typeof exports === "object" && exports !== null) {
    if (Object.hasOwn(exports, "default")) return exports.default;
    if (Object.keys(exports).length === 0 && Object.getPrototypeOf(exports) === Object.prototype) {
      return undefined;
    }
  }
  return exports;
}

/** What `import()` gives of a module that is not ES: its properties, looked up only when used, and itself. */
function asNamespace(exports: any): unknown {
  if (exports?.__esModule === true) return exports;
  const hasProperties = exports !== null && (typeof exports === "object" || typeof exports === "function");
  const named = hasProperties ? exports : null;
  return Object.create(named, { default: { value: exports, enumerable: true } });
}

const asModules = new WeakMap<object, object>();

/** A namespace of the server's own modules as compiled code expects a module that was ES before. */
function asModule(specifier: string, namespace: unknown): unknown {
  if (typeof namespace !== "object" || namespace === null) {
    throw new SequencerError("ProgramNotLoadable", `The server has no module '${specifier}'.`);
  }
  if ((namespace as { __esModule?: unknown }).__esModule === true) return namespace;
  let module = asModules.get(namespace);
  if (module === undefined) {
    module = Object.defineProperty({ ...namespace }, "__esModule", { value: true });
    asModules.set(namespace, Object.freeze(module));
  }
  return module;
}

const MAX_VERSIONS = 64;
const scriptsByVersion = new Map<string, Map<string, { code: string; filename: string; script: Script }>>();

/** The compiled scripts of a version, shared by its evaluations; those of the versions used last are kept. */
function scriptsOf({ version }: ProgramVersion): (linked: LinkedModule) => Script {
  const scripts = scriptsByVersion.get(version) ?? new Map();
  scriptsByVersion.delete(version);
  scriptsByVersion.set(version, scripts);
  if (scriptsByVersion.size > MAX_VERSIONS) scriptsByVersion.delete(scriptsByVersion.keys().next().value!);
  return ({ id, code, filename }) => {
    const known = scripts.get(id);
    if (known?.code === code && known.filename === filename) return known.script;
    const script = new Script(asFunction(code), { filename, columnOffset: -HEAD_COLUMNS });
    scripts.set(id, { code, filename, script });
    return script;
  };
}
