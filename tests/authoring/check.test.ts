import { basename } from "node:path";
import { expect, test } from "vitest";
import { type CheckReport, checkVersion, isFlawed } from "../../src/authoring/check.ts";
import { builtEntries } from "./built.ts";
import { programText, setUp } from "./workshop.ts";

const entries = builtEntries();
process.env["TZ"] = "UTC";

async function check(text: string, params?: string): Promise<CheckReport> {
  const bench = setUp(entries());
  const name = /name: "([\w-]+)"/.exec(text)![1]!;
  bench.program(`${name}.ts`, text);
  const { version } = await bench.workshop.find(name);
  const { projectDir, probe } = bench.workshop;
  return checkVersion(version, { projectDir, probe, ...(params !== undefined && { params }) });
}

const told = ({ findings }: CheckReport) =>
  findings.map(
    ({ severity, code, place }) => `${severity} ${code} ${place === undefined ? "" : basename(place)}`,
  );

test("hello is described, driven to its end, and nothing is wrong with it", async () => {
  const { workshop } = setUp(entries());
  const { file, version } = await workshop.find("hello");
  const report = await checkVersion(version, { projectDir: "/project", probe: workshop.probe });
  expect(report).toMatchObject({
    name: "hello",
    description: "Greet each name in turn.",
    params_schema: { type: "object" },
    version: version.version,
    findings: [],
    dry_runs: { made_up_effects: 0 },
  });
  expect(report.dry_runs.ends["completed"]).toBeGreaterThan(1);
  expect(file.source).toBe("bundled");
  expect([report.nondeterminism, isFlawed(report)]).toEqual([undefined, false]);
});

test("a loop that a reply can end is driven through both sides of it", async () => {
  const report = await check(
    programText(
      "loops",
      `let rounds = 0;
    for (;;) {
      rounds++;
      const { clean } = yield* instruct("Review.", { reply: z.object({ clean: z.boolean() }) });
      if (clean && rounds > 3) return { rounds };
    }`,
    ),
  );
  expect(report.dry_runs.ends).toMatchObject({ completed: expect.any(Number), failed: expect.any(Number) });
  expect(report.dry_runs.steps).toBeGreaterThan(3);
});

test("a program that goes on for ever is left after 200 steps", async () => {
  const report = await check(
    programText("endless", `for (;;) yield* instruct("Again.", { reply: z.int() });`),
  );
  expect(report.dry_runs).toEqual({ runs: 1, steps: 200, ends: { limit: 1 }, made_up_effects: 0 });
});

test("what is worth a warning is told once, with its place", async () => {
  const report = await check(
    programText(
      "warned",
      `for (let i = 0; i < 3; i++) yield* instruct(\`Anything \${i}.\`);
    yield* instruct("x".repeat(11_000), { reply: z.int() });
    yield* instruct("Count.", { reply: z.object({ n: z.coerce.number() }) });
    yield* instruct("Name.", { reply: z.string().refine((name) => name.length > 1, "too short") });`,
      "",
      "params: z.object({ word: z.string().regex(/^x/i).default('x') }), signals: { go: z.string().catch('') },",
    ),
  );
  expect(told(report)).toEqual([
    "warning schema ",
    "warning schema ",
    "warning no-reply-schema warned.ts:9:44",
    "warning long-prompt warned.ts:10:20",
    "warning schema warned.ts:11:20",
    "info schema warned.ts:12:20",
  ]);
  expect(report.findings.map(({ message }) => message)).toEqual([
    expect.stringContaining("params at $.word: the flags of /^x/i are lost"),
    expect.stringContaining("signal 'go': .catch() does nothing"),
    expect.stringContaining("no reply schema"),
    expect.stringContaining("the prompt has 10.7 KB"),
    expect.stringContaining("reply of the instruction at $.n: z.coerce does nothing"),
    expect.stringContaining("reply of the instruction: the agent cannot see this refinement"),
  ]);
  expect(isFlawed(report)).toBe(false);
});

test("a step that is made and not yielded is a problem, at its place", async () => {
  const report = await check(
    programText("forgot", `const x = instruct("Forgotten.", { reply: z.int() });\n    return 1;`),
  );
  expect(report.findings[0]).toMatchObject({ severity: "problem", code: "StepNotYielded" });
  expect(report.findings[0]!.message).toContain("forgot.ts:9:");
  expect(isFlawed(report)).toBe(true);
});

test("a call that reaches outside is a problem, at its line", async () => {
  const report = await check(
    programText(
      "reads",
      `return readFileSync("/etc/hostname", "utf8");`,
      `import { readFileSync } from "node:fs";`,
    ),
  );
  expect(report.findings[0]).toMatchObject({ severity: "problem", code: "NondeterministicCall" });
  expect(report.findings[0]!.message).toContain("reads.ts:9:");
});

test("a program that asks for the time and for chance is deterministic all the same", async () => {
  const report = await check(
    programText(
      "clock",
      `yield* instruct(\`\${Date.now()} \${new Date().toISOString()} \${Math.random()} \${crypto.randomUUID()}\`, { reply: z.int() });`,
    ),
  );
  expect(report.nondeterminism).toBeUndefined();
});

test("a dependence on the time zone is found, with both places and the cause", async () => {
  const report = await check(
    programText(
      "zoned",
      `yield* instruct("First.", { reply: z.int() });
    yield* instruct("It is " + new Date().toLocaleString("en-GB") + ".", { reply: z.int() });`,
    ),
  );
  expect(report.nondeterminism).toMatchObject({
    field: "text",
    causes: ["the time zone"],
    first: { place: expect.stringMatching(/zoned\.ts:10:\d+$/) },
    second: { place: expect.stringMatching(/zoned\.ts:10:\d+$/) },
  });
  expect(report.nondeterminism!.first.event).not.toEqual(report.nondeterminism!.second.event);
  expect(isFlawed(report)).toBe(true);
});

