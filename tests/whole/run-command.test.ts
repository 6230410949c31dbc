/** `agent-sequencer run` as the executable: a program that asks a person, runs a process and sleeps. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { writeProgram } from "./sandbox-programs.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

describe("agent-sequencer run", () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = createSandbox();
  });
  afterEach(() => sandbox.remove());

  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [CLI, ...args], { env: sandbox.env, cwd: sandbox.projectDir });

  it("asks the person, says what it waits for, and goes on by itself", async () => {
    writeProgram(
      sandbox,
      "release",
      `import { ask, command, sleep } from "agent-sequencer";
       export default defineProgram({
         name: "release",
         description: "Asks, runs and sleeps.",
         async *run() {
           const branch = yield* ask("Which branch?", { choices: ["main", "next"] });
           const { exit_code } = yield* command(process.execPath, ["-e", "setTimeout(() => process.exit(3), 1500)"]);
           yield* sleep("1s");
           return { branch, exit_code };
         },
       });`.replace("process.execPath", JSON.stringify(process.execPath)),
    );
    const { stdout, stderr } = await run("run", "release", "--replies", '["next"]');
    expect(JSON.parse(stdout)).toEqual({ branch: "next", exit_code: 3 });
    expect(stderr).toContain("a question for you\n  Which branch?\n");
    expect(stderr).toMatch(/step 2 is running: .*node/);
    expect(stderr).toContain("step 3 waits for the clock, until ");
    const id = /^release (\w{26})/.exec(stderr)![1]!;
    const shown = (await run("show", id)).stdout;
    expect(shown).toMatch(/command {6}.*\n.* {2}exit 3/);
    expect(shown).toMatch(/reply {6}"next" {2}\(brought by the agent, after /);
    expect(shown).toMatch(/sleep .*\n.* time is up/);
  });
});
