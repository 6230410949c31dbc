/**
 * Finds program files: which files of which folders are programs, and which name means which file.
 *
 * F1. Folders are searched in order; the first one that has a name decides what it means, even when it
 *     has it twice: then the name means nothing and the problem names both files.
 * F2. Nothing that is wrong with one file or folder keeps another from being found.
 */

import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode, systemErrorInWords } from "./problem.ts";
import type { ProgramFile, ProgramProblem } from "./version.ts";

export interface ProgramFolder {
  readonly folder: string;
  readonly source: ProgramFile["source"];
}

export interface FoundPrograms {
  /** One a name, in the order of the names. */
  readonly files: ProgramFile[];
  readonly problems: ProgramProblem[];
}

const SCRIPT = /\.[mc]?[jt]s$/;
const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 64;

export function findPrograms(folders: readonly ProgramFolder[]): FoundPrograms {
  const byName = new Map<string, ProgramFile | undefined>();
  const problems: ProgramProblem[] = [];
  for (const folder of folders) {
    for (const [name, files] of programsOfFolder(folder, problems)) {
      if (byName.has(name)) continue;
      byName.set(name, files.length === 1 ? files[0] : undefined);
      if (files.length > 1) problems.push(sameName(name, files));
    }
  }
  const files = [...byName.values()].filter((file) => file !== undefined);
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

function programsOfFolder(
  { folder, source }: ProgramFolder,
  problems: ProgramProblem[],
): Map<string, ProgramFile[]> {
  const found = new Map<string, ProgramFile[]>();
  for (const entry of entriesOf(folder, problems)) {
    const name = programName(entry.name);
    if (name === undefined) continue;
    const file = join(folder, entry.name);
    const real = realFile(entry, file, name, problems);
    if (real === undefined) continue;
    if (!isProgramName(name)) {
      problems.push({ name, file, message: nameProblem(entry.name) });
      continue;
    }
    const sameNamed = found.get(name) ?? [];
    found.set(name, [...sameNamed, { name, file, realpath: real, source }]);
  }
  return found;
}

/** A folder that does not exist holds no programs; one that cannot be read is a problem. */
function entriesOf(folder: string, problems: ProgramProblem[]): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") {
      const message = `The programs folder cannot be read: ${systemErrorInWords(error)}.`;
      problems.push({ name: "", file: folder, message });
    }
    return [];
  }
}

export function isProgramName(name: string): boolean {
  return KEBAB_CASE.test(name) && name.length <= MAX_NAME_LENGTH;
}

/** `undefined` for files that are not programs by their name. */
export function programName(fileName: string): string | undefined {
  if (!SCRIPT.test(fileName) || /^[_.]/.test(fileName)) return undefined;
  if (/\.d\.[mc]?ts$/.test(fileName) || /\.(test|spec)\./.test(fileName)) return undefined;
  return fileName.replace(SCRIPT, "");
}

/** The regular file behind the entry; a folder, socket or the like is passed over. */
function realFile(entry: Dirent, file: string, name: string, problems: ProgramProblem[]): string | undefined {
  if (!entry.isFile() && !entry.isSymbolicLink()) return undefined;
  try {
    const real = realpathSync(file);
    return statSync(real).isFile() ? real : undefined;
  } catch (error) {
    const message = `The symbolic link leads nowhere usable: ${systemErrorInWords(error)}.`;
    problems.push({ name, file, message });
    return undefined;
  }
}

function nameProblem(fileName: string): string {
  return (
    `'${fileName}' cannot be a program's file: its name must be kebab-case (lower-case letters, digits, single ` +
    `hyphens; at most ${MAX_NAME_LENGTH} characters). Rename it, or begin its name with _ if it is not a program.`
  );
}

function sameName(name: string, files: readonly ProgramFile[]): ProgramProblem {
  const all = files.map((file) => file.file).join(" and ");
  return {
    name,
    file: files[0]!.file,
    message: `The name '${name}' is used by ${files.length} files of one folder: ${all}. Rename or remove all but one.`,
  };
}
