import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { type InstalledPlugin, installPlugin } from "./installed-plugin.ts";

/** A finding as a reviewer reports it. */
const finding = (severity: string, file: string, line: number | null, reason: string) => ({
  severity,
  file,
  line,
  reason,
});

/** What the scripted agent does; each gets the instruction's text and the ids that it names. */
interface Script {
  review(expert: string, round: number, text: string): object[];
  triage?(ids: string[]): object[];
  estimate?(ids: string[]): object[];
  confirm?(): string;
  fix?(ids: string[], round: number): object[];
  verify?(ids: string[], text: string): object[];
}

describe("the installed plugin's review-rounds", () => {
  let plugin: InstalledPlugin;
  beforeAll(() => {
    plugin = installPlugin();
  });
  afterAll(() => plugin.remove());

  let sandbox: Sandbox;
  let server: ServerProcess;
  const at = (name: string) => join(sandbox.projectDir, name);

  beforeEach(async () => {
    sandbox = createSandbox();
    const git = (...args: string[]) =>
      execFileSync("git", args, { cwd: sandbox.projectDir, env: sandbox.env });
    mkdirSync(at("src"));
    // Three planted defects: a wrong sign, a swallowed error, an unbounded loop.
    writeFileSync(at("src/sum.mjs"), "export const sum = (a, b) => a - b;\n");
    writeFileSync(
      at("src/load.mjs"),
      "export function load(text) {\n  try { return JSON.parse(text); } catch {}\n}\n",
    );
    writeFileSync(
      at("src/poll.mjs"),
      "export async function poll(ready) {\n  while (!ready()) await null;\n}\n",
    );
    writeFileSync(
      at("check.mjs"),
      `import { sum } from "./src/sum.mjs"; if (sum(2, 3) !== 5) { console.error("sum(2, 3) is not 5"); process.exit(1); }\n`,
    );
    writeFileSync(at(".gitignore"), ".claude/\n");
    git("init", "--quiet");
    git("add", ".");
    git("-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "--quiet", "-m", "start");
    server = await startServer(sandbox, {
      ...plugin.server,
      env: { ...plugin.server.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  /** Drives a run to its end with a script, and gives back its last answer and every instruction it saw. */
  async function drive(params: object, script: Script) {
    const texts: string[] = [];
    let round = 0;
    let answer = await server.call("sequencer_start", { program: "review-rounds", params });
    for (let replies = 0; replies < 100; replies++) {
      if (answer.state === "waiting") {
        answer = await server.call("sequencer_current", {
          instance_id: answer.instance_id,
          wait_seconds: 30,
        });
        continue;
      }
      if (answer.state !== "awaiting_result") return { answer, texts };
      const steps =
        answer.last_yield.kind === "parallel" ? answer.last_yield.instructions : [answer.last_yield];
      const step = steps[0];
      texts.push(step.text);
      const ids = [
        ...new Set(
          [...step.text.split("What was tried")[0].matchAll(/^- ([CMNI]-\d+) /gm)].map(
            (match) => match[1] as string,
          ),
        ),
      ];
      if (step.text.includes("You are the TypeScript expert") && step.text.includes("Review ")) round++;
      answer = await server.call("sequencer_next", {
        instance_id: answer.instance_id,
        for_step_no: step.step_no,
        result: replyTo(step, ids, round, script),
      });
      if (answer.ok === false) throw new Error(JSON.stringify(answer));
      // Other steps of the round may still be pending.
      if (answer.state === "awaiting_result") {
        answer = await server.call("sequencer_current", { instance_id: answer.instance_id });
      }
    }
    throw new Error("the run does not end");
  }

  function replyTo(step: any, ids: string[], round: number, script: Script): unknown {
    const { text } = step;
    const expert = text.match(
      /You are the (TypeScript|expert for agent-sequencer|expert for instructions)/,
    )?.[1];
    if (text.includes("Ask your user")) return script.confirm?.() ?? "fix all";
    if (text.includes("You are the triage")) {
      return {
        decisions: script.triage?.(ids) ?? ids.map((id) => ({ id, decision: "fix", reason: "right" })),
      };
    }
    if (text.includes("You estimate")) {
      return {
        estimates: script.estimate?.(ids) ?? ids.map((id) => ({ id, verdict: "maintain", reason: "small" })),
      };
    }
    if (text.includes("Fix these findings")) {
      return { fixes: script.fix?.(ids, round) ?? ids.map((id) => ({ id, fixed: true, what: "done" })) };
    }
    if (text.includes("Another expert says")) {
      return {
        verdicts: script.verify?.(ids, text) ?? ids.map((id) => ({ id, resolved: true, reason: "seen" })),
      };
    }
    const name =
      expert === "TypeScript" ? "typescript" : expert?.includes("instructions") ? "prompts" : "programs";
    return { findings: script.review(name, round, text) };
  }

  const mendAll = () => {
    writeFileSync(at("src/sum.mjs"), "export const sum = (a, b) => a + b;\n");
    writeFileSync(at("src/load.mjs"), "export const load = (text) => JSON.parse(text);\n");
  };

  it("converges: merges what two experts found, fixes what triage wants, verifies, and finds nothing more", async () => {
    const { answer, texts } = await drive(
      { target: "src", check_command: ["node", "check.mjs"] },
      {
        review: (expert, round) =>
          round > 1
            ? []
            : expert === "typescript"
              ? [
                  finding("critical", "src/sum.mjs", 1, "subtracts"),
                  finding("major", "./src/load.mjs", 2, "swallows the error"),
                  finding("info", "src/poll.mjs", null, "could be shorter"),
                ]
              : expert === "programs"
                ? [
                    finding("minor", "src/load.mjs", 2, "caught and forgotten"),
                    finding("minor", "src/poll.mjs", 2, "no bound"),
                  ]
                : [],
        triage: (ids) =>
          ids.map((id) => ({ id, decision: id.startsWith("N") ? "decline" : "fix", reason: "as I see it" })),
        fix: (ids) => {
          mendAll();
          return ids.map((id) => ({ id, fixed: true, what: "mended" }));
        },
      },
    );
    expect(answer).toMatchObject({
      state: "completed",
      last_yield: {
        summary: {
          rounds_executed: 2,
          converged: true,
          reason: "no findings",
          total_fixed: 2,
          total_wontfix: 1,
          last_unresolved: [],
        },
      },
    });
    const triage = texts.find((text) => text.includes("You are the triage"))!;
    expect(triage.match(/^- /gm)).toHaveLength(4);
    expect(triage).toMatch(/M-2 \(major, src\/load\.mjs:2, found by typescript and programs\)/);
    const question = texts.find((text) => text.includes("Ask your user"))!;
    expect(question).toContain("C-1");
    expect(question).not.toContain("N-3");
    const document = readFileSync(at(answer.last_yield.summary.document), "utf8");
    expect(document).toMatchSnapshot();
    expect(texts.find((text) => text.includes("Another expert says"))).toContain(
      "expert for agent-sequencer programs",
    );
  });

  it("ends when nothing changed on disk, whatever the fixer claims", async () => {
    const { answer } = await drive(
      { target: "src", confirm: false },
      {
        review: (expert) =>
          expert === "typescript" ? [finding("major", "src/sum.mjs", 1, "subtracts")] : [],
      },
    );
    expect(answer.last_yield.summary).toMatchObject({
      converged: false,
      reason: "nothing changed",
      total_fixed: 0,
      last_unresolved: [{ id: "M-1", file: "src/sum.mjs" }],
    });
  });

  it("does not believe a fixer whose change fails the check, tells the next round, and aborts at its bound", async () => {
    const { answer, texts } = await drive(
      { target: "src", confirm: false, max_rounds: 2, check_command: ["node", "check.mjs"] },
      {
        review: (expert) =>
          expert === "typescript" ? [finding("critical", "src/sum.mjs", 1, "subtracts")] : [],
        fix: (ids, round) => {
          appendFileSync(at("src/sum.mjs"), `// round ${round}\n`);
          return ids.map((id) => ({ id, fixed: true, what: "fixed, I promise" }));
        },
      },
    );
    expect(answer, JSON.stringify(answer.last_yield)).toMatchObject({ state: "aborted" });
    expect(answer.last_yield.reason).toContain(
      "not converged after 2 rounds: 0 fixed, 0 declined, 1 unresolved",
    );
    expect(texts.some((text) => text.includes("Another expert says"))).toBe(false);
    expect(texts.filter((text) => text.includes("Review ")).at(-1)).toContain("C-1");
  });

  it("ends when every finding is declined, by triage or by the person", async () => {
    const review = (expert: string) =>
      expert === "prompts" ? [finding("minor", "src/poll.mjs", 2, "no bound")] : [];
    const byTriage = await drive(
      { target: "src" },
      { review, triage: (ids) => ids.map((id) => ({ id, decision: "decline", reason: "fine" })) },
    );
    expect(byTriage.answer.last_yield.summary).toMatchObject({ converged: true, total_wontfix: 1 });
    const byPerson = await drive({ target: "src" }, { review, confirm: () => "fix critical and major only" });
    expect(byPerson.answer.last_yield.summary).toMatchObject({ converged: true, total_wontfix: 1 });
  });

  it("sends a triage back that forgets a finding", async () => {
    let asked = 0;
    const { answer } = await drive(
      { target: "src" },
      {
        review: (expert) =>
          expert === "typescript"
            ? [finding("minor", "src/sum.mjs", 1, "a"), finding("minor", "src/load.mjs", 1, "b")]
            : [],
        triage: (ids) =>
          (++asked === 1 ? ids.slice(1) : ids).map((id) => ({ id, decision: "decline", reason: "no" })),
      },
    );
    expect(asked).toBe(2);
    expect(answer.state).toBe("completed");
  });

  it("stands beside hello, which runs to its end", async () => {
    const { instance_id } = await server.call("sequencer_start", {
      program: "hello",
      params: { names: ["Ada"] },
    });
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { message: "Hi" } }),
    ).toMatchObject({ state: "completed", last_yield: { summary: { greeted_count: 1 } } });
  });

  it("reviews read-only", async () => {
    const answer = await server.call("sequencer_start", {
      program: "review-rounds",
      params: { target: "src" },
    });
    const settled =
      answer.state === "waiting"
        ? await server.call("sequencer_current", { instance_id: answer.instance_id, wait_seconds: 30 })
        : answer;
    for (const { tools } of settled.last_yield.instructions) {
      expect(tools.allow).toContain("Read");
      expect(tools.allow).not.toContain("Edit");
    }
  });
});
