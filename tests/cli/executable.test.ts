/** The executable itself: `dist/cli.js`, as a user calls it. */

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../server/stdio.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const ULID = /\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/;
const SUMMARY = { greeted_count: 1, greetings: [{ name: "world", message: "Hi" }] };

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.remove());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Record<string, string> = {}, execArgv: readonly string[] = []) {
  const child = spawn(process.execPath, [...execArgv, CLI, ...args], {
    cwd: sandbox.projectDir,
    env: { ...sandbox.env, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code) => resolve({ code, stdout, stderr })),
  );
  const hasTold = async (text: string) => {
    while (!stderr.includes(text) && child.exitCode === null)
      await new Promise((next) => setTimeout(next, 5));
  };
  return { child, ended, hasTold };
}

function cli(args: readonly string[], input = "", env: Record<string, string> = {}): Promise<Ended> {
  const { child, ended } = start(args, env);
  child.stdin.end(input);
  return ended;
}

describe("agent-sequencer", () => {
  it.each([["list"], []])("tells a Node that is too old what is needed: %s", async (...args: string[]) => {
    const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.18.9" } })`;
    const { child, ended } = start(args, {}, [
      "--import",
      `data:text/javascript,${encodeURIComponent(pretend)}`,
    ]);
    child.stdin.end();
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^agent-sequencer: Node 20\.18\.9 is too old; at least 20\.19 is needed\. .+\n$/);
  });

  it.each(["Infinity", "1e12", "none", "-1"])("takes any limit of a turn: %s", async (limit) => {
    const env = { AGENT_SEQUENCER_TURN_TIMEOUT_MS: limit };
    expect((await cli(["run", "hello", "--replies", '[{"message":"Hi"}]'], "", env)).code).toBe(0);
  });

  it("runs the bundled hello to its summary, and shows afterwards what happened", async () => {
    const { code, stdout, stderr } = await cli(["run", "hello", "--replies", '[{"message":"Hi"}]']);
    expect({ code, summary: JSON.parse(stdout) }).toEqual({ code: 0, summary: SUMMARY });
    const id = ULID.exec(stderr)![0];

    const shown = await cli(["show", id, "--json"]);
    const events = shown.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(["started", "step_issued", "reply_accepted", "ended"]);
    expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    for (const event of events) for (const key of ["off", "w", "crc"]) expect(event).not.toHaveProperty(key);
    expect((await cli(["show", id])).stdout).toContain("completed");

    expect(JSON.parse((await cli(["list", "--json"])).stdout)).toEqual([]);
    expect(JSON.parse((await cli(["list", "--all", "--json"])).stdout)).toMatchObject([
      { instance_id: id, state: "completed" },
    ]);
  });

  it("goes on with a run that was left, in another process", async () => {
    const params = '{"names":["Ada","Grace"]}';
    const left = await cli(["run", "hello", "--params", params], '{"message":"Hi Ada"}\n');
    expect(left.code).toBe(1);
    const id = ULID.exec(left.stderr)![0];
    const { code, stdout } = await cli(["run", "--resume", id], "message=Hi Grace\n");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).greetings).toEqual([
      { name: "Ada", message: "Hi Ada" },
      { name: "Grace", message: "Hi Grace" },
    ]);
  });

  it("tells on SIGINT how to go on", async () => {
    const { child, ended, hasTold } = start(["run", "hello"]);
    await hasTold("reply:");
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/To go on: .* run --resume [0-9A-Z]{26}/);
  });

  const PROGRAM = (name: string) => `
    import { defineProgram, instruct } from "agent-sequencer";
    export default defineProgram({
      name: "${name}",
      description: "Says what it is told.",
      async *run() { return yield* instruct("Say something."); },
    });`;

  it("runs a program that is named by its file", async () => {
    mkdirSync(join(sandbox.folder, "elsewhere"));
    const file = join(sandbox.folder, "elsewhere", "say.ts");
    writeFileSync(file, PROGRAM("say"));
    const { code, stdout } = await cli(["run", file, "--replies", '["so"]']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '"so"\n' });
  });

  it("refuses a file that its name does not lead to", async () => {
    writeFileSync(join(sandbox.programsDir, "say.ts"), PROGRAM("say"));
    const file = join(sandbox.folder, "say.ts");
    writeFileSync(file, PROGRAM("say"));
    const shadowed = await cli(["run", file], "1\n");
    expect(shadowed.code).toBe(1);
    expect(shadowed.stderr).toContain(`The name 'say' means ${join(sandbox.programsDir, "say.ts")}`);
    const hidden = join(sandbox.folder, "_say.ts");
    writeFileSync(hidden, PROGRAM("_say"));
    expect((await cli(["run", hidden])).stderr).toContain("is not taken for a program");
  });

  it("lists what does not load beside what does", async () => {
    writeFileSync(join(sandbox.programsDir, "broken.ts"), "export default {\n  oops oops\n};\n");
    const { code, stdout, stderr } = await cli(["programs"]);
    expect(code).toBe(0);
    expect(stdout).toContain("hello");
    expect(stderr).toMatch(/does not load .*broken\.ts:2/);
  });

  it("is the server without a command, and with --watch", async () => {
    for (const args of [[], ["--watch"]]) {
      const initialize = {
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
      };
      const { code, stdout } = await cli(args, `${JSON.stringify(initialize)}\n`);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).result.serverInfo.name).toBe("agent-sequencer");
    }
  });

  it("touches no disk when a client only probes the server", async () => {
    expect(await cli([], "")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(sandbox.home)).toEqual([]);
    expect(readdirSync(sandbox.folder).sort()).toEqual(["home", "project"]);
  });

  it("exits with 2 when it is called wrongly, and says what was meant", async () => {
    const { code, stdout, stderr } = await cli(["lst"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Did you mean list?");
  });

  it("exits with 1 and a fix when the state folder is a file", async () => {
    const file = join(sandbox.folder, "file");
    writeFileSync(file, "");
    const env = { AGENT_SEQUENCER_STATE_DIR: file };
    const { code, stderr } = await cli(["run", "hello", "--replies", "[]"], "", env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/StateDirUnusable: .*\n {2}\S/);
  });
});
