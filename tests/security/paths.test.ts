/**
 * Path tricks in every string of a tool call, a prompt, a resource, a hook and a command line. Outside the
 * state folder lies what each trick would reach if it worked: a whole log, a program, a text.
 */

import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHook } from "../hooks/client.ts";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeSum } from "../whole/sandbox-programs.ts";
import { agentSequencer } from "./command-line.ts";
import { contentOf } from "./folder-content.ts";

const PRECIOUS = "precious-7c1f4e";
const FOREIGN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

let sandbox: Sandbox;
let server: ServerProcess;
let own: string;
let outside: string;
let executed: string;

beforeAll(async () => {
  sandbox = createSandbox();
  outside = join(sandbox.folder, "outside");
  executed = join(outside, "executed");
  mkdirSync(outside);
  writeSum(sandbox);
  server = await startServer(sandbox);
  own = (await server.call("sequencer_start", { program: "sum" })).instance_id;
  copyFileSync(join(sandbox.stateDir, `${own}.jsonl`), join(outside, `${FOREIGN}.jsonl`));
  // What it compiles is kept in the state folder; afterwards nothing there changes any more.
  await server.call("sequencer_list_programs");
  writeFileSync(join(outside, "precious.txt"), PRECIOUS);
  writeFileSync(
    join(outside, "evil.ts"),
    `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(executed)}, "");\nexport default {};\n`,
  );
});
afterAll(async () => {
  await server.close();
  sandbox.remove();
});

/** Ways to write `name`, a file of the folder outside, seen from the state folder or the programs folder. */
function tricks(name: string): string[] {
  const up = `../outside/${name}`;
  const deep = `../../../../outside/${name}`;
  return [
    up,
    deep,
    join(outside, name),
    `./../outside/${name}`,
    `${own}/../${up}`,
    `..\\outside\\${name}`,
    encodeURIComponent(up),
    encodeURIComponent(encodeURIComponent(up)),
    `file://${join(outside, name)}`,
    `${up}\0`,
    `${up}\n`,
    `${up}\0.jsonl`,
    `${"../".repeat(50)}${join(outside, name).slice(1)}`,
    `～/${name}`,
    `~/../outside/${name}`,
    `．．／outside／${name}`,
  ];
}

const IDS = () => [
  ...tricks(FOREIGN),
  ...tricks(`${FOREIGN}.jsonl`),
  "",
  ".",
  "..",
  "/",
  "\0",
  `${own}/`,
  `${own}\0`,
  `${own}\n`,
  ` ${own}`,
  `./${own}`,
  `${own}.jsonl`,
  own.toLowerCase(),
  `${own}${own}`,
  "-rf",
  "../".repeat(100_000),
  "con",
  "__proto__",
];

/** Runs all attempts and asserts that nothing has changed anywhere in the sandbox, and nothing was let out. */
async function expectUntouched(attempts: () => Promise<unknown>) {
  const before = contentOf(sandbox.folder);
  const answers = JSON.stringify(await attempts());
  expect(answers).not.toContain(PRECIOUS);
  expect(contentOf(sandbox.folder)).toEqual(before);
  expect(existsSync(executed)).toBe(false);
}

describe("an id that is a path", () => {
  it.each([
    ["sequencer_current", {}],
    ["sequencer_next", { for_step_no: 1, result: { value: 1 } }],
    ["sequencer_resume", { program_version: "latest" }],
    ["sequencer_close", { delete_log: true }],
    ["sequencer_cancel", { reason: "../outside" }],
    ["sequencer_signal", { name: "../outside", value: 1 }],
    ["sequencer_fork", { before_step_no: 1 }],
  ])("is refused by %s, which touches nothing", async (tool, args) => {
    await expectUntouched(async () => {
      const answers = await Promise.all(
        IDS().map((instance_id) => server.call(tool, { instance_id, ...args })),
      );
      for (const answer of answers) {
        expect(answer).toMatchObject({ ok: false, error: "InvalidInstanceId" });
        expect(answer.message.length).toBeLessThan(300);
      }
      return answers;
    });
  });

  it("is no resource and no run to resume", async () => {
    await expectUntouched(async () => {
      const said: string[] = [];
      const refused = (promise: Promise<unknown>) =>
        promise.then(
          (answer) => expect.fail(`answered: ${JSON.stringify(answer).slice(0, 300)}`),
          (error) => void said.push(String(error)),
        );
      for (const id of IDS()) {
        await refused(server.client.readResource({ uri: `sequencer://instances/${id}` }));
        await refused(server.client.readResource({ uri: `sequencer://instances/${id}/log` }));
        if (id.trim() === own || id.trim() === "") continue;
        await refused(server.client.getPrompt({ name: "resume", arguments: { instance_id: id } }));
      }
      for (const uri of [...tricks("precious.txt"), "file:///etc/passwd", `sequencer://${own}`, "sequencer:"])
        await refused(server.client.readResource({ uri }));
      return said;
    });
  });

  it("is refused by the commands of the command line", async () => {
    await expectUntouched(async () => {
      const calls = ["show", "export"].flatMap((command) =>
        [`../outside/${FOREIGN}`, join(outside, FOREIGN), ".."].map((id) =>
          agentSequencer(sandbox, [command, id]),
        ),
      );
      const ended = await Promise.all([
        ...calls,
        agentSequencer(sandbox, ["run", "--resume", `../outside/${FOREIGN}`]),
      ]);
      for (const { code, stdout, stderr } of ended) {
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
        expect(stderr).toContain("InvalidInstanceId");
      }
      return ended;
    });
  });
});

