import { expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { createTerminal, roomsWith } from "../cli/fake-terminal.ts";
import { builtEntries } from "./built.ts";
import { type Bench, programText, setUp } from "./workshop.ts";

const entries = builtEntries();
process.env["TZ"] = "UTC";

async function check(bench: Bench, ...args: string[]) {
  const terminal = createTerminal();
  const rooms = roomsWith({ workshop: bench.workshop });
  const code = await runCommandLine(["check", ...args], "1.0.0", terminal, rooms);
  const plain = (text: string) =>
    text.replaceAll(/\S*\/project\//g, "").replaceAll(/[0-9a-f]{32}/g, "<version>");
  return { code, answered: plain(terminal.answered), told: plain(terminal.told) };
}

test("a program without fault", async () => {
  const bench = setUp(entries());
  bench.program(
    "greet.ts",
    programText(
      "greet",
      `return yield* instruct("Greet " + params.name, { reply: z.string().min(1) });`,
      "",
      `params: z.object({ name: z.string().default("world") }),`,
    ),
  );
  expect(await check(bench, "greet")).toMatchInlineSnapshot(`
    {
      "answered": "greet  Tries one thing.
      params   { name?: string }
      version  <version>
      from     .claude/sequencer/programs/greet.ts (project)

    Checked 2 steps in 2 runs over made-up replies, each done twice (completed 1, failed 1).

    ok
    ",
      "code": 0,
      "told": "",
    }
  `);
});

test("a program with all sorts of faults", async () => {
  const bench = setUp(entries());
  bench.program(
    "faulty.ts",
    programText(
      "faulty",
      `yield* sideEffect("write", () => 1);
    yield* instruct("Anything.");
    yield* instruct("At " + new Date().getHours() + ".", { reply: z.object({ n: z.coerce.number() }) });`,
    ),
  );
  expect(await check(bench, "faulty")).toMatchInlineSnapshot(`
    {
      "answered": "faulty  Tries one thing.
      params   none
      version  <version>
      from     .claude/sequencer/programs/faulty.ts (project)

    Checked 8 steps in 3 runs over made-up replies, each done twice (completed 1, failed 2).
      Not run: 3 side effects and commands. What they give was made up, too.
    warning  .claude/sequencer/programs/faulty.ts:10:20  the instruction has no reply schema, so any reply is taken: add { reply: z.object({ ... }) }
    warning  .claude/sequencer/programs/faulty.ts:11:20  reply of the instruction at $.n: z.coerce does nothing: the agent must send a number. Write z.number(), or transform a text.
    problem  not deterministic: step 3 (instruction "At 10.") is another in the second run
      first run   .claude/sequencer/programs/faulty.ts:11:20  "At 10."
      second run  .claude/sequencer/programs/faulty.ts:11:20  "At 0."
      depends on  the time zone

    1 problem, 2 warnings
    ",
      "code": 1,
      "told": "",
    }
  `);
});

test("a program named by its file, wherever that lies, as JSON", async () => {
  const bench = setUp(entries());
  const file = bench.write("elsewhere/lies-there.ts", programText("lies-there", `return 1;`));
  const { code, answered } = await check(bench, file, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(answered)).toEqual({
    ok: true,
    file,
    source: "project",
    name: "lies-there",
    description: "Tries one thing.",
    params_schema: null,
    version: "<version>",
    findings: [],
    dry_runs: { runs: 1, steps: 0, ends: { completed: 1 }, made_up_effects: 0 },
  });
});

test("what cannot be checked", async () => {
  const bench = setUp(entries());
  bench.program("broken.ts", "export default 1 +;");
  expect(await check(bench, "broken")).toMatchObject({
    code: 1,
    told: expect.stringContaining("ProgramNotLoadable: broken.ts:1:"),
  });
  expect(JSON.parse((await check(bench, "broken", "--json")).answered)).toMatchObject({
    ok: false,
    error: "ProgramNotLoadable",
  });
  expect(await check(bench, "none")).toMatchObject({
    code: 1,
    told: expect.stringContaining("There are: broken, hello"),
  });
  expect(await check(bench, "./none.ts")).toMatchObject({
    code: 1,
    told: expect.stringContaining("There is no file"),
  });
  expect(await check(bench)).toMatchObject({ code: 2 });
  expect(await check(bench, "hello", "--params", "{names}")).toMatchObject({
    code: 2,
    told: expect.stringContaining("--params is not JSON"),
  });
});
