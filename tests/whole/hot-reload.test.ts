/** Programs edited while a server with `--watch` runs, over real stdio. */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";

const source = (text: string, imports = "") => `import { defineProgram, instruct } from "agent-sequencer";
${imports}
export default defineProgram({
  name: "edited",
  description: "Is edited.",
  async *run() {
    yield* instruct(${text});
    yield* instruct("The end.");
    return null;
  },
});
`;

describe("a server with --watch", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  let file: string;
  let told: string[];
  beforeEach(() => {
    sandbox = createSandbox();
    file = join(sandbox.programsDir, "edited.ts");
    told = [];
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  async function serve(args = ["--watch"]): Promise<void> {
    server = await startServer(sandbox, { args });
    server.client.fallbackNotificationHandler = async ({ method }) => void told.push(method);
    // As clients do when they connect.
    await server.client.listPrompts();
  }

  /** What a run that is started now is asked first. */
  async function firstStep(program = "edited"): Promise<string> {
    const answer = await server.call("sequencer_start", { program });
    return answer.last_yield?.text ?? answer.error;
  }

  const problems = async () =>
    ((await server.call("sequencer_list_programs")).problems as { file: string; message: string }[]).filter(
      (problem) => problem.file.startsWith(sandbox.projectDir),
    );

  /** Resolves when the client was told after `edit` that programs changed. */
  async function edit(work: () => void): Promise<void> {
    told.length = 0;
    work();
    await vi.waitUntil(() => told.length > 0, { timeout: 15_000 });
    expect(new Set(told)).toEqual(new Set(["notifications/prompts/list_changed"]));
  }

  function saveAtomically(path: string, content: string): void {
    const aside = join(sandbox.folder, "aside");
    writeFileSync(aside, content);
    renameSync(aside, path);
  }

  it("starts the program as it was last saved, plainly or atomically, and tells the client", async () => {
    writeFileSync(file, source('"one"'));
    await serve();
    expect(await firstStep()).toBe("one");
    await edit(() => writeFileSync(file, source('"two"')));
    expect(await firstStep()).toBe("two");
    await edit(() => saveAtomically(file, source('"three"')));
    expect(await firstStep()).toBe("three");
    await edit(() => writeFileSync(file, source('"four"')));
    expect(await firstStep()).toBe("four");
  });

  it("follows its imports, also those outside the programs folder", async () => {
    const near = join(sandbox.programsDir, "_near.ts");
    const far = join(sandbox.projectDir, "lib", "far.ts");
    mkdirSync(join(sandbox.projectDir, "lib"));
    writeFileSync(near, 'export const near = "near 1";\n');
    writeFileSync(far, 'export const far = "far 1";\n');
    const imports = `import { near } from "./_near.ts";\nimport { far } from "../../../lib/far.ts";`;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the program's own
    writeFileSync(file, source("`${near}, ${far}`", imports));
    await serve();
    expect(await firstStep()).toBe("near 1, far 1");
    await edit(() => writeFileSync(near, 'export const near = "near 2";\n'));
    await edit(() => saveAtomically(far, 'export const far = "far 2";\n'));
    expect(await firstStep()).toBe("near 2, far 2");
  });

  it("follows its bundle folder, and files that are new in it", async () => {
    const bundle = join(sandbox.programsDir, "edited");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "prompt.md"), "Be strict.");
    writeFileSync(file, source("prompt", `import prompt from "./edited/prompt.md";`));
    await serve();
    expect(await firstStep()).toBe("Be strict.");
    await edit(() => writeFileSync(join(bundle, "prompt.md"), "Be kind."));
    await edit(() => saveAtomically(join(bundle, "prompt.md"), "Be brief."));
    expect(await firstStep()).toBe("Be brief.");
    const before = await versionOf();
    await edit(() => {
      mkdirSync(join(bundle, "roles"));
      writeFileSync(join(bundle, "roles", "expert.md"), "An expert.");
    });
    expect(await versionOf()).not.toBe(before);
  });

  async function versionOf(): Promise<string> {
    const { programs } = await server.call("sequencer_list_programs", { filter: "edited" });
    return programs[0].version;
  }

  it.each([
    ["a syntax error", "export default defineProgram({ name: "],
    ["half of the file", source('"two"').slice(0, 120)],
    ["nothing at all", ""],
    ["a program of another name", source('"two"').replace('"edited"', '"other"')],
    ["an import that does not exist", source('"two"', `import "./gone.ts";`)],
  ])("goes on starting what last loaded while the file holds %s", async (_, broken) => {
    writeFileSync(file, source('"one"'));
    await serve();
    const good = await versionOf();
    writeFileSync(file, broken);
    expect(await firstStep()).toBe("one");
    expect(await versionOf()).toBe(good);
    const [problem, ...others] = await problems();
    expect(others).toEqual([]);
    expect(problem!.message).toContain(`as it last loaded (version ${good.slice(0, 12)})`);
    expect(told).toEqual([]);
    await edit(() => writeFileSync(file, source('"two"')));
    expect(await firstStep()).toBe("two");
    expect(await problems()).toEqual([]);
  });

  it("never starts a file that is being written in pieces", async () => {
    writeFileSync(file, source('"one"'));
    await serve();
    const whole = source('"two"');
    const started: string[] = [];
    // Without its last brackets it is no program; without the line's end alone it would be.
    for (let length = 0; length < whole.length - 10; length += 60) {
      writeFileSync(file, whole.slice(0, length));
      started.push(await firstStep());
    }
    expect(new Set(started)).toEqual(new Set(["one"]));
    await edit(() => writeFileSync(file, whole));
    expect(await firstStep()).toBe("two");
  });

  it("notices programs that are added, renamed and deleted", async () => {
    await serve();
    expect(await firstStep()).toBe("UnknownProgram");
    await edit(() => writeFileSync(file, source('"one"')));
    expect(await firstStep()).toBe("one");
    const renamed = join(sandbox.programsDir, "renamed.ts");
    await edit(() => {
      renameSync(file, renamed);
      writeFileSync(renamed, source('"one"').replace('"edited"', '"renamed"'));
    });
    expect(await firstStep()).toBe("UnknownProgram");
    expect(await firstStep("renamed")).toBe("one");
    await edit(() => rmSync(renamed));
    expect(await firstStep("renamed")).toBe("UnknownProgram");
  });

  it("notices a programs folder that is made later", async () => {
    rmSync(join(sandbox.projectDir, ".claude"), { recursive: true });
    await serve();
    await edit(() => {
      mkdirSync(sandbox.programsDir, { recursive: true });
      writeFileSync(file, source('"one"'));
    });
    expect(await firstStep()).toBe("one");
    const { prompts } = await server.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain("edited");
  });

  it("leaves the runs that it drives alone", async () => {
    writeFileSync(file, source('"one"'));
    await serve();
    const { instance_id } = await server.call("sequencer_start", { program: "edited" });
    await edit(() => writeFileSync(file, source('"two"').replace("The end.", "Another end.")));
    const next = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: null });
    expect(next.last_yield.text).toBe("The end.");
    await edit(() => rmSync(file));
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 2, result: null })).toMatchObject({
      state: "completed",
    });
  });
});

describe("a server without --watch", () => {
  it("starts what is on the disk, keeps nothing older, and tells nobody", async () => {
    const sandbox = createSandbox();
    const file = join(sandbox.programsDir, "edited.ts");
    const told: string[] = [];
    writeFileSync(file, source('"one"'));
    const server = await startServer(sandbox);
    try {
      server.client.fallbackNotificationHandler = async ({ method }) => void told.push(method);
      const start = () => server.call("sequencer_start", { program: "edited" });
      expect((await start()).last_yield.text).toBe("one");
      writeFileSync(file, source('"two"'));
      expect((await start()).last_yield.text).toBe("two");
      writeFileSync(file, "export default {");
      expect(await start()).toMatchObject({ ok: false, error: "ProgramNotLoadable" });
      expect(told).toEqual([]);
    } finally {
      await server.close();
      sandbox.remove();
    }
  });
});
