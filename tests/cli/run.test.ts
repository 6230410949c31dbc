/** `run`: a file, a pipe or a person is the agent. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { SequencerError } from "../../src/errors.ts";
import type { Sequencer } from "../../src/instances/answer.ts";
import { toInstruction } from "../../src/instances/describe.ts";
import {
  answer,
  greetingSequencer,
  INSTANCE_ID,
  instruction,
  scriptedSequencer,
} from "../server/fake-sequencer.ts";
import { createTerminal, type FakeTerminal, roomsWith, type } from "./fake-terminal.ts";
import { issue } from "./run-events.ts";

const SUMMARY = { greeted_count: 1, greetings: [{ name: "world", message: "Hi" }] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-sequencer-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function run(args: readonly string[], sequencer: Sequencer, terminal: FakeTerminal): Promise<number> {
  return runCommandLine(["run", ...args], "1.0.0", terminal, roomsWith({ sequencer }));
}

async function runWith(args: readonly string[], sequencer: Sequencer, lines: readonly string[] = []) {
  const terminal = createTerminal({ lines });
  const code = await run(args, sequencer, terminal);
  return { code, answered: terminal.answered, told: terminal.told };
}

describe("run with prepared replies", () => {
  it("answers the summary and nothing else, and tells each step beside it", async () => {
    const replies = '[{"message":"Hello, Ada!"},{"messge":"typo"},{"message":"Hello, Grace!"}]';
    const params = '{"names":["Ada","Grace"]}';
    const { code, answered, told } = await runWith(
      ["hello", "--params", params, "--replies", replies],
      greetingSequencer(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(answered)).toMatchObject({ greeted_count: 2 });
    expect(told).toMatchInlineSnapshot(`
      "hello 01JDQ3V5Z8M4X7C2B9N6K1H0GT

      step 1  1/2 greeting Ada
        Write a one-line, friendly greeting for 'Ada'.
        reply: { message: string }
        ← {"message":"Hello, Ada!"}

      step 2  2/2 greeting Grace
        Write a one-line, friendly greeting for 'Grace'.
        reply: { message: string }
        ← {"messge":"typo"}

      step 3  2/2 greeting Grace
        The last reply was not accepted (attempt 2 of 5):
          $.message is missing
        Write a one-line, friendly greeting for 'Grace'.
        reply: { message: string }
        ← {"message":"Hello, Grace!"}

      completed
      "
    `);
  });

  it.each([
    ["a JSON array", "array.json", '[{"message":"Hi"}]'],
    ["one value a line, with blank ones", "lines.jsonl", '{"message":"Hi"}\n\n'],
    ["a byte order mark before it", "bom.json", '\uFEFF[{"message":"Hi"}]'],
  ])("takes a file that holds %s", async (_, name, text) => {
    const { code, answered } = await runWith(["hello", "--replies", write(name, text)], greetingSequencer());
    expect(code).toBe(0);
    expect(JSON.parse(answered)).toEqual(SUMMARY);
  });

  it("names the line that is not JSON, before anything is started", async () => {
    const sequencer = greetingSequencer();
    const file = write("bad.jsonl", '{"message":"Hi"}\n{"message":\n');
    const { code, told } = await runWith(["hello", "--replies", file], sequencer);
    expect(code).toBe(2);
    expect(told).toContain("line 2:");
    expect(sequencer.calls).toEqual([]);
  });

  it("takes a wrapped failure for a failure, and whatever only looks like one for a result", async () => {
    const failing = greetingSequencer();
    const failed = await runWith(["hello", "--replies", '[{"failure":{"reason":"no ink"}}]'], failing);
    expect(failed.code).toBe(1);
    expect(failed.told).toContain("failed: StepFailed: no ink");
    expect(failing.calls[1]!.request).toMatchObject({ failure: { reason: "no ink" } });

    const lookalike = scriptedSequencer({
      start: async () => answer(instruction(1)),
      next: async () => answer({ kind: "done", summary: null }),
    });
    const replies = '[{"failure":{"reason":"x"},"more":1}]';
    expect((await runWith(["hello", "--replies", replies], lookalike)).code).toBe(0);
    expect(lookalike.calls[1]!.request).toMatchObject({ result: { failure: { reason: "x" }, more: 1 } });
  });

  it("says how to go on when the replies are used up", async () => {
    const sequencer = greetingSequencer();
    const { code, answered, told } = await runWith(["hello", "--replies", "[]"], sequencer);
    expect(code).toBe(1);
    expect(answered).toBe("");
    expect(told).toContain("step 1 awaits one");
    expect(told).toContain(`agent-sequencer run --resume ${INSTANCE_ID}`);
    expect(sequencer.calls.at(-1)!.method).toBe("dispose");
  });

  it("goes on with a run", async () => {
    const sequencer = greetingSequencer();
    await runWith(["hello", "--replies", "[]"], sequencer);
    const { code, answered } = await runWith(
      ["--resume", INSTANCE_ID, "--replies", '[{"message":"Hi"}]'],
      sequencer,
    );
    expect(code).toBe(0);
    expect(JSON.parse(answered)).toEqual(SUMMARY);
  });

  it.each([
    [["--resume", INSTANCE_ID], "resume", { programVersion: "recorded" }],
    [["--resume", INSTANCE_ID, "--latest"], "resume", { programVersion: "latest" }],
    [["--fork", INSTANCE_ID, "--before-step", "3"], "fork", { beforeStepNo: 3, programVersion: "recorded" }],
    [
      ["--fork", INSTANCE_ID, "--before-step", "1", "--latest"],
      "fork",
      { beforeStepNo: 1, programVersion: "latest" },
    ],
  ])("begins from another run: %j", async (args, method, request) => {
    const begun = async () => answer({ kind: "done", summary: SUMMARY });
    const sequencer = scriptedSequencer({ resume: begun, fork: begun });
    expect((await runWith(args, sequencer)).code).toBe(0);
    expect(sequencer.calls[0]).toEqual({ method, request: { instanceId: INSTANCE_ID, ...request } });
  });

  it("says in its own words how a program that got stuck is gone on with", async () => {
    const stuck = new SequencerError("ProgramStalled", "It loops.");
    const sequencer = scriptedSequencer({ resume: async () => Promise.reject(stuck) });
    const { told } = await runWith(["--resume", INSTANCE_ID], sequencer);
    expect(told).toContain("run `run --resume --latest`");
    expect(told).not.toContain("program_version");
  });
});

describe("run on a pipe", () => {
  it("reads a reply a line: JSON, or fields of a flat schema", async () => {
    const { code, answered } = await runWith(["hello"], greetingSequencer(), ["", "message=Hi"]);
    expect(code).toBe(0);
    expect(JSON.parse(answered)).toEqual(SUMMARY);
  });

  it("says what is wrong with a line and takes the next", async () => {
    const { code, told } = await runWith(["hello"], greetingSequencer(), ["Hi", '{"message":"Hi"}']);
    expect(code).toBe(0);
    expect(told).toContain("That is not JSON");
    expect(told).toContain("Wanted: { message: string }, or message=…");
  });
});

describe("run with a person", () => {
  it("asks for the fields of a flat schema, and again when the reply was not accepted", async () => {
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const code = run(["hello"], greetingSequencer(), terminal);
    await type(terminal, "message> ", "\r");
    await type(terminal, "$.message is missing", "");
    await type(terminal, "message> ", "Hi\r");
    expect(await code).toBe(0);
    expect(JSON.parse(terminal.answered)).toEqual(SUMMARY);
  });

  it("takes JSON over several lines where the schema is not flat", async () => {
    const sequencer = scriptedSequencer({
      start: async () => answer(instruction(1, { expect_schema: { type: "array" } })),
      next: async () => answer({ kind: "done", summary: "thanks" }),
    });
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const code = run(["hello"], sequencer, terminal);
    await type(terminal, "reply> ", "oops\r");
    await type(terminal, "That is not JSON", "");
    await type(terminal, "reply> ", "[1,\r");
    await type(terminal, "...> ", "2]\r");
    expect(await code).toBe(0);
    expect(sequencer.calls[1]!.request).toMatchObject({ result: [1, 2] });
  });

  it("takes :fail for a step that cannot be done", async () => {
    const sequencer = greetingSequencer();
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const code = run(["hello"], sequencer, terminal);
    await type(terminal, "message> ", ":fail no ink\r");
    expect(await code).toBe(1);
    expect(sequencer.calls[1]!.request).toMatchObject({ failure: { reason: "no ink" } });
  });

  it("shows an error of the sequencer and asks again", async () => {
    let sent = 0;
    const sequencer = scriptedSequencer({
      start: async () => answer(instruction(1)),
      current: async () => answer(instruction(1)),
      async next() {
        sent += 1;
        if (sent === 1) throw new SequencerError("ReplyTooLarge", "The reply has 2 characters too many.");
        return answer({ kind: "done", summary: null });
      },
    });
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const code = run(["hello"], sequencer, terminal);
    await type(terminal, "reply> ", "1\r");
    await type(terminal, "2 characters too many", "");
    await type(terminal, "reply> ", "2\r");
    expect(await code).toBe(0);
  });

  it.each([
    ["Ctrl-C at the prompt", (terminal: FakeTerminal) => terminal.input.write("\u0003")],
    ["Ctrl-D at the prompt", (terminal: FakeTerminal) => terminal.input.end()],
    ["an interrupt from outside", (terminal: FakeTerminal) => terminal.interrupt()],
  ])("tells how to go on after %s", async (_, leave) => {
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const code = run(["hello"], greetingSequencer(), terminal);
    await type(terminal, "message> ", "");
    leave(terminal);
    expect(await code).toBe(130);
    expect(terminal.told).toContain(`To go on: agent-sequencer run --resume ${INSTANCE_ID}`);
  });

  it("writes in colour unless NO_COLOR is set", async () => {
    for (const [env, colored] of [
      [{}, true],
      [{ NO_COLOR: "1" }, false],
    ] as const) {
      const terminal = createTerminal({ isTTY: true, env });
      await run(["hello", "--replies", '[{"message":"Hi"}]'], greetingSequencer(), terminal);
      expect(terminal.told.includes("\u001b[")).toBe(colored);
      expect(terminal.answered).not.toContain("\u001b[");
    }
  });
});

describe("run of programs that do more than one thing", () => {
  it("answers parallel steps one after the other, the lowest first", async () => {
    const pending = [3, 4, 5];
    const all = () => answer({ kind: "parallel", instructions: pending.map((no) => instruction(no)) });
    const sequencer = scriptedSequencer({
      start: async () => all(),
      current: async () => (pending.length > 1 ? all() : answer(instruction(pending[0]!))),
      async next({ forStepNo }) {
        pending.splice(pending.indexOf(forStepNo!), 1);
        const waiting_for = [{ step_no: 9, kind: "sleep", what: "sleep", until: null }] as const;
        if (pending.length > 0) return answer({ kind: "waiting", waiting_for, advice: "" });
        return answer({ kind: "done", summary: "all three" });
      },
    });
    const { code, answered } = await runWith(["hello", "--replies", "[1,2,3]"], sequencer);
    expect(code).toBe(0);
    expect(answered).toBe('"all three"\n');
    const replied = sequencer.calls.filter(({ method }) => method === "next").map(({ request }) => request);
    expect(replied).toMatchObject([
      { forStepNo: 3, result: 1 },
      { forStepNo: 4, result: 2 },
      { forStepNo: 5, result: 3 },
    ]);
  });

  it("waits for what needs no reply, and says for what", async () => {
    let looked = 0;
    const waiting_for = [
      { step_no: 1, kind: "sleep", what: "sleep", until: "2025-03-01T10:00:01Z" },
    ] as const;
    const sequencer = scriptedSequencer({
      start: async () => answer({ kind: "waiting", waiting_for, advice: "Wait." }),
      async current() {
        looked += 1;
        if (looked < 3) return answer({ kind: "waiting", waiting_for, advice: "Wait." });
        return answer({ kind: "done", summary: 1 });
      },
    });
    const { code, told } = await runWith(["hello"], sequencer);
    expect(code).toBe(0);
    expect(told.match(/step 1 waits for the clock, until 2025-03-01 /g)).toHaveLength(1);
  });

  it("says what it waits for in words, each step once", async () => {
    const steps = [
      { step_no: 1, kind: "command", what: "npm test", until: null },
      { step_no: 2, kind: "effect", what: "fetch the page", until: null },
      { step_no: 3, kind: "signal", what: "go", until: null },
      { step_no: 4, kind: "ask", what: "Which branch?", until: null },
    ] as const;
    let looked = 0;
    const sequencer = scriptedSequencer({
      start: async () => answer({ kind: "waiting", waiting_for: steps.slice(0, 2), advice: "" }),
      async current() {
        looked += 1;
        if (looked < 3) return answer({ kind: "waiting", waiting_for: steps.slice(1), advice: "" });
        return answer({ kind: "done", summary: 1 });
      },
    });
    const { told } = await runWith(["hello"], sequencer);
    expect(told.replace(/^ {2}waited .*\n/m, "")).toMatchInlineSnapshot(`
      "hello 01JDQ3V5Z8M4X7C2B9N6K1H0GT

      step 1 is running: npm test
      step 2 is at work: fetch the page

      step 3 waits for the signal 'go', which another client sends
      step 4 waits for a person: Which branch?

      completed
      "
    `);
  });

  it("shows what a reply set off while the sequencer still waits for it", async () => {
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const waiting_for = [{ step_no: 2, kind: "command", what: "npm test", until: null }] as const;
    const sequencer = scriptedSequencer({
      start: async () => answer(instruction(1)),
      async current() {
        finish();
        return answer({ kind: "waiting", waiting_for, advice: "" });
      },
      async next() {
        await finished;
        return answer({ kind: "done", summary: 1 });
      },
    });
    const { code, told } = await runWith(["hello", "--replies", "[1]"], sequencer);
    expect(code).toBe(0);
    expect(told).toContain("step 2 is running: npm test");
  });

  it("puts a question of the program to the person itself", async () => {
    const asked = issue(1, 0, {
      kind: "ask",
      text: "Which branch?",
      schema: { type: "string", enum: ["main", "next"] },
    });
    const sequencer = scriptedSequencer({
      start: async () => answer(toInstruction(asked)),
      next: async () => answer({ kind: "done", summary: 1 }),
    });
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    const code = run(["hello"], sequencer, terminal);
    await type(terminal, "reply> ", "next\n");
    expect(await code).toBe(0);
    expect(terminal.told).toContain("step 1  a question for you\n  Which branch?\n");
    expect(terminal.told).not.toContain("Ask your user");
    expect(sequencer.calls[1]!.request).toMatchObject({ result: "next" });
  });

  it("looks where the run stands when somebody else was faster", async () => {
    const sequencer = scriptedSequencer({
      start: async () => answer(instruction(1)),
      current: async () => answer(instruction(2)),
      async next({ forStepNo }) {
        if (forStepNo === 1) throw new SequencerError("OutOfSync", "Step 2 is awaited, not 1.");
        return answer({ kind: "done", summary: null });
      },
    });
    const { code, told } = await runWith(["hello", "--replies", "[1,2]"], sequencer);
    expect(code).toBe(0);
    expect(told).toContain("Step 2 is awaited, not 1.");
  });

  it.each([
    ["aborted", answer({ kind: "abort", reason: "no names" }), "aborted: no names"],
    [
      "failed",
      answer({ kind: "error", type: "TypeError", message: "x", stack: "at run (a.ts:1:2)" }),
      "(a.ts:1:2)",
    ],
    [
      "stalled",
      answer(
        { kind: "error", type: "ProgramStalled", message: "stuck", fix: "Mend it." },
        { state: "stalled" },
      ),
      "Mend it.",
    ],
  ])("exits with 1 when it %s", async (_, ended, expected) => {
    const { code, told, answered } = await runWith(
      ["hello"],
      scriptedSequencer({ start: async () => ended }),
    );
    expect(code).toBe(1);
    expect(told).toContain(expected);
    expect(answered).toBe("");
  });

  it("prints no control characters of programs", async () => {
    const text = "\u001b[2J\u001b]0;owned\u0007Do it.\r\nNow.";
    const sequencer = scriptedSequencer({ start: async () => answer(instruction(1, { text })) });
    const { told } = await runWith(["hello", "--replies", "[]"], sequencer);
    expect(told).toContain("[2J]0;ownedDo it.\n  Now.");
  });
});

describe("run called wrongly", () => {
  it.each([
    [["run"], "Name the program to run"],
    [["run", "hello", "--resume", INSTANCE_ID], "only one of them"],
    [["run", "--resume", INSTANCE_ID, "--fork", INSTANCE_ID], "only one of them"],
    [["run", "--fork", INSTANCE_ID], "--fork needs --before-step"],
    [["run", "--fork", INSTANCE_ID, "--before-step", "x"], "'x' is not"],
    [["run", "--resume", INSTANCE_ID, "--before-step", "2"], "--before-step belongs to --fork"],
    [["run", "hello", "--latest"], "--latest belongs to --resume or --fork"],
    [["run", "--resume", INSTANCE_ID, "--params", "{}"], "--params belong to a new run"],
    [["run", "hello", "--params", "{names}"], "--params is not JSON"],
    [["run", "hello", "--replies", "/does/not/exist"], "The replies cannot be read"],
    [["run", "./missing.ts"], "There is no file"],
    [["run", "hello", "world"], "too many arguments"],
  ])("%j says so and exits with 2", async (args, expected) => {
    const sequencer = scriptedSequencer({});
    const terminal = createTerminal({ lines: [] });
    expect(await runCommandLine(args, "1.0.0", terminal, roomsWith({ sequencer }))).toBe(2);
    expect(terminal.told).toContain(expected);
    expect(sequencer.calls).toEqual([]);
  });

  it("hands on the file of a program that is named by its path", async () => {
    const file = write("hello.ts", "");
    const files: (string | undefined)[] = [];
    const terminal = createTerminal({ lines: [] });
    const sequencer = greetingSequencer();
    const rooms = roomsWith({ sequencer, onFile: (given) => files.push(given) });
    expect(
      await runCommandLine(["run", file, "--replies", '{"message":"Hi"}'], "1.0.0", terminal, rooms),
    ).toBe(0);
    expect(files).toEqual([file]);
    expect(sequencer.calls[0]!.request).toMatchObject({ program: "hello" });
  });

  it("tells people which command helps, where agents are told a tool", async () => {
    const { code, told } = await runWith(["helo"], greetingSequencer());
    expect(code).toBe(1);
    expect(told).toContain("UnknownProgram: There is no program 'helo'.");
    expect(told).toContain("Run `programs` for the names that exist.");
  });
});
