/**
 * `agent-sequencer doctor`: what may be wrong on this machine, and what to do about it.
 *
 * D1. It changes nothing, runs no run, and talks to no network.
 * D2. Exit code 1 if something does not work; warnings alone are 0.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FORMAT_VERSION } from "../engine/event.ts";
import type { Sequencer } from "../instances/answer.ts";
import { PACKAGE_ROOT, VERSION } from "../package.ts";
import { error, type Finding, ok } from "./doctor/finding.ts";
import { examineInstallation, examineNode } from "./doctor/installation.ts";
import { examineLeases } from "./doctor/leases.ts";
import { examineRuns, type UnfinishedRun } from "./doctor/runs.ts";
import { examineStateFolder } from "./doctor/state-folder.ts";
import type { Places } from "./places.ts";
import type { Rooms } from "./rooms.ts";
import { colorsFor, jsonText, oneLine, print, printable, type Terminal } from "./terminal.ts";
import { ago } from "./time.ts";

/** Unfinished runs that the text shows; `--json` holds all. */
const MOST_SHOWN = 20;
const OURS = /^(AGENT_SEQUENCER_\w+|CLAUDE_PROJECT_DIR)$/;

interface Report {
  readonly version: string;
  readonly log_format: number;
  readonly node: string;
  readonly platform: string;
  readonly package_dir: string;
  readonly state_dir: string;
  readonly project_dir: string;
  /** What is set of the variables that we read. */
  readonly environment: { readonly [name: string]: string };
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  readonly unfinished: readonly UnfinishedRun[];
}

export async function doctor(
  { json = false }: { json?: boolean },
  terminal: Terminal,
  rooms: Rooms,
  now = Date.now(),
): Promise<number> {
  const report = await examine(terminal, rooms, now);
  if (json) print(terminal.output, jsonText(report, 2));
  else show(report, terminal, now);
  return report.healthy ? 0 : 1;
}

async function examine(terminal: Terminal, rooms: Rooms, now: number): Promise<Report> {
  const places = rooms.places();
  const state = examineStateFolder(places.stateDir);
  const usable = state.every(({ status }) => status !== "error");
  const runs = usable ? await examineRuns(places.stateDir, now) : { findings: [], unfinished: [] };
  const findings = [
    examineNode(),
    examineInstallation(new URL("dist/", PACKAGE_ROOT)),
    ...state,
    ...(await examinePrograms(rooms)),
    ...runs.findings,
    ...(usable ? await examineLeases(places.stateDir, now) : []),
  ];
  return {
    ...surroundings(places, terminal),
    healthy: findings.every(({ status }) => status !== "error"),
    findings,
    unfinished: runs.unfinished,
  };
}

function surroundings({ stateDir, projectDir }: Places, { env }: Terminal) {
  const set = Object.entries(env).filter(([name, value]) => OURS.test(name) && value !== undefined);
  return {
    version: VERSION,
    log_format: FORMAT_VERSION,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    package_dir: fileURLToPath(PACKAGE_ROOT),
    state_dir: stateDir,
    project_dir: projectDir,
    environment: Object.fromEntries(set) as { [name: string]: string },
  };
}

/** Programs are compiled to be listed, and what is compiled is kept: elsewhere, see D1. */
async function examinePrograms(rooms: Rooms): Promise<Finding[]> {
  const scratch = mkdtempSync(join(tmpdir(), "agent-sequencer-doctor-"));
  try {
    return await listedFrom(await rooms.openSequencerIn(scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function listedFrom(sequencer: Sequencer): Promise<Finding[]> {
  try {
    const { programs, problems } = await sequencer.listPrograms();
    const counts = new Map<string, number>();
    for (const { source } of programs) counts.set(source, (counts.get(source) ?? 0) + 1);
    const from = [...counts].map(([source, count]) => `${count} ${source}`).join(", ");
    const faults = problems.map(({ file, line, column, message }) => {
      const place = [file, line, column].filter((part) => part !== undefined).join(":");
      return error("programs", `${place} does not load: ${message}`, "Correct the file at the place named.");
    });
    return [ok("programs", programs.length === 0 ? "none were found" : from), ...faults];
  } catch (thrown) {
    return [error("programs", `they cannot be listed: ${(thrown as Error).message}`, "See what is named.")];
  } finally {
    await sequencer.dispose();
  }
}

function show(report: Report, terminal: Terminal, now: number): void {
  const { output } = terminal;
  const { bold, green, yellow, red, dim } = colorsFor(output, terminal);
  const paint = { ok: green, warning: yellow, error: red };
  const { version, log_format, platform, findings, unfinished, environment, project_dir } = report;
  print(output, bold(`agent-sequencer ${version}, log format ${log_format}, ${platform}`));
  print(output, dim(`project  ${printable(project_dir)}`));
  for (const [name, value] of Object.entries(environment)) print(output, dim(printable(`${name}=${value}`)));
  for (const { about, status, fact, fix } of findings) {
    print(output, `${paint[status](status.padEnd(7))}  ${about}: ${printable(fact)}`);
    if (fix !== undefined) print(output, dim(`         ${printable(fix)}`));
  }
  if (unfinished.length === 0) return;
  print(output, "", bold("Unfinished runs"));
  for (const run of unfinished.slice(0, MOST_SHOWN)) {
    const put = run.closed ? ", put away" : "";
    print(
      output,
      `${run.instance_id}  ${oneLine(run.program, 64)}  ${run.state}${put}, ${ago(run.updated_at, now)}`,
    );
    for (const { step_no, kind, what, until } of run.waiting_for) {
      const limit = until === null ? "" : ` until ${until}`;
      print(output, dim(`  step ${step_no}: ${kind}${limit}: ${oneLine(what, 100)}`));
    }
  }
  const more = unfinished.length - MOST_SHOWN;
  if (more > 0) print(output, dim(`and ${more} more: doctor --json`));
}
