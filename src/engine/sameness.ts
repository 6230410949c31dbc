/**
 * When a step that another version asks is the step that stands in the log: the design's table.
 *
 * S1. A step that is answered is the same by what it waits for: wording, label, arguments, duration. Whether
 *     its recorded answer still fits is judged where the answer is.
 * S2. A step that nothing has answered yet is the same only if the driver would be asked the very same: what
 *     differs is asked anew.
 * S3. A path into the version store counts as `{program_dir}`, wherever the store lies or lay.
 */

import type { Json, JsonSchema } from "../program/schema.ts";
import type { StepIssued } from "./event.ts";
import { sameJson } from "./json.ts";

/** Where the versions lie whose files texts may name. */
export interface VersionFolders {
  /** The files of the version that asks. */
  readonly asked: string;
  /** The folder of its program's module within them; `""`: at the top. */
  readonly askedEntry: string;
  /** The same of the versions that are recorded, by their names; not known of all. */
  readonly recordedEntries: { readonly [version: string]: string };
}

/** What of a step is looked at, as it is shown in a report. */
export interface StepSketch {
  readonly kind: string;
  readonly id?: string;
  readonly text?: string;
  readonly schema?: JsonSchema;
  readonly label?: string;
  readonly args?: readonly string[];
  /** Of a call. */
  readonly params?: Json;
  /** How long until its deadline, from its issue. */
  readonly wait_ms?: number;
}

/** A part of a step in which two versions differ. */
export type Difference = "kind" | "id" | "text" | "label" | "args" | "params" | "wait_ms";

export function sketchOf(issued: Omit<StepIssued, "type" | "step_no" | "scope" | "ordinal">): StepSketch {
  const { kind, id, text, schema, label, args, options, at, timeout_at, timeout_moved_ms = 0 } = issued;
  return {
    kind,
    ...(id !== undefined && { id }),
    ...(text !== undefined && { text }),
    ...(schema !== undefined && kind !== "signal" && { schema }),
    ...(label !== undefined && { label }),
    ...(args !== undefined && { args }),
    ...(kind === "call" && { params: options ?? {} }),
    ...(timeout_at !== undefined && {
      wait_ms: Date.parse(timeout_at) - Date.parse(at) - timeout_moved_ms,
    }),
  };
}

/**
 * The first part in which `asked` is another step than the one that is recorded; `undefined`: it is the same.
 *
 */
export function differenceOf(
  recorded: StepSketch,
  asked: StepSketch,
  folders: VersionFolders,
): Difference | undefined {
  if (recorded.kind !== asked.kind) return "kind";
  if (recorded.id !== undefined && asked.id !== undefined) {
    if (recorded.id !== asked.id) return "id";
  } else if (!isSameText(recorded.text, asked.text, folders)) {
    return "text";
  }
  if (!isSameText(recorded.label, asked.label, folders)) return "label";
  if (!isSameWithin(recorded.args, asked.args, folders)) return "args";
  if (!isSameWithin(recorded.params, asked.params, folders)) return "params";
  if (recorded.wait_ms !== asked.wait_ms) return "wait_ms";
  return undefined;
}

/** True if the driver would be asked the very same, `recorded` being unanswered (S2). */
export function isAskedAlike(recorded: StepIssued, asked: StepIssued, folders: VersionFolders): boolean {
  return isSameWithin(shownOf(recorded), shownOf(asked), folders);
}

/** Without what depends on when and how often it was asked. */
function shownOf(issued: StepIssued): object {
  const { kind, id, text, schema, on_invalid, max_attempts, expected_minutes, tools, choices } = issued;
  const { label, args, options } = issued;
  const { wait_ms } = sketchOf(issued);
  return {
    ...{ kind, id, text, schema, on_invalid, max_attempts, expected_minutes, tools, choices },
    ...{ label, args, options, wait_ms },
  };
}

/** The step of that kind with that content, for a leaf that a report names. */
export function nameOf({ kind, text, label }: StepSketch): string {
  const what = text ?? label;
  return what === undefined ? kind : `${kind} ${JSON.stringify(cut(what, 120))}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

const STORED = /\/versions\/([0-9a-f]{32})\/files/;

/** Both split at the version folders they name; what stands before one is where its store lies (S3). */
export function isSameText(
  recorded: string | undefined,
  asked: string | undefined,
  folders: VersionFolders,
): boolean {
  if (recorded === asked) return true;
  if (recorded === undefined || asked === undefined) return false;
  const before = recordedPieces(recorded, folders);
  const now = askedPieces(asked, folders);
  if (before.length !== now.length) return false;
  return before.every((piece, at) => {
    const other = now[at]!;
    if (at === before.length - 1) return piece === other;
    return piece.startsWith(other) && isStorePath(piece.slice(other.length));
  });
}

function recordedPieces(text: string, { recordedEntries }: VersionFolders): string[] {
  const [first, ...others] = text.split(STORED);
  const pieces = [first!];
  for (let at = 0; at < others.length; at += 2) {
    const version = others[at]!;
    const entry = Object.hasOwn(recordedEntries, version) ? recordedEntries[version]! : "";
    pieces.push(fromEntry(others[at + 1]!, entry));
  }
  return pieces;
}

function askedPieces(text: string, { asked, askedEntry }: VersionFolders): string[] {
  const [first, ...others] = text.split(asked);
  return [first!, ...others.map((piece) => fromEntry(piece, askedEntry))];
}

/** What follows a version's folder, from the folder of the program's module on: a module more may move that. */
function fromEntry(path: string, entry: string): string {
  if (entry === "") return path;
  const within = `/${entry}`;
  const isWithin = path.startsWith(within) && !/^[\w.-]/.test(path.slice(within.length));
  return isWithin ? path.slice(within.length) : `${"/..".repeat(entry.split("/").length)}${path}`;
}

/** A text as a report shows it, with `{program_dir}` for the folder of the program's module. */
export function withoutFolders(text: string, folders: VersionFolders): string {
  const isAsked = text.includes(folders.asked);
  const pieces = isAsked ? askedPieces(text, folders) : recordedPieces(text, folders);
  return pieces
    .map((piece, at) => (isAsked || at === pieces.length - 1 ? piece : piece.replace(/\/[^\s"'`<>()]*$/, "")))
    .join("{program_dir}");
}

/** Absolute, on one line. */
function isStorePath(path: string): boolean {
  return /^(\/[^\n]*)?$/.test(path);
}

/** The same JSON, its texts compared as texts of steps are. `undefined` members count as absent. */
function isSameWithin(recorded: unknown, asked: unknown, folders: VersionFolders): boolean {
  if (typeof recorded === "string" && typeof asked === "string") {
    return isSameText(recorded, asked, folders);
  }
  if (!isContainer(recorded) || !isContainer(asked)) return sameJson(recorded, asked);
  if (Array.isArray(recorded) !== Array.isArray(asked)) return false;
  const keys = new Set([...Object.keys(recorded), ...Object.keys(asked)]);
  return [...keys].every((key) => isSameWithin(member(recorded, key), member(asked, key), folders));
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function member(container: object, key: string): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}
