/** `doctor`: the executable on real folders, real logs and real leases, each well and ill. */

import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { examineInstallation, examineNode } from "../../src/cli/doctor/installation.ts";
import { examineRuns } from "../../src/cli/doctor/runs.ts";
import { examineFileSystem } from "../../src/cli/doctor/state-folder.ts";
import { ownIdentity } from "../../src/instances/effects/process-identity.ts";
import { createSandbox, type Sandbox, startServer } from "../server/stdio.ts";
import { writeBody } from "../whole/sandbox-programs.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const OWNER = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => {
  if (existsSync(sandbox.stateDir)) chmodSync(sandbox.stateDir, 0o700);
  sandbox.remove();
});

function doctor(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, "doctor", ...args], {
    cwd: sandbox.projectDir,
    env: sandbox.env,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdin.end();
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

async function report(): Promise<any> {
  const { code, stdout } = await doctor("--json");
  const parsed = JSON.parse(stdout);
  expect(parsed.healthy).toBe(code === 0);
  return parsed;
}

const about = ({ findings }: any, what: string) => findings.filter((finding: any) => finding.about === what);

async function startRuns(...programs: string[]): Promise<string[]> {
  const server = await startServer(sandbox);
  const ids: string[] = [];
  for (const program of programs) ids.push((await server.call("sequencer_start", { program })).instance_id);
  await server.close();
  return ids;
}

describe("a healthy machine", () => {
  it("is told so, with its versions and folders, and nothing is made", async () => {
    const { code, stdout } = await doctor();
    expect(code).toBe(0);
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(stdout).toContain(`agent-sequencer ${version}, log format 1`);
    expect(stdout).toContain(`Node ${process.versions.node}`);
    expect(stdout).toContain(`${sandbox.stateDir} is not there yet`);
    expect(stdout).toContain(`AGENT_SEQUENCER_STATE_DIR=${sandbox.stateDir}`);
    expect(stdout).not.toContain("warning");
    expect(existsSync(sandbox.stateDir)).toBe(false);
  });

  it("is told what each unfinished run waits for", async () => {
    writeBody(sandbox, "sleeper", `yield* sleep("90s");`, `import { sleep } from "agent-sequencer";`);
    const [waits, sleeps, closed, ended] = await startRuns("hello", "sleeper", "hello", "hello");
    const server = await startServer(sandbox);
    await server.call("sequencer_close", { instance_id: closed });
    await server.call("sequencer_cancel", { instance_id: ended, reason: "not needed" });
    await server.close();
    const { unfinished, findings } = await report();
    const of = (id: string | undefined) => unfinished.find((run: any) => run.instance_id === id);
    expect(of(waits)).toMatchObject({ program: "hello", state: "awaiting_result", closed: false, days: 0 });
    expect(of(waits).waiting_for).toMatchObject([{ step_no: 1, kind: "reply" }]);
    expect(of(sleeps)).toMatchObject({ state: "waiting", waiting_for: [{ step_no: 1, kind: "sleep" }] });
    expect(of(sleeps).waiting_for[0].until).toMatch(/Z$/);
    expect(of(closed)).toMatchObject({ closed: true });
    expect(of(ended)).toBeUndefined();
    expect(about({ findings }, "runs")[0].fact).toBe("4 kept, 2 unfinished, 1 put away unfinished");
    const { stdout } = await doctor();
    expect(stdout).toContain(waits);
    expect(stdout).toContain("step 1: reply: Write a one-line, friendly greeting");
  });

  it("is left as it was", async () => {
    await startRuns("hello");
    const files = () => readdirSync(sandbox.stateDir, { recursive: true, encoding: "utf8" }).sort();
    const before = files();
    await doctor();
    expect(files()).toEqual(before);
  });
});

describe("an unfinished run", () => {
  it("that has not moved for 30 days is pointed out, one day earlier it is not", async () => {
    const [id] = await startRuns("hello");
    const later = (days: number) => examineRuns(sandbox.stateDir, Date.now() + days * 86_400_000);
    expect((await later(29)).findings.map(({ status }) => status)).toEqual(["ok"]);
    const { findings, unfinished } = await later(31);
    expect(findings.map(({ status }) => status)).toEqual(["ok", "warning"]);
    expect(unfinished).toMatchObject([{ instance_id: id, days: 31 }]);
  });
});

describe("what does not work is an error, with a fix and exit code 1", () => {
  it("a program that does not load, with its place", async () => {
    writeFileSync(join(sandbox.programsDir, "broken.ts"), "export default {{{;\n");
    const result = await report();
    expect(result.healthy).toBe(false);
    const [found, fault] = about(result, "programs");
    expect(found).toMatchObject({ status: "ok", fact: expect.stringContaining("bundled") });
    expect(fault).toMatchObject({ status: "error", fact: expect.stringMatching(/broken\.ts:1/) });
    expect(fault.fix).toBeTruthy();
  });

  it("a log that is damaged, while the others are still told of", async () => {
    const [damaged, whole] = await startRuns("hello", "hello");
    appendFileSync(join(sandbox.stateDir, `${damaged}.jsonl`), '{"not":"a record"}\n');
    const result = await report();
    expect(result.healthy).toBe(false);
    expect(about(result, "runs")).toContainEqual(
      expect.objectContaining({ status: "error", fact: expect.stringContaining(damaged!) }),
    );
    expect(result.unfinished.map((run: any) => run.instance_id)).toEqual([whole]);
  });

  it("a state folder that is a file", async () => {
    writeFileSync(sandbox.stateDir, "");
    const result = await report();
    expect(about(result, "state folder")).toMatchObject([
      { status: "error", fact: expect.stringContaining("is not a folder") },
    ]);
    expect(result.healthy).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)("a state folder that cannot be written", async () => {
    mkdirSync(sandbox.stateDir, { mode: 0o500 });
    const result = await report();
    expect(about(result, "state folder")).toMatchObject([{ status: "error" }]);
  });

  it("a Node that is too old, and an installation that lacks a file", () => {
    expect(examineNode("18.20.0")).toMatchObject({ status: "error" });
    expect(examineNode("20.18.3")).toMatchObject({ status: "error" });
    for (const version of ["20.19.0", "22.0.0", "24.1.0"]) {
      expect(examineNode(version)).toMatchObject({ status: "ok" });
    }
    const empty = new URL(`file://${sandbox.projectDir}/`);
    expect(examineInstallation(empty)).toMatchObject({
      status: "error",
      fact: expect.stringContaining("host.js"),
    });
  });
});

describe("what works, but may not for long, is a warning, with exit code 0", () => {
  it("a state folder that is open to others", async () => {
    await startRuns("hello");
    expect(about(await report(), "state folder")).toMatchObject([{ status: "ok" }]);
    chmodSync(sandbox.stateDir, 0o755);
    const result = await report();
    expect(result.healthy).toBe(true);
    expect(about(result, "state folder")).toMatchObject([
      {
        status: "warning",
        fact: expect.stringContaining("mode 755"),
        fix: expect.stringContaining("chmod 700"),
      },
    ]);
  });

  it.runIf(process.platform === "linux")("a file system that is shared by machines, or nearly full", () => {
    const roomy = { bavail: 1_000_000, bsize: 4_096 };
    expect(examineFileSystem("/x", { ...roomy, type: 0xef53 })).toEqual([]);
    // As some systems give it: with a sign.
    for (const type of [0x6969, 0xff534d42, 0xff534d42 | 0]) {
      expect(examineFileSystem("/x", { ...roomy, type })).toMatchObject([
        { status: "warning", fix: expect.stringContaining("AGENT_SEQUENCER_STATE_DIR") },
      ]);
    }
    expect(examineFileSystem("/x", { type: 0xef53, bavail: 10, bsize: 4_096 })).toMatchObject([
      { status: "warning", fact: expect.stringContaining("0 MB are free") },
    ]);
  });

  it("a lease of a process that is gone, not one of a process that runs", async () => {
    await startRuns("hello");
    const lease = join(sandbox.stateDir, "owners", OWNER);
    mkdirSync(join(sandbox.stateDir, "owners"), { recursive: true });
    const identity = await ownIdentity();
    writeFileSync(lease, `${JSON.stringify(identity)}\n`);
    expect(about(await report(), "leases")).toMatchObject([{ status: "ok", fact: "1 held" }]);
    writeFileSync(lease, `${JSON.stringify({ ...identity, started: "another" })}\n`);
    const result = await report();
    expect(result.healthy).toBe(true);
    expect(about(result, "leases")).toMatchObject([
      { status: "warning", fact: expect.stringContaining(OWNER) },
    ]);
    expect(existsSync(lease)).toBe(true);
  });

  it("a lease of a process that cannot be asked, once it has stopped beating", async () => {
    await startRuns("hello");
    const lease = join(sandbox.stateDir, "owners", OWNER);
    mkdirSync(join(sandbox.stateDir, "owners"), { recursive: true });
    const identity = { ...(await ownIdentity()), boot: "another machine" };
    writeFileSync(lease, `${JSON.stringify(identity)}\n`);
    expect(about(await report(), "leases")).toMatchObject([{ status: "ok" }]);
    utimesSync(lease, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
    expect(about(await report(), "leases")).toMatchObject([{ status: "warning" }]);
  });
});
