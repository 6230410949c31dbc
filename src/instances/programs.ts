/**
 * Programs as the tools see them: found and linked by the catalog, described by the host.
 *
 * P1. Every look is one at the disk. Without `--watch`, what does not load there cannot be started; with it,
 *     see `reload.ts`.
 */

import type { Catalog } from "../catalog/catalog.ts";
import type { ProgramFile, ProgramProblem, ProgramVersion } from "../catalog/version.ts";
import { SequencerError } from "../errors.ts";
import type { ProgramDescription } from "../host/messages.ts";
import { HostRestarted, type ProgramHost } from "../host/program-host.ts";
import type { ProgramEntry, ProgramProblemEntry } from "./answer.ts";
import { type LoadedProgram, type Look, problemsOf, type Survey } from "./loaded-program.ts";
import { Reload } from "./reload.ts";

/** A program that gets stuck takes the worker along, and with it what runs there: not with every look. */
const STUCK_FOR_MS = 60_000;

export class Programs {
  private readonly catalog: Catalog;
  private readonly host: ProgramHost;
  private readonly reload: Reload | undefined;
  private readonly listeners = new Set<() => void>();
  /** By version hash: what a program says of itself cannot change while its content does not. */
  private readonly described = new Map<string, ProgramDescription>();
  /** By version hash: versions that got stuck when they were asked. */
  private readonly stuck = new Map<string, { readonly error: SequencerError; readonly untilMs: number }>();

  /** @param watch keeps what is edited startable, and tells of changes */
  constructor(catalog: Catalog, host: ProgramHost, watch?: { readonly report: (line: string) => void }) {
    this.catalog = catalog;
    this.host = host;
    this.reload =
      watch &&
      new Reload({
        catalog,
        load: (file, look) => this.load(file, look),
        onChange: () => {
          for (const listener of this.listeners) listener();
        },
        report: watch.report,
      });
  }

  /** Calls back when programs came, went or changed; only while they are watched. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  async dispose(): Promise<void> {
    await this.reload?.dispose();
  }

  /** Everything that can be started, and every file that cannot, with its reason. */
  async list(filter?: string): Promise<{ programs: ProgramEntry[]; problems: ProgramProblemEntry[] }> {
    const { loaded, problems } = await (this.reload ?? this).survey();
    const programs = loaded.map(toEntry);
    const failed = problems.map(({ name: _, ...problem }) => problem);
    const wanted = filter?.trim().toLowerCase();
    if (!wanted) return { programs, problems: failed };
    return {
      programs: programs.filter(({ name, description }) =>
        `${name} ${description}`.toLowerCase().includes(wanted),
      ),
      problems: failed.filter(({ file }) => file.toLowerCase().includes(wanted)),
    };
  }

  async survey(): Promise<Survey> {
    const { files, problems } = this.catalog.find();
    const loaded: LoadedProgram[] = [];
    const failed: ProgramProblem[] = [...problems];
    for (const file of files) {
      try {
        loaded.push(await this.load(file));
      } catch (error) {
        failed.push(...problemsOf(error, file));
      }
    }
    return { loaded, problems: failed };
  }

  /**
   * The program of that name as a new instance runs it.
   *
   * @throws SequencerError as `link` does
   */
  async startable(name: string): Promise<ProgramVersion> {
    return (await this.reload?.startable(name))?.version ?? this.link(name);
  }

  /**
   * The program of that name as it is on the disk now.
   *
   * @throws SequencerError `UnknownProgram`, with the names that are close; `ProgramNotLoadable`
   */
  async link(name: string): Promise<ProgramVersion> {
    const { files, problems } = this.catalog.find();
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined) throw unknownProgram(name, files, problems);
    return this.catalog.link(file);
  }

  /** Runs a request that needs nothing but the version, again if the worker ended under it. */
  async ask<T>(version: ProgramVersion, request: (generation: number) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await request(await this.host.define(version));
      } catch (error) {
        if (!(error instanceof HostRestarted) || attempt >= 8) throw error;
      }
    }
  }

  private async load(file: ProgramFile, look?: Look): Promise<LoadedProgram> {
    const version = await this.catalog.link(file, look);
    return { file, version, description: await this.describe(version) };
  }

  private async describe(version: ProgramVersion): Promise<ProgramDescription> {
    const known = this.described.get(version.version);
    if (known !== undefined) return known;
    const stuck = this.stuck.get(version.version);
    if (stuck !== undefined && Date.now() < stuck.untilMs) throw stuck.error;
    try {
      const description = await this.ask(version, (generation) =>
        this.host.call("describe", { version: version.version }, generation),
      );
      this.described.set(version.version, description);
      return description;
    } catch (error) {
      if (error instanceof SequencerError && error.code === "ProgramStalled")
        this.stuck.set(version.version, { error, untilMs: Date.now() + STUCK_FOR_MS });
      throw error;
    }
  }
}

function unknownProgram(
  name: string,
  files: readonly ProgramFile[],
  problems: readonly ProgramProblem[],
): SequencerError {
  const problem = problems.find((each) => each.name === name);
  if (problem !== undefined)
    return new SequencerError("ProgramNotLoadable", `Program '${name}' cannot be loaded: ${problem.message}`);
  const unread = problems.find((each) => each.name === "");
  if (unread !== undefined) {
    // It may well stand there: that it does not exist would be a guess.
    return new SequencerError(
      "ProgramNotLoadable",
      `Program '${name}' was not found, but ${unread.file} was not looked through. ${unread.message}`,
      "Make that folder readable, then call again.",
    );
  }
  const names = files.map((file) => file.name);
  const known =
    names.length === 0 ? "No program was found at all" : `There are: ${names.slice(0, 20).join(", ")}`;
  return new SequencerError(
    "UnknownProgram",
    `There is no program named ${JSON.stringify(name.slice(0, 80))}. ${known}.`,
  );
}

function toEntry({ file, version, description }: LoadedProgram): ProgramEntry {
  return {
    name: description.name,
    description: description.description,
    params_schema: description.paramsSchema,
    source: file.source,
    file: file.file,
    version: version.version,
  };
}
