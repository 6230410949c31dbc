import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error scripts have no declarations.
import { writeTypes } from "../../scripts/build/types.mjs";
import { initProject } from "../../src/authoring/init.ts";
import { openWorkshop } from "../../src/authoring/workshop.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { drive } from "../../src/testing.ts";
import { createTerminal, roomsWith } from "../cli/fake-terminal.ts";
import { temporaryFolder } from "./folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");

let types: URL;
beforeAll(async () => {
  const dist = temporaryFolder("afterAll");
  await writeTypes({ root, dist });
  types = pathToFileURL(join(dist, "types/"));
});

function emptyProject() {
  const projectDir = temporaryFolder();
  const folder = join(projectDir, ".claude/sequencer/programs");
  return {
    projectDir,
    folder,
    init: (force = false) => initProject({ projectDir, types, force }),
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    read: (name: string) => readFileSync(join(folder, name), "utf8"),
    /** With a TypeScript that lies elsewhere, and nothing installed here. */
    check(...args: string[]) {
      const { stdout, status } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", folder, ...args], {
        cwd: projectDir,
        encoding: "utf8",
      });
      return { stdout, status };
    },
  };
}

describe("the types that init writes", () => {
  test("a new programs folder has no type error, the declarations themselves included", () => {
    const { init, check } = emptyProject();
    init();
    expect(check()).toEqual({ stdout: "", status: 0 });
    expect(check("--skipLibCheck", "false")).toEqual({ stdout: "", status: 0 });
  });

  test("they need no types of Node, and get along with them", () => {
    const { init, check, read } = emptyProject();
    init();
    expect(read("tsconfig.json")).toContain('"types": []');
    const withNode = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    expect(check(...withNode)).toEqual({ stdout: "", status: 0 });
  });

  test("mistakes in the use of replies, params, steps and zod are found: nothing is any", () => {
    const { init, check, write, read } = emptyProject();
    init();
    write("prompt.md", "Do it.");
    write("data.json", `{ "count": 1 }`);
    write(
      "wrong.ts",
      `import { all, command, defineProgram, instruct, sideEffect, StepFailed } from "agent-sequencer";
import { readFile } from "node:fs/promises";
import { drive } from "agent-sequencer/testing";
import { z } from "zod";
import * as core from "zod/v4/core";
import prompt from "./prompt.md";
import data from "./data.json";
const Shape = z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]);
const program = defineProgram({
  name: "wrong",
  description: "Has a mistake in every line that says so.",
  params: z.object({ path: z.string().optional() }),
  async *run({ params, progress, instance }) {
    const reply = yield* instruct(prompt, { reply: z.object({ done: z.boolean(), list: z.array(z.int()) }) });
    const a: string = reply.done; // wrong
    reply.missing; // wrong
    const b: string = reply.list[0]; // wrong
    const c: string = params.path; // wrong
    progress("1", 2); // wrong
    instance.projectDir = ""; // wrong
    const [d, e] = yield* all([instruct("A", { reply: z.int() }), sideEffect("b", () => "text")]);
    const f: string = d; // wrong
    const g: number = e; // wrong
    const { exit_code } = yield* command("npm", "test"); // wrong
    const h: number = exit_code; // wrong
    yield* instruct("C", { repyl: z.int() }); // wrong
    z.strnig(); // wrong
    const i: z.infer<typeof Shape> = { kind: "c" }; // wrong
    new StepFailed("nothing", "", 1); // wrong
    const j: number = import.meta.dirname; // wrong
    const k: number = prompt; // wrong
    const l: string = data.count; // wrong
    const m: core.$ZodType = 1; // wrong
    yield* sideEffect("d", ({ signal }) => readFile("x", { signal: signal.abort })); // wrong
    return { a, b, c, f, g, h, i, j, k, l, m };
  },
});
export default program;
export async function tested() {
  const run = await drive(program, { path: 1 }); // wrong
  run.summary.none; // wrong
}
`,
    );
    const wrong = read("wrong.ts")
      .split("\n")
      .flatMap((line, at) => (line.endsWith("// wrong") ? [at + 1] : []));
    const { stdout } = check();
    const told = [...stdout.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => Number(line));
    expect([...new Set(told)]).toEqual(wrong);
    expect(stdout.split("\n").filter((line) => /^\S/.test(line) && !line.includes("wrong.ts("))).toEqual([]);
  });

  test("types that are incomplete would be found: without zod's, the check fails", () => {
    const { init, check, write } = emptyProject();
    init();
    write(".types/zod/index.d.ts", "export {};");
    expect(check().status).not.toBe(0);
  });
});

