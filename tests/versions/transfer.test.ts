/** Carrying a run to another state folder, with its program's version. */

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { manifestOf, versionOf } from "../../src/catalog/content.ts";
import { asked, Workshop } from "./workshop.ts";

let here: Workshop;
let there: Workshop;
beforeEach(() => {
  here = new Workshop();
  there = new Workshop();
});
afterEach(async () => {
  await here.close();
  await there.close();
});

async function exportOf(id: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of here.sequencer.exportInstance(id)) {
    expect(line.endsWith("\n")).toBe(true);
    lines.push(line.slice(0, -1));
  }
  return lines;
}

/** A run that waits for its second reply, of a program with two modules and a bundle folder. */
async function begun(): Promise<string> {
  here.write("words.ts", 'export const QUESTION = "What?\\u2028";\n');
  here.write("p/rules.md", "Be kind.\n");
  here.write("p/check.sh", "#!/bin/sh\necho checked\n");
  chmodSync(join(here.programsDir, "p/check.sh"), 0o755);
  writeFileSync(join(here.programsDir, "p", "raw.bin"), Buffer.from([0xff, 0x00, 0xfe]));
  here.program(
    "p",
    `const a = yield* instruct("One."); const b = yield* instruct(QUESTION);
     const { stdout } = yield* command(import.meta.dirname + "/p/check.sh", [], { cwd: import.meta.dirname });
     return { a, b, stdout, rules };`,
    { imports: 'import { QUESTION } from "./words.ts"; import rules from "./p/rules.md";' },
  );
  const id = await here.start("p");
  await here.reply(id, { text: "first\u2028reply" });
  return id;
}

test("a run goes on where it is imported, without the program's files and from the first state folder gone", async () => {
  const id = await begun();
  const lines = await exportOf(id);
  await here.sequencer.dispose();
  rmSync(here.stateDir, { recursive: true });
  const imported = await there.sequencer.importInstance(lines);
  expect(imported).toEqual({
    instance_id: id,
    program: "p",
    version: expect.stringMatching(/^[0-9a-f]{32}$/),
    warnings: [],
  });
  expect(asked(await there.current(id))).toEqual([[2, "What?\u2028"]]);
  await there.reply(id, "second");
  const { last_yield } = await there.sequencer.current({ instanceId: id, waitSeconds: 20 });
  expect(last_yield).toEqual({
    kind: "done",
    summary: { a: { text: "first\u2028reply" }, b: "second", stdout: "checked\n", rules: "Be kind.\n" },
  });
});

test("what is imported is what was exported: the same events, the same files, executable where they were", async () => {
  const id = await begun();
  const lines = await exportOf(id);
  const { version } = await there.sequencer.importInstance(lines);
  const files = join(there.stateDir, "versions", version, "files");
  expect(readFileSync(join(files, "p/raw.bin"))).toEqual(Buffer.from([0xff, 0x00, 0xfe]));
  expect(statSync(join(files, "p/check.sh")).mode & 0o111).not.toBe(0);
  expect(statSync(join(files, "p.ts")).mode & 0o111).toBe(0);
  await here.sequencer.dispose();
  here.sequencer = here.open(there.stateDir);
  expect(await exportOf(id)).toEqual(lines);
});

test("an id that is taken is replaced, and the one that was here stays as it is", async () => {
  const id = await begun();
  const lines = await exportOf(id);
  await there.sequencer.importInstance(lines);
  await there.reply(id, "second");
  const log = there.logOf(id);
  const again = await there.sequencer.importInstance(lines);
  expect(again).toMatchObject({ imported_from: id });
  expect(again.instance_id).not.toBe(id);
  expect(there.logOf(id)).toBe(log);
  expect(asked(await there.current(again.instance_id))).toEqual([[2, "What?\u2028"]]);
});

