/** The source that a test names: a program that it imported, or a file. */

import { isProgram } from "../program/program.ts";
import { importedSource } from "./imported.ts";
import type { ProgramOrFile } from "./run.ts";
import type { Source } from "./source.ts";

/** @throws SequencerError `ProgramNotLoadable`, TypeError */
export async function sourceOf(program: ProgramOrFile): Promise<Source> {
  if (isProgram(program)) return importedSource(program);
  const href = (program as { href?: unknown } | null | undefined)?.href;
  if (typeof program === "string" || typeof href === "string") {
    // Loading files brings the transformer, which a test of an imported program has no use for.
    const { fileSource } = await import("./file.ts");
    return fileSource(program as string | { readonly href: string });
  }
  throw new TypeError(
    "drive takes a program, the default export of its file, or the path or URL of that file.",
  );
}
