/**
 * What may stand in a file's place in the state folder: symbolic links that lead out, nowhere or in a circle, pipes,
 * folders. None is followed or written through, and none keeps the server waiting.
 */

import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Lease } from "../../src/instances/effects/lease.ts";
import { Owners } from "../../src/instances/effects/owners.ts";
import { runHook } from "../hooks/client.ts";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody, writeSum } from "../whole/sandbox-programs.ts";
import { agentSequencer } from "./command-line.ts";
import { type Intruders, intrudersFrom, makePipe, PRECIOUS } from "./intruders.ts";

let sandbox: Sandbox;
let server: ServerProcess;
let outside: string;
let precious: string;
let intruders: Intruders;

beforeEach(async () => {
  sandbox = createSandbox();
  outside = join(sandbox.folder, "outside");
  precious = join(outside, "precious.txt");
  intruders = intrudersFrom(outside);
  writeSum(sandbox);
  server = await startServer(sandbox);
});
afterEach(async () => {
  // Not asked to end: a server that waits for a pipe would not hear it.
  await server.kill9();
  expect(readdirSync(outside)).toEqual(["precious.txt"]);
  expect(readFileSync(precious, "utf8")).toBe(PRECIOUS);
  sandbox.remove();
});

async function started(program = "sum"): Promise<string> {
  return (await server.call("sequencer_start", { program })).instance_id;
}

/** Changes the files of the state folder while no server runs: what one has in memory is gone. */
async function meanwhile(change: () => void): Promise<void> {
  await server.close();
  change();
  server = await startServer(sandbox);
}

async function expectServing(): Promise<void> {
  const instance_id = await started();
  const args = { instance_id, for_step_no: 1, result: { value: 4 } };
  expect(await server.call("sequencer_next", args)).toMatchObject({ step_no: 2 });
}

describe("links, folders and pipes", { timeout: 30_000 }, () => {
  it("in the place of a log are no logs, and are neither followed nor removed", async () => {
    const ids = new Map<string, string>();
    for (const what of Object.keys(intruders)) ids.set(what, await started());
    const logOf = (id: string) => join(sandbox.stateDir, `${id}.jsonl`);
    await meanwhile(() => {
      for (const [what, id] of ids) {
        rmSync(logOf(id));
        intruders[what]!(logOf(id));
      }
    });
    for (const [what, id] of ids) {
      const before = lstatSync(logOf(id)).ino;
      for (const [tool, args] of [
        ["sequencer_current", {}],
        ["sequencer_next", { for_step_no: 1, result: { value: 1 } }],
        ["sequencer_fork", { before_step_no: 1 }],
        ["sequencer_close", { delete_log: true }],
      ] as const) {
        const answer = await server.call(tool, { instance_id: id, ...args });
        expect(answer, what).toMatchObject({ ok: false, error: "CorruptedLog" });
      }
      expect(lstatSync(logOf(id)).ino).toBe(before);
    }
    await expectServing();
  });

  it("in the place of stored programs and compiled code are found, and replaced by the next start", async () => {
    const file = (name: string) =>
      join(sandbox.stateDir, "versions", versions.get(name)!, "files", `${name}.ts`);
    const versions = new Map<string, string>();
    const ids = new Map<string, string>();
    for (const [i] of Object.keys(intruders).entries()) {
      const name = `p${i}`;
      writeBody(sandbox, name, `return yield* instruct("Go ${i}.");`);
      const { instance_id, version } = await server.call("sequencer_start", { program: name });
      ids.set(name, instance_id);
      versions.set(name, version);
    }
    const compiled = join(sandbox.stateDir, "compiled");
    await meanwhile(() => {
      const entries = readdirSync(compiled);
      for (const [i, intrude] of Object.values(intruders).entries()) {
        for (const path of [file(`p${i}`), join(compiled, entries[i]!)]) {
          rmSync(path);
          intrude(path);
        }
      }
    });
    for (const [i, what] of Object.keys(intruders).entries()) {
      const name = `p${i}`;
      const reply = { instance_id: ids.get(name), for_step_no: 1, result: i };
      const answer = await server.call("sequencer_next", reply);
      expect(answer, what).toMatchObject({ ok: false, error: "VersionDamaged" });
      expect(await server.call("sequencer_start", { program: name }), what).toMatchObject({ step_no: 1 });
      expect(lstatSync(file(name)).isFile()).toBe(true);
      expect(await server.call("sequencer_next", reply)).toMatchObject({ state: "completed" });
    }
  });

  it("in the place of a claim are not taken for one", async () => {
    const ask = (request_id: string) => server.call("sequencer_start", { program: "sum", request_id });
    const requests = join(sandbox.stateDir, "requests");
    await ask("the first");
    for (const [what, intrude] of Object.entries(intruders)) {
      const before = readdirSync(requests);
      await ask(what);
      const claim = join(requests, readdirSync(requests).find((name) => !before.includes(name))!);
      rmSync(claim);
      intrude(claim);
      expect(await ask(what), what).toMatchObject({ ok: false, error: "StateDirUnusable" });
    }
    await expectServing();
  });

  it("in the place of the output of a command are never written through", async () => {
    const LOUD = `"process.stdout.write('x'.repeat(200_000))"`;
    writeBody(
      sandbox,
      "loud",
      `yield* instruct("Go."); return (yield* command("node", ["-e", ${LOUD}])).stdout_file ?? null;`,
      `import { command } from "agent-sequencer";`,
    );
    for (const [what, intrude] of Object.entries(intruders)) {
      const instance_id = await started("loud");
      const file = join(sandbox.stateDir, `${instance_id}.2.stdout`);
      intrude(file);
      const reply = { instance_id, for_step_no: 1, result: 1 };
      const { last_yield } = await server.call("sequencer_next", reply);
      // A folder is left there, and the command is not run.
      if (lstatSync(file).isFile()) expect(last_yield.summary, what).toBe(file);
      else expect(last_yield, what).toMatchObject({ kind: "error", message: expect.stringContaining(file) });
    }
  });

  it("in the place of what the hooks keep are never written through, and make no hook wait", async () => {
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    const sessions = join(sandbox.stateDir, "sessions");
    mkdirSync(sessions);
    symlinkSync(join(outside, "missing"), join(sessions, ".pruned"));
    for (const [what, intrude] of Object.entries(intruders)) {
      for (const name of ["aside.json.tmp", "in-place.json"]) {
        const session_id = `${what.replaceAll(" ", "-")}-${name.split(".")[0]}`;
        intrude(join(sessions, name.replace(/^[\w-]+/, session_id)));
        const payload = {
          session_id,
          cwd: sandbox.projectDir,
          tool_name: "mcp__plugin_agent-sequencer_seq__sequencer_start",
          tool_input: { program: "sum" },
          tool_response: JSON.stringify({ instance_id, state: "awaiting_result" }),
        };
        const hook = await runHook("PostToolUse", JSON.stringify(payload), sandbox.env);
        expect(hook, what).toEqual({ code: 0, stdout: "", stderr: "" });
        if (name.endsWith(".tmp") && what !== "a folder")
          expect(lstatSync(join(sessions, `${session_id}.json`)).isFile(), what).toBe(true);
      }
    }
  });

  it("in the place of a lease that is beaten are not written through", async () => {
    const folder = join(sandbox.folder, "owners");
    const lease = new Lease({ folder, onLost() {} });
    const path = join(folder, await lease.hold());
    rmSync(path);
    symlinkSync(precious, path);
    // A lease that was just written is fresh: it is not beaten before a second is over.
    await sleep(1_100);
    await expect(lease.hold()).rejects.toMatchObject({ code: "StateDirUnusable" });
    await lease.release();
  });

  it("in the place of a lease are those of nobody who lives for ever", async () => {
    const folder = join(sandbox.folder, "owners");
    mkdirSync(folder);
    const owner = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for (const [what, intrude] of Object.entries(intruders)) {
      if (what.includes("device")) continue;
      intrude(join(folder, owner));
      const asked = new Owners(folder, () => 0).isAlive(owner);
      // To be judged by its beats, dead, or nothing that can be read: but answered.
      const answer = await asked.catch(({ code }) => code);
      expect([true, false, "StateDirUnusable"], what).toContain(answer);
      rmSync(join(folder, owner), { recursive: true, force: true });
      rmSync(join(folder, `${owner}-pipe`), { force: true });
    }
  });
});

