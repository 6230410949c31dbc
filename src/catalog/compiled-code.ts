/**
 * Compiled code, by what it was compiled from: kept in memory and under `<state>/compiled/`, so that the
 * transformer is loaded only for a source that this state folder has never seen.
 *
 * K1. An entry is published whole (written aside, then renamed) and carries a checksum of itself; one
 *     that does not match is compiled anew.
 * K2. The folder is a cache: without it, or with any entry missing, everything works, only slower.
 */

import { createHash, randomUUID } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Script } from "node:vm";
import { asFunction } from "./module-function.ts";
import { readRegularFile } from "./regular-file.ts";
import { type ImportSite, SyntaxProblem } from "./syntax.ts";

export type Dialect = "ts" | "cts" | "js" | "mjs" | "cjs";

export interface Compiled {
  /** CommonJS. */
  readonly code: string;
  /** `mappings` of its source map. */
  readonly map: string;
  readonly imports: readonly ImportSite[];
  readonly names: { readonly [specifier: string]: readonly string[] };
}

/** @throws SyntaxProblem */
export type Transform = (source: string, dialect: Dialect) => Compiled | Promise<Compiled>;

export interface CodeCache {
  /** @throws SyntaxProblem */
  compile(source: string, dialect: Dialect): Promise<Compiled>;
  /** Removes the entries older than `maxAgeMs`, and returns how many. */
  prune(maxAgeMs: number): number;
}

/** Changes whenever the same source may compile to something else: part of every key. */
export const TRANSFORMER_VERSION = "jiti-2.7.0/1";

const MAX_IN_MEMORY = 256;

/** `loadTransform` is called once, when it is first needed. */
export function createCodeCache(
  folder: string,
  loadTransform: () => Promise<Transform> = async () => (await import("./transformer.ts")).transform,
): CodeCache {
  const memory = new Map<string, Compiled>();
  let transform: Promise<Transform> | undefined;

  const remember = (key: string, compiled: Compiled): Compiled => {
    memory.delete(key);
    memory.set(key, compiled);
    if (memory.size > MAX_IN_MEMORY) memory.delete(memory.keys().next().value!);
    return compiled;
  };

  return {
    async compile(source, dialect) {
      const key = keyOf(source, dialect);
      const known = memory.get(key) ?? readEntry(join(folder, `${key}.cjs`));
      if (known !== undefined) return remember(key, known);
      transform ??= loadTransform();
      const compiled = await (await transform)(source, dialect);
      refuseWhatNodeRefuses(compiled.code);
      writeEntry(folder, key, compiled);
      return remember(key, compiled);
    },

    prune(maxAgeMs) {
      let removed = 0;
      for (const name of entriesOf(folder)) {
        const path = join(folder, name);
        const facts = lstatSync(path, { throwIfNoEntry: false });
        // A folder is not ours.
        if (!facts?.isFile() || Date.now() - facts.mtimeMs <= maxAgeMs) continue;
        rmSync(path, { force: true });
        removed++;
      }
      return removed;
    },
  };
}

/** The dialect that a file's ending stands for; `undefined`: not a script. */
export function dialectOf(file: string): Dialect | undefined {
  const dialects: { [ending: string]: Dialect } = {
    ".ts": "ts",
    ".mts": "ts",
    ".cts": "cts",
    ".js": "js",
    ".mjs": "mjs",
    ".cjs": "cjs",
  };
  return dialects[extname(file)];
}

/** The transformer takes a little more than Node does; Node's verdict, with the line, which is kept. */
function refuseWhatNodeRefuses(code: string): void {
  try {
    new Script(asFunction(code), { filename: "source" });
  } catch (error) {
    const { message, stack } = error as Error;
    const line = /^source:(\d+)/.exec(stack ?? "")?.[1];
    throw new SyntaxProblem(`${message}.`, line === undefined ? undefined : Number(line));
  }
}

function keyOf(source: string, dialect: Dialect): string {
  const hash = createHash("sha256").update(`${TRANSFORMER_VERSION}\0${dialect}\0`).update(source);
  return hash.digest("hex").slice(0, 32);
}

/** An entry: a line with the checksum of the rest, a line with the findings as JSON, the code. */
function writeEntry(folder: string, key: string, { code, ...findings }: Compiled): void {
  const rest = `// ${JSON.stringify(findings)}\n${code}`;
  const aside = join(folder, `.${key}-${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(aside, `// ${checksum(rest)}\n${rest}`, { mode: 0o600 });
      renameSync(aside, join(folder, `${key}.cjs`));
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  } catch {
    // K2: the disk is full or read-only, which whoever writes what matters will report.
  }
}

function readEntry(path: string): Compiled | undefined {
  let text: string;
  try {
    text = readRegularFile(path).toString("utf8");
  } catch {
    return undefined;
  }
  const first = text.indexOf("\n");
  const rest = text.slice(first + 1);
  if (text.slice(3, first) !== checksum(rest)) return undefined;
  const second = rest.indexOf("\n");
  const findings = JSON.parse(rest.slice(3, second)) as Omit<Compiled, "code">;
  return { ...findings, code: rest.slice(second + 1) };
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
