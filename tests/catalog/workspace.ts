/** A folder of one test's own, with a catalog over it; outside any node_modules. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import * as zod from "zod";
import { type Catalog, type CatalogOptions, createCatalog } from "../../src/catalog/catalog.ts";
import type { ProgramNotLoadable } from "../../src/catalog/problem.ts";
import type { ProgramFile, ProgramProblem, ProgramVersion } from "../../src/catalog/version.ts";
import { evaluateVersion } from "../../src/host/evaluate.ts";
import * as author from "../../src/index.ts";

export interface Workspace {
  readonly root: string;
  readonly programs: string;
  readonly stateDir: string;
  readonly catalog: Catalog;
  path(...parts: string[]): string;
  /** Writes a file under the root. */
  write(path: string, content: string | Buffer): string;
  /** Writes it among the project's programs. */
  program(path: string, content: string | Buffer): string;
  anotherCatalog(options?: Partial<CatalogOptions>): Catalog;
  found(name: string): ProgramFile;
  link(name: string): Promise<ProgramVersion>;
}

export function makeWorkspace(): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "agent-sequencer-catalog-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const path = (...parts: string[]) => join(root, ...parts);
  const programs = path("project", ".claude", "sequencer", "programs");
  const stateDir = path("state");
  const write = (file: string, content: string | Buffer) => {
    const target = file.startsWith("/") ? file : path(file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    return target;
  };
  const options = {
    projectDir: path("project"),
    home: path("home"),
    programDirs: [path("bundled")],
    stateDir,
  };
  const catalog = createCatalog(options);
  const found = (name: string) => {
    const file = catalog.find().files.find((each) => each.name === name);
    if (file === undefined) throw new Error(`no program '${name}' was found`);
    return file;
  };
  return {
    root,
    programs,
    stateDir,
    catalog,
    path,
    write,
    program: (file, content) => write(join(programs, file), content),
    anotherCatalog: (more = {}) => createCatalog({ ...options, ...more }),
    found,
    link: (name) => catalog.link(found(name)),
  };
}

const PROVIDED: { [specifier: string]: unknown } = { "agent-sequencer": author, zod };

export const provide = (specifier: string) => PROVIDED[specifier];

export function evaluate(version: ProgramVersion): any {
  return evaluateVersion(version, provide);
}

export async function problemsOf(linking: Promise<unknown>): Promise<readonly ProgramProblem[]> {
  try {
    await linking;
  } catch (error) {
    const { problems } = error as ProgramNotLoadable;
    if (problems === undefined) throw error;
    return problems;
  }
  throw new Error("it was linked without a problem");
}

export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<any> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