test("what only some replies lead to is found, too: after a reply, and in a catch", async () => {
  const behind = await check(
    programText(
      "behind",
      `const { kind } = yield* instruct("Which?", { reply: z.object({ kind: z.enum(["a", "b", "c", "d"]) }) });
    if (kind === "c") yield* instruct("At " + new Date().getDate(), { reply: z.int() });`,
    ),
  );
  expect(behind.nondeterminism).toMatchObject({ causes: ["the time zone"] });
  const caught = await check(
    programText(
      "caught",
      `try { yield* instruct("Do it.", { reply: z.int() }); } catch { instruct("Forgotten.", { reply: z.int() }); }`,
    ),
  );
  expect(told(caught)).toEqual([expect.stringMatching(/^problem StepNotYielded/)]);
});

test("a dependence on the order of keys is found", async () => {
  const report = await check(
    programText(
      "keyed",
      `const reply = yield* instruct("Two.", { reply: z.object({ a: z.int(), b: z.int() }) });
    if (Object.keys(reply)[0] === "a") yield* instruct("A first.", { reply: z.int() });
    return Object.keys(reply);`,
    ),
  );
  expect(report.nondeterminism).toMatchObject({
    what: 'step 2 (instruction "A first.")',
    causes: ["the order of the keys in replies"],
    second: { event: { type: "ended" } },
  });
});

test("a dependence on the process is found, by a package that only Node can load", async () => {
  const bench = setUp(entries());
  bench.program("node_modules/native/package.json", '{"name":"native","version":"1.0.0","main":"index.cjs"}');
  bench.program("node_modules/native/index.cjs", 'module.exports = require("./real.mjs").pid;');
  bench.program(
    "node_modules/native/real.mjs",
    'import { pid as real } from "node:process"; export const pid = real;',
  );
  bench.program("bound.ts", programText("bound", `return { pid };`, `import pid from "native";`));
  const { version } = await bench.workshop.find("bound");
  const report = await checkVersion(version, { projectDir: bench.root, probe: bench.workshop.probe });
  expect(report.nondeterminism).toMatchObject({
    what: "the end (completed)",
    field: "summary",
    causes: ["the process, or chance"],
  });
});

test("effects and commands are made up, and a form is tried that the program can use", async () => {
  const report = await check(
    programText(
      "effects",
      `const files = yield* sideEffect("list", () => { throw new Error("never run"); });
    const names = files.map((file) => file.toUpperCase());
    const tests = yield* command("touch", ["/tmp/never-run-by-check"]);
    return { names, ok: tests.exit_code === 0 };`,
    ),
  );
  expect(report.dry_runs.ends).toEqual({ completed: expect.any(Number) });
  expect(report.dry_runs.made_up_effects).toBeGreaterThan(1);
  expect(report.findings).toEqual([]);
});

test("where no form fits, it is told that the made-up result is to blame", async () => {
  const report = await check(
    programText(
      "misfit",
      `const it = yield* sideEffect("read", () => 1);\n    return it.deeply.nested.list.length;`,
    ),
  );
  expect(report.findings).toMatchObject([{ severity: "info", code: "ended-early" }]);
  expect(report.findings[0]!.message).toContain("made-up result of the side effect 'read'");
});

test("signals, sleeps, branches and races are driven through", async () => {
  const report = await check(
    programText(
      "many",
      `const { ok } = yield* signal("go");
    yield* sleep("2d");
    const [a] = yield* all([instruct("A", { reply: z.int() }), race([instruct("B", { reply: z.int() }), sleep("1h")])]);
    return { ok, a };`,
      "",
      "signals: { go: z.object({ ok: z.boolean() }) },",
    ),
  );
  expect(report.dry_runs.ends["completed"]).toBeGreaterThan(0);
});

test("a reply that cannot be made up is told, and the agent fails the step", async () => {
  const report = await check(
    programText(
      "picky",
      `try { yield* instruct("Say it.", { reply: z.string().refine((text) => text === "the secret") }); }
    catch (error) { return error.code; }`,
    ),
  );
  expect(told(report)).toContain("info no-reply picky.ts:9:22");
  expect(report.dry_runs.ends).toEqual({ completed: 1 });
});

test("params are the defaults, or made up, or given", async () => {
  const text = programText(
    "parametrised",
    `yield* instruct(\`Look at \${params.path}.\`, { reply: z.int() }); if (params.path === "given") throw new TypeError("given");`,
    "",
    "params: z.object({ path: z.string().min(1) }),",
  );
  expect((await check(text)).dry_runs.ends["completed"]).toBeGreaterThan(0);
  const given = await check(text, `{"path":"given"}`);
  expect(given.dry_runs.ends).toEqual({ failed: expect.any(Number) });
  expect(given.findings).toMatchObject([{ message: expect.stringContaining("TypeError: given") }]);
  await expect(check(text, `{"path":1}`)).rejects.toMatchObject({ code: "InvalidParams" });
});

test("a program that does not load is refused with its place", async () => {
  await expect(check(`${programText("thrown", "")}\nthrow new Error("at import");`)).rejects.toMatchObject({
    code: "ProgramNotLoadable",
    message: expect.stringMatching(/thrown\.ts:\d+:\d+: Error while the program was loaded: at import/),
  });
});

test("a turn that waits for the world is a stall", async () => {
  await expect(check(programText("waits", `await new Promise(() => {});`))).rejects.toMatchObject({
    code: "ProgramStalled",
  });
});

test("an endless loop is a stall, too", { timeout: 60_000 }, async () => {
  await expect(check(programText("spins", `for (;;);`))).rejects.toMatchObject({ code: "ProgramStalled" });
});
