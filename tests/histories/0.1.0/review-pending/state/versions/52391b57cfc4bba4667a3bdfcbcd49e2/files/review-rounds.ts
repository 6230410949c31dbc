/**
 * Reviews a project in rounds until nothing is left to fix: three experts find, a triage decides, fixes are
 * made by the expert they belong to, verified by another, and by the project's own checks.
 *
 * What an agent may get wrong stands in code here: who does what, in which order, how often, which findings
 * are one and the same, whether anything changed, whether the checks pass, and when it ends.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { Abort, all, ask, command, defineProgram, instruct, sideEffect } from "agent-sequencer";
import { z } from "zod";
import { hashOfChanges } from "./review-rounds/changes.ts";
import { type Round, render } from "./review-rounds/document.ts";
import estimatePrompt from "./review-rounds/estimate.md";
import { collect, type Finding, list, oncePerId, Review, SEVERITIES } from "./review-rounds/findings.ts";
import fixPrompt from "./review-rounds/fix.md";
import reviewPrompt from "./review-rounds/review.md";
import programsRole from "./review-rounds/role-programs.md";
import promptsRole from "./review-rounds/role-prompts.md";
import typescriptRole from "./review-rounds/role-typescript.md";
import triagePrompt from "./review-rounds/triage.md";
import verifyPrompt from "./review-rounds/verify.md";

const EXPERTS = [
  { name: "typescript", role: typescriptRole },
  { name: "programs", role: programsRole },
  { name: "prompts", role: promptsRole },
];
type Expert = (typeof EXPERTS)[number];

/** Reading, and nothing else. Bash only for commands of git, as far as they change nothing. */
const READ_ONLY = {
  allow: [
    "Read",
    "Grep",
    "Glob",
    "LS",
    "Bash(git diff:*)",
    "Bash(git log:*)",
    "Bash(git show:*)",
    "Bash(git status:*)",
  ],
  // `git diff --output=file` writes.
  deny: ["Bash(git * --output*)"],
};

const inside = (path: string) => !isAbsolute(path) && !normalize(path).startsWith("..");

const Params = z.object({
  target: z
    .string()
    .min(1)
    .default(".")
    .refine(inside, "must be a path inside the project")
    .describe("file or folder to review"),
  base: z
    .string()
    .regex(/^[\w./~^-]+$/)
    .refine((ref) => !ref.startsWith("-"), "must not begin with a hyphen")
    .optional()
    .describe("git revision; only what has changed since is reviewed"),
  check_command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('command that must succeed after the fixes, as a list: ["npm", "test"]'),
  confirm: z.boolean().default(true).describe("ask the user before anything is changed"),
  commit: z.boolean().default(false).describe("commit after each round whose fixes are all verified"),
  max_rounds: z.int().min(1).max(10).default(5),
  output_base: z.string().min(1).default(".claude/tmp").refine(inside, "must be a path inside the project"),
});

