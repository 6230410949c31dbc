/** Findings: what a reviewer reports, the ids the program gives them, and which of them are one and the same. */

import { z } from "zod";

export const SEVERITIES = ["critical", "major", "minor", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

const PREFIX: Record<Severity, string> = { critical: "C", major: "M", minor: "N", info: "I" };

/** A reviewer's reply. */
export const Review = z.object({
  findings: z
    .array(
      z.object({
        severity: z.enum(SEVERITIES),
        file: z.string().min(1).describe("path relative to the project"),
        line: z.int().min(1).nullable().describe("null when the finding is about the whole file"),
        reason: z.string().min(1).describe("what is wrong, why it matters, and what would be right"),
      }),
    )
    .max(50),
});

export type Reported = z.infer<typeof Review>["findings"][number];

/** Where a finding stands, from its report to its verification. */
export type State = "reported" | "duplicate" | "declined" | "to fix" | "fixed" | "unresolved";

export interface Finding {
  readonly id: string;
  readonly round: number;
  /** Names of the experts who reported it; the first one owns it. */
  readonly experts: string[];
  readonly file: string;
  readonly line: number | null;
  severity: Severity;
  reason: string;
  state: State;
  /** What each phase said of it, in order: phase -> words. */
  readonly history: { readonly phase: string; readonly note: string }[];
}

type Unnamed = Omit<Finding, "id">;

/**
 * Gives ids and merges what several experts report for the same file and line: the highest severity
 * counts, all reasons are kept.
 *
 * @param next number of the first id; ids are never used twice in a run
 */
export function collect(
  reviews: readonly { expert: string; findings: readonly Reported[] }[],
  round: number,
  next: number,
): Finding[] {
  const byPlace = new Map<string, Unnamed>();
  const merged: Unnamed[] = [];
  for (const { expert, findings } of reviews) {
    for (const { severity, file, line, reason } of findings) {
      const place = `${normal(file)}:${line}`;
      const known = line === null ? undefined : byPlace.get(place);
      if (known === undefined) {
        const finding: Unnamed = {
          round,
          experts: [expert],
          file: normal(file),
          line,
          severity,
          reason,
          state: "reported",
          history: [{ phase: "review", note: `${expert}: ${reason}` }],
        };
        byPlace.set(place, finding);
        merged.push(finding);
        continue;
      }
      if (!known.experts.includes(expert)) known.experts.push(expert);
      if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.severity)) known.severity = severity;
      if (!known.reason.includes(reason)) known.reason += `\nAlso (${expert}): ${reason}`;
      known.history.push({ phase: "review", note: `${expert}: ${reason}` });
    }
  }
  return merged
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .map((finding, i) => ({ ...finding, id: `${PREFIX[finding.severity]}-${next + i}` }));
}

function normal(file: string): string {
  return file.replaceAll("\\", "/").replace(/^\.\//, "");
}

/** One line a finding, for prompts. */
export function list(findings: readonly Finding[]): string {
  return findings
    .map(({ id, severity, file, line, reason, experts }) => {
      const place = line === null ? file : `${file}:${line}`;
      return `- ${id} (${severity}, ${place}, found by ${experts.join(" and ")}): ${reason.replaceAll("\n", " ")}`;
    })
    .join("\n");
}

/** A schema whose items answer each of these ids exactly once. */
export function oncePerId<Item extends z.ZodObject<{ id: z.ZodString }>>(
  item: Item,
  findings: readonly Finding[],
) {
  const ids = findings.map(({ id }) => id);
  return z.array(item).superRefine((items, context) => {
    const given = items.map((entry) => (entry as { id: string }).id);
    for (const id of ids) {
      if (!given.includes(id)) context.addIssue({ code: "custom", message: `${id} has no entry` });
    }
    for (const [i, id] of given.entries()) {
      if (!ids.includes(id))
        context.addIssue({
          code: "custom",
          message: `${id} is not one of ${ids.join(", ")}`,
          path: [i, "id"],
        });
      else if (given.indexOf(id) !== i)
        context.addIssue({ code: "custom", message: `${id} has two entries`, path: [i, "id"] });
    }
  });
}
