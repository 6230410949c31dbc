/** What stays startable while programs are edited. The watch is a fake: the tests say when something changed. */

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Watched } from "../../src/catalog/watch-plan.ts";
import { Reload } from "../../src/instances/reload.ts";
import { makeWorkspace, type Workspace } from "../catalog/workspace.ts";

/** A reload over real files; a program that holds `BROKEN` links and cannot be evaluated. */
function reloading(workspace: Workspace) {
  let change = () => {};
  let changes = 0;
  const reports: string[] = [];
  const watched: Watched[] = [];
  const { catalog } = workspace;
  const reload = new Reload({
    catalog,
    async load(file, look) {
      const version = await catalog.link(file, look);
      if (Object.values(version.modules).some(({ code }) => code.includes("BROKEN"))) {
        throw new Error("It cannot be evaluated.");
      }
      return { file, version, description: { name: file.name, description: "", paramsSchema: null } };
    },
    onChange: () => {
      changes += 1;
    },
    report: (line) => reports.push(line),
    watch({ onChange }) {
      change = onChange;
      return {
        async update(now) {
          watched.push({ ...now, files: [...now.files] });
        },
        async close() {},
      };
    },
  });
  onTestFinished(() => reload.dispose());
  return {
    reload,
    reports,
    watched,
    get changes() {
      return changes;
    },
    async looked() {
      const before = watched.length;
      change();
      await vi.waitUntil(() => watched.length > before, { timeout: 10_000 });
    },
    async names() {
      return (await reload.survey()).loaded.map(({ file }) => file.name);
    },
  };
}

const versionOf = async (reload: Reload, name = "hello") => (await reload.startable(name))?.version.version;

describe("a program that no longer loads", () => {
  it("stays startable as it last loaded, and its problem says so", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", "export default 1;\n");
    const { reload, reports } = reloading(workspace);
    const good = await versionOf(reload);
    for (const content of [`export default "BROKEN";\n`, "export default {"]) {
      writeFileSync(file, content);
      expect(await versionOf(reload)).toBe(good);
      const { loaded, problems } = await reload.survey();
      expect(loaded.map(({ version }) => version.version)).toEqual([good]);
      expect(problems[0]!.message).toContain(`as it last loaded (version ${good!.slice(0, 12)})`);
    }
    expect(reports[0]).toContain("hello.ts does not load; it starts as it last loaded");
  });

  it("is refused where no version of it has ever loaded", async () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", "export default {");
    const { reload } = reloading(workspace);
    await expect(reload.startable("hello")).rejects.toMatchObject({ code: "ProgramNotLoadable" });
    const { loaded, problems } = await reload.survey();
    expect(loaded).toEqual([]);
    expect(problems[0]!.message).not.toContain("last loaded");
  });

  it("does not stand in for a program of that name in another folder", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", "export default 1;\n");
    const { reload } = reloading(workspace);
    await versionOf(reload);
    workspace.write("home/.claude/sequencer/programs/hello.ts", "export default {");
    rmSync(file);
    await expect(reload.startable("hello")).rejects.toMatchObject({ code: "ProgramNotLoadable" });
  });

  it("stays while its name is used twice", async () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", "export default 1;\n");
    const { reload, names } = reloading(workspace);
    const good = await versionOf(reload);
    workspace.program("hello.js", "export default 2;\n");
    expect(await versionOf(reload)).toBe(good);
    expect(await names()).toEqual(["hello"]);
  });
});

describe("a program that is removed", () => {
  it("is gone", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", "export default 1;\n");
    const { reload, names } = reloading(workspace);
    await versionOf(reload);
    rmSync(file);
    expect(await reload.startable("hello")).toBeUndefined();
    expect(await names()).toEqual([]);
  });

  it("and written anew at once was never gone", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", "export default 1;\n");
    const { reload } = reloading(workspace);
    const before = await versionOf(reload);
    renameSync(file, `${file}~`);
    const starting = versionOf(reload);
    writeFileSync(file, "export default 2;\n");
    const after = await starting;
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
  });
});

describe("a look that the watch asked for", () => {
  it("tells of programs that changed, and only of those", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", "export default 1;\n");
    const reloaded = reloading(workspace);
    await reloaded.looked();
    expect(reloaded.changes).toBe(0);
    writeFileSync(file, "export default {");
    await reloaded.looked();
    expect(reloaded.changes).toBe(0);
    writeFileSync(file, "export default 2;\n");
    await reloaded.looked();
    expect(reloaded.changes).toBe(1);
    workspace.program("other.ts", "export default 1;\n");
    await reloaded.looked();
    expect(reloaded.changes).toBe(2);
  });

  it("has everything watched that the programs are made of, or look for", async () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", `import "../../../lib/far.ts";\nimport "./gone.ts";\nexport default 1;\n`);
    const far = workspace.write("project/lib/far.ts", "export {};\n");
    const reloaded = reloading(workspace);
    await reloaded.looked();
    const { folders, files, bundles } = reloaded.watched.at(-1)!;
    expect(folders).toContain(workspace.programs);
    expect([...files]).toEqual(expect.arrayContaining([far, join(workspace.programs, "gone.ts")]));
    expect(bundles).toEqual([join(workspace.programs, "hello")]);
  });
});
