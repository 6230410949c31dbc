/** Each example of the author's guide, run: what it says it does, it does. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DriveOptions, drive, type EffectCall, type Run } from "agent-sequencer/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../authoring/folder.ts";
import { PROGRAMS, writeExamples } from "./examples.ts";

let folder: string;
beforeAll(() => {
  folder = writeExamples();
});

const driven = new Set<string>();

/** By the name of its file. */
async function begin(name: string, params?: object, options?: DriveOptions): Promise<Run<any>> {
  driven.add(name);
  return drive(join(folder, name), params, options);
}

afterAll(() => expect([...driven].sort()).toEqual([...PROGRAMS].sort()));

const steps = (run: Run) => run.steps.map(({ text, label }) => text || label);

test("greet.ts", async () => {
  const run = await begin("greet.ts", { names: ["Ada", "Bo"] });
  await run.reply({ message: "" });
  expect(run.problems).toEqual([{ path: "$.message", message: "must not be empty" }]);
  await run.reply({ message: "Hello, Ada!" });
  expect(run.progress).toEqual({ current: 2, of: 2, label: "greeting Bo" });
  await run.reply({ message: "Hello, Bo!" });
  expect(run.summary.greetings).toHaveLength(2);
  await run.replay();
});

test("migrate-file.ts: done, or failed with the reason", async () => {
  const run = await begin("migrate-file.ts", { file: "a.ts" });
  expect(run.step).toMatchObject({ id: "replace", timeoutAt: "2026-01-01T02:00:00.000Z" });
  const late = await run.fork(1);
  await run.reply({ calls: 3 });
  expect(run.summary).toEqual({ file: "a.ts", calls: 3 });
  await late.advance("2h");
  expect(late.summary).toMatchObject({ failed: "timeout" });
  const unable = await begin("migrate-file.ts", { file: "a.ts" });
  await unable.fail("it is generated code");
  expect(unable.summary).toEqual({ file: "a.ts", failed: "agent_failure", reason: "it is generated code" });
});

test("audit.ts: each step may only read", async () => {
  const run = await begin("audit.ts");
  expect(run.step.tools?.allow).toContain("Grep");
  await run.reply({ places: ["a.ts:1", "b.ts:2"] });
  expect(run.step.tools?.allow).toContain("Grep");
  await run.reply({ secret: true });
  await run.reply({ secret: false });
  expect(run.summary).toEqual({ looked_at: 2, risky: ["a.ts:1"] });
});

test("changed-files.ts: in a real repository", async () => {
  const projectDir = temporaryFolder();
  const git = (...args: string[]) => execFileSync("git", args, { cwd: projectDir });
  git("init", "-q");
  for (const text of ["one", "two"]) {
    writeFileSync(join(projectDir, "a.txt"), text);
    git("add", ".");
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", text);
  }
  const run = await begin("changed-files.ts", {}, { run: true, projectDir });
  expect(run.step.text).toBe("Say in one sentence what changed in a.txt since HEAD~1.");
  await run.reply({ change: "one became two" });
  expect(run.summary).toEqual({ explained: [{ file: "a.txt", change: "one became two" }] });
  const outside = await begin("changed-files.ts", { since: "none" }, { run: true, projectDir });
  expect([outside.state, outside.reason]).toEqual(["aborted", expect.stringContaining("git diff failed")]);
});

test("release-notes.ts: reads and writes real files", async () => {
  const projectDir = temporaryFolder();
  writeFileSync(join(projectDir, "package.json"), `{"version":"1.2.3"}`);
  const run = await begin("release-notes.ts", {}, { run: true, projectDir });
  expect(run.step.text).toContain("1.2.3");
  await run.reply({ notes: "Nothing but corrections." });
  expect(readFileSync(run.summary.file, "utf8")).toBe("Nothing but corrections.");
  await run.replay();
});

test("clean-branches.ts: only what the person said", async () => {
  const run = await begin("clean-branches.ts", {}, { effects: { git: { stdout: "main\na\nb\nc\n" } } });
  for (const answer of ["yes", "no", "stop"]) await run.reply(answer);
  expect(run.summary).toEqual({ deleted: ["a"] });
});