test("a run that has moved to another version is carried with that version", async () => {
  here.program("p", 'yield* instruct("One."); return yield* instruct("Two.");');
  const id = await here.start("p");
  await here.reply(id, 1);
  here.program("p", 'yield* instruct("One."); return yield* instruct("Two, anew.");');
  const { version } = await here.expectAdopted(id);
  expect(await there.sequencer.importInstance(await exportOf(id))).toMatchObject({ version });
  expect((await there.reply(id, "done")).last_yield).toEqual({ kind: "done", summary: "done" });
});

test("what will not work is said: a project folder and packages that are not here", async () => {
  const packages = join(here.programsDir, "node_modules", "left");
  mkdirSync(packages, { recursive: true });
  writeFileSync(join(packages, "package.json"), '{ "name": "left", "version": "1.2.3", "main": "index.js" }');
  writeFileSync(join(packages, "index.js"), "module.exports = { left: 1 };");
  here.program("p", 'return yield* instruct("One " + left);', { imports: 'import { left } from "left";' });
  const lines = await exportOf(await here.start("p"));
  await here.sequencer.dispose();
  rmSync(join(here.folder, "project"), { recursive: true });
  const { warnings, instance_id } = await there.sequencer.importInstance(lines);
  expect(warnings).toEqual([expect.stringContaining("does not exist here"), expect.stringContaining("left")]);
  await expect(there.current(instance_id)).rejects.toMatchObject({ code: "PackagesChanged" });
});

