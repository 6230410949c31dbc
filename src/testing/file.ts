/**
 * A program file, loaded as the server loads it: its own imports linked, `.md` and `.json` included, and
 * `agent-sequencer` and `zod` given.
 *
 * M1. The program sees the author's own folder as `import.meta.dirname`: nothing is stored for a test.
 */

import { realpathSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createCodeCache } from "../catalog/compiled-code.ts";
import { linkProgram } from "../catalog/link.ts";
import type { LinkedModule, ProgramVersion } from "../catalog/version.ts";
import { SequencerError } from "../errors.ts";
import { createBuiltins } from "../host/determinism/builtins.ts";
import { evaluateProgram } from "../host/evaluate-program.ts";
import { provide } from "../host/provided.ts";
import { errorInfo, placeOf } from "../host/stack.ts";
import type { Source } from "./source.ts";

/** A folder that cannot be: compiled code is kept in memory only. */
const NOWHERE = "/dev/null/compiled";
const cache = createCodeCache(NOWHERE);

/** @throws SequencerError `ProgramNotLoadable` with the place of what is wrong */
export async function fileSource(file: string | { readonly href: string }): Promise<Source> {
  const path = typeof file === "string" ? resolve(file) : fileURLToPath(file.href);
  const name = basename(path, extname(path));
  const found = { name, file: path, realpath: realPath(path), source: "project" as const };
  const { version } = await linkProgram(found, cache, () => dirname(path));
  return sourceOfVersion(inPlace(version));
}

/** Its evaluation sees Node's modules as programs do. */
export function sourceOfVersion(version: ProgramVersion): Source {
  return {
    name: version.name,
    version: version.version,
    evaluate: () => evaluateProgram(version, provide, { requireBuiltin: createBuiltins() }),
    describeError: (error) => errorInfo(error, version),
    placeOf: (stack) => placeOf(stack, version),
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new SequencerError("ProgramNotLoadable", `There is no program file ${path}.`, undefined, { cause });
  }
}

function inPlace(version: ProgramVersion): ProgramVersion {
  const modules: { [id: string]: LinkedModule } = {};
  for (const [id, module] of Object.entries(version.modules)) {
    modules[id] = { ...module, storedAt: module.filename };
  }
  return { ...version, modules };
}
