/**
 * The report of a version that cannot take over a run: what is recorded, what the version asks, where both
 * stand in the author's files, and what can be done.
 */

import { SequencerError } from "../errors.ts";
import type { Mismatch } from "./mismatch.ts";
import { nameOf, type StepSketch, type VersionFolders, withoutFolders } from "./sameness.ts";
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
  readonly folders: VersionFolders;
  /** Number of the line in the log, from 1. */
  readonly line?: number;
  /** "hello.ts:12:5", where the recorded version makes the step. */
  readonly recordedAt?: string;
  /** "a step was inserted before step 1" */
  readonly hint?: string;
}

export function divergenceReport(mismatch: Mismatch, found: Circumstances): SequencerError {
  const { what, step_no, seq, recorded, asked, asked_at } = mismatch;
  const { instanceId, program, version, recordedVersion, line, recordedAt, hint, folders } = found;
  const diff =
    recorded === undefined || typeof asked !== "object"
      ? undefined
      : diffOfLines(linesOf(shown(recorded, folders)), linesOf(shown(asked, folders)));
  const where = line === undefined ? "" : ` (line ${line} of its log)`;
  const paragraphs = [
    `Version ${short(version)} of program '${program}' does not do what the log of ${instanceId} says was done. ` +
      `${step_no === undefined ? upper(what) : `Step ${step_no}${where}: ${what}`}.`,
    recorded && `recorded${at(recordedAt)}: ${nameOf(shown(recorded, folders))}`,
    asked !== undefined &&
      `asked now${at(asked_at)}: ${typeof asked === "string" ? asked : nameOf(shown(asked, folders))}`,
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

/** Without the versions' folders, which are long and not what differs. */
function shown(sketch: StepSketch, folders: VersionFolders): StepSketch {
  const inside = (value: unknown): unknown => {
    if (typeof value === "string") return withoutFolders(value, folders);
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inside(member)]));
  };
  return inside(sketch) as StepSketch;
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
