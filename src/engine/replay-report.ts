/**
 * The report of a version that cannot take over a run: what is recorded, what the version asks, where both
 * stand in the author's files, and what can be done.
 */

import { SequencerError } from "../errors.ts";
import type { Mismatch } from "./mismatch.ts";
import { nameOf, type StepSketch } from "./sameness.ts";
import { diffOfLines } from "./text-diff.ts";

/** Characters of JSON that a part of a step may take among the details. */
const MAX_PART = 1_000;

/** What the shell finds out besides the mismatch itself. */
export interface Circumstances {
  readonly instanceId: string;
  readonly program: string;
  /** The version that is tried, and the one that the instance runs on. */
  readonly version: string;
  readonly recordedVersion: string;
  readonly programDir: string;
  /** Number of the line in the log, from 1. */
  readonly line?: number;
  /** "hello.ts:12:5", where the recorded version makes the step. */
  readonly recordedAt?: string;
  /** "a step was inserted before step 1" */
  readonly hint?: string;
}

export function divergenceReport(mismatch: Mismatch, found: Circumstances): SequencerError {
  const { what, step_no, seq, recorded, asked, asked_at } = mismatch;
  const { instanceId, program, version, recordedVersion, line, recordedAt, hint, programDir } = found;
  const diff =
    recorded === undefined || typeof asked !== "object"
      ? undefined
      : diffOfLines(linesOf(shown(recorded, programDir)), linesOf(shown(asked, programDir)));
  const where = line === undefined ? "" : ` (line ${line} of its log)`;
  const paragraphs = [
    `Version ${short(version)} of program '${program}' does not do what the log of ${instanceId} says was done. ` +
      `${step_no === undefined ? upper(what) : `Step ${step_no}${where}: ${what}`}.`,
    recorded && `recorded${at(recordedAt)}: ${nameOf(shown(recorded, programDir))}`,
    asked !== undefined &&
      `asked now${at(asked_at)}: ${typeof asked === "string" ? asked : nameOf(shown(asked, programDir))}`,
    diff,
    hint && `It seems that ${hint}.`,
    "The instance stays as it was.",
  ];
  return new SequencerError(
    "ProgramDiverged",
    paragraphs.filter((text) => typeof text === "string").join("\n"),
    fixFor(step_no),
    {
      details: withoutAbsent({
        instance_id: instanceId,
        step_no,
        line,
        seq,
        what,
        recorded: recorded && withoutAbsent({ ...bounded(recorded), at: recordedAt }),
        asked: typeof asked === "object" ? withoutAbsent({ ...bounded(asked), at: asked_at }) : asked,
        diff,
        hint,
        version,
        recorded_version: recordedVersion,
      }),
    },
  );
}

function fixFor(stepNo: number | undefined): string {
  const stay = "To go on with the recorded version, call sequencer_resume without program_version.";
  return stepNo === undefined
    ? `${stay} To run the new version, start a new instance.`
    : `${stay} To go on from there with the new version, call sequencer_fork with before_step_no: ${stepNo} and program_version: "latest".`;
}

function at(place: string | undefined): string {
  return place === undefined ? "" : ` at ${place}`;
}

function short(version: string): string {
  return version.slice(0, 8);
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** With `{program_dir}` for the version's folder, which is long and not what differs. */
function shown(sketch: StepSketch, programDir: string): StepSketch {
  const text = JSON.stringify(sketch)
    .replaceAll(JSON.stringify(programDir).slice(1, -1), "{program_dir}")
    .replaceAll(/\/[^\s"'`<>()]*?\/versions\/[0-9a-f]{32}\/files/g, "{program_dir}");
  return JSON.parse(text) as StepSketch;
}

function linesOf({ text, ...rest }: StepSketch): string[] {
  const lines = Object.entries(rest).flatMap(([part, value]) => {
    const json = typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
    return `${part}: ${json}`.split("\n");
  });
  return text === undefined ? lines : [...lines, ...`text: ${text}`.split("\n")];
}

/** Clients show their model only so much; where the sides differ stands in the diff. */
function bounded(sketch: StepSketch): { [part: string]: unknown } {
  return Object.fromEntries(
    Object.entries(sketch).map(([part, value]) => {
      const size = JSON.stringify(value).length;
      if (size <= MAX_PART) return [part, value];
      return [part, typeof value === "string" ? `${value.slice(0, MAX_PART)}…` : `(${size} characters)`];
    }),
  );
}

function withoutAbsent(fields: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