export default defineProgram({
  name: "review-rounds",
  description:
    "Review and repair code in rounds: experts find, triage decides, fixes are verified, until nothing is left.",
  params: Params,

  async *run({ params, progress, instance }) {
    const { target, base, check_command, confirm, commit, max_rounds, output_base } = params;
    const document = join(output_base, `review-rounds-${instance.id}.md`);
    const rounds: Round[] = [];
    const totals = { fixed: 0, wontfix: 0 };
    let unresolved: Finding[] = [];
    let nextId = 1;

    const note = (number: number, what: string) => progress(number, max_rounds, `round ${number}: ${what}`);
    const hash = () =>
      sideEffect("hash of the changes", () => hashOfChanges(instance.projectDir, target, output_base));
    const save = () => {
      const text = render(
        `Review of ${target}`,
        base === undefined ? target : `${target}, since ${base}`,
        rounds,
      );
      return sideEffect("write the review document", async () => {
        const file = join(instance.projectDir, document);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
        return document;
      });
    };
    const summary = (converged: boolean, reason: string) => ({
      rounds_executed: rounds.length,
      converged,
      reason,
      total_fixed: totals.fixed,
      total_wontfix: totals.wontfix,
      last_unresolved: unresolved.map(({ id, severity, file, line, reason: why }) => ({
        id,
        severity,
        file,
        line,
        reason: why,
      })),
      document,
    });

    for (let number = 1; number <= max_rounds; number++) {
      const before = yield* hash();
      note(number, "review");
      const reviews = yield* all(EXPERTS.map((expert) => review(expert, { target, base, unresolved })));
      const findings = collect(reviews, number, nextId);
      nextId += findings.length;
      const round: Round = { number, findings };
      rounds.push(round);

      if (findings.every(({ severity }) => severity === "info")) {
        unresolved = [];
        round.outcome = findings.length === 0 ? "no findings" : "nothing but remarks of severity info";
        yield* save();
        return summary(true, round.outcome);
      }

      note(number, "triage");
      yield* triage(findings, number);
      note(number, "estimate");
      yield* estimate(findings.filter(({ state }) => state === "to fix"));
      let toFix = findings.filter(({ state }) => state === "to fix");
      if (confirm && toFix.length > 0) toFix = yield* confirmed(toFix, number);
      totals.wontfix += findings.filter(
        ({ state, severity }) => state === "declined" && severity !== "info",
      ).length;
      if (toFix.length === 0) {
        unresolved = [];
        round.outcome = "every finding was declined";
        yield* save();
        return summary(true, round.outcome);
      }

      for (const expert of EXPERTS) {
        const own = toFix.filter(({ experts }) => experts[0] === expert.name);
        if (own.length === 0) continue;
        note(number, `fixes by ${expert.name}`);
        yield* fix(expert, own, unresolved);
      }

      if ((yield* hash()) === before) {
        for (const finding of toFix) unfixed(finding, "verification", "nothing changed on disk");
        unresolved = toFix;
        round.outcome = "nothing changed";
        yield* save();
        return summary(false, round.outcome);
      }

      note(number, "verification");
      if (check_command !== undefined) {
        round.check = yield* check(check_command);
        if (!round.check.passed) {
          for (const finding of toFix) unfixed(finding, "check", `\`${round.check.command}\` failed`);
        }
      }
      yield* verify(toFix.filter(({ state }) => state === "fixed"));
      unresolved = toFix.filter(({ state }) => state !== "fixed");
      totals.fixed += toFix.length - unresolved.length;
      round.outcome = `${toFix.length - unresolved.length} fixed, ${unresolved.length} unresolved`;
      yield* save();
      if (commit && unresolved.length === 0) yield* commitRound(number, target, toFix);
    }
    throw new Abort(
      `not converged after ${max_rounds} rounds: ${totals.fixed} fixed, ${totals.wontfix} declined, ${unresolved.length} unresolved (${document})`,
    );
  },
});

async function* review(
  expert: Expert,
  { target, base, unresolved }: { target: string; base?: string; unresolved: readonly Finding[] },
) {
  const scope =
    base === undefined
      ? `everything in \`${target}\``
      : `what has changed in \`${target}\` since \`${base}\` (\`git diff ${base} -- ${target}\`)`;
  const feedback =
    unresolved.length === 0
      ? ""
      : `The round before could not resolve these; say whether they still stand:\n\n${list(unresolved)}`;
  const checklist = join(import.meta.dirname, "review-rounds", `checklist-${expert.name}.md`);
  const { findings } = yield* instruct(
    fill(reviewPrompt, { role: expert.role, scope, feedback, checklist }),
    {
      id: `review-${expert.name}`,
      reply: Review,
      tools: READ_ONLY,
    },
  );
  return { expert: expert.name, findings };
}

async function* triage(findings: readonly Finding[], round: number) {
  const Decision = z.object({
    id: z.string(),
    decision: z.enum(["fix", "decline"]),
    reason: z.string().min(1),
    duplicate_of: z.string().optional(),
  });
  const { decisions } = yield* instruct(
    fill(triagePrompt, { round: String(round), findings: list(findings) }),
    {
      id: "triage",
      reply: z.object({ decisions: oncePerId(Decision, findings) }),
      tools: READ_ONLY,
    },
  );
  for (const { id, decision, reason, duplicate_of } of decisions) {
    const finding = findings.find((candidate) => candidate.id === id)!;
    if (
      duplicate_of !== undefined &&
      duplicate_of !== id &&
      findings.some((other) => other.id === duplicate_of)
    ) {
      finding.state = "duplicate";
      finding.history.push({ phase: "triage", note: `the same as ${duplicate_of}` });
      continue;
    }
    finding.state = decision === "fix" && finding.severity !== "info" ? "to fix" : "declined";
    finding.history.push({
      phase: "triage",
      note: `${finding.state === "to fix" ? "fix" : "decline"}: ${reason}`,
    });
  }
}

async function* estimate(findings: readonly Finding[]) {
  if (findings.length === 0) return;
  const Estimate = z.object({
    id: z.string(),
    verdict: z.enum(["maintain", "downgrade", "alternative"]),
    severity: z.enum(SEVERITIES).optional(),
    alternative: z.string().optional(),
    reason: z.string().min(1),
  });
  const { estimates } = yield* instruct(fill(estimatePrompt, { findings: list(findings) }), {
    id: "estimate",
    reply: z.object({ estimates: oncePerId(Estimate, findings) }),
    tools: READ_ONLY,
  });
  for (const { id, verdict, severity, alternative, reason } of estimates) {
    const finding = findings.find((candidate) => candidate.id === id)!;
    finding.history.push({ phase: "estimate", note: `${verdict}: ${reason}` });
    if (verdict === "downgrade" && severity !== undefined) {
      finding.severity = severity;
      if (severity === "info") finding.state = "declined";
    }
    if (verdict === "alternative" && alternative !== undefined)
      finding.reason += `\nDo this instead: ${alternative}`;
  }
}

