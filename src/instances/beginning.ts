/** The beginning of a run: its params judged, its first turn run, before there is a log. */

import { randomBytes } from "node:crypto";
import type { ProgramVersion } from "../catalog/version.ts";
import { FORMAT_VERSION, type Started } from "../engine/event.ts";
import type { DerivedEvent } from "../engine/execution.ts";
import { SequencerError } from "../errors.ts";
import type { ProgramHost } from "../host/program-host.ts";
import { type Clock, timestamp } from "./clock.ts";
import type { Programs } from "./programs.ts";

export interface BeginningParts {
  readonly host: ProgramHost;
  readonly clock: Clock;
  readonly projectDir: string;
  readonly engineVersion: string;
}

/**
 * Judges the params and writes down everything that the run begins with.
 *
 * @throws SequencerError `InvalidParams`, naming every problem by its path
 */
export async function prepareStart(
  { host, clock, projectDir, engineVersion }: BeginningParts,
  programs: Programs,
  start: {
    instanceId: string;
    version: ProgramVersion;
    params: string | undefined;
    requestId: string | undefined;
  },
): Promise<Started> {
  const { instanceId, version, params, requestId } = start;
  const preparation = await programs.ask(version, (generation) =>
    host.call("prepare", { version: version.version, params }, generation),
  );
  if ("problems" in preparation) {
    const problems = preparation.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new SequencerError(
      "InvalidParams",
      `The params of program '${version.name}' are not valid: ${problems}.`,
    );
  }
  return {
    type: "started",
    at: timestamp(clock),
    format: FORMAT_VERSION,
    engine: engineVersion,
    instance_id: instanceId,
    program: { name: version.name, version: version.version },
    params: preparation.params,
    seed: randomBytes(16).toString("hex"),
    project_dir: projectDir,
    time_zone: preparation.timeZone,
    locale: preparation.locale,
    node: Number(process.versions.node.split(".", 1)[0]),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

/** Runs the program to its first wait; nothing stands in a log yet, so nobody can have been faster. */
export function firstTurn(
  host: ProgramHost,
  programs: Programs,
  version: ProgramVersion,
  started: Started,
): Promise<{ drafts: readonly DerivedEvent[]; generation: number }> {
  const instance = started.instance_id;
  const { seed } = started;
  const lines = `${JSON.stringify(started)}\n`;
  return programs.ask(version, async (generation) => {
    const atMs = Date.parse(started.at);
    await host.call("load", { instance, version: version.version, seed, atMs }, generation);
    const { drafts } = await host.call("feed", { instance, lines }, generation);
    return { drafts, generation };
  });
}
