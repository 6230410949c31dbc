/**
 * Programs that are edited while the server runs, with `--watch`: what is on the disk is what starts, and
 * what does not load there any more stays startable as it last loaded.
 *
 * R1. The disk decides, each time somebody asks. The watch only says when to look without being asked, so
 *     what it misses is late for nobody but those who wait to be told.
 * R2. A version counts as good once it was linked, was evaluated and said what it is.
 * R3. What changed a moment ago may be half written: it is looked at again, until it has come to rest.
 * R4. A file that is gone takes its last good version along. One that is broken keeps it, and the problem
 *     says so.
 */

import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Catalog } from "../catalog/catalog.ts";
import type { ProgramFile, ProgramProblem } from "../catalog/version.ts";
import { type ProgramWatch, watchPrograms } from "../catalog/watch.ts";
import { type LoadedProgram, type Look, problemsOf, type Survey } from "./loaded-program.ts";

/** A file that has not changed for so long is taken to be written. */
const REST_MS = 150;
/** How often what does not come to rest is looked at again. */
const MAX_LOOKS = 5;

export interface ReloadOptions {
  readonly catalog: Catalog;
  /** Links a program from the disk and asks it what it is. */
  readonly load: (file: ProgramFile, look: Look) => Promise<LoadedProgram>;
  /** Programs came, went or changed, as seen by whoever lists them. */
  readonly onChange: () => void;
  readonly report: (line: string) => void;
  readonly watch?: typeof watchPrograms;
}

export class Reload {
  private readonly options: ReloadOptions;
  private readonly watch: ProgramWatch;
  /** By name. */
  private readonly good = new Map<string, LoadedProgram>();
  /** By name: what the last look at a program read or looked for. */
  private readonly traces = new Map<string, readonly string[]>();
  private told: string | undefined;
  private disposed = false;
  private refreshing: Promise<void> | undefined;
  private again = false;

  constructor(options: ReloadOptions) {
    this.options = options;
    const { watch = watchPrograms, report } = options;
    this.watch = watch({ onChange: () => this.refresh(), report });
    this.refresh();
  }

  /** Every program, each as it can be started now; and what is wrong. */
  async survey(): Promise<Survey> {
    const { files, problems } = await this.find();
    const loaded: LoadedProgram[] = [];
    const failed: ProgramProblem[] = problems.map((problem) => this.withLastGood(problem));
    for (const file of files) {
      try {
        loaded.push(await this.loadAtRest(file));
      } catch (error) {
        failed.push(...problemsOf(error, file).map((problem) => this.withLastGood(problem)));
      }
    }
    for (const [name, program] of this.good) {
      if (!loaded.some(({ file }) => file.name === name)) loaded.push(program);
    }
    loaded.sort((a, b) => (a.file.name < b.file.name ? -1 : 1));
    this.tell(loaded);
    return { loaded, problems: failed };
  }

  /**
   * The program of that name as it can be started now; `undefined`: there is none on the disk, and no last
   * good version of it.
   *
   * @throws what loading it throws, if it has no last good version
   */
  async startable(name: string): Promise<LoadedProgram | undefined> {
    const { files } = await this.find();
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined) return this.good.get(name);
    try {
      return await this.loadAtRest(file);
    } catch (error) {
      const good = this.good.get(name);
      if (good === undefined) throw error;
      this.options.report(`${file.file} does not load; it starts as it last loaded: ${messageOf(error)}`);
      return good;
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.watch.close();
  }

  /** What is on the disk. Editors that remove a file before they write it anew are waited for. */
  private async find() {
    let found = this.options.catalog.find();
    if (this.missingFrom(found).length > 0) {
      await delay(REST_MS);
      found = this.options.catalog.find();
    }
    for (const name of this.missingFrom(found)) this.forget(name);
    return found;
  }

  private missingFrom({ files, problems }: ReturnType<Catalog["find"]>): string[] {
    return [...this.good.values()]
      .filter(({ file }) => ![...files, ...problems].some(({ name }) => name === file.name))
      .map(({ file }) => file.name);
  }

  /** @throws what loading it throws: it is broken, and was so for a while */
  private async loadAtRest(file: ProgramFile): Promise<LoadedProgram> {
    const { name } = file;
    if (this.good.get(name) !== undefined && this.good.get(name)!.file.file !== file.file) this.forget(name);
    for (let looks = 1; ; looks++) {
      const seen = new Set<string>([file.file]);
      const outcome = await this.options
        .load(file, (path) => seen.add(path))
        .then(
          (program) => ({ program }),
          (error: unknown) => ({ error }),
        );
      this.traces.set(name, [...seen]);
      const isKnown =
        "program" in outcome && outcome.program.version.version === this.good.get(name)?.version.version;
      if (!isKnown && looks < MAX_LOOKS && isInMotion(seen)) {
        await delay(REST_MS);
        continue;
      }
      if ("error" in outcome) throw outcome.error;
      this.good.set(name, outcome.program);
      return outcome.program;
    }
  }

  private forget(name: string): void {
    this.good.delete(name);
    this.traces.delete(name);
  }

  private withLastGood(problem: ProgramProblem): ProgramProblem {
    const good = this.good.get(problem.name);
    if (good === undefined) return problem;
    const version = good.version.version.slice(0, 12);
    return {
      ...problem,
      message: `${problem.message} Until it loads again, the program can be started as it last loaded (version ${version}).`,
    };
  }

  /** Looks, and adapts the watch to what was seen; one at a time. */
  private refresh(): void {
    this.again = true;
    if (this.disposed) return;
    this.refreshing ??= this.refreshUntilQuiet().finally(() => {
      this.refreshing = undefined;
    });
  }

  private async refreshUntilQuiet(): Promise<void> {
    while (this.again && !this.disposed) {
      this.again = false;
      try {
        await this.survey();
      } catch (error) {
        this.options.report(`looking at programs: ${messageOf(error)}`);
      }
      if (!this.disposed) await this.watch.update(this.watched());
    }
  }

  private watched() {
    const { folders, find } = this.options.catalog;
    return {
      folders: folders.map(({ folder }) => folder),
      files: [...this.traces.values()].flat(),
      bundles: find().files.map(({ realpath }) => realpath.replace(/\.[^.]+$/, "")),
    };
  }

  private tell(loaded: readonly LoadedProgram[]): void {
    const now = loaded.map(({ file, version }) => `${file.name} ${version.version}`).join("\n");
    const before = this.told;
    this.told = now;
    if (before !== undefined && before !== now) this.options.onChange();
  }
}

/** Something of it was written, made or renamed a moment ago. */
function isInMotion(paths: Iterable<string>): boolean {
  const now = Date.now();
  for (const path of paths) {
    if (Math.abs(now - changedAt(path)) < REST_MS) return true;
  }
  return false;
}

/** Also a look for what is not there, or cannot be seen, is one at a file that does not change. */
function changedAt(path: string): number {
  try {
    return statSync(path).ctimeMs;
  } catch {
    return 0;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
