import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type ReplayReport, replayLogs } from "../../src/authoring/replay.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { createTerminal, roomsWith } from "../cli/fake-terminal.ts";
import { builtEntries } from "./built.ts";
import { record } from "./recorded.ts";
import { type Bench, programText, setUp } from "./workshop.ts";

const entries = builtEntries();
process.env["TZ"] = "UTC";

const NAME = `const name = yield* instruct("What is your name?", { reply: z.string() });`;
const AGE = `const age = yield* instruct("How old are you?", { reply: z.int(), id: "age" });`;
const END = `return { name, age };`;

async function recorded(
  replies: readonly unknown[],
  body = `${NAME}\n${AGE}\n${END}`,
): Promise<{ bench: Bench; log: string }> {
  const bench = setUp(entries());
  bench.program("form.ts", programText("form", body));
  return { bench, log: await record(bench, entries(), "form", replies) };
}

async function replay({ workshop }: Bench, ...logs: string[]): Promise<ReplayReport[]> {
  const { version } = await workshop.find("form");
  return replayLogs(version, logs, workshop);
}

/** Replays over the program with another body. */
async function replayChanged(bench: Bench, log: string, body: string, head = ""): Promise<ReplayReport> {
  bench.program("form.ts", programText("form", body, head));
  const [report] = await replay(bench, log);
  return report!;
}

test("a run fits the program that it was made with, unfinished and completed", async () => {
  const { bench, log } = await recorded(["Ada"]);
  const whole = await record(bench, entries(), "form", ["Bo", 36]);
  const before = readFileSync(whole, "utf8");
  expect(await replay(bench, log, whole)).toMatchObject([
    { log, fits: true, program: "form", steps: 2, state: "unfinished", remarks: [] },
    { log: whole, fits: true, steps: 2, state: "completed", remarks: [] },
  ]);
  expect(readFileSync(whole, "utf8")).toBe(before);
});

test("harmless edits fit: comments, the wording of a step with an id, branches not taken", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  const edited = `// A comment.
${NAME}
const age = yield* instruct("Your age, please?", { reply: z.int(), id: "age" });
if (age > 100) yield* instruct("Really?", { reply: z.boolean() });
${END}`;
  expect(await replayChanged(bench, log, edited)).toMatchObject({ fits: true, remarks: [] });
});

test("an inserted step does not fit, and is named with the line of the log", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  const report = await replayChanged(
    bench,
    log,
    `yield* instruct("Do you consent?", { reply: z.string() });\n${NAME}\n${AGE}\n${END}`,
  );
  expect(report).toMatchObject({ fits: false, error: { error: "ProgramDiverged" } });
  expect(report.error!.message).toContain("Step 1 (line 2 of its log)");
  expect(report.error!.message).toContain("a step was inserted before step 1");
  expect(report.error!.message).toMatch(/form\.ts:9:\d+/);
});

test("another summary fits, and is told; another end does not", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  expect(await replayChanged(bench, log, `${NAME}\n${AGE}\nreturn { name };`)).toMatchObject({
    fits: true,
    remarks: ['the summary was {"name":"Ada","age":36}, is now {"name":"Ada"}'],
  });
  expect(await replayChanged(bench, log, `${NAME}\n${AGE}\nthrow new Error("no");`)).toMatchObject({
    fits: false,
    error: { message: "The recorded run ended as completed; now the program ends as failed (Error: no)." },
  });
  expect(
    await replayChanged(bench, log, `${NAME}\n${AGE}\nyield* instruct("More?", { reply: z.int() });\n${END}`),
  ).toMatchObject({
    fits: false,
    error: { message: "The recorded run ended as completed; now the program goes on." },
  });
});

test("a recorded reply that a changed schema refuses does not fit", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  const report = await replayChanged(
    bench,
    log,
    `${NAME.replace("z.string()", "z.string().min(5)")}\n${AGE}\n${END}`,
  );
  expect(report).toMatchObject({ fits: false, error: { error: "ProgramDiverged" } });
});

test("what nothing has answered yet may be asked otherwise, and is told", async () => {
  const { bench, log } = await recorded(["Ada"]);
  expect(
    await replayChanged(
      bench,
      log,
      `${NAME}\nconst age = yield* instruct("Born when?", { reply: z.int() });\n${END}`,
    ),
  ).toMatchObject({ fits: true, remarks: ["unanswered steps would be asked anew: 2"] });
});

