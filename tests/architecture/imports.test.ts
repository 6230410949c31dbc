import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type Import, importsOf } from "./imports-of.ts";
import { EXCEPTIONS, RULES, roomOf, SDK_ROOM } from "./rooms.ts";

const src = fileURLToPath(new URL("../../src/", import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

/** What is wrong with an import in the file at `path` under `src/`; `undefined`: nothing. */
function problemOf(path: string, { specifier, typeOnly }: Import): string | undefined {
  const room = roomOf(path);
  const rule = RULES[room];
  if (specifier.startsWith(".")) {
    const target = relative(src, resolve(src, dirname(path), specifier));
    if (target.startsWith("..")) return `${path} imports ${specifier}, outside src/`;
    const other = roomOf(target);
    if (other === "leaf" && room !== "leaf") return undefined;
    if (other === room && room !== "leaf") return undefined;
    if (rule.values.includes(other)) return undefined;
    if (EXCEPTIONS[room]?.includes(target)) return undefined;
    if (rule.types.includes(other)) {
      return typeOnly
        ? undefined
        : `${path} imports values of ${target}: ${room} takes only types of ${other}`;
    }
    return `${path} imports ${target}: ${room} must not know ${other}`;
  }
  if (specifier.startsWith("node:")) {
    return rule.node ? undefined : `${path} imports ${specifier}: ${room} uses no module of Node`;
  }
  if (builtinModules.includes(specifier)) return `${path} imports '${specifier}' without 'node:'`;
  const name = specifier.match(/^(@[^/]+\/)?[^/]+/)![0];
  if (name === "@modelcontextprotocol/sdk" && room !== SDK_ROOM) {
    return `${path} imports ${specifier}: only ${SDK_ROOM} speaks MCP`;
  }
  if (rule.packages !== undefined && !rule.packages.includes(name)) {
    return `${path} imports the package '${name}': ${room} may not`;
  }
  return undefined;
}

describe("imports between the rooms of src/", () => {
  it.each(files)("run one way in %s", (path) => {
    const problems = importsOf(join(src, path)).map((each) => problemOf(path, each));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("of modules form no circle at run time", () => {
    const edges = new Map(
      files.map((path) => [
        path,
        importsOf(join(src, path))
          .filter(({ specifier, typeOnly, dynamic }) => specifier.startsWith(".") && !typeOnly && !dynamic)
          .map(({ specifier }) => relative(src, resolve(src, dirname(path), specifier))),
      ]),
    );
    expect(circleIn(edges)).toBeUndefined();
  });

  it("are told apart: these are all refused", () => {
    const at = (path: string, specifier: string, typeOnly = false) =>
      problemOf(path, { specifier, typeOnly, dynamic: false });
    expect(at("engine/state.ts", "../log/event-log.ts", true)).toContain("engine must not know log");
    expect(at("engine/state.ts", "node:fs")).toContain("no module of Node");
    expect(at("engine/state.ts", "zod")).toContain("may not");
    expect(at("log/file-log.ts", "../engine/event.ts")).toContain("only types");
    expect(at("log/file-log.ts", "../engine/event.ts", true)).toBeUndefined();
    expect(at("errors.ts", "./package.ts")).toContain("must not know");
    expect(at("program/step.ts", "../engine/state.ts")).toContain("program must not know engine");
    expect(at("instances/answer.ts", "@modelcontextprotocol/sdk/types.js", true)).toContain("speaks MCP");
    expect(at("server/main.ts", "../cli.ts")).toContain("server must not know cli");
  });
});

describe("the parser of imports", () => {
  const folder = mkdtempSync(join(tmpdir(), "imports-of-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("sees every form and knows which are only types", () => {
    const file = join(folder, "all-forms.ts");
    writeFileSync(
      file,
      `import a from "value-default";
       import { type B, c } from "value-and-type";
       import { type D } from "type-names";
       import type { E } from "type-import";
       export { f } from "value-export";
       export type { G } from "type-export";
       export * from "value-star";
       import "value-side-effect";
       let h: import("type-inline").H;
       async function load() { await import("value-dynamic"); }`,
    );
    const found = importsOf(file);
    expect(found).toHaveLength(10);
    for (const { specifier, typeOnly } of found)
      expect([specifier, typeOnly]).toEqual([specifier, specifier.startsWith("type-")]);
  });
});

/** The first circle found, as a path of files; `undefined` if there is none. */
function circleIn(edges: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of edges.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return undefined;
}