it("prune removes links from the store of versions, not what they lead to", async () => {
  await started();
  await server.close();
  const versions = join(sandbox.stateDir, "versions");
  const long = new Date(Date.now() - 90 * 24 * 3_600_000);
  utimesSync(outside, long, long);
  for (const name of ["f".repeat(32), `.aside-${"e".repeat(32)}-x`, ".aside-y"])
    symlinkSync(outside, join(versions, name));
  expect(await agentSequencer(sandbox, ["prune"])).toMatchObject({ code: 0 });
  const left = readdirSync(versions);
  expect(left.filter((name) => name.startsWith(".aside-"))).toEqual([]);
  expect(left).not.toContain("f".repeat(32));
  server = await startServer(sandbox);
});

it("an export is put in the place of a link, not written through it", async () => {
  const id = await started();
  const out = join(sandbox.projectDir, "run.export");
  symlinkSync(precious, out);
  expect(await agentSequencer(sandbox, ["export", id, "--out", out])).toMatchObject({ code: 2 });
  expect(await agentSequencer(sandbox, ["export", id, "--out", out, "--force"])).toMatchObject({ code: 0 });
  expect(lstatSync(out).isFile()).toBe(true);
  expect((lstatSync(out).mode & 0o777).toString(8)).toBe("600");
});

it("an import reads regular files only", async () => {
  const pipe = join(sandbox.projectDir, "pipe");
  makePipe(pipe);
  for (const file of [pipe, "/dev/zero", "/dev/null", sandbox.projectDir, join(outside, "missing")]) {
    const { code, stdout } = await agentSequencer(sandbox, ["import", file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  }
});

it("a state folder that is a link is used where it leads to", async () => {
  const real = join(sandbox.folder, "elsewhere");
  await meanwhile(() => {
    rmSync(sandbox.stateDir, { recursive: true, force: true });
    mkdirSync(real, { mode: 0o700 });
    symlinkSync(real, sandbox.stateDir);
  });
  const answer = await server.call("sequencer_start", { program: "sum" });
  expect(answer).toMatchObject({ step_no: 1 });
  const id = answer.instance_id;
  expect(readdirSync(real)).toContain(`${id}.jsonl`);
  expect(readlinkSync(sandbox.stateDir)).toBe(real);
});
