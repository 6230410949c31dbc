/** The watch: real files, real events, and a system that refuses. */

import { EventEmitter } from "node:events";
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChokidarOptions, FSWatcher } from "chokidar";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type WatchOptions, watchPrograms } from "../../src/catalog/watch.ts";
import { planOf, type Watched } from "../../src/catalog/watch-plan.ts";
import { makeWorkspace, type Workspace } from "./workspace.ts";

const PROGRAM = "export default 1;\n";

/** A watch over the workspace's programs folder, and a way to wait for what it says. */
async function watching(
  workspace: Workspace,
  watched: Partial<Watched> = {},
  options: Partial<WatchOptions> = {},
) {
  let changes = 0;
  const reports: string[] = [];
  const watch = watchPrograms({
    onChange: () => {
      changes += 1;
    },
    report: (line) => reports.push(line),
    ...options,
  });
  onTestFinished(() => watch.close());
  const all = { folders: [workspace.programs], files: [], bundles: [], ...watched };
  await watch.update(all);
  // Every update is followed by one look, for what was missed meanwhile.
  await vi.waitUntil(() => changes > 0, { timeout: 10_000 });
  changes = 0;
  return {
    watch,
    all,
    reports,
    get changes() {
      return changes;
    },
    /** Resolves when `work` was noticed. */
    async notices(work: () => void) {
      changes = 0;
      work();
      await vi.waitUntil(() => changes > 0, { timeout: 10_000 });
    },
  };
}

/** Something irrelevant, then something relevant: what the first would have told would have come by then. */
async function ignores(watched: Awaited<ReturnType<typeof watching>>, work: () => void, then: () => void) {
  work();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(watched.changes).toBe(0);
  await watched.notices(then);
}

describe("the watch notices", () => {
  it("a program that is written, saved atomically, added, renamed and deleted", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", PROGRAM);
    const watched = await watching(workspace);
    await watched.notices(() => writeFileSync(file, `${PROGRAM}// plain\n`));
    await watched.notices(() => {
      writeFileSync(`${file}.tmp`, `${PROGRAM}// atomic\n`);
      renameSync(`${file}.tmp`, file);
    });
    await watched.notices(() => writeFileSync(file, `${PROGRAM}// after the rename\n`));
    await watched.notices(() => workspace.program("other.ts", PROGRAM));
    await watched.notices(() =>
      renameSync(join(workspace.programs, "other.ts"), join(workspace.programs, "third.ts")),
    );
    await watched.notices(() => rmSync(file));
  });

  it("an import beside the programs, and one far away", async () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", PROGRAM);
    const near = workspace.program("_near.ts", PROGRAM);
    const far = workspace.write("lib/deep/far.md", "text");
    const watched = await watching(workspace, { files: [near, far] });
    await watched.notices(() => writeFileSync(near, "export default 2;\n"));
    await watched.notices(() => writeFileSync(far, "other text"));
    await watched.notices(() => rmSync(far));
    await watched.notices(() => writeFileSync(far, "text again"));
  });

  it("a file of a bundle folder, however deep, and a folder that is new in it", async () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", PROGRAM);
    const deep = workspace.program("hello/roles/expert/prompt.md", "Be strict.");
    const bundle = join(workspace.programs, "hello");
    const watched = await watching(workspace, { bundles: [bundle] });
    await watched.notices(() => writeFileSync(deep, "Be kind."));
    await watched.notices(() => mkdirSync(join(bundle, "skills")));
    await watched.watch.update(watched.all);
    await watched.notices(() => writeFileSync(join(bundle, "skills", "new.md"), "new"));
  });

  it("a programs folder that comes into being later, level by level", async () => {
    const workspace = makeWorkspace();
    mkdirSync(workspace.path("project"));
    const watched = await watching(workspace);
    await watched.notices(() => mkdirSync(workspace.path("project", ".claude")));
    await watched.watch.update(watched.all);
    await watched.notices(() => mkdirSync(workspace.programs, { recursive: true }));
    await watched.watch.update(watched.all);
    await watched.notices(() => workspace.program("hello.ts", PROGRAM));
  });

  it("a programs folder that is removed and made anew", async () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", PROGRAM);
    const watched = await watching(workspace);
    await watched.notices(() => rmSync(workspace.programs, { recursive: true }));
    await watched.watch.update(watched.all);
    await watched.notices(() => workspace.program("hello.ts", PROGRAM));
    await watched.watch.update(watched.all);
    await watched.notices(() => workspace.program("hello.ts", `${PROGRAM}// again\n`));
  });

  it("programs in a folder that is a symbolic link", async () => {
    const workspace = makeWorkspace();
    const file = workspace.write("elsewhere/hello.ts", PROGRAM);
    mkdirSync(join(workspace.programs, ".."), { recursive: true });
    symlinkSync(workspace.path("elsewhere"), workspace.programs);
    const watched = await watching(workspace);
    await watched.notices(() => writeFileSync(file, `${PROGRAM}// changed\n`));
  });

  it("nothing that no program is made of", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", PROGRAM);
    workspace.program("hello/prompt.md", "text");
    const watched = await watching(workspace, { bundles: [join(workspace.programs, "hello")] });
    await ignores(
      watched,
      () => {
        workspace.program("notes.log", "x");
        workspace.program("hello.test.ts", "x");
        workspace.program("hello/.prompt.md.swp", "x");
        workspace.program("hello/node_modules/x/index.js", "x");
        workspace.write("project/README.md", "x");
      },
      () => writeFileSync(file, `${PROGRAM}// changed\n`),
    );
  });

  it("nothing any more once it is closed", async () => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", PROGRAM);
    const watched = await watching(workspace);
    await watched.watch.close();
    writeFileSync(file, "changed");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(watched.changes).toBe(0);
  });
});

