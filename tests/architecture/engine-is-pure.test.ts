import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Everything reachable from these entry points, packages included, bundled for no platform at all. */
async function bundled(entryPoints: string[] | { stdin: string }) {
  const result = await build({
    absWorkingDir: root,
    ...(Array.isArray(entryPoints)
      ? { entryPoints }
      : { stdin: { contents: entryPoints.stdin, resolveDir: root, loader: "ts" as const } }),
    outdir: "out",
    write: false,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    external: [...builtinModules, "node:*"],
    metafile: true,
    logLevel: "silent",
  });
  const inputs = Object.entries(result.metafile.inputs);
  return {
    node: inputs.flatMap(([file, { imports }]) =>
      imports.filter(({ external }) => external).map(({ path }) => `${file} -> ${path}`),
    ),
    packages: new Set(
      inputs.map(([file]) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean),
    ),
    text: result.outputFiles.map(({ text }) => text).join("\n"),
  };
}

const sources = (room: string) =>
  readdirSync(`${root}src/${room}`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `src/${room}/${path}`);

describe("the functional core", () => {
  it("reaches no module of Node, and no package but ajv, from any of its files", async () => {
    const { node, packages } = await bundled([...sources("engine"), ...sources("program")]);
    expect(node).toEqual([]);
    expect([...packages].sort()).toEqual(
      ["ajv", "ajv-formats", "fast-deep-equal", "fast-uri", "json-schema-traverse"].filter((name) =>
        packages.has(name),
      ),
    );
  });

  it("would be caught with one, however deep", async () => {
    const { node } = await bundled({
      stdin: `export * from "./src/engine/state.ts"; export * from "./src/package.ts";`,
    });
    expect(node).toEqual(["src/package.ts -> node:fs"]);
  });

  it.each(sources("engine"))("asks neither clock nor chance in %s", async (file) => {
    const result = await build({
      absWorkingDir: root,
      entryPoints: [file],
      write: false,
      format: "esm",
      logLevel: "silent",
      legalComments: "none",
    });
    const code = result.outputFiles[0]!.text;
    for (const call of [
      /\bDate\.now\b/,
      /\bnew Date\(\)/,
      /\bMath\.random\b/,
      /\bperformance\b/,
      /\bset(Timeout|Interval|Immediate)\b/,
      /\bprocess\b\./,
    ]) {
      expect(code).not.toMatch(call);
    }
  });
});
