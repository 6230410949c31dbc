/** The experiment over real stdio, killed and restarted; and a run carried from one machine to another. */

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

let sandbox: Sandbox;
let server: ServerProcess;
beforeEach(async () => {
  sandbox = createSandbox();
  writeSurvey(sandbox, ASKS);
  server = await startServer(sandbox);
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

const ASKS = `
    const { name } = yield* instruct("What is your name?", { reply: z.object({ name: z.string() }), id: "name" });
    const { age } = yield* instruct("How old are you?", { reply: z.object({ age: z.number() }) });
    const { city } = yield* instruct(\`Where do you live? See \${import.meta.dirname}/survey/cities.md\`, {
      reply: z.object({ city: z.string() }),
    });
    return { name, age, city };`;
const WITH_CONSENT = `
    const { consent } = yield* instruct("Do you consent?", { reply: z.object({ consent: z.boolean() }) });
    if (!consent) throw new Abort("no consent");${ASKS}`;
const HARMLESS = `
    // A comment, a branch that is not taken, another wording of a step with an id.
    if (params.never) yield* instruct("Never asked.");${ASKS.replace("What is your name?", "Your name, please?")}`;

function writeSurvey({ programsDir }: Sandbox, body: string): void {
  writeFileSync(
    join(programsDir, "survey.ts"),
    `import { Abort, defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";
export default defineProgram({
  name: "survey",
  description: "Asks three things.",
  async *run({ params }: any) {${body}
  },
});
`,
  );
}

async function begin(): Promise<string> {
  const { instance_id } = await server.call("sequencer_start", { program: "survey" });
  await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { name: "Ada" } });
  await server.call("sequencer_next", { instance_id, for_step_no: 2, result: { age: 36 } });
  return instance_id;
}

async function restart(): Promise<void> {
  await server.kill9();
  server = await startServer(sandbox);
}

const DONE = { kind: "done", summary: { name: "Ada", age: 36, city: "London" } };

test("an edited, then deleted program: the run goes on with its own version, after kill -9 as well", async () => {
  const instance_id = await begin();
  writeSurvey(sandbox, WITH_CONSENT);
  await restart();
  expect(await server.call("sequencer_current", { instance_id })).toMatchObject({
    last_yield: { step_no: 3, text: expect.stringContaining("Where do you live?") },
  });
  rmSync(join(sandbox.programsDir, "survey.ts"));
  await restart();
  const answer = await server.call("sequencer_next", {
    instance_id,
    for_step_no: 3,
    result: { city: "London" },
  });
  expect(answer).toMatchObject({ state: "completed", last_yield: DONE });
});

test('"latest" with a question inserted in front is refused, naming it; the fork that it advises works', async () => {
  const instance_id = await begin();
  writeSurvey(sandbox, WITH_CONSENT);
  const refused = await server.call("sequencer_resume", { instance_id, program_version: "latest" });
  expect(refused).toMatchObject({ ok: false, error: "ProgramDiverged" });
  expect(refused.message).toContain("asked now at");
  expect(refused.message).toContain("Do you consent?");
  expect(refused.details).toMatchObject({ step_no: 1, line: 2, hint: "a step was inserted before step 1" });
  expect(JSON.stringify(refused).length).toBeLessThan(12_000);
  const before_step_no = Number(/before_step_no: (\d+)/.exec(refused.fix)![1]);
  const forked = await server.call("sequencer_fork", {
    instance_id,
    before_step_no,
    program_version: "latest",
  });
  expect(forked).toMatchObject({ forked_from: instance_id, last_yield: { text: "Do you consent?" } });
  const resumed = await server.call("sequencer_resume", { instance_id });
  expect(resumed).toMatchObject({ state: "awaiting_result", step_no: 3 });
});

test("a harmless edit is adopted, and another server goes on with it", async () => {
  const instance_id = await begin();
  const { version: before } = await server.call("sequencer_current", { instance_id });
  writeSurvey(sandbox, HARMLESS);
  const { version } = await server.call("sequencer_resume", { instance_id, program_version: "latest" });
  expect(version).not.toBe(before);
  await restart();
  const answer = await server.call("sequencer_next", {
    instance_id,
    for_step_no: 3,
    result: { city: "London" },
  });
  expect(answer).toMatchObject({ version, last_yield: DONE });
});

test("a server that has the instance in memory notices that another one has moved it", async () => {
  const instance_id = await begin();
  const other = await startServer(sandbox);
  try {
    writeSurvey(
      sandbox,
      ASKS.replace("return {", 'const more = yield* instruct("Anything else?"); return { more,'),
    );
    const { version } = await other.call("sequencer_resume", { instance_id, program_version: "latest" });
    const answer = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 3,
      result: { city: "London" },
    });
    expect(answer).toMatchObject({ version, last_yield: { text: "Anything else?" } });
  } finally {
    await other.close();
  }
});

test("export and import carry a run to another machine, where it goes on", async () => {
  const instance_id = await begin();
  const elsewhere = createSandbox();
  const cli = ({ env, projectDir }: Sandbox, ...args: string[]) =>
    spawnSync(process.execPath, [CLI, ...args], { cwd: projectDir, env, encoding: "utf8" });
  try {
    const file = join(sandbox.folder, "run.jsonl");
    expect(cli(sandbox, "export", instance_id, "--out", file)).toMatchObject({ status: 0, stdout: "" });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(cli(sandbox, "export", instance_id).stdout).toBe(readFileSync(file, "utf8"));
    const imported = cli(elsewhere, "import", file);
    expect(imported).toMatchObject({ status: 0, stdout: `${instance_id}\n` });
    const there = await startServer(elsewhere);
    try {
      const answer = await there.call("sequencer_next", {
        instance_id,
        for_step_no: 3,
        result: { city: "London" },
      });
      expect(answer).toMatchObject({ last_yield: DONE });
    } finally {
      await there.close();
    }
    const again = cli(elsewhere, "import", file);
    expect(again.stderr).toContain(`${instance_id} is taken here`);
    writeFileSync(file, readFileSync(file, "utf8").replace("What is your name?", "What is your pin?"));
    expect(cli(elsewhere, "import", file)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("InvalidExport"),
    });
    expect(cli(elsewhere, "import", join(sandbox.folder, "missing"))).toMatchObject({ status: 2 });
    expect(cli(sandbox, "export", "01ARZ3NDEKTSV4RRFFQ69G5FAV")).toMatchObject({ status: 1, stdout: "" });
    const refused = cli(sandbox, "export", instance_id, "--out", file);
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("--force") });
    expect(cli(sandbox, "export", instance_id, "--out", file, "--force")).toMatchObject({ status: 0 });
    expect(cli(sandbox, "export", instance_id, "--out", join(sandbox.folder, "no", "such"))).toMatchObject({
      status: 2,
    });
  } finally {
    elsewhere.remove();
  }
});
