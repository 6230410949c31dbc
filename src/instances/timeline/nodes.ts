/** What the tree of a run is made of. */

import type { StepKind } from "../../program/step.ts";
import { oneLine } from "./text.ts";

export type Tone = "good" | "bad" | "warn" | "quiet";

/** Something that happened to a step, or to the run. */
export interface Detail {
  readonly at: string;
  /** Of a step asked again, its new number. */
  readonly stepNo?: number;
  readonly word: string;
  readonly tone: Tone;
  readonly text: string;
  /** In brackets behind it. */
  readonly said: readonly string[];
  /** Lines below it. */
  readonly below?: readonly string[];
}

export interface StepNode {
  readonly type: "step";
  readonly at: string;
  readonly stepNo: number;
  readonly kind: StepKind;
  readonly text: string;
  readonly said: readonly string[];
  readonly details: Detail[];
  /** Steps of a called program. */
  readonly called: Sequence;
  /** While the step is pending: whom or what it waits for. */
  awaited: string | undefined;
}

export interface GroupNode {
  readonly type: "group";
  readonly at: string;
  readonly branches: Map<number, Sequence>;
}

export interface NoteNode {
  readonly type: "note";
  readonly detail: Detail;
}

export type Node = StepNode | GroupNode | NoteNode;

/** What one program or branch did, in order. */
export interface Sequence {
  readonly nodes: Node[];
  /** The node that stands last at a place. */
  readonly byOrdinal: Map<number, StepNode | GroupNode>;
}

/** Characters kept of a text. */
export const KEPT = 400;

export function sequence(): Sequence {
  return { nodes: [], byOrdinal: new Map() };
}

export function callAt(within: Sequence, ordinal: number): Sequence {
  const node = within.byOrdinal.get(ordinal);
  return node?.type === "step" ? node.called : within;
}

export function branchAt(within: Sequence, ordinal: number, branch: number, at: string): Sequence {
  let group = within.byOrdinal.get(ordinal);
  if (group?.type !== "group") {
    group = { type: "group", at, branches: new Map() };
    within.nodes.push(group);
    within.byOrdinal.set(ordinal, group);
  }
  let found = group.branches.get(branch);
  if (found === undefined) {
    found = sequence();
    group.branches.set(branch, found);
  }
  return found;
}

export function detail(
  { at }: { readonly at: string },
  word: string,
  tone: Tone,
  text: string,
  said: readonly string[] = [],
  below?: readonly string[],
): Detail {
  const lines = below?.map((line) => oneLine(line, KEPT));
  return { at, word, tone, text: oneLine(text, KEPT), said, ...(lines && { below: lines }) };
}