describe("an export that was tampered with is refused, and nothing is written", () => {
  type Line = { [key: string]: any };
  let lines: string[];
  beforeEach(async () => {
    lines = await exportOf(await begun());
  });

  async function expectRefused(tampered: string[], fact: RegExp) {
    const error = await there.sequencer.importInstance(tampered).then(
      () => expect.fail("it was taken"),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "InvalidExport" });
    expect(error.message).toMatch(fact);
    expect((await there.sequencer.list({ filter: "all" })).total).toBe(0);
    expect(existsSync(join(there.stateDir, "versions"))).toBe(false);
  }

  /** With one kind of line changed, and the sums made right again. */
  function changed(change: (lines: Line[]) => void): string[] {
    const parsed: Line[] = lines.slice(0, -1).map((line) => JSON.parse(line));
    change(parsed);
    return seal(parsed.map((line) => JSON.stringify(line)));
  }

  function seal(body: string[]): string[] {
    const { createHash } = process.getBuiltinModule("node:crypto");
    const sha256 = createHash("sha256")
      .update(body.map((line) => `${line}\n`).join(""))
      .digest("hex");
    const count = (key: string) => body.filter((line) => line.startsWith(`{"${key}"`)).length;
    return [...body, JSON.stringify({ end: { files: count("file"), events: count("event"), sha256 } })];
  }

  const sha256 = (text: string) =>
    process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
  const fileOf = (all: Line[], id: string) => all.find(({ file }) => file === id)!;

  test("a changed source", async () => {
    await expectRefused(
      changed((all) => {
        fileOf(all, "words.ts")["text"] += "// more";
      }),
      /checksum/,
    );
  });

  test("a changed source with its checksum made right", async () => {
    const tampered = changed((all) => {
      const file = fileOf(all, "words.ts");
      file["text"] += "// more";
      file["sha256"] = sha256(file["text"]);
    });
    await expectRefused(tampered, /not those of the version/);
  });

  test("a changed source with everything made right but the events", async () => {
    const tampered = changed((all) => {
      const file = fileOf(all, "words.ts");
      file["text"] += "// more";
      file["sha256"] = sha256(file["text"]);
      const files = new Map(
        all
          .filter((line) => line["file"])
          .map((line) => [
            line["file"] as string,
            {
              bytes: Buffer.from(
                line["text"] ?? line["base64"],
                line["text"] === undefined ? "base64" : "utf8",
              ),
              executable: false,
            },
          ]),
      );
      all[0]!["version"] = versionOf(manifestOf({ entry: all[0]!["entry"], files, packages: [] }));
    });
    await expectRefused(tampered, /another program or version/);
  });

  test("a byte that was changed anywhere", async () => {
    const at = lines.findIndex((line) => line.includes("first\u2028reply"));
    await expectRefused(lines.with(at, lines[at]!.replace("first", "worst")), /not those that were exported/);
  });

  test.each([
    "../out.ts",
    "/etc/passwd",
    "a/../../b",
    "a//b",
    "",
    ".",
    "a\\b",
    "a\0b",
    `${"x".repeat(300)}.ts`,
  ])("a file named %j", async (name) => {
    const tampered = changed((all) => {
      all.splice(1, 0, { file: name, sha256: sha256("x"), text: "x" });
    });
    await expectRefused(tampered, /no name of a file/);
  });

  test("a file that is also a folder", async () => {
    await expectRefused(
      changed((all) => {
        all.splice(1, 0, { file: "p.ts/x", sha256: sha256("x"), text: "x" });
      }),
      /cannot both be files/,
    );
  });

  test("a file twice", async () => {
    await expectRefused(
      changed((all) => {
        all.splice(1, 0, all[1]!);
      }),
      /cannot both be files/,
    );
  });

  test("more than a program may hold", async () => {
    const text = "x".repeat(17 * 1024 * 1024);
    const tampered = changed((all) => {
      all.splice(
        1,
        0,
        { file: "big-1", sha256: sha256(text), text },
        { file: "big-2", sha256: sha256(text), text },
      );
    });
    await expectRefused(tampered, /too large/);
  });

  test("without its program's module", async () => {
    await expectRefused(
      changed((all) => {
        all.splice(
          all.findIndex(({ file }) => file === "p.ts"),
          1,
        );
      }),
      /module "p.ts" is missing/,
    );
  });

  test("events that cannot follow each other", async () => {
    await expectRefused(
      changed((all) => {
        all.splice(
          all.findIndex(({ event }) => event?.type === "step_issued"),
          1,
        );
      }),
      /cannot follow each other/,
    );
  });

  test("events that are no events", async () => {
    await expectRefused(
      changed((all) => {
        all.push({ event: { type: "started" } });
      }),
      /no type or no time/,
    );
    await expectRefused(
      changed((all) => {
        all.splice(-3, 3);
        all.push({ event: { type: "started", at: "now" } });
      }),
      /cannot follow each other/,
    );
  });

  test("an id that is a path", async () => {
    await expectRefused(
      changed((all) => {
        all[0]!["instance_id"] = "../x";
      }),
      /instance id/,
    );
  });

  test("a part of the file", async () => {
    await expectRefused([], /empty/);
    for (let length = 1; length < lines.length; length++)
      await expectRefused(lines.slice(0, length), /ends in the middle/);
    await expectRefused([...lines, lines[1]!], /something follows/);
    await expectRefused(["not json"], /not JSON/);
    await expectRefused(['{"a":1}'], /not an export/);
  });

  test("what a newer version wrote, by its name", async () => {
    const newer = changed((all) => {
      all.push({ event: { type: "levitated", at: "2030-01-01T00:00:00.000Z" } });
    });
    await expect(there.sequencer.importInstance(newer)).rejects.toMatchObject({
      code: "LogFromNewerVersion",
    });
    const format = changed((all) => {
      all[0]!["agent_sequencer_export"] = 2;
    });
    await expect(there.sequencer.importInstance(format)).rejects.toMatchObject({
      code: "LogFromNewerVersion",
    });
  });
});

test("a run whose log or version cannot be read is not exported", async () => {
  const id = await begun();
  const { version } = await here.current(id);
  await here.sequencer.dispose();
  rmSync(join(here.stateDir, "versions", version), { recursive: true });
  here.sequencer = here.open();
  await expect(exportOf(id)).rejects.toMatchObject({ code: "VersionMissing" });
  const path = join(here.stateDir, `${id}.jsonl`);
  writeFileSync(path, readFileSync(path, "utf8").replace("One.", "Own."));
  await expect(exportOf(id)).rejects.toMatchObject({ code: "CorruptedLog" });
  await expect(exportOf("01ARZ3NDEKTSV4RRFFQ69G5FAV")).rejects.toMatchObject({ code: "UnknownInstance" });
});
