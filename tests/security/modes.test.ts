/**
 * Whose the files of the state folder are: their owner's, whatever the umask that the server was started with, and
 * whoever of us writes them: server, guard, worker, hook, command line.
 */

import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSession } from "../hooks/client.ts";
import { createSandbox, type Sandbox, startServer } from "../server/stdio.ts";
import { writeBody } from "../whole/sandbox-programs.ts";
import { agentSequencer } from "./command-line.ts";
import { contentOf, type Entry } from "./folder-content.ts";

/** Node's flags that set the umask of a process; a worker thread has that of its process. */
function withUmask(umask: number): readonly string[] {
  const source = `import { isMainThread } from "node:worker_threads"; if (isMainThread) process.umask(${umask});`;
  return ["--import", `data:text/javascript,${encodeURIComponent(source)}`];
}

/** Makes everything that can lie in a state folder. */
async function live(sandbox: Sandbox, umask: number): Promise<void> {
  const bundle = join(sandbox.programsDir, "busy");
  mkdirSync(bundle);
  writeFileSync(join(bundle, "tool.sh"), "#!/bin/sh\nexit 0\n", { mode: 0o777 });
  chmodSync(join(bundle, "tool.sh"), 0o777);
  writeFileSync(join(bundle, "notes.md"), "x", { mode: 0o666 });
  writeBody(
    sandbox,
    "busy",
    `yield* instruct("Go.");
     yield* sideEffect("effect", () => 1);
     const { stdout_file } = yield* command("node", ["-e", "process.stdout.write('x'.repeat(200_000))"]);
     const own = yield* command(import.meta.dirname + "/busy/tool.sh");
     yield* all([instruct("Again."), sideEffect("while", async () => {
       await new Promise((resolve) => setTimeout(resolve, 60_000));
     })]);
     return [stdout_file, own];`,
    `import { all, command, sideEffect } from "agent-sequencer";`,
  );
  const server = await startServer(sandbox, { execArgv: withUmask(umask), clientName: "claude-code" });
  const session = createSession(sandbox, server, `umask-${umask}`);
  const { instance_id } = await session.call("start", { program: "busy", request_id: "r" });
  let answer = await session.call("next", { instance_id, for_step_no: 1, result: 1 });
  while (answer.state === "waiting")
    answer = await server.call("sequencer_current", { instance_id, wait_seconds: 5 });
  expect(answer).toMatchObject({ state: "awaiting_result" });
  await server.call("sequencer_fork", { instance_id, before_step_no: 1 });
  const out = join(sandbox.folder, "run.export");
  const exported = await agentSequencer(sandbox, ["export", instance_id, "--out", out], {
    execArgv: withUmask(umask),
  });
  expect(exported).toMatchObject({ code: 0 });
  expect((statSync(out).mode & 0o777).toString(8)).toBe("600");
  const imported = await agentSequencer(sandbox, ["import", out], { execArgv: withUmask(umask) });
  expect(imported).toMatchObject({ code: 0 });
  // As it is while the effect runs, the server lives and the hook has written.
  expectPrivate(contentOf(sandbox.stateDir));
  await server.kill9();
}

function expectPrivate(entries: readonly Entry[]): void {
  const kinds = ["compiled", "owners", "requests", "sessions", "versions"];
  expect(entries.filter(({ kind }) => kind === "folder").map(({ path }) => path)).toEqual(
    expect.arrayContaining(kinds),
  );
  for (const folder of kinds)
    expect(entries.some(({ kind, path }) => kind === "file" && path.startsWith(`${folder}/`))).toBe(true);
  expect(entries.some(({ path }) => path.endsWith(".stdout"))).toBe(true);
  const expected = ({ path, kind }: Entry) =>
    kind === "folder" || path.endsWith("/tool.sh") ? "700" : kind === "file" ? "600" : "no other kind";
  expect(entries.map((entry) => [entry.path, entry.mode])).toEqual(
    entries.map((entry) => [entry.path, expected(entry)]),
  );
}

describe("everything in the state folder", () => {
  it.each([0o000, 0o077])("is its owner's alone under umask %o", async (umask) => {
    const sandbox = createSandbox();
    try {
      await live(sandbox, umask);
      expect((statSync(sandbox.stateDir).mode & 0o777).toString(8)).toBe("700");
    } finally {
      sandbox.remove();
    }
  });

  it("that was made by somebody else keeps its own mode, and doctor tells when others may look in", async () => {
    const sandbox = createSandbox();
    try {
      mkdirSync(sandbox.stateDir);
      chmodSync(sandbox.stateDir, 0o755);
      await live(sandbox, 0o022);
      expect((statSync(sandbox.stateDir).mode & 0o777).toString(8)).toBe("755");
      const { stdout } = await agentSequencer(sandbox, ["doctor"]);
      expect(stdout).toContain("is open to other users (mode 755)");
      expect(stdout).toContain(`chmod 700 '${sandbox.stateDir}'`);
    } finally {
      sandbox.remove();
    }
  });
});
