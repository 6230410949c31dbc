/**
 * What is read of a run: its timeline as a document, its log as lines.
 *
 * R1. Bounded: of a long run the timeline shows the beginning and the end. A log that is too large for one
 *     message is refused with where it lies, since clients drop the connection over it.
 * R2. What is readable of a damaged log is shown, and what is wrong with it.
 */

import type { Ended, Started } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";
import type { RecordedEvent } from "../instances/recorded-event.ts";
import { drawRun, PLAIN } from "../instances/timeline/draw.ts";
import { RunTree } from "../instances/timeline/run-tree.ts";
import { jsonText } from "../instances/timeline/text.ts";
import { logUri } from "./resource-uri.ts";

const WIDTH = 120;
const FIRST_LINES = 150;
const LAST_LINES = 350;
/** Characters of JSON that an outcome is shown with. */
const MAX_OUTCOME = 200_000;
/** Clients read lines of at most 10 MB, and quotes grow in a message. */
const MAX_LOG = 6_000_000;

export async function timelineOf(instanceId: string, events: AsyncIterable<RecordedEvent>): Promise<string> {
  const tree = new RunTree();
  let ended: Ended | undefined;
  let problem: string | undefined;
  try {
    for await (const { event } of events) {
      tree.add(event);
      if (event.type === "ended") ended = event;
    }
  } catch (error) {
    if (!(error instanceof SequencerError) || tree.started === undefined) throw error;
    problem = `${error.message} ${error.fix}`;
  }
  return [
    ...headOf(instanceId, tree.started, ended),
    ...fenced("text", fitLines(drawRun(tree, instanceId, PLAIN, WIDTH))),
    ...(problem === undefined ? [] : [`**From here on the log cannot be read.** ${problem}`, ""]),
    ...outcomeOf(ended, instanceId),
    `Every event, one JSON object a line: ${logUri(instanceId)}`,
    "",
  ].join("\n");
}

function headOf(instanceId: string, started: Started | undefined, ended: Ended | undefined): string[] {
  const state = ended === undefined ? "unfinished" : ended.state;
  return [`# Run of ${started?.program.name ?? "?"}: ${state}`, "", `Instance \`${instanceId}\``, ""];
}

function fitLines(lines: readonly string[]): readonly string[] {
  const leftOut = lines.length - FIRST_LINES - LAST_LINES;
  if (leftOut <= 1) return lines;
  return [...lines.slice(0, FIRST_LINES), `… ${leftOut} lines left out …`, ...lines.slice(-LAST_LINES)];
}

function outcomeOf(ended: Ended | undefined, instanceId: string): string[] {
  if (ended?.summary === undefined) return [];
  const json = jsonText(ended.summary, 2);
  if (json.length <= MAX_OUTCOME) return ["## Summary", "", ...fenced("json", [json])];
  const note = `It has ${json.length} characters; the last event of ${logUri(instanceId)} holds it.`;
  return ["## Summary", "", note, ""];
}

/** No line within can end it: JSON has no line that begins so, and the tree's lines begin with their margin. */
function fenced(language: string, lines: readonly string[]): string[] {
  return [`\`\`\`${language}`, ...lines, "```", ""];
}

export async function logOf(instanceId: string, events: AsyncIterable<RecordedEvent>): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  for await (const { seq, event } of events) {
    const line = `${jsonText({ seq, ...event })}\n`;
    length += line.length;
    if (length > MAX_LOG) throw tooLarge(instanceId);
    lines.push(line);
  }
  return lines.join("");
}

function tooLarge(instanceId: string): SequencerError {
  return new SequencerError(
    "InvalidArguments",
    `The log of ${instanceId} has more than ${MAX_LOG} characters, which is too much for one message.`,
    `Read it on the machine: agent-sequencer show ${instanceId} --json, or the file ${instanceId}.jsonl in the state folder.`,
  );
}