describe("what init makes", () => {
  test("the first program runs", async () => {
    const { init, folder } = emptyProject();
    expect(init()).toMatchObject({ program: "first-look", replaced: [], kept: [] });
    const run = await drive(join(folder, "first-look.ts"), { most: 1 });
    await run.reply({ files: ["a.ts"] });
    await run.reply({ problem: "long", suggestion: "part it" });
    expect(run.summary).toEqual({ findings: [{ file: "a.ts", problem: "long", suggestion: "part it" }] });
    await run.replay();
  });

  test("nothing that exists is replaced without force", () => {
    const { init, write, read } = emptyProject();
    init();
    expect(init()).toMatchObject({ made: [], replaced: [], kept: [] });
    write("tsconfig.json", "{}");
    write("first-look.ts", "// mine");
    expect(init()).toMatchObject({ made: [], replaced: [], kept: ["tsconfig.json"] });
    expect(read("tsconfig.json")).toBe("{}");
  });

  test("force replaces what init made, and never a program", () => {
    const { init, write, read } = emptyProject();
    init();
    write("tsconfig.json", "{}");
    write("first-look.ts", "// mine");
    write(".types/modules.d.ts", "");
    expect(init(true)).toMatchObject({ replaced: ["tsconfig.json", ".types/modules.d.ts"], kept: [] });
    expect(read("tsconfig.json")).toContain("agent-sequencer");
    expect(read("first-look.ts")).toBe("// mine");
  });

  test("who has programs gets the types, and no first program", () => {
    const { init, folder, write } = emptyProject();
    init();
    write("mine.ts", "export {};");
    const { made, program } = init(true);
    expect([made, program]).toEqual([[], undefined]);
    expect(readdirSync(folder).sort()).toEqual([".types", "first-look.ts", "mine.ts", "tsconfig.json"]);
  });

  test("types that are missing in the package are told", () => {
    const projectDir = temporaryFolder();
    const none = pathToFileURL(join(projectDir, "none/"));
    expect(() => initProject({ projectDir, types: none, force: false })).toThrow("The types are missing");
  });

  test("the command says what it made, and what comes next", async () => {
    const { projectDir, write } = emptyProject();
    const entry = new URL("none.js", types);
    const workshop = openWorkshop({
      ...{ projectDir, home: projectDir, programDirs: [], stateDir: join(projectDir, "state") },
      ...{ types, probe: { entry }, host: { entry } },
    });
    const call = async (...args: string[]) => {
      const terminal = createTerminal();
      const code = await runCommandLine(["init", ...args], "1.0.0", terminal, roomsWith({ workshop }));
      const answered = terminal.answered
        .replace(/.*programs\n/, "")
        .replaceAll(/\(\d+ files\)/g, "(N files)");
      return { code, answered };
    };
    expect(await call()).toMatchInlineSnapshot(`
      {
        "answered": "  made  first-look.ts
        made  tsconfig.json
        made  .types/ (N files)

      Next:
        agent-sequencer check first-look   look for mistakes in it
        agent-sequencer run first-look     be the agent yourself
        or tell your agent: run the program first-look
      ",
        "code": 0,
      }
    `);
    write("tsconfig.json", "{}");
    expect(await call()).toMatchInlineSnapshot(`
      {
        "answered": "  kept as it is  tsconfig.json
        init --force replaces what was kept

      Next: agent-sequencer programs
      ",
        "code": 0,
      }
    `);
    expect((await call("--force")).answered).toContain("replaced  tsconfig.json");
    expect((await call()).answered).toContain("everything is there already");
  });
});