test("deploy.ts: approved, refused, and never answered", async () => {
  const options = { effects: { npm: {} } };
  const approved = await begin("deploy.ts", {}, options);
  expect(approved.state).toBe("waiting");
  await approved.signal("approval", { approved: true, by: "Ada" });
  expect(approved.summary).toEqual({ exit_code: 0 });
  const refused = await begin("deploy.ts", {}, options);
  await refused.signal("approval", { approved: false, by: "Bo" });
  expect(refused.reason).toBe("refused by Bo");
  const ignored = await begin("deploy.ts", {}, options);
  await ignored.advance("2d");
  expect(ignored.reason).toBe("nobody approved it");
  const broken = await begin("deploy.ts", {}, { effects: { npm: { exit_code: 1 } } });
  expect(broken.reason).toBe("the build failed");
});

test("until-ready.ts: waits, and not for ever", async () => {
  const url = "https://example.org/";
  let calls = 0;
  const run = await begin(
    "until-ready.ts",
    { url },
    { effects: { curl: () => ({ exit_code: ++calls < 3 ? 22 : 0 }) } },
  );
  await run.advance("2m");
  expect(run.summary).toEqual({ ready: true, tries: 3 });
  const never = await begin("until-ready.ts", { url }, { effects: { curl: { exit_code: 7 } } });
  await never.advance("2h");
  expect(never.summary).toEqual({ ready: false });
});

test("review-files.ts: side by side, four at a time", async () => {
  const files = ["a", "b", "c", "d", "e"];
  const run = await begin("review-files.ts", { files });
  expect(run.steps).toHaveLength(4);
  const finding = { line: 1, problem: "wrong" };
  await run.reply(2, { findings: [finding] });
  expect(steps(run)).toContain("Which of these findings in b are true?\n- line 1: wrong");
  await run.reply(5, { confirmed: [finding] });
  while (run.steps.length > 0) await run.reply(run.step.stepNo, { findings: [] });
  expect(run.summary.reviews.map(({ file }: { file: string }) => file)).toEqual(files);
  expect(run.summary.reviews[1]).toEqual({ file: "b", confirmed: [finding] });
});

test("survey.ts: goes on where one fails", async () => {
  const run = await begin("survey.ts", { files: ["a", "b"], question: "Is it used?" });
  await run.fail(1, "not readable");
  await run.reply({ answer: "yes" });
  expect(run.summary).toEqual({
    answers: [
      { file: "a", answer: null },
      { file: "b", answer: "yes" },
    ],
    failed: 1,
  });
});

test("quick-or-plain.ts: the answer, or the plain title", async () => {
  const quick = await begin("quick-or-plain.ts");
  const slow = await begin("quick-or-plain.ts");
  await quick.reply({ title: "Good" });
  await slow.advance("10m");
  expect([quick.summary, slow.summary]).toEqual([{ title: "Good" }, { title: "Untitled" }]);
});

test("review-changes.ts: the steps of the called program, and its failure", async () => {
  const options = { effects: { git: { stdout: "a.ts\nb.md\n" } } };
  const run = await begin("review-changes.ts", {}, options);
  expect(run.step.scope).not.toBe("");
  await run.reply({ findings: [] });
  expect(run.summary).toEqual({ reviews: [{ file: "a.ts", confirmed: [] }] });
  const failing = await begin("review-changes.ts", {}, options);
  await failing.fail("no time");
  expect(failing.summary.failed).toMatch(/^review-files: /);
  const none = await begin("review-changes.ts", {}, { effects: { git: {} } });
  expect(none.summary).toEqual({ reviews: [] });
});

test("bounded.ts: ends by the agent, by steps and by time", async () => {
  const run = await begin("bounded.ts");
  await run.reply({ idea: "one" });
  await run.reply({ idea: null });
  expect(run.summary).toEqual({ ideas: ["one"] });
  const endless = await begin("bounded.ts");
  for (let i = 0; i < 20; i++) await endless.reply({ idea: `${i}` });
  expect([endless.state, endless.reason]).toEqual(["aborted", "limit of 20 steps reached"]);
  const slow = await begin("bounded.ts");
  await slow.advance("3h");
  await slow.reply({ idea: "late" });
  expect(slow.reason).toBe("limit of 120 minutes reached");
});

test("polish.ts: until nothing serious is left, and not for ever", async () => {
  const high = { where: "1", problem: "wrong", severity: "high" };
  const run = await begin("polish.ts", { file: "a.ts" });
  expect(run.step.tools?.allow).toEqual(["Read", "Grep"]);
  await run.reply({ findings: [high, { ...high, severity: "low" }] });
  expect(run.step.text).toBe("Fix these in a.ts, and nothing else:\n- 1: wrong");
  await run.reply({ done: ["1"] });
  await run.reply({ findings: [{ ...high, severity: "low" }] });
  expect(run.summary).toEqual({ converged: true, rounds: 2, fixed: 1 });
  const stubborn = await begin("polish.ts", { file: "a.ts", most_rounds: 2 });
  for (let round = 1; round <= 2; round++) {
    await stubborn.reply({ findings: [high] });
    await stubborn.reply({ done: [] });
  }
  expect(stubborn.summary).toEqual({ converged: false, rounds: 2, fixed: 0 });
});

