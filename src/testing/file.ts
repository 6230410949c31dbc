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
import { SequencerError } from "../errors.ts";
import type { Source } from "./source.ts";
import { inPlace, sourceOfVersion } from "./version-source.ts";

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

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new SequencerError("ProgramNotLoadable", `There is no program file ${path}.`, undefined, { cause });
  }
}
