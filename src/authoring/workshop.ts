/** What the commands for authors need of the rooms below: programs by name or file, and where to run them. */

import { existsSync, realpathSync } from "node:fs";
import { basename, resolve, sep } from "node:path";
import { type Catalog, type CatalogOptions, createCatalog } from "../catalog/catalog.ts";
import type { ProgramFile, ProgramVersion } from "../catalog/version.ts";
import { SequencerError } from "../errors.ts";
import type { ProbeSettings } from "./run-probe.ts";

/** The program host's worker thread. */
export interface HostSettings {
  readonly entry: URL;
}

export interface WorkshopOptions extends CatalogOptions {
  readonly probe: ProbeSettings;
  readonly host: HostSettings;
  /** Folder of this package's declarations, zod's included; ends with a slash. */
  readonly types: URL;
}

export interface FoundProgram {
  readonly file: ProgramFile;
  readonly version: ProgramVersion;
}

export interface Workshop {
  readonly projectDir: string;
  readonly catalog: Catalog;
  readonly probe: ProbeSettings;
  readonly host: HostSettings;
  readonly types: URL;
  /** @throws SequencerError `UnknownProgram`, `ProgramNotLoadable` */
  find(programOrFile: string): Promise<FoundProgram>;
}

const SCRIPT = /\.[mc]?[jt]s$/;

export function openWorkshop(options: WorkshopOptions): Workshop {
  const catalog = createCatalog(options);
  return {
    projectDir: options.projectDir,
    catalog,
    probe: options.probe,
    host: options.host,
    types: options.types,
    async find(programOrFile) {
      const isFile = programOrFile.includes(sep) || SCRIPT.test(programOrFile);
      const file = isFile ? programFile(programOrFile) : named(programOrFile, catalog);
      return { file, version: await catalog.link(file) };
    },
  };
}

/** Any file, also where programs are not looked for. */
function programFile(path: string): ProgramFile {
  const file = resolve(path);
  if (!existsSync(file))
    throw new SequencerError("UnknownProgram", `There is no file ${file}.`, "Correct the path.");
  return { name: basename(file).replace(SCRIPT, ""), file, realpath: realpathSync(file), source: "project" };
}

function named(name: string, catalog: Catalog): ProgramFile {
  const { files, problems } = catalog.find();
  const file = files.find((candidate) => candidate.name === name);
  if (file !== undefined) return file;
  const problem = problems.find((candidate) => candidate.name === name);
  if (problem !== undefined) throw new SequencerError("ProgramNotLoadable", problem.message);
  const known = files.map((each) => each.name).join(", ");
  throw new SequencerError(
    "UnknownProgram",
    `There is no program named ${JSON.stringify(name.slice(0, 80))}. ${known === "" ? "No program was found at all" : `There are: ${known}`}.`,
    "Give one of these names, or the path of a program's file.",
  );
}