/** The person decides what is changed; what is not wanted counts as declined. */
async function* confirmed(toFix: readonly Finding[], round: number) {
  const choices = ["fix all", "fix critical and major only", "fix nothing"] as const;
  const choice = yield* ask(
    `Round ${round} of the review wants to fix ${toFix.length} finding${toFix.length === 1 ? "" : "s"}:\n\n${list(toFix)}\n\nWhat shall be done?`,
    { choices, id: "confirm" },
  );
  const wanted = toFix.filter(
    ({ severity }) =>
      choice === "fix all" || (choice !== "fix nothing" && (severity === "critical" || severity === "major")),
  );
  for (const finding of toFix) {
    if (wanted.includes(finding)) continue;
    finding.state = "declined";
    finding.history.push({ phase: "confirmation", note: "the user does not want it fixed now" });
  }
  return wanted;
}

async function* fix(expert: Expert, findings: readonly Finding[], unresolved: readonly Finding[]) {
  const Fix = z.object({ id: z.string(), fixed: z.boolean(), what: z.string().min(1) });
  const feedback =
    unresolved.length === 0 ? "" : `What was tried in the round before did not hold:\n\n${list(unresolved)}`;
  const { fixes } = yield* instruct(
    fill(fixPrompt, { role: expert.role, findings: list(findings), feedback }),
    {
      id: `fix-${expert.name}`,
      reply: z.object({ fixes: oncePerId(Fix, findings) }),
      expected: "30m",
    },
  );
  for (const { id, fixed, what } of fixes) {
    const finding = findings.find((candidate) => candidate.id === id)!;
    finding.state = fixed ? "fixed" : "unresolved";
    finding.history.push({ phase: "fix", note: `${expert.name}: ${what}` });
  }
}

/** Nobody verifies their own work. */
async function* verify(fixed: readonly Finding[]) {
  const verifierOf = ({ experts }: Finding) => {
    const fixer = EXPERTS.findIndex(({ name }) => name === experts[0]);
    return EXPERTS[(fixer + 1) % EXPERTS.length]!;
  };
  const assignments = EXPERTS.map((expert) => ({
    expert,
    findings: fixed.filter((finding) => verifierOf(finding) === expert),
  }));
  yield* all(
    assignments
      .filter(({ findings }) => findings.length > 0)
      .map(({ expert, findings }) => verifyBy(expert, findings)),
  );
}

async function* verifyBy(expert: Expert, findings: readonly Finding[]) {
  const Verdict = z.object({ id: z.string(), resolved: z.boolean(), reason: z.string().min(1) });
  const { verdicts } = yield* instruct(fill(verifyPrompt, { role: expert.role, findings: list(findings) }), {
    id: `verify-${expert.name}`,
    reply: z.object({ verdicts: oncePerId(Verdict, findings) }),
    tools: READ_ONLY,
  });
  for (const { id, resolved, reason } of verdicts) {
    const finding = findings.find((candidate) => candidate.id === id)!;
    if (resolved)
      finding.history.push({ phase: "verification", note: `${expert.name}: resolved, ${reason}` });
    else unfixed(finding, "verification", `${expert.name}: ${reason}`);
  }
}

async function* check(checkCommand: readonly string[]) {
  const [file, ...args] = checkCommand;
  const { exit_code, stdout, stderr } = yield* command(file!, args, { timeout: "30m" });
  return {
    command: checkCommand.join(" "),
    passed: exit_code === 0,
    output: `${stdout}\n${stderr}`.slice(-4_000),
  };
}

async function* commitRound(round: number, target: string, findings: readonly Finding[]) {
  const message = `Review round ${round}: ${findings.map(({ id }) => id).join(", ")}\n\n${list(findings)}`;
  yield* command("git", ["add", "--all", "--", target]);
  yield* command("git", ["commit", "--message", message]);
}

function unfixed(finding: Finding, phase: string, why: string): void {
  finding.state = "unresolved";
  finding.reason += `\nNot resolved in round ${finding.round}: ${why}`;
  finding.history.push({ phase, note: why });
}

/** Puts values in the places of a prompt that are marked `{{name}}`. */
function fill(prompt: string, values: Record<string, string>): string {
  return prompt
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
