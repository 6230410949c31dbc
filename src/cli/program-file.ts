/** A program named by its file: the file must be what its name leads to. */

import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { type CatalogOptions, createCatalog } from "../catalog/catalog.ts";
import { SequencerError } from "../errors.ts";

/** @throws SequencerError `ProgramNotLoadable` if another file is found first, or none */
export function assertFound(file: string, options: CatalogOptions): void {
  const name = basename(file).replace(/\.[mc]?[jt]s$/, "");
  const { files, problems } = createCatalog(options).find();
  const found = files.find((candidate) => candidate.name === name);
  if (found !== undefined && realpathSync(found.file) === realpathSync(file)) return;
  if (found !== undefined) {
    throw new SequencerError(
      "ProgramNotLoadable",
      `The name '${name}' means ${found.file}, which is found before ${file}.`,
      "Rename the file, and the program in it, or move the other one away.",
    );
  }
  const problem = problems.find((candidate) => candidate.name === name);
  throw new SequencerError(
    "ProgramNotLoadable",
    problem?.message ??
      `${file} is not taken for a program: its name begins with _ or . , or is that of a test.`,
    "Rename it to a kebab-case name such as my-program.ts.",
  );
}
