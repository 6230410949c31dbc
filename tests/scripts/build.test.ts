import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject, type Project } from "./project.ts";

const FILES = {
  "src/index.ts": `export { number } from "./number.ts";\n`,
  "src/number.ts": `/** Says import from "elsewhere" in a comment. */\nexport const number: 1 = 1;\n`,
  "src/cli.ts": `#!/usr/bin/env node
import { parse } from "fast-uri";
import { VERSION } from "./package.ts";
const { ulid } = await import("ulid");
process.stdout.write([VERSION, parse("a://b").host, ulid(1).slice(0, 4)].join(" "));\n`,
  "src/package.ts": readFileSync(new URL("../../src/package.ts", import.meta.url), "utf8"),
};
const projects: Project[] = [];
const project = () => {
  projects.push(createProject(FILES));
  return projects.at(-1)!;
};
afterAll(() => {
  for (const { folder } of projects) rmSync(folder, { recursive: true });
});

const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );

describe("the build", () => {
  let built: Project;
  beforeAll(async () => {
    built = project();
    expect(await built.run("scripts/build.mjs")).toMatchObject({ code: 0 });
  });

  it("gives a command that runs without any package installed", async () => {
    rmSync(join(built.folder, "node_modules"));
    const { code, output } = await built.run("dist/cli.js");
    const { version } = JSON.parse(readFileSync(join(built.folder, "package.json"), "utf8"));
    expect({ code, output }).toEqual({ code: 0, output: `${version} b 0000` });
    expect(statSync(join(built.folder, "dist/cli.js")).mode & 0o111).not.toBe(0);
  });

  it("keeps what is imported dynamically in a chunk of its own", () => {
    const chunks = readdirSync(join(built.folder, "dist/chunks"));
    expect(chunks.filter((name) => name.startsWith("node-") || name.includes("ulid"))).toHaveLength(1);
  });

  it("names every bundled package with its licence", () => {
    const text = readFileSync(join(built.folder, "dist/THIRD-PARTY-NOTICES"), "utf8");
    expect(text).toMatch(/^fast-uri \d+\.\d+\.\d+\nLicence: BSD-3-Clause$/m);
    expect(text).toMatch(/^ulid \d+\.\d+\.\d+\nLicence: MIT$/m);
    expect(text).not.toContain("\nzod ");
  });

  it("writes declarations that import only each other", () => {
    expect(readFileSync(join(built.folder, "dist/types/index.d.ts"), "utf8")).toBe(
      `export { number } from "./number.js";\n`,
    );
  });

  it("gives the same bytes in another folder", async () => {
    const other = project();
    await other.run("scripts/build.mjs");
    expect(filesOf(join(other.folder, "dist"))).toEqual(filesOf(join(built.folder, "dist")));
  });

  it("writes no declaration that only the inside knows", async () => {
    const other = project();
    other.write(
      "src/index.ts",
      `import { helper } from "./inside.ts";
export { type Shown as Renamed, usedBy } from "./mixed.ts";
export const result = helper();\n`,
    );
    other.write(
      "src/mixed.ts",
      `/** Opens the file. */
import type { Ajv } from "ajv";
import { type Deep, type Unseen } from "./inside.ts";
/** Is shown, with “quotes” before it. */
export interface Shown { readonly deep: Deep }
/** Stays inside. */
export interface Hidden { readonly ajv: Ajv; readonly unseen: Unseen }
/** Takes something that is not exported. */
export function usedBy(options: Options): void { void options; }
interface Options { readonly name: string }\n`,
    );
    other.write(
      "src/inside.ts",
      `export interface Deep { readonly value: 1 }
export interface Unseen { readonly value: 2 }
export function helper(): import("./far.ts").Far { return { far: true }; }\n`,
    );
    other.write("src/far.ts", `export interface Far { readonly far: true }\nexport interface Farther {}\n`);
    other.write("src/nowhere.ts", `export interface Nowhere {}\n`);
    expect(await other.run("scripts/build.mjs")).toMatchObject({ code: 0 });
    const types = filesOf(join(other.folder, "dist/types"));
    const ours = Object.keys(types).filter((file) => !file.startsWith("zod/"));
    expect(ours.sort()).toEqual(["far.d.ts", "index.d.ts", "inside.d.ts", "mixed.d.ts"]);
    expect(types["far.d.ts"]).toBe("export interface Far {\n    readonly far: true;\n}\n");
    expect(types["inside.d.ts"]).toBe("export interface Deep {\n    readonly value: 1;\n}\n");
    expect(types["mixed.d.ts"]).toBe(
      `/** Opens the file. */
import { type Deep } from "./inside.js";
/** Is shown, with “quotes” before it. */
export interface Shown {
    readonly deep: Deep;
}
/** Takes something that is not exported. */
export declare function usedBy(options: Options): void;
interface Options {
    readonly name: string;
}\n`,
    );
  });

  it("refuses declarations that users could not resolve", async () => {
    const other = project();
    other.write("src/index.ts", `import type { Ajv } from "ajv";\nexport let ajv: Ajv | undefined;\n`);
    const { code, output } = await other.run("scripts/build.mjs");
    expect(code).toBe(1);
    expect(output).toContain("types/index.d.ts imports 'ajv'");
    expect(existsSync(join(other.folder, "dist"))).toBe(false);
  });

  it("refuses a dynamic import whose names would be lost", async () => {
    const other = project();
    other.write("src/index.ts", `export const load = () => import("ajv");\n`);
    const { code, output } = await other.run("scripts/build.mjs");
    expect(code).toBe(1);
    expect(output).toContain(`src/index.ts: import("ajv") loads CommonJS`);
  });
});

describe("the check of dist/", () => {
  it("passes on what the build wrote, and leaves nothing behind", async () => {
    const fresh = project();
    await fresh.run("scripts/build.mjs");
    const before = readdirSync(fresh.folder).sort();
    expect(await fresh.run("scripts/build.mjs", "--check")).toEqual({ code: 0, output: "" });
    expect(readdirSync(fresh.folder).sort()).toEqual(before);
  });

  it("names the files that differ, are missing or left over, and does not touch them", async () => {
    const stale = project();
    await stale.run("scripts/build.mjs");
    stale.write("src/number.ts", "export const number: 2 = 2;\n");
    writeFileSync(join(stale.folder, "dist/chunks/old.js"), "");
    rmSync(join(stale.folder, "dist/THIRD-PARTY-NOTICES"));
    const before = filesOf(join(stale.folder, "dist"));
    const { code, output } = await stale.run("scripts/build.mjs", "--check");
    expect(code).toBe(1);
    expect(output).toBe(
      [
        "dist/ is stale. Run 'npm run build' and commit dist/.",
        "  missing  THIRD-PARTY-NOTICES",
        "  left over  chunks/old.js",
        "  differs  index.js",
        "  differs  types/number.d.ts",
        "",
      ].join("\n"),
    );
    expect(filesOf(join(stale.folder, "dist"))).toEqual(before);
  });

  it("fails where there is no dist/ at all", async () => {
    const { code, output } = await project().run("scripts/build.mjs", "--check");
    expect(code).toBe(1);
    expect(output).toContain("missing  cli.js");
  });
});
