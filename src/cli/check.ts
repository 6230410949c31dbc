/**
 * `agent-sequencer check <program|file>`: what a program is, and what is wrong with it.
 *
 * C1. Exit code 1 means that something must be corrected; warnings alone are 0.
 */

import { relative } from "node:path";
import { type CheckReport, checkVersion, isFlawed, type Side } from "../authoring/check.ts";
import type { Finding } from "../authoring/findings.ts";
import type { FoundProgram } from "../authoring/workshop.ts";
import { SequencerError, toErrorAnswer } from "../errors.ts";
import type { Rooms } from "./rooms.ts";
import { schemaText } from "./schema-text.ts";
import {
  type Colors,
  colorsFor,
  hang,
  jsonText,
  oneLine,
  print,
  printable,
  type Terminal,
  widthOf,
} from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface CheckOptions {
  /** JSON. */
  readonly params?: string;
  readonly json?: boolean;
}

export async function check(
  programOrFile: string,
  { params, json = false }: CheckOptions,
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  if (params !== undefined) requireJson(params);
  const workshop = await rooms.openWorkshop();
  const { output } = terminal;
  try {
    const found = await workshop.find(programOrFile);
    const { projectDir, probe } = workshop;
    const given = params === undefined ? {} : { params };
    const report = await checkVersion(found.version, { projectDir, probe, ...given });
    if (json) {
      const { file, source } = found.file;
      print(output, jsonText({ ok: !isFlawed(report), file, source, ...report }, 2));
    } else {
      print(output, ...textOf(found, report, colorsFor(output, terminal), widthOf(output)));
    }
    return isFlawed(report) ? 1 : 0;
  } catch (error) {
    if (!json || !(error instanceof SequencerError)) throw error;
    print(output, jsonText(toErrorAnswer(error), 2));
    return 1;
  }
}

function textOf(found: FoundProgram, report: CheckReport, colors: Colors, width: number): string[] {
  return [...head(found, report, colors, width), "", ...body(report, colors), "", verdict(report, colors)];
}

function requireJson(params: string): void {
  try {
    JSON.parse(params);
  } catch (error) {
    throw new UsageError(`--params is not JSON: ${(error as Error).message}`);
  }
}

function head({ file }: FoundProgram, report: CheckReport, { bold, dim }: Colors, width: number): string[] {
  const { name, description, version, params_schema } = report;
  const params = params_schema === null ? "none" : oneLine(schemaText(params_schema), width - 11);
  return [
    `${bold(printable(name))}  ${oneLine(description, width)}`,
    dim(`  params   ${params}`),
    dim(`  version  ${version}`),
    dim(`  from     ${printable(placeFromHere(file.file))} (${file.source})`),
  ];
}

function body(report: CheckReport, colors: Colors): string[] {
  const { dry_runs, findings, nondeterminism } = report;
  const lines = [ranText(report)];
  if (dry_runs.made_up_effects > 0) {
    const effects = count(dry_runs.made_up_effects, "side effect or command", "side effects and commands");
    lines.push(`  Not run: ${effects}. What they give was made up, too.`);
  }
  for (const finding of findings) lines.push(...findingText(finding, colors));
  if (nondeterminism === undefined) return lines;
  const { what, field, first, second, causes } = nondeterminism;
  const because = causes.length === 0 ? "several of these together" : causes.join("; ");
  return [
    ...lines,
    `${colors.red("problem")}  not deterministic: ${printable(what)} is another in the second run`,
    `  first run   ${sideText(first, field)}`,
    `  second run  ${sideText(second, field)}`,
    `  depends on  ${because}`,
  ];
}

function ranText({ dry_runs: { runs, steps, ends } }: CheckReport): string {
  const told = Object.entries(ends).map(([state, times]) => `${END_WORDS[state] ?? state} ${times}`);
  const ways = `${count(steps, "step", "steps")} in ${count(runs, "run", "runs")} over made-up replies`;
  return `Checked ${ways}, each done twice (${told.join(", ")}).`;
}

const END_WORDS: { readonly [state: string]: string } = { limit: "would go on", waiting: "would wait" };

function findingText({ severity, place, message }: Finding, { red, yellow, dim }: Colors): string[] {
  const paint = { problem: red, warning: yellow, info: dim }[severity];
  const where = place === undefined ? "" : `${printable(placeFromHere(place))}  `;
  return [`${paint(severity)}  ${where}${hang(message, "  ")}`];
}

function sideText({ place, event }: Side, field: string): string {
  if (event === null) return "nothing";
  const where = place === null ? "" : `${placeFromHere(place)}  `;
  const value =
    field === "type" ? nameOfEvent(event) : (event as object as { [key: string]: unknown })[field];
  return `${where}${oneLine(JSON.stringify(value) ?? "nothing", 300)}`;
}

function nameOfEvent(event: NonNullable<Side["event"]>): unknown {
  if (event.type === "ended") return `end (${event.state})`;
  return event.type === "step_issued" ? (event.text ?? event.label ?? event.kind) : event.type;
}

function verdict(report: CheckReport, { green, red }: Colors): string {
  const { findings, nondeterminism } = report;
  const of = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const problems = of("problem") + (nondeterminism === undefined ? 0 : 1);
  const warnings = of("warning");
  const told = [
    ...(problems > 0 ? [red(count(problems, "problem", "problems"))] : [green("ok")]),
    ...(warnings > 0 ? [count(warnings, "warning", "warnings")] : []),
  ];
  return told.join(", ");
}

function count(amount: number, one: string, many: string): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** "/project/programs/hello.ts:3:5" from the working folder, where that is shorter. */
function placeFromHere(place: string): string {
  const near = relative(process.cwd(), place);
  return place.startsWith("/") && near.length < place.length ? near : place;
}
