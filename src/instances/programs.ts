/** Programs as the tools see them: found and linked by the catalog, described by the host. */

import type { Catalog } from "../catalog/catalog.ts";
import { ProgramNotLoadable } from "../catalog/problem.ts";
import type { ProgramFile, ProgramVersion } from "../catalog/version.ts";
import { SequencerError } from "../errors.ts";
import type { ProgramDescription } from "../host/messages.ts";
import { HostRestarted, type ProgramHost } from "../host/program-host.ts";
import type { ProgramEntry, ProgramProblemEntry } from "./answer.ts";

export class Programs {
  private readonly catalog: Catalog;
  private readonly host: ProgramHost;
  /** By version hash: what a program says of itself cannot change while its content does not. */
  private readonly described = new Map<string, ProgramDescription>();

  constructor(catalog: Catalog, host: ProgramHost) {
    this.catalog = catalog;
    this.host = host;
  }

  /** Everything that can be started, and every file that cannot, with its reason. */
  async list(filter?: string): Promise<{ programs: ProgramEntry[]; problems: ProgramProblemEntry[] }> {
    const { files, problems } = this.catalog.find();
    const programs: ProgramEntry[] = [];
    const failed: ProgramProblemEntry[] = problems.map(({ name: _, ...problem }) => problem);
    for (const file of files) {
      try {
        const version = await this.catalog.link(file);
        const { name, description, paramsSchema } = await this.describe(version);
        programs.push({
          name,
          description,
          params_schema: paramsSchema,
          source: file.source,
          file: file.file,
          version: version.version,
        });
      } catch (error) {
        failed.push(...problemsOf(error, file));
      }
    }
    const wanted = filter?.trim().toLowerCase();
    if (!wanted) return { programs, problems: failed };
    return {
      programs: programs.filter(({ name, description }) =>
        `${name} ${description}`.toLowerCase().includes(wanted),
      ),
      problems: failed.filter(({ file }) => file.toLowerCase().includes(wanted)),
    };
  }

  /**
   * The program of that name as it is now.
   *
   * @throws SequencerError `UnknownProgram`, with the names that are close; `ProgramNotLoadable`
   */
  async link(name: string): Promise<ProgramVersion> {
    const { files, problems } = this.catalog.find();
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined)
      throw unknownProgram(name, files, problems.find((problem) => problem.name === name)?.message);
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

  private async describe(version: ProgramVersion): Promise<ProgramDescription> {
    const known = this.described.get(version.version);
    if (known !== undefined) return known;
    const description = await this.ask(version, (generation) =>
      this.host.call("describe", { version: version.version }, generation),
    );
    this.described.set(version.version, description);
    return description;
  }
}

function unknownProgram(
  name: string,
  files: readonly ProgramFile[],
  problem: string | undefined,
): SequencerError {
  if (problem !== undefined)
    return new SequencerError("ProgramNotLoadable", `Program '${name}' cannot be loaded: ${problem}`);
  const names = files.map((file) => file.name);
  const known =
    names.length === 0 ? "No program was found at all" : `There are: ${names.slice(0, 20).join(", ")}`;
  return new SequencerError(
    "UnknownProgram",
    `There is no program named ${JSON.stringify(name.slice(0, 80))}. ${known}.`,
  );
}

function problemsOf(error: unknown, { file }: ProgramFile): ProgramProblemEntry[] {
  if (error instanceof ProgramNotLoadable) return error.problems.map(({ name: _, ...problem }) => problem);
  const { message, line, column } = error as { message: string; line?: number; column?: number };
  return [{ file, message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }];
}
