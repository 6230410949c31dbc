/**
 * `check`: what is wrong with a program, found by running it over made-up replies, twice.
 *
 * K1. The second run is told what happened in the first, in another process, on another day, in another time
 *     zone, and with the keys of every object in the other order. It must ask the same.
 * K2. Where it does not, each of these is tried alone, so that the report can name the cause.
 */

import type { ProgramVersion } from "../catalog/version.ts";
import type { DerivedEvent } from "../engine/execution.ts";
import type { JsonSchema } from "../program/schema.ts";
import { type Deviation, differingField, nameOf } from "../testing/deviation.ts";
import { inPlace } from "../testing/version-source.ts";
import type { DryRun } from "./dry-run.ts";
import { type Finding, findingsInEnd, withoutRepeats } from "./findings.ts";
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
  readonly dry_run: {
    readonly steps: number;
    readonly stopped: DryRun["stopped"];
    /** How it ended, if it did. */
    readonly state?: string;
    /** Some steps were side effects or commands; check made their results up. */
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
    const job: Extract<ProbeJob, { kind: "rerun" }> = {
      kind: "rerun",
      version,
      events: first.events,
      reverseKeys,
    };
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
  run: DryRun,
  deviation: Deviation | undefined,
  causes: readonly string[],
): CheckReport {
  const { events, stopped } = run;
  const last = events.at(-1);
  const issued = events.filter(({ type }) => type === "step_issued");
  return {
    name: run.name,
    description: run.description,
    params_schema: run.paramsSchema,
    version,
    findings: withoutRepeats([...run.findings, ...findingsInEnd(events, run.misfit)]),
    dry_run: {
      steps: issued.length,
      stopped,
      ...(last?.type === "ended" && { state: last.state }),
      made_up_effects: events.filter(({ type }) => type === "effect_finished").length,
    },
    ...(deviation && { nondeterminism: nondeterminismOf(deviation, run, causes) }),
  };
}

function nondeterminismOf(
  { before, now, place }: Deviation,
  run: DryRun,
  causes: readonly string[],
): Nondeterminism {
  const isSameSort = before !== undefined && now !== undefined && before.type === now.type;
  const placeBefore = before !== undefined && "step_no" in before ? run.places[before.step_no] : undefined;
  return {
    what: nameOf((before ?? now)!),
    field: isSameSort ? differingField(before, now) : "type",
    first: { place: placeBefore ?? null, event: before ?? null },
    second: { place: place ?? null, event: now ?? null },
    causes,
  };
}

/** On the other side of the world, with another date for most of the day. */
function anotherTimeZone(): string {
  const eastOfUtc = -new Date().getTimezoneOffset() / 60;
  return eastOfUtc > 1 ? "Pacific/Pago_Pago" : "Pacific/Kiritimati";
}

/** Exit code of the command. */
export function isFlawed({ findings, nondeterminism }: CheckReport): boolean {
  return nondeterminism !== undefined || findings.some(({ severity }) => severity === "problem");
}