describe("the name of a program that is a path", () => {
  const NAMES = () => [...tricks("evil"), ...tricks("evil.ts"), "", "..", "sum.ts", "./sum", "constructor"];

  it("starts nothing, is no prompt, and completes nothing", async () => {
    await expectUntouched(async () => {
      const said: unknown[] = [];
      for (const program of NAMES()) {
        const answer = await server.call("sequencer_start", { program });
        expect(answer).toMatchObject({ ok: false, error: "UnknownProgram" });
        said.push(answer);
        await expect(server.client.getPrompt({ name: program })).rejects.toThrow(/no prompt/);
        const ref = { type: "ref/prompt" as const, name: program };
        const argument = { name: "steps", value: "../outside/" };
        await expect(server.client.complete({ ref, argument })).rejects.toThrow(/nothing to complete/);
      }
      return said;
    });
  });

  it("in a filter, a cursor or a completed value reads nothing", async () => {
    await expectUntouched(async () => {
      const said: unknown[] = [];
      for (const text of [...tricks("precious.txt"), ...tricks("evil")]) {
        said.push(await server.call("sequencer_list_programs", { filter: text }));
        said.push(await server.call("sequencer_list", { cursor: text }));
        const ref = { type: "ref/resource" as const, uri: "sequencer://instances/{instance_id}" };
        const argument = { name: "instance_id", value: text };
        said.push((await server.client.complete({ ref, argument })).completion);
      }
      return said;
    });
  });
});

describe("a request id that is a path", () => {
  it("names a claim by its hash, and nothing else", async () => {
    const before = contentOf(sandbox.folder, [sandbox.stateDir]);
    for (const request_id of ["../../outside/claim", join(outside, "claim"), "..", "a/b", "a\0b"]) {
      const answer = await server.call("sequencer_start", { program: "sum", request_id });
      expect(answer).toMatchObject({ state: "awaiting_result" });
      expect(await server.call("sequencer_start", { program: "sum", request_id })).toMatchObject({
        instance_id: answer.instance_id,
      });
    }
    expect(contentOf(sandbox.folder, [sandbox.stateDir])).toEqual(before);
    for (const name of readdirSync(join(sandbox.stateDir, "requests")))
      expect(name).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a session id that is a path", () => {
  it("is none for a hook, which writes nothing", async () => {
    const hook = (session_id: string) =>
      runHook(
        "PostToolUse",
        JSON.stringify({
          session_id,
          cwd: sandbox.projectDir,
          hook_event_name: "PostToolUse",
          tool_name: "mcp__plugin_agent-sequencer_seq__sequencer_start",
          tool_input: { program: "sum" },
          tool_response: JSON.stringify({ instance_id: own, state: "awaiting_result" }),
        }),
        sandbox.env,
      );
    expect(await hook("an-honest-session")).toMatchObject({ code: 0 });
    expect(readdirSync(join(sandbox.stateDir, "sessions"))).toContain("an-honest-session.json");
    await expectUntouched(async () => {
      const ids = ["../../outside/session", join(outside, "session"), "..", "a/b", ".hidden", "a\0b", ""];
      const runs = await Promise.all(ids.map(hook));
      for (const run of runs) expect(run).toMatchObject({ code: 0, stdout: "" });
      return runs;
    });
  });
});
