/**
 * A run's tree as lines: time, step number, and the tree of what was asked and what came of it.
 *
 * D1. Lines are drawn with the ink of whoever asks: colours at a terminal, none in a document.
 * D2. A line never holds a line break or a control character, whatever a program or an agent wrote.
 */

import type { Detail, Node, Sequence, StepNode, Tone } from "./nodes.ts";
import type { RunTree } from "./run-tree.ts";
import { clockOf, dayOf, momentOf, oneLine, printable } from "./text.ts";

export interface Ink {
  bold(text: string): string;
  dim(text: string): string;
  cyan(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
}

const same = (text: string) => text;

export const PLAIN: Ink = { bold: same, dim: same, cyan: same, green: same, yellow: same, red: same };

/** Columns of the word behind the tree: `instruction`. */
const WORD = 11;
const MAX_AWAITED = 20;

interface Paper {
  readonly ink: Ink;
  readonly width: number;
  readonly numberWidth: number;
  readonly timeOf: (at: string) => string;
  readonly timeWidth: number;
}

/** What precedes the text of a line: for its first line, and for those that follow. */
interface Margin {
  readonly first: string;
  readonly rest: string;
}

/** @param width columns to write in */
export function drawRun(tree: RunTree, instanceId: string, ink: Ink, width: number): string[] {
  const paper = paperFor(tree, ink, width);
  const lines = [
    ...drawHeader(tree, instanceId, ink, width),
    "",
    ...drawSequence(tree.root, { first: "", rest: "" }, paper),
  ];
  if (tree.hasEnded || tree.awaited.length === 0) return lines;
  return [...lines, "", ...drawAwaited(tree.awaited, ink, width)];
}

/** Once more at the end, where a reader looks first. */
function drawAwaited(awaited: readonly StepNode[], { bold }: Ink, width: number): string[] {
  const lines = awaited
    .slice(0, MAX_AWAITED)
    .map(({ stepNo, kind, awaited }) => bold(oneLine(`step ${stepNo} (${kind}) awaits ${awaited}`, width)));
  const more = awaited.length - lines.length;
  return more === 0 ? lines : [...lines, bold(`and ${more} more steps`)];
}

function paperFor({ started, lastAt, lastStepNo }: RunTree, ink: Ink, width: number): Paper {
  const spansDays = started !== undefined && dayOf(started.at) !== dayOf(lastAt);
  return {
    ink,
    width,
    numberWidth: Math.max(2, String(lastStepNo).length),
    timeOf: spansDays ? momentOf : clockOf,
    timeWidth: spansDays ? 19 : 12,
  };
}

function drawHeader({ started }: RunTree, instanceId: string, { bold, dim }: Ink, width: number): string[] {
  if (started === undefined) return [];
  const { at, program, project_dir, params, forked_from } = started;
  const where = `${momentOf(at)} · version ${program.version.slice(0, 12)} · ${printable(project_dir)}`;
  const lines = [
    `${bold(printable(program.name))}  ${instanceId}`,
    dim(oneLine(`started ${where}`, Math.max(width, 60))),
    dim(`params ${oneLine(JSON.stringify(params), Math.max(20, width - 7))}`),
  ];
  if (forked_from === undefined) return lines;
  const { instance_id, before_step_no } = forked_from;
  return [...lines, dim(`forked from ${printable(instance_id)} before step ${before_step_no}`)];
}

function drawSequence({ nodes }: Sequence, margin: Margin, paper: Paper): string[] {
  return nodes.flatMap((node, i) =>
    drawNode(node, i === 0 ? margin : { first: margin.rest, rest: margin.rest }, paper),
  );
}

function drawNode(node: Node, margin: Margin, paper: Paper): string[] {
  if (node.type === "note") return drawDetail(node.detail, margin.first, WORD, paper);
  if (node.type === "step") return drawStep(node, margin, paper);
  const { ink } = paper;
  const count = node.branches.size;
  const said = `${count} ${count === 1 ? "branch" : "branches"}`;
  const head = line(node.at, undefined, margin.first, ink.cyan("parallel".padEnd(WORD)), said, [], paper);
  const branches = [...node.branches].sort(([a], [b]) => a - b);
  const labelWidth = String(branches.at(-1)![0]).length;
  return [
    head,
    ...branches.flatMap(([index, branch], i) => {
      const isLast = i === branches.length - 1;
      const label = `${isLast ? "└" : "├"} ${String(index).padStart(labelWidth)}  `;
      const below = `${isLast ? " " : "│"}${" ".repeat(labelWidth + 3)}`;
      return drawSequence(branch, { first: margin.rest + label, rest: margin.rest + below }, paper);
    }),
  ];
}

function drawStep(node: StepNode, { first, rest }: Margin, paper: Paper): string[] {
  const { ink } = paper;
  const lines = [
    line(node.at, node.stepNo, first, ink.cyan(node.kind.padEnd(WORD)), node.text, node.said, paper),
    ...node.details.flatMap((detail) => drawDetail(detail, `${rest}  `, WORD - 2, paper)),
    ...drawSequence(node.called, { first: `${rest}│ `, rest: `${rest}│ ` }, paper),
  ];
  if (node.awaited === undefined) return lines;
  const awaits = ink.bold("awaits".padEnd(WORD - 2));
  return [...lines, line(undefined, undefined, `${rest}  `, awaits, node.awaited, [], paper)];
}

function drawDetail(detail: Detail, prefix: string, wordWidth: number, paper: Paper): string[] {
  const { at, stepNo, word, tone, text, said, below = [] } = detail;
  const tinted = inkOf(tone, paper.ink)(word.padEnd(wordWidth));
  const margin = " ".repeat(paper.timeWidth + paper.numberWidth + 4) + prefix + " ".repeat(wordWidth + 2);
  const room = Math.max(20, paper.width - margin.length);
  return [
    line(at, stepNo, prefix, tinted, text, said, paper),
    ...below.map((each) => margin + inkOf(tone === "good" ? "quiet" : tone, paper.ink)(oneLine(each, room))),
  ];
}

function inkOf(tone: Tone, { green, red, yellow, dim }: Ink): (text: string) => string {
  return { good: green, bad: red, warn: yellow, quiet: dim }[tone];
}

function line(
  at: string | undefined,
  stepNo: number | undefined,
  prefix: string,
  word: string,
  text: string,
  said: readonly string[],
  { ink, width, numberWidth, timeOf, timeWidth }: Paper,
): string {
  const time = (at === undefined ? "" : timeOf(at)).padEnd(timeWidth);
  const number = (stepNo === undefined ? "" : String(stepNo)).padStart(numberWidth);
  const suffix = said.length === 0 ? "" : `  (${oneLine(said.join(", "), 200)})`;
  const taken = timeWidth + numberWidth + 4 + prefix.length + WORD + 2 + suffix.length;
  const shown = oneLine(text, Math.max(20, width - taken));
  const dim = (part: string) => (part.trim() === "" ? part : ink.dim(part));
  return `${dim(time)}  ${number}  ${dim(prefix)}${word}  ${shown}${dim(suffix)}`.trimEnd();
}
