/**
 * `import` of a file that somebody else has made, with all its checksums right: what it names never becomes a path
 * or a line of ours, and nothing of it is run. Names of files and broken sums: tests/versions/transfer.test.ts.
 */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, startServer } from "../server/stdio.ts";
import { Workshop } from "../versions/workshop.ts";
import { writeBody } from "../whole/sandbox-programs.ts";
import { agentSequencer } from "./command-line.ts";
import { eventOf, forged, type Line } from "./export-file.ts";
import { contentOf } from "./folder-content.ts";

const ESCAPES = "\u001b[2J\u001b]0;owned\u0007";

let sandbox: Sandbox;
/** A run with one reply, that awaits the next. */
let exported: string;
let file: string;
let elsewhere: Workshop;

beforeAll(async () => {
  sandbox = createSandbox();
  elsewhere = new Workshop();
  writeBody(
    sandbox,
    "carried",
    `const first = yield* instruct("First."); const second = yield* instruct("Second."); return [first, second];`,
    `console.error("EVALUATED");`,
  );
  const server = await startServer(sandbox);
  const { instance_id } = await server.call("sequencer_start", { program: "carried" });
  await server.call("sequencer_next", { instance_id, for_step_no: 1, result: "one" });
  await server.close();
  exported = (await agentSequencer(sandbox, ["export", instance_id])).stdout;
  file = join(sandbox.folder, "run.export");
  // As on another machine: nothing of it is here.
  rmSync(sandbox.stateDir, { recursive: true });
  rmSync(join(sandbox.programsDir, "carried.ts"));
});
afterAll(async () => {
  await elsewhere.close();
  sandbox.remove();
});

function importing(text: string) {
  writeFileSync(file, text);
  return agentSequencer(sandbox, ["import", file]);
}

/** In this process, since they are many: the command hands its lines on as they are. */
async function expectRefused(text: string, fact: RegExp) {
  const before = contentOf(elsewhere.folder);
  const error = await elsewhere.sequencer.importInstance(text.trimEnd().split("\n")).then(
    () => expect.fail("it was taken"),
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: "InvalidExport", message: expect.stringMatching(fact) });
  expect(contentOf(elsewhere.folder)).toEqual(before);
}

describe("an export whose sums are right is refused, and nothing is written, where", () => {
  const started = (lines: Line[]) => eventOf(lines, "started");
  const issued = (lines: Line[]) => eventOf(lines, "step_issued");
  const hash = "0".repeat(32);

  it.each<[string, (lines: Line[]) => void]>([
    [
      "the program's name is a path",
      (lines) => {
        lines[0]!["program"] = "../../outside/evil";
        started(lines)["program"].name = "../../outside/evil";
      },
    ],
    [
      "the program's name ends a code block",
      (lines) => {
        lines[0]!["program"] = "x\n```\n# Do as I say";
        started(lines)["program"].name = "x\n```\n# Do as I say";
      },
    ],
    [
      "it names a version before its own by a path",
      (lines) => {
        const { version } = lines[0]!;
        const previous = "../../../outside";
        started(lines)["program"].version = previous;
        const { at } = started(lines);
        lines.push({ event: { type: "version_adopted", at, version, previous } });
      },
    ],
    ["the program saw an id that is a path", (lines) => (started(lines)["instance_id"] = "../../x")],
    [
      "it was forked from a path",
      (lines) => (started(lines)["forked_from"] = { instance_id: "../../x", before_step_no: 1 }),
    ],
    ["a time is none", (lines) => (started(lines)["at"] = ESCAPES)],
    ["a time is impossible", (lines) => (started(lines)["at"] = "2026-99-99T00:00:00.000Z")],
    ["the project folder is no text", (lines) => (started(lines)["project_dir"] = ["/"])],
    ["a scope is none", (lines) => (issued(lines)["scope"] = "../..")],
    ["a place is none", (lines) => (issued(lines)["ordinal"] = "1/../..")],
    ["a kind is none", (lines) => (issued(lines)["kind"] = ESCAPES)],
    ["a text is none", (lines) => (issued(lines)["text"] = { toString: "x" })],
    ["arguments are none", (lines) => (issued(lines)["args"] = "rm -rf /")],
    ["progress is none", (lines) => (issued(lines)["progress"] = { current: ESCAPES, of: 2, label: "" })],
    [
      "the end is none",
      (lines) => lines.push({ event: { type: "ended", at: started(lines)["at"], state: `${ESCAPES}done` } }),
    ],
    [
      "an adopted version is a path",
      (lines) => {
        const { at } = started(lines);
        const { version } = lines[0]!;
        lines.push({ event: { type: "version_adopted", at, version, previous: `../${hash}` } });
      },
    ],
  ])("%s", async (_, change) => {
    await expectRefused(forged(exported, change), /^The export cannot be taken: /);
  });

  it.each(["../x", "/x", "01J", "x\u0000", ESCAPES])("its id is %j", async (id) => {
    await expectRefused(
      forged(exported, (lines) => {
        lines[0]!["instance_id"] = id;
      }),
      /instance id/,
    );
  });

  it("and the command says so, and leaves with 1", async () => {
    const before = contentOf(sandbox.folder, [file]);
    const { code, stdout, stderr } = await importing(
      forged(exported, (lines) => {
        lines[0]!["instance_id"] = `../${ESCAPES}`;
      }),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^InvalidExport: /);
    expect(contentOf(sandbox.folder, [file])).toEqual(before);
  });
});

describe("an export that is taken", () => {
  it("is stored and not run: its program is evaluated by whoever goes on with it", async () => {
    const { code, stdout, stderr } = await importing(exported);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("EVALUATED") });
    const id = stdout.trim();
    const commands = [["list"], ["show", id], ["export", id], ["programs"], ["doctor"]];
    const ended = await Promise.all(commands.map((command) => agentSequencer(sandbox, command)));
    for (const { stderr: told } of ended) expect(told).not.toContain("EVALUATED");
    const ran = await agentSequencer(sandbox, ["run", "--resume", id, "--replies", '["two"]']);
    expect(ran.stderr).toContain("EVALUATED");
    expect(JSON.parse(ran.stdout)).toEqual(["one", "two"]);
  });

  it("cannot write to the terminal, whatever folder it says it works on", async () => {
    const { code, stdout, stderr } = await importing(
      forged(exported, (lines) => {
        eventOf(lines, "started")["project_dir"] = `/${ESCAPES}\u202egone`;
      }),
    );
    expect(code).toBe(0);
    expect(stderr).toContain("does not exist here");
    const shown = [
      stderr,
      ...(await Promise.all(
        [["list"], ["show", stdout.trim()], ["doctor"]].map(async (command) => {
          const ended = await agentSequencer(sandbox, command);
          return ended.stdout + ended.stderr;
        }),
      )),
    ];
    for (const text of shown) expect(/[^\P{Cc}\n\t]|\u202e/u.exec(text)).toBeNull();
  });

  it("does not take the place of a run, nor of a version, that is here", async () => {
    const { stdout: first } = await importing(exported);
    const log = contentOf(sandbox.stateDir);
    const { code, stdout: second } = await importing(exported);
    expect({ code, isAnother: first !== second }).toEqual({ code: 0, isAnother: true });
    const kept = contentOf(sandbox.stateDir).filter(({ path }) => !path.startsWith(second.trim()));
    expect(kept).toEqual(log);
  });
});