describe("many changes at once", () => {
  it("are told once they have come to rest", async () => {
    const workspace = makeWorkspace();
    const watched = await watching(workspace);
    await watched.notices(() => {
      for (let i = 0; i < 50; i++) workspace.program(`p${i}.ts`, PROGRAM);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(watched.changes).toBe(1);
  });
});

describe("a system that refuses to watch", () => {
  /** The first watcher fails as inotify does at its limit; the others are chokidar's. */
  function refusing(code: string) {
    const opened: ChokidarOptions[] = [];
    const ready = new EventEmitter();
    const isReady = new Promise((resolve) => ready.once("ready", resolve));
    const load = async () => {
      const chokidar = await import("chokidar");
      return {
        watch(paths: string[], options: ChokidarOptions): FSWatcher {
          opened.push(options);
          if (opened.length > 1) {
            return chokidar
              .watch(paths, options)
              .on("ready", () => setTimeout(() => ready.emit("ready"), 300));
          }
          const watcher = new EventEmitter() as unknown as FSWatcher;
          watcher.close = async () => {};
          setImmediate(() => {
            for (const path of paths) {
              watcher.emit("error", Object.assign(new Error(`${code}: watch '${path}'`), { code }));
            }
            watcher.emit("ready");
          });
          return watcher;
        },
      };
    };
    return { opened, load, isReady };
  }

  it.each(["ENOSPC", "EMFILE"])("with %s is told once, and the files are looked at instead", async (code) => {
    const workspace = makeWorkspace();
    const file = workspace.program("hello.ts", PROGRAM);
    const { opened, load, isReady } = refusing(code);
    const watched = await watching(workspace, {}, { load });
    await isReady;
    expect(opened[1]).toMatchObject({ usePolling: true });
    // File systems differ in how finely they tell times.
    await watched.notices(() => {
      writeFileSync(file, `${PROGRAM}// changed\n`);
      utimesSync(file, new Date(), new Date(Date.now() + 5_000));
    });
    await watched.notices(() => workspace.program("new.ts", PROGRAM));
    expect(watched.reports).toEqual([
      `the system has no watches left (${code}); programs are looked at every 500 ms instead`,
    ]);
  });

  it("with another error is told once, and ends nothing", async () => {
    const workspace = makeWorkspace();
    const { opened, load } = refusing("EIO");
    const watched = await watching(workspace, {}, { load });
    expect(opened).toHaveLength(1);
    expect(watched.reports.every((line) => line.startsWith("watching programs: EIO: watch '"))).toBe(true);
    expect(new Set(watched.reports).size).toBe(watched.reports.length);
  });

  it("by the lack of chokidar itself is told, and ends nothing", async () => {
    const workspace = makeWorkspace();
    const load = async () => {
      throw new Error("no such chunk");
    };
    const watched = await watching(workspace, {}, { load });
    expect(watched.reports).toEqual(["watching programs: no such chunk"]);
  });
});

describe("the plan of a watch", () => {
  it("is the same for the same paths, and another one when a folder was made anew", () => {
    const workspace = makeWorkspace();
    workspace.program("hello.ts", PROGRAM);
    const watched = { folders: [workspace.programs], files: [], bundles: [] };
    const before = planOf(watched);
    expect(planOf(watched).key).toBe(before.key);
    renameSync(workspace.programs, `${workspace.programs}-before`);
    mkdirSync(workspace.programs);
    expect(planOf(watched).key).not.toBe(before.key);
  });

  it("waits for what does not exist in the innermost folder that does", () => {
    const workspace = makeWorkspace();
    workspace.write("lib/a.ts", PROGRAM);
    const plan = planOf({ folders: [], files: [workspace.path("lib", "x", "y", "b.ts")], bundles: [] });
    expect([...plan.folders]).toEqual([workspace.path("lib")]);
    expect(plan.matters(workspace.path("lib", "x"))).toBe(true);
    expect(plan.matters(workspace.path("lib", "a.ts"))).toBe(false);
  });
});
