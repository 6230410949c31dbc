import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { drive } from "agent-sequencer/testing";
import { expect, onTestFinished, test } from "vitest";

/** Program files in a folder of their own, outside any node_modules. @returns the path of the first */
function files(contents: { [path: string]: string }): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "drive-file-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return join(folder, Object.keys(contents)[0]!);
}

const REVIEW = `import { defineProgram, instruct } from "agent-sequencer";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import prompt from "./review/prompt.md";
import { limits } from "./review/limits.ts";
let loaded = 0;
export default defineProgram({
  name: "review",
  description: "Review a file.",
  params: z.object({ path: z.string() }),
  async *run({ params }) {
    loaded++;
    const { ok } = yield* instruct(prompt + params.path + limits.most + loaded, { reply: z.object({ ok: z.boolean() }) });
    return { ok, where: import.meta.dirname, read: typeof readFile };
  },
});
`;
const BUNDLE = {
  "review/prompt.md": "Review ",
  "review/limits.ts": `export const limits = { most: 5 } as const;\nexport enum Unused { A }`,
};

test("a program file is loaded as the server does, by its path and by its URL", async () => {
  const file = files({ "review.ts": REVIEW, ...BUNDLE });
  for (const named of [file, pathToFileURL(file)]) {
    const run = await drive(named, { path: "a.ts" });
    expect(run.step.text).toBe("Review a.ts51");
    await run.reply({ ok: true });
    expect(run.summary).toEqual({ ok: true, where: dirname(file), read: "function" });
  }
});

test("each run and each replay of a file has module state of its own", async () => {
  const file = files({ "review.ts": REVIEW, ...BUNDLE });
  const run = await drive(file, { path: "a.ts" });
  await run.reply({ ok: false });
  await run.replay();
  expect((await drive(file, { path: "a.ts" })).step.text).toBe("Review a.ts51");
});

test("the file of a run may change, and a fork or a replay take it as it is now", async () => {
  const file = files({ "review.ts": REVIEW, ...BUNDLE });
  const run = await drive(file, { path: "a.ts" });
  writeFileSync(join(dirname(file), "review/prompt.md"), "Look at ");
  await run.replay();
  await expect(run.replay(file)).rejects.toThrow(`is now "Look at a.ts51"`);
  expect((await run.fork(1, file)).step.text).toBe("Look at a.ts51");
});

test("a file that cannot be loaded is refused with the place of what is wrong", async () => {
  const file = files({ "broken.ts": `import { gone } from "./gone.ts";\nexport default gone;` });
  await expect(drive(file)).rejects.toMatchObject({
    code: "ProgramNotLoadable",
    message: expect.stringContaining("broken.ts:1:1"),
  });
  await expect(drive(`${file}.none`)).rejects.toThrow("There is no program file");
  await expect(drive(files({ "none.ts": "export const a = 1;" }))).rejects.toThrow("no default export");
  await expect(
    drive(files({ "thrown.ts": "export const a = 1;\nthrow new Error('at import');" })),
  ).rejects.toThrow(/thrown\.ts:2:\d+: Error while the program was loaded: at import/);
});

test("errors of a file name the author's line and column", async () => {
  const file = files({
    "wrong.ts": `import { defineProgram, instruct } from "agent-sequencer";
export default defineProgram({
  name: "wrong",
  description: "Goes wrong.",
  async *run() {
    const text: string = yield* instruct("Write.") as any;
    return text.missing.length;
  },
});`,
  });
  const run = await drive(file);
  await run.reply("x");
  expect(run.error?.stack).toBe("at run (wrong.ts:7:25)");
});

test("modules of Node that reach outside are refused in a file, as in the server", async () => {
  const file = files({
    "reads.ts": `import { readFileSync } from "node:fs";
import { defineProgram } from "agent-sequencer";
export default defineProgram({
  name: "reads",
  description: "Reads a file in run.",
  async *run() {
    return readFileSync("/etc/hostname", "utf8");
  },
});`,
  });
  const run = await drive(file);
  expect(run.error).toMatchObject({
    type: "NondeterministicCall",
    message: expect.stringMatching(/fs\.readFileSync was called at .*reads\.ts:7:\d+/),
  });
});

test("review-rounds, which comes with the server, is driven as a file", async () => {
  const run = await drive(
    new URL("../../programs/review-rounds.ts", import.meta.url),
    {},
    { effects: { "hash of the changes": "h" } },
  );
  expect(run.steps.map(({ kind }) => kind)).toEqual(["instruction", "instruction", "instruction"]);
});
