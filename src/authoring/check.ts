/**
 * `check`: what is wrong with a program, found by running it over made-up replies, each time twice.
 *
 * K1. The second time it is told what happened in the first, in another process, on another day, in another time
 *     zone, and with the keys of every object in the other order. It must ask the same.
 * K2. Where it does not, each of these is tried alone, so that the report can name the cause.
 */

import type { ProgramVersion } from "../catalog/version.ts";
import type { DerivedEvent } from "../engine/execution.ts";
import type { JsonSchema } from "../program/schema.ts";
import { type Deviation, differingField, nameOf } from "../testing/deviation.ts";
import { inPlace } from "../testing/version-source.ts";
import type { DryRun, Run } from "./dry-run.ts";
import { type Finding, withoutRepeats } from "./findings.ts";
import type { ProbeJob } from "./probe-messages.ts";
import { type ProbeConditions, type ProbeSettings, runProbe } from "./run-probe.ts";

export const MAX_STEPS = 200;

/** More than a year: another year, month, day of the week and daylight saving. */
const CLOCK_SHIFT_MS = (400 * 24 + 7) * 3_600_000 + 1_234_567;

export interface CheckReport {
  readonly name: string;
  readonly description: string;
  readonly params_schema: JsonSchema | null;
  readonly version: string;
  readonly findings: readonly Finding[];
  readonly dry_runs: {
    readonly runs: number;
    readonly steps: number;
    /** How many of the runs ended in which state; `limit`, `waiting`: they would go on. */
    readonly ends: { readonly [state: string]: number };
    /** Side effects and commands among the steps; check made their results up. */
    readonly made_up_effects: number;
  };
  /** Absent: both runs asked the same. */
  readonly nondeterminism?: Nondeterminism;
}

export interface Nondeterminism {
  /** In words: `step 3 (instruction "…")`. */
  readonly what: string;
  /** The part that differs: `text`, `schema`, `summary`. */
  readonly field: string;
  readonly first: Side;
  readonly second: Side;
  /** What alone makes the difference; none: only together. */
  readonly causes: readonly string[];
}

export interface Side {
  readonly place: string | null;
  /** What it does; `null`: nothing more. */
  readonly event: DerivedEvent | null;
}

export interface CheckOptions {
  readonly params?: string;
  readonly projectDir: string;
  readonly probe: ProbeSettings;
}

/** @throws SequencerError `ProgramNotLoadable`, `InvalidParams`, `InvalidSchema`, `ProgramStalled` */
export async function checkVersion(
  linked: ProgramVersion,
  { params, projectDir, probe }: CheckOptions,
): Promise<CheckReport> {
  const version = inPlace(linked);
  const options = { projectDir, maxSteps: MAX_STEPS, ...(params !== undefined && { params }) };
  const first = await runProbe({ kind: "dry-run", version, options }, probe);
  const rerun = (reverseKeys: boolean, conditions: ProbeConditions) => {
    const runs = first.runs.map(({ events }) => events);
    const job: Extract<ProbeJob, { kind: "rerun" }> = { kind: "rerun", version, runs, reverseKeys };
    return runProbe(job, probe, conditions);
  };
  const elsewhere = { clockShiftMs: CLOCK_SHIFT_MS, timeZone: anotherTimeZone() };
  const { deviation } = await rerun(true, elsewhere);
  const causes: string[] = [];
  if (deviation !== undefined) {
    const trials: [cause: string, reverseKeys: boolean, conditions: ProbeConditions][] = [
      ["the process, or chance", false, {}],
      ["the real clock", false, { clockShiftMs: CLOCK_SHIFT_MS }],
      ["the time zone", false, { timeZone: elsewhere.timeZone }],
      ["the order of the keys in replies", true, {}],
    ];
    for (const [cause, reverseKeys, conditions] of trials) {
      if ((await rerun(reverseKeys, conditions)).deviation === undefined) continue;
      causes.push(cause);
      // What differs in every process differs in all the other trials, too.
      if (causes.length === 1 && cause.startsWith("the process")) break;
    }
  }
  return reportOf(version, first, deviation, causes);
}

function reportOf(
  { version }: ProgramVersion,
  { name, description, paramsSchema, findings, runs }: DryRun,
  deviation: (Deviation & { readonly run: number }) | undefined,
  causes: readonly string[],
): CheckReport {
  const events = runs.flatMap((run) => run.events);
  const ends: { [state: string]: number } = {};
  for (const run of runs) {
    const last = run.events.at(-1)!;
    const end = last.type === "ended" ? last.state : run.stopped;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return {
    name,
    description,
    params_schema: paramsSchema,
    version,
    findings: withoutRepeats(findings),
    dry_runs: {
      runs: runs.length,
      steps: events.filter(({ type }) => type === "step_issued").length,
      ends,
      made_up_effects: events.filter(({ type }) => type === "effect_finished").length,
    },
    ...(deviation && { nondeterminism: nondeterminismOf(deviation, runs[deviation.run]!, causes) }),
  };
}

function nondeterminismOf(
  { before, now, place }: Deviation,
  { places }: Run,
  causes: readonly string[],
): Nondeterminism {
  const isSameSort = before !== undefined && now !== undefined && before.type === now.type;
  const placeBefore = before !== undefined && "step_no" in before ? places[before.step_no] : undefined;
  return {
    what: nameOf((before ?? now)!),
    field: isSameSort ? differingField(before, now) : "type",
    first: { place: placeBefore ?? null, event: before ?? null },
    second: { place: place ?? null, event: now ?? null },
    causes,
  };
}

/** Where it is the next day already, seen from nearly everywhere. */
function anotherTimeZone(): string {
  const eastOfUtc = -new Date().getTimezoneOffset() / 60;
  return eastOfUtc === 14 ? "Pacific/Pago_Pago" : "Pacific/Kiritimati";
}

/** Exit code of the command. */
export function isFlawed({ findings, nondeterminism }: CheckReport): boolean {
  return nondeterminism !== undefined || findings.some(({ severity }) => severity === "problem");
}
