/**
 * `init`: the programs folder of a project, with a first program and types for it.
 *
 * I1. What exists is left alone, unless it is said to be replaced.
 * I2. Opened in an editor, or checked with `tsc`, the programs there are fully typed with nothing installed:
 *     our types and zod's lie beside them. They are copies, so that they mean the same on every machine.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPrograms } from "../catalog/find.ts";
import { SequencerError } from "../errors.ts";
import { FIRST_PROGRAM, FIRST_PROGRAM_NAME, MODULES, TSCONFIG } from "./init-files.ts";

export interface InitOptions {
  readonly projectDir: string;
  /** `dist/types/` of this package, ending with a slash. */
  readonly types: URL;
  /** Replace what `init` made before. */
  readonly force: boolean;
}

export interface InitReport {
  /** The programs folder. */
  readonly folder: string;
  /** Relative to it. */
  readonly made: readonly string[];
  readonly replaced: readonly string[];
  /** They existed, with other content. */
  readonly kept: readonly string[];
  /** Name of the first program, if it was made. */
  readonly program?: string;
}

/** Folder for the types, in the programs folder: its name keeps programs from being looked for in it. */
const TYPES = ".types";

/** @throws SequencerError `StateDirUnusable`, `InternalError` */
export function initProject({ projectDir, types, force }: InitOptions): InitReport {
  const folder = join(projectDir, ".claude", "sequencer", "programs");
  const made: string[] = [];
  const replaced: string[] = [];
  const kept: string[] = [];
  const hadPrograms = hasPrograms(folder);
  for (const [path, content] of filesToMake(types, !hadPrograms)) {
    const file = join(folder, path);
    const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    if (before === content) continue;
    if (before !== undefined && !force) {
      kept.push(path);
      continue;
    }
    write(file, content);
    (before === undefined ? made : replaced).push(path);
  }
  const program = made.includes(`${FIRST_PROGRAM_NAME}.ts`) ? { program: FIRST_PROGRAM_NAME } : {};
  return { folder, made, replaced, kept, ...program };
}

/** A first program is of no use to somebody who has written some. */
function hasPrograms(folder: string): boolean {
  const { files, problems } = findPrograms([{ folder, source: "project" }]);
  return files.length > 0 || problems.length > 0;
}

function* filesToMake(types: URL, withProgram: boolean): Generator<[path: string, content: string]> {
  if (withProgram) yield [`${FIRST_PROGRAM_NAME}.ts`, FIRST_PROGRAM];
  yield ["tsconfig.json", TSCONFIG];
  yield [join(TYPES, "modules.d.ts"), MODULES];
  for (const [path, content] of declarations(types)) {
    const isZods = path.startsWith("zod/");
    yield [join(TYPES, isZods ? path : join("agent-sequencer", path)), content];
  }
}

function* declarations(types: URL): Generator<[path: string, content: string]> {
  const root = fileURLToPath(types);
  if (!existsSync(join(root, "index.d.ts")) || !existsSync(join(root, "zod/index.d.ts"))) {
    throw new SequencerError(
      "InternalError",
      `The types are missing: there is no ${root}.`,
      "Install agent-sequencer anew.",
    );
  }
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    yield [file.slice(root.length), readFileSync(file, "utf8")];
  }
}

function write(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (cause) {
    const message = `${file} cannot be written: ${(cause as Error).message}.`;
    throw new SequencerError("StateDirUnusable", message, "Make the project's folder writable.", { cause });
  }
}
