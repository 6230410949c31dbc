/** The review document: what a person reads to see what was found, decided and done. */

import type { Finding } from "./findings.ts";

export interface Round {
  readonly number: number;
  readonly findings: Finding[];
  /** Output of the check command, where one ran. */
  check?: { readonly command: string; readonly passed: boolean; readonly output: string };
  /** Why the round ended the run, or did not. */
  outcome?: string;
}

export function render(title: string, target: string, rounds: readonly Round[]): string {
  const lines = [`# ${title}`, "", `Target: ${target}`, ""];
  for (const { number, findings, check, outcome } of rounds) {
    lines.push(`## Round ${number}`, "");
    if (findings.length === 0) lines.push("No findings.", "");
    else lines.push(...table(findings), "");
    for (const finding of findings) lines.push(...section(finding));
    if (check !== undefined) {
      lines.push(`### Check: \`${check.command}\` ${check.passed ? "passed" : "failed"}`, "");
      if (!check.passed) lines.push("```", check.output.trim(), "```", "");
    }
    if (outcome !== undefined) lines.push(`**Outcome:** ${outcome}`, "");
  }
  return lines.join("\n");
}

function table(findings: readonly Finding[]): string[] {
  return [
    "| Id | Severity | Place | State |",
    "|---|---|---|---|",
    ...findings.map(
      (finding) => `| ${finding.id} | ${finding.severity} | ${place(finding)} | ${finding.state} |`,
    ),
  ];
}

function section(finding: Finding): string[] {
  return [
    `### ${finding.id} ${place(finding)}`,
    "",
    ...finding.history.map(({ phase, note }) => `- *${phase}*: ${note.replaceAll("\n", " ")}`),
    "",
  ];
}

function place({ file, line }: Finding): string {
  return line === null ? `\`${file}\`` : `\`${file}:${line}\``;
}
