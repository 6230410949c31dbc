/**
 * The bundle: `src/` and every package it needs, as ES modules that run with nothing but Node.
 *
 * B1. Same sources and same lock file give the same bytes, whatever the machine, its clock and the folder.
 * B2. Nothing is left to resolve at run time but modules of Node.
 * B3. What a start does not need is a chunk of its own, behind a dynamic import.
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

/** Output -> source. */
const ENTRIES = {
  cli: "src/cli.ts",
  index: "src/index.ts",
  testing: "src/testing.ts",
  // A thread that shares its largest chunk, the transformer, with the two above.
  transform: "src/catalog/transform-thread.ts",
};

/** The worker threads that programs run in share no memory with the server, so they share no chunks either. */
const HOST_ENTRIES = { host: "src/host/thread.ts", probe: "src/authoring/probe.ts" };

/** A process for each command, so it is one small file. */
const GUARD_ENTRIES = { guard: "src/guard.ts" };

/**
 * A process for each thing that the agent does, so every millisecond counts: CommonJS, which Node starts
 * without its loader of modules (measured: 20 % of a bare start), in two files instead of chunks.
 */
const HOOK_ENTRIES = { hook: "src/hook.ts", "hook-verdicts": "src/hooks/verdicts.ts" };

// CommonJS packages inside the bundle ask for Node's modules with `require`, which ES modules lack.
const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/**
 * The SDK's server loads ajv at every start, only to check answers to elicitations. Ours passes its own
 * `jsonSchemaValidator`, so the default is replaced by one that says so.
 */
const noValidatorOfTheSdk = {
  name: "no-validator-of-the-sdk",
  setup({ onLoad }) {
    onLoad(
      { filter: /modelcontextprotocol[\\/]sdk[\\/]dist[\\/]esm[\\/]validation[\\/]ajv-provider\.js$/ },
      () => ({
        loader: "js",
        contents: `export class AjvJsonSchemaValidator {
        getValidator() {
          throw new Error("the bundle holds no default JSON Schema validator: pass jsonSchemaValidator to new Server()");
        }
      }`,
      }),
    );
  },
};

/**
 * The SDK gets a zod of its own, of which the bundle holds what the SDK uses: otherwise every start would load
 * all that programs and their tests may use.
 */
const zodOfTheSdk = {
  name: "zod-of-the-sdk",
  setup({ onResolve, onLoad, resolve }) {
    const own = "of the SDK's zod";
    const resolved = "already resolved";
    onResolve({ filter: /^(zod(\/|$)|\.)/ }, async ({ path, importer, pluginData, ...options }) => {
      const isAsked = path.startsWith("zod") && /[\\/]@modelcontextprotocol[\\/]/.test(importer);
      if (pluginData === resolved || !(isAsked || pluginData === own)) return;
      const { path: file, sideEffects } = await resolve(path, { ...options, pluginData: resolved });
      return { path: file, sideEffects, suffix: "?of-the-sdk", pluginData: own };
    });
    onLoad({ filter: /[\\/]zod[\\/]/ }, async ({ path, pluginData }) =>
      pluginData === own ? { contents: await readFile(path), pluginData } : undefined,
    );
  },
};

const AS_MODULES = { splitting: true, format: "esm", banner: { js: REQUIRE } };

const AS_COMMONJS = {
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  // `import()` would start the loader of modules after all.
  supported: { "dynamic-import": false },
  plugins: [
    {
      name: "other-file-of-the-hooks",
      setup({ onResolve }) {
        onResolve({ filter: /\/verdicts\.ts$/ }, ({ kind }) =>
          kind === "dynamic-import" ? { path: "./hook-verdicts.cjs", external: true } : undefined,
        );
      },
    },
  ],
};

/** What is built together shares chunks. */
const GROUPS = [
  { entries: ENTRIES, form: AS_MODULES },
  { entries: HOST_ENTRIES, form: AS_MODULES },
  { entries: GUARD_ENTRIES, form: AS_MODULES },
  { entries: HOOK_ENTRIES, form: AS_COMMONJS },
];

/**
 * Bundles into `dist` and gives back what went in and came out.
 *
 * @param {{ root: string, dist: string, version: string }} options
 * @returns {Promise<{ inputs: string[], outputs: Map<string, number> }>} package and source files used; files written, with size
 */
export async function bundle({ root, dist, version }) {
  const inputs = new Set();
  const outputs = new Map();
  for (const { entries, form } of GROUPS) {
    const present = Object.fromEntries(
      Object.entries(entries).filter(([, source]) => existsSync(join(root, source))),
    );
    if (Object.keys(present).length === 0) continue;
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: present,
      outdir: dist,
      chunkNames: "chunks/[name]-[hash]",
      bundle: true,
      platform: "node",
      target: "node20.19",
      mainFields: ["module", "main"],
      // Not minified: a start takes as long either way (96 ms, measured), and people read diffs and traces.
      minify: false,
      legalComments: "none",
      charset: "utf8",
      define: { __VERSION__: JSON.stringify(version) },
      ...form,
      plugins: [noValidatorOfTheSdk, zodOfTheSdk, ...(form.plugins ?? [])],
      // B1, also where node_modules is a link.
      preserveSymlinks: true,
      metafile: true,
      logLevel: "warning",
    });
    refuseUnresolved(metafile);
    refuseDynamicCommonJs(metafile);
    for (const file of Object.keys(metafile.inputs)) inputs.add(file);
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) outputs.set(file, bytes);
  }
  return { inputs: [...inputs].sort(), outputs };
}

/** B2, as far as imports that the bundler can see go. */
function refuseUnresolved(metafile) {
  for (const [file, { imports }] of Object.entries(metafile.outputs)) {
    for (const { path, external } of imports) {
      const known =
        path.startsWith("node:") || builtinModules.includes(path) || path === "./hook-verdicts.cjs";
      if (external && !known) {
        throw new Error(`${file} would need the package '${path}' at run time; everything must be bundled`);
      }
    }
  }
}

/** A CommonJS module has its named exports in Node and only `default` in the bundle, when it is a chunk by itself. */
function refuseDynamicCommonJs({ inputs }) {
  for (const [file, { imports }] of Object.entries(inputs)) {
    if (!file.startsWith("src/")) continue;
    for (const { path, kind, original } of imports) {
      if (kind === "dynamic-import" && inputs[path]?.format === "cjs") {
        throw new Error(
          `${file}: import("${original}") loads CommonJS, whose named exports are lost in the bundle; ` +
            "import it statically in a module of ours, and import that one dynamically",
        );
      }
    }
  }
}
