/**
 * The version store, `<state>/versions/<hash>/`: the sources that instances run from until they end.
 *
 * `manifest.json` says what the version is made of, `files/<id>` holds it, `origins.json` says where the
 * author kept it: packages are looked for there, and stack traces name it.
 *
 * W1. A version is in place only whole and durable; it is never changed afterwards.
 * W2. What is read back is verified: the manifest against the version's name, each file against the
 *     manifest. Files that the manifest does not name are ignored.
 * W3. Only regular files are read: a link or a pipe in a file's place counts as a missing file.
 */

import { randomUUID } from "node:crypto";
import { type Dirent, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { SequencerError } from "../errors.ts";
import { type Content, digest, isVersion, type Manifest, manifestOf, versionOf } from "./content.ts";
import { ASIDE, type FileToWrite, publishFolder, replaceFile, syncFolder } from "./durable-folder.ts";
import { systemErrorCode, systemErrorInWords } from "./problem.ts";
import { NOT_REGULAR, readRegularFile } from "./regular-file.ts";

export interface StoredVersion {
  readonly version: string;
  /** Name of its program's file without the ending. */
  readonly program: string;
  readonly storedAtMs: number;
}

export interface StoredSources {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Buffer>;
  /** The author's folders that it was stored from, the latest first. */
  readonly roots: readonly string[];
}

export interface VersionStore {
  filesFolder(version: string): string;
  /** Durable when it resolves; does nothing if it is stored already. @throws SequencerError `StorageFailed` */
  store(version: string, content: Content, root: string): Promise<void>;
  /** @throws SequencerError `VersionMissing`, `VersionDamaged` */
  read(version: string): StoredSources;
  list(): StoredVersion[];
  remove(version: string): void;
}

const FORMAT = 1;
const MAX_ROOTS = 8;
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

export function createVersionStore(versionsFolder: string): VersionStore {
  const folderOf = (version: string) => join(versionsFolder, version);
  const durable = new Set<string>();

  const read = (version: string): StoredSources => {
    if (!isVersion(version)) throw missing(version);
    const folder = folderOf(version);
    const manifest = readManifest(version, folder);
    const files = new Map<string, Buffer>();
    for (const [id, sha256] of manifest.files) {
      const path = join(folder, "files", id);
      const bytes = readOrUndefined(path);
      if (bytes === undefined) throw damaged(version, `${path} is missing`);
      if (digest(bytes) !== sha256) throw damaged(version, `${path} was changed`);
      files.set(id, bytes);
    }
    return { manifest, files, roots: readRoots(folder) };
  };

  const store = async (version: string, content: Content, root: string): Promise<void> => {
    const folder = folderOf(version);
    if (durable.has(version) && statSync(folder, { throwIfNoEntry: false }) !== undefined) {
      return noteRoot(folder, root);
    }
    if (statSync(folder, { throwIfNoEntry: false }) !== undefined && !isIntact(version)) setAside(folder);
    const published =
      statSync(folder, { throwIfNoEntry: false }) === undefined &&
      (await publishFolder(folder, filesToWrite(content, root)));
    if (!published) {
      // Whoever published it may have died before that.
      for (const above of [versionsFolder, dirname(versionsFolder)]) await syncFolder(above);
      await noteRoot(folder, root);
    }
    durable.add(version);
  };

  const isIntact = (version: string): boolean => {
    try {
      read(version);
      return true;
    } catch {
      return false;
    }
  };

  /** Out of the way in one step, so that nobody finds half of it. */
  const setAside = (folder: string): void => {
    const aside = join(dirname(folder), `${ASIDE}${basename(folder)}-${randomUUID()}`);
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  };

  return {
    filesFolder: (version) => join(folderOf(version), "files"),
    read,

    async store(version, content, root) {
      try {
        await mkdir(versionsFolder, { recursive: true, mode: 0o700 });
        await store(version, content, root);
      } catch (error) {
        if (error instanceof SequencerError) throw error;
        const message = `The program's version cannot be stored in ${versionsFolder}: ${systemErrorInWords(error)}.`;
        const fix = "Free or repair the disk of the state folder, then call again; nothing was started.";
        throw new SequencerError("StorageFailed", message, fix, { cause: error });
      }
    },

    list() {
      removeAbandoned(versionsFolder);
      return entriesOf(versionsFolder).flatMap(({ name }) => {
        if (!isVersion(name)) return [];
        const folder = folderOf(name);
        const storedAtMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
        return storedAtMs === undefined ? [] : [{ version: name, program: programOf(folder), storedAtMs }];
      });
    },

    remove(version) {
      durable.delete(version);
      if (!isVersion(version) || statSync(folderOf(version), { throwIfNoEntry: false }) === undefined) return;
      setAside(folderOf(version));
    },
  };
}

function filesToWrite(content: Content, root: string): FileToWrite[] {
  return [
    { path: "manifest.json", bytes: `${JSON.stringify({ format: FORMAT, ...manifestOf(content) })}\n` },
    { path: "origins.json", bytes: originsText([root]) },
    ...[...content.files].map(([id, file]) => ({ path: join("files", id), ...file })),
  ];
}

function readManifest(version: string, folder: string): Manifest {
  const path = join(folder, "manifest.json");
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw missing(version);
  const text = readOrUndefined(path)?.toString("utf8");
  if (text === undefined) throw damaged(version, `${path} is missing`);
  const manifest = parseManifest(text);
  if (manifest === undefined || versionOf(manifest) !== version)
    throw damaged(version, `${path} was changed`);
  return manifest;
}

/** Its content is judged by its hash; this only keeps the hash from being asked of something else. */
function parseManifest(text: string): Manifest | undefined {
  try {
    const { entry, files, packages } = JSON.parse(text) as Manifest;
    return typeof entry === "string" && Array.isArray(files) ? { entry, files, packages } : undefined;
  } catch {
    return undefined;
  }
}

const NO_FILE = ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENXIO", NOT_REGULAR];

/** @throws SequencerError `StorageFailed` for anything but a missing file */
function readOrUndefined(path: string): Buffer | undefined {
  try {
    return readRegularFile(path);
  } catch (error) {
    if (NO_FILE.includes(systemErrorCode(error))) return undefined;
    throw new SequencerError("StorageFailed", `${path} cannot be read: ${systemErrorInWords(error)}.`);
  }
}

/** Advice for finding packages, not content: an unreadable one counts as empty. */
function readRoots(folder: string): string[] {
  try {
    const { roots } = JSON.parse(readRegularFile(join(folder, "origins.json")).toString("utf8")) as {
      roots: unknown;
    };
    return Array.isArray(roots) ? roots.filter((root) => typeof root === "string") : [];
  } catch {
    return [];
  }
}

async function noteRoot(folder: string, root: string): Promise<void> {
  const roots = readRoots(folder);
  if (roots[0] === root) return;
  const latest = [root, ...roots.filter((other) => other !== root)].slice(0, MAX_ROOTS);
  await replaceFile(join(folder, "origins.json"), originsText(latest));
}

function originsText(roots: readonly string[]): string {
  return `${JSON.stringify({ roots })}\n`;
}

function programOf(folder: string): string {
  const text = readOrUndefined(join(folder, "manifest.json"))?.toString("utf8") ?? "";
  const entry = parseManifest(text)?.entry ?? "";
  return basename(entry, extname(entry));
}

function removeAbandoned(versionsFolder: string): void {
  for (const { name } of entriesOf(versionsFolder)) {
    if (!name.startsWith(ASIDE)) continue;
    const path = join(versionsFolder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw new SequencerError("StorageFailed", `${folder} cannot be read: ${systemErrorInWords(error)}.`);
  }
}

function missing(version: string): SequencerError {
  return new SequencerError("VersionMissing", `The program version ${version} is not in the version store.`);
}

function damaged(version: string, fact: string): SequencerError {
  return new SequencerError("VersionDamaged", `The stored program version ${version} is damaged: ${fact}.`);
}
