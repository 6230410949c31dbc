/**
 * Reads stack traces for the author: only the lines of the program, at the places in the source as written.
 *
 * T1. A stack holds places in the compiled code; they are translated here, once, where it is shown. Lines
 *     are the same in both, so a place without a translation is right but for its column.
 */

import { SourceMap } from "node:module";
import type { LinkedModule, ProgramVersion } from "../catalog/version.ts";
import type { ErrorInfo } from "../engine/event.ts";
import { attempt, describeThrown } from "../engine/thrown.ts";

/** A place in the author's source. */
export interface Position {
  /** Absolute. */
  readonly file: string;
  /** Of the module: the file's name within the program. */
  readonly id: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

interface Frame {
  readonly name: string;
  readonly position: Position;
}

/** The author's lines of the error's stack, innermost first: `at run (hello.ts:12:5)`; `""` if there are none. */
export function formatAuthorStack(error: unknown, version: ProgramVersion): string {
  const stack = attempt(() => (error as { stack?: unknown } | null)?.stack, undefined);
  if (typeof stack !== "string") return "";
  return framesOf(stack, version)
    .map(({ name, position: { id, line, column } }) =>
      name === "" ? `at ${id}:${line}:${column}` : `at ${name} (${id}:${line}:${column})`,
    )
    .join("\n");
}

/** The innermost place of the stack that is the author's. */
export function positionOf(stack: string, version: ProgramVersion): Position | undefined {
  return framesOf(stack, version)[0]?.position;
}

/** The place in words: "/programs/hello.ts:12:5". */
export function placeOf(stack: string | undefined, version: ProgramVersion): string | undefined {
  const position = stack === undefined ? undefined : positionOf(stack, version);
  return position && `${position.file}:${position.line}:${position.column}`;
}

/** Any thrown thing as the log tells it, in the author's lines. */
export function errorInfo(error: unknown, version: ProgramVersion): ErrorInfo {
  const described = describeThrown(error);
  const stack = formatAuthorStack(error, version);
  return { ...described, ...(stack !== "" && { stack }) };
}

function framesOf(stack: string, version: ProgramVersion): Frame[] {
  const modules = new Map<string, LinkedModule>();
  for (const module of Object.values(version.modules)) {
    if (!module.id.startsWith("npm:")) modules.set(module.filename, module);
  }
  return stack.split("\n").flatMap((text, at) => frameOf(text, at === 0, modules) ?? []);
}

/** `at name (file:line:column)`, `at file:line:column`; a SyntaxError begins with `file:line`. */
function frameOf(
  text: string,
  isFirst: boolean,
  modules: ReadonlyMap<string, LinkedModule>,
): Frame | undefined {
  const called = /^\s+at (?:(.*?) \()?(.+?):(\d+):(\d+)\)?$/.exec(text);
  const [, name = "", file = "", line, column] =
    called ?? (isFirst ? [undefined, ...(/^()(.+):(\d+)$/.exec(text) ?? []).slice(1), "1"] : []);
  const module = modules.get(file.replace(/^async /, ""));
  if (module === undefined) return undefined;
  return { name: plainName(name), position: original(module, Number(line), Number(column)) };
}

/** `async Object.run [as next]` is `run` to the author. */
function plainName(name: string): string {
  const plain = name.replace(/^async /, "").replace(/ \[as .*\]$/, "");
  const short = plain.replace(/^(Object|Module|Function)\./, "");
  if (short === "_default") return "default";
  return short === "<anonymous>" ? "" : short;
}

const maps = new WeakMap<LinkedModule, SourceMap>();

function original(module: LinkedModule, line: number, column: number): Position {
  const place = { file: module.filename, id: module.id };
  if (!module.map) return { ...place, line, column };
  let map = maps.get(module);
  if (map === undefined) {
    const payload = { version: 3, file: "", sources: [""], sourcesContent: [], names: [], sourceRoot: "" };
    map = new SourceMap({ ...payload, mappings: module.map });
    maps.set(module, map);
  }
  const entry = map.findEntry(line - 1, column - 1);
  const isOfLine =
    "originalLine" in entry && entry.generatedLine === line - 1 && entry.originalLine !== undefined;
  if (!isOfLine) return { ...place, line, column };
  return { ...place, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}
