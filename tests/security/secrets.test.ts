/**
 * Secrets of the environment and of a command's `env` and `input`: they reach the command, and are found nowhere
 * else, whatever goes well or wrong: in no file of the state folder, no answer, no output, no command line.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSession } from "../hooks/client.ts";
import { createSandbox, startServer } from "../server/stdio.ts";
import { writeBody } from "../whole/sandbox-programs.ts";
import { agentSequencer } from "./command-line.ts";
import { textOf } from "./folder-content.ts";

const SECRETS = {
  SERVER_SECRET: "in-the-environment-5d41402abc4b2a76",
  AGENT_TOKEN: "from-a-side-effect-9719d911017c592",
  ONLY_AS_INPUT: "only-as-input-7d793037a0760186574b",
};
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** Says what it got, as digests, and how the process above it was called. */
const WITNESS = `
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { execFileSync } = require("node:child_process");
const digest = (text) => createHash("sha256").update(text).digest("hex");
const above = process.platform === "linux"
  ? readFileSync("/proc/" + process.ppid + "/cmdline", "latin1").replaceAll("\\0", " ")
  : execFileSync("ps", ["-o", "command=", "-p", String(process.ppid)], { encoding: "latin1" });
const { SERVER_SECRET, TOKEN } = process.env;
console.log(JSON.stringify([SERVER_SECRET, TOKEN, readFileSync(0, "utf8")].map(digest).concat(above)));`;

it("secrets reach the command that they are for, and nothing that is kept or said", async () => {
  const sandbox = createSandbox();
  const secret = { env: SECRETS };
  const said: string[] = [];
  writeBody(
    sandbox,
    "careful",
    `let token = "", input = "";
     yield* sideEffect("read", () => {
       token = process.env["AGENT_TOKEN"]!;
       input = process.env["ONLY_AS_INPUT"]!;
     });
     const secret = { env: { TOKEN: token }, input };
     const { stdout } = yield* command("node", ["-e", ${JSON.stringify(WITNESS)}], secret);
     const failures = yield* allSettled([
       command("no-such-command", [], secret),
       command("node", ["-e", "setInterval(() => {}, 1000)"], { ...secret, timeout: "300ms" }),
       command("node", ["-e", "process.exit(7)"], { ...secret, cwd: "no-such-folder" }),
       command("node", ["-e", "process.kill(process.pid, 'SIGKILL')"], secret),
       command("node", ["x".repeat(5_000_000)], secret),
       sideEffect("throw", () => { throw new Error("without " + String(token.length)); }),
     ]);
     yield* instruct("Look at " + failures.length + " failures.");
     return JSON.parse(stdout);`,
    `import { allSettled, command, sideEffect } from "agent-sequencer";`,
  );
  let server = await startServer(sandbox, { ...secret, clientName: "claude-code" });
  const tell = <T>(answer: T): T => {
    said.push(typeof answer === "string" ? answer : JSON.stringify(answer));
    return answer;
  };
  try {
    const session = createSession(sandbox, server);
    let answer = tell(await session.call("start", { program: "careful", request_id: "secret" }));
    const { instance_id } = answer;
    while (answer.state === "waiting")
      answer = tell(await server.call("sequencer_current", { instance_id, wait_seconds: 20 }));
    expect(answer).toMatchObject({ step_no: expect.any(Number), state: "awaiting_result" });
    tell(await server.call("sequencer_next", { instance_id, for_step_no: 99, result: 1 }));
    tell(await server.call("sequencer_start", { program: "no-such-program" }));
    await server.kill9();
    said.push(server.stderr);
    server = await startServer(sandbox, secret);
    const reply = { instance_id, for_step_no: answer.step_no, result: 1 };
    const ended = tell(await server.call("sequencer_next", reply));
    const [inherited, given, input, above] = ended.last_yield.summary;
    expect([inherited, given, input]).toEqual(Object.values(SECRETS).map(digest));
    expect(above).toContain("guard.js");
    tell(await server.client.readResource({ uri: `sequencer://instances/${instance_id}` }));
    tell(await server.client.readResource({ uri: `sequencer://instances/${instance_id}/log` }));
    for (const command of [
      ["show", instance_id, "--json"],
      ["export", instance_id],
      ["list", "--all", "--json"],
      ["doctor", "--json"],
      ["check", "careful", "--json"],
      ["replay", "careful", join(sandbox.stateDir, `${instance_id}.jsonl`)],
      ["run", "careful", "--replies", "[]"],
    ]) {
      const { stdout, stderr } = await agentSequencer(sandbox, command, secret);
      said.push(stdout, stderr);
    }
  } finally {
    await server.close();
    said.push(server.stderr);
  }
  const kept = textOf(sandbox.stateDir);
  expect(kept).toContain("no-such-command");
  for (const [name, value] of Object.entries(SECRETS)) {
    expect(kept.includes(value), `${name} in the state folder`).toBe(false);
    for (const text of said) expect(text.includes(value), `${name} in ${text.slice(0, 200)}`).toBe(false);
  }
  sandbox.remove();
});