test("green.ts: with an agent that lies, and tests that really run", async () => {
  const projectDir = temporaryFolder();
  writeFileSync(
    join(projectDir, "test.mjs"),
    `import { add } from "./add.mjs"; if (add(1, 2) !== 3) throw new Error("add is wrong");`,
  );
  const fix = (body: string) =>
    writeFileSync(join(projectDir, "add.mjs"), `export const add = (a, b) => ${body};`);
  fix("a - b");
  const run = await begin("green.ts", { test: [process.execPath, "test.mjs"] }, { run: true, projectDir });
  expect(run.step.text).toContain("add is wrong");
  await run.reply({ changed: ["add.mjs"] });
  expect(run.step.text).toContain("add is wrong");
  fix("a + b");
  await run.reply({ changed: ["add.mjs"] });
  expect(run.summary).toEqual({ rounds: 3 });
  await run.replay();
});

test("upgrade.ts: tries again with advice, and goes back if nothing worked, or it is cancelled", async () => {
  const calls: string[] = [];
  const git = ({ args }: EffectCall) => {
    calls.push(args.join(" "));
    return {};
  };
  const options = { effects: { git } };
  const run = await begin("upgrade.ts", { name: "@a/b" }, options);
  await run.fail("peer conflict");
  expect(run.step).toMatchObject({
    kind: "ask",
    text: "The upgrade failed (peer conflict). What should be tried?",
  });
  await run.reply("force it");
  expect(run.step.text).toContain("The user says: force it");
  await run.reply({ summary: "done" });
  expect(run.summary).toEqual({ branch: "upgrade--a-b", attempt: 2, summary: "done" });
  expect(calls).toEqual(["switch -c upgrade--a-b"]);
  const cancelled = await begin("upgrade.ts", { name: "b" }, options);
  await cancelled.cancel("not now");
  expect([cancelled.state, calls.at(-1)]).toEqual(["cancelled", "switch -"]);
  const hopeless = await begin("upgrade.ts", { name: "b" }, options);
  for (let attempt = 1; attempt <= 3; attempt++) {
    await hopeless.fail("no");
    await hopeless.reply("again");
  }
  expect([hopeless.reason, calls.at(-1)]).toEqual(["three attempts failed", "switch -"]);
});

test("condense.ts: passes paths, and looks whether the files are there", async () => {
  const projectDir = temporaryFolder();
  mkdirSync(join(projectDir, "docs"));
  for (const name of ["b.md", "a.md", "c.png"]) writeFileSync(join(projectDir, "docs", name), "long");
  const run = await begin("condense.ts", { folder: "docs" }, { run: true, projectDir });
  for (const name of ["a", "b"]) {
    expect(run.step.text).toContain(join(projectDir, "docs", `${name}.md`));
    const path = join(projectDir, `docs/${name}.md.notes.txt`);
    writeFileSync(path, "notes");
    await run.reply({ path });
  }
  const path = join(projectDir, "docs/condensed.txt");
  writeFileSync(path, "one\ntwo");
  await run.reply({ path });
  expect(run.summary).toEqual({ documents: 2, path, lines: 2 });
  const lying = await begin("condense.ts", { folder: "docs" }, { run: true, projectDir });
  await lying.reply({ path: join(projectDir, "nowhere") });
  expect(lying.reason).toContain("the notes of a.md are not at");
});

test("plan.ts: the prompt comes from its Markdown file", async () => {
  const run = await begin("plan.ts", { goal: "a shed", most: 2 });
  expect(run.step.text).toBe(
    "Write a plan for this goal: a shed\n\n- At most 2 tasks, each done in an hour.\n- Say for each task how one can see that it is done.\n",
  );
  const task = { what: "Dig.", done_when: "there is a hole" };
  await run.reply({ tasks: [task, task, task] });
  expect(run.problems[0]?.path).toBe("$.tasks");
  await run.reply({ tasks: [task, task] });
  await run.reply({ done: true, evidence: "a hole" });
  await run.reply({ done: false, evidence: "rain" });
  expect(run.summary).toMatchObject({ done: 1, of: 2 });
  await run.replay();
});