test("a run that failed fits a program that fails", async () => {
  const { bench, log } = await recorded(["Ada"], `${NAME}\nthrow new Error("first");`);
  expect(await replayChanged(bench, log, `${NAME}\nthrow new Error("first");`)).toMatchObject({
    fits: true,
    state: "failed",
  });
  expect(await replayChanged(bench, log, `${NAME}\nreturn name;`)).toMatchObject({ fits: false });
});

test("effects are not done again: their results stand in the log", async () => {
  const marker = "/tmp/agent-sequencer-never-made-by-replay";
  const body = `const n = yield* sideEffect("count", async () => (await import("node:fs")).existsSync("${marker}") ? 2 : 1);
const { exit_code } = yield* command("true");
const name = yield* instruct(\`\${n} \${exit_code}\`, { reply: z.string() });
return { n, name };`;
  const { bench, log } = await recorded([], body);
  const changed = body.replace(/async \(\) => .*\);$/m, `() => { throw new Error("run by replay"); });`);
  expect(await replayChanged(bench, log, changed)).toMatchObject({ fits: true });
});

test("the time zone is that of the log, wherever it is replayed", async () => {
  const body = `const name = yield* instruct("At " + new Date().getHours(), { reply: z.string() });\nreturn name;`;
  const { bench, log } = await recorded(["Ada"], body);
  process.env["TZ"] = "Pacific/Kiritimati";
  try {
    expect(await replay(bench, log)).toMatchObject([{ fits: true }]);
    expect(process.env["TZ"]).toBe("Pacific/Kiritimati");
  } finally {
    process.env["TZ"] = "UTC";
  }
});

test("a log that is read-only and lies anywhere is replayed", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  const copy = join(bench.root, "kept/some-run.jsonl");
  mkdirSync(dirname(copy));
  copyFileSync(log, copy);
  chmodSync(copy, 0o400);
  expect(await replay(bench, copy)).toMatchObject([{ fits: true, log: copy }]);
});

test("logs that are no logs, or of another program, do not fit; the others are replayed", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  const damaged = bench.write("damaged.jsonl", readFileSync(log, "utf8").replace("Ada", "Bob"));
  const empty = bench.write("empty.jsonl", "");
  const other = bench.write("other.jsonl", readFileSync(log, "utf8"));
  bench.program("other.ts", programText("other", "return 1;"));
  const ofOther = await record(bench, entries(), "other", []);
  const reports = await replay(
    bench,
    damaged,
    empty,
    join(bench.root, "none.jsonl"),
    bench.root,
    ofOther,
    other,
  );
  expect(reports.map(({ fits, error }) => [fits, error?.error])).toEqual([
    [false, "CorruptedLog"],
    [false, "CorruptedLog"],
    [false, "UnknownInstance"],
    [false, "UnknownInstance"],
    [false, "InvalidArguments"],
    [true, undefined],
  ]);
});

test("a program that gets stuck does not fit", async () => {
  const { bench, log } = await recorded(["Ada"]);
  expect(await replayChanged(bench, log, `${NAME}\nawait new Promise(() => {});`)).toMatchObject({
    fits: false,
    error: { error: "ProgramStalled" },
  });
});

test("the command says what fits and what does not, and its exit code says whether all do", async () => {
  const { bench, log } = await recorded(["Ada", 36]);
  writeFileSync(join(bench.root, "a.jsonl"), readFileSync(log));
  const path = join(bench.root, "a.jsonl");
  const call = async (...args: string[]) => {
    const terminal = createTerminal();
    const rooms = roomsWith({ workshop: bench.workshop });
    const code = await runCommandLine(["replay", ...args], "1.0.0", terminal, rooms);
    return { code, answered: terminal.answered.replaceAll(bench.root, ""), told: terminal.told };
  };
  expect(await call("form", path)).toEqual({
    code: 0,
    answered: "fits  /a.jsonl  (2 steps, completed)\n",
    told: "",
  });
  bench.program("form.ts", programText("form", `${AGE}\n${NAME}\n${END}`));
  const { code, answered } = await call("form", path);
  expect(code).toBe(1);
  expect(answered).toContain("does not fit  /a.jsonl\n  ProgramDiverged: ");
  const json = await call("form", path, "--json");
  expect(json.code).toBe(1);
  expect(JSON.parse(json.answered)).toMatchObject({ ok: false, replays: [{ fits: false, log: "/a.jsonl" }] });
  expect((await call("form")).code).toBe(2);
  expect((await call("none", path)).code).toBe(1);
});
