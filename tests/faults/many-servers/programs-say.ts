/**
 * What the programs of this test say of themselves, against the log: what they heard, in which order, and what
 * their effects did outside.
 *
 * P1. An instruction ends in `Heard: […]`, the tokens of all replies that its branch has been given, and in
 *     `Signals: […]`: both as the log has them before it.
 * P2. The summary's `heard` holds the tokens of all replies of the run.
 * P3. What a finished effect returned is the name of an execution that the outside saw begin and end, and none
 *     of this label began after it. None ran more often than the log says that it was begun, and none while
 *     an earlier one still ran.
 */

import { grouped } from "./grouped.ts";
import type { Execution } from "./history.ts";
import type { LogLine } from "./log-lines.ts";
import type { Story } from "./story.ts";
import type { Report } from "./violation.ts";

export function checkWhatWasHeard({ id, lines, steps, ended }: Story, report: Report): void {
  const heard = new Map<string, string[]>();
  const signals: string[] = [];
  const all: string[] = [];
  for (const line of lines) {
    if (line.type === "reply_accepted") {
      const token = (line["value"] ?? line["reply"]).token;
      all.push(token);
      const scope = steps.get(line["step_no"])?.issued["scope"];
      heard.set(scope, [...(heard.get(scope) ?? []), token]);
    } else if (line.type === "signal_received") {
      signals.push(line["value"].token);
    } else if (line.type === "step_issued" && line["text"] !== undefined) {
      const told = listIn(line["text"], "Heard");
      compare(told, heard.get(line["scope"]) ?? [], line);
      const toldSignals = listIn(line["text"], "Signals");
      compare(toldSignals, signals.slice(0, toldSignals?.length ?? 0), line);
    }
  }
  const summary = ended?.["state"] === "completed" ? ended["summary"]?.heard : undefined;
  if (summary !== undefined) compare(summary.toSorted(), all.toSorted(), ended!);

  function compare(told: string[] | undefined, recorded: readonly string[], { seq }: LogLine): void {
    if (told === undefined || told.join() === recorded.join()) return;
    report(
      "heard-otherwise",
      `at event ${seq} of ${id} the program has heard [${told}], the log has [${recorded}]`,
    );
  }
}

function listIn(text: string, name: string): string[] | undefined {
  const list = new RegExp(`^${name}: (\\[.*\\])$`, "m").exec(text)?.[1];
  return list === undefined ? undefined : JSON.parse(list);
}

export function checkEffects(
  { id, lines, steps }: Story,
  executions: readonly Execution[],
  report: Report,
): void {
  const mine = grouped(
    executions.filter(({ instance }) => instance === id),
    ({ label }) => label,
  );
  for (const [stepNo, { issued, settled }] of steps) {
    if (issued["kind"] !== "effect") continue;
    const ran = mine.get(issued["label"]) ?? [];
    const begun = lines.filter(({ type, step_no }) => type === "effect_started" && step_no === stepNo).length;
    const wrong = (fact: string) =>
      report("effect-otherwise", `step ${stepNo} of ${id} (${issued["label"]}) ${fact}`);
    if (ran.length > begun) wrong(`ran ${ran.length} times; the log says that it was begun ${begun} times`);
    for (const [i, { began, id: later }] of ran.entries()) {
      const still = ran.slice(0, i).find(({ ended }) => ended !== undefined && ended > began);
      if (still !== undefined) wrong(`was begun (${later}) while it still ran (${still.id})`);
    }
    if (settled?.type !== "effect_finished" || settled["value"] === undefined) continue;
    const recorded = ran.at(-1);
    if (recorded?.id !== settled["value"] || recorded?.ended === undefined) {
      wrong(
        `is recorded as done by ${JSON.stringify(settled["value"])}; the last to run was ${JSON.stringify(recorded)}`,
      );
    }
  }
}
