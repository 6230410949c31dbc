/** `programs`, `list`, `prune`, and what happens to calls that make no sense. */

import { describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { RecordedEvent } from "../../src/cli/history.ts";
import { placesOf } from "../../src/cli/places.ts";
import { prune } from "../../src/cli/prune.ts";
import { SequencerError } from "../../src/errors.ts";
import type { ListEntry } from "../../src/instances/answer.ts";
import { scriptedSequencer } from "../server/fake-sequencer.ts";
import { createTerminal, roomsWith } from "./fake-terminal.ts";

const NOW = Date.parse("2025-06-01T00:00:00.000Z");
const DAY = 86_400_000;

function entry(id: string, changes: Partial<ListEntry> = {}): ListEntry {
  return {
    instance_id: id.padStart(26, "0"),
    program: "hello",
    version: "v1",
    state: "awaiting_result",
    closed: false,
    step_no: 2,
    started_at: "2025-05-31T23:00:00.000Z",
    updated_at: new Date(Date.now() - 5 * 60_000 - 10).toISOString(),
    project_dir: "/project",
    progress_hint: { current: 1, of: 2, label: "greeting Ada" },
    ...changes,
  };
}

/** Pages of two. */
function listing(entries: readonly ListEntry[]) {
  return scriptedSequencer({
    async list({ cursor }) {
      const from = Number(cursor ?? 0);
      const next = from + 2 < entries.length ? String(from + 2) : null;
      return { instances: entries.slice(from, from + 2), total: entries.length, next_cursor: next };
    },
    close: async ({ instanceId }) => ({ instance_id: instanceId, closed: true, deleted: true }),
  });
}

describe("programs", () => {
  const sequencer = () =>
    scriptedSequencer({
      listPrograms: async () => ({
        programs: [
          {
            name: "hello",
            description: "Greet each name in turn.",
            params_schema: {
              type: "object",
              properties: { names: { type: "array", items: { type: "string" } } },
            },
            source: "bundled",
            file: "/p/hello.ts",
            version: "v1",
          },
          {
            name: "a",
            description: "",
            params_schema: null,
            source: "project",
            file: "/p/a.ts",
            version: "v2",
          },
        ],
        problems: [{ file: "/p/broken.ts", line: 3, column: 7, message: "Unexpected token" }],
      }),
    });

  it("shows what can be run, and beside it what does not load", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ sequencer: sequencer() });
    expect(await runCommandLine(["programs"], "1.0.0", terminal, rooms)).toBe(0);
    expect(terminal.answered).toMatchInlineSnapshot(`
      "PROGRAM  FROM     DESCRIPTION
      hello    bundled  Greet each name in turn.
        params { names?: string[] }
      a        project
      "
    `);
    expect(terminal.told).toMatchInlineSnapshot(`
      "does not load /p/broken.ts:3:7
        Unexpected token
      "
    `);
  });

  it("--json gives everything", async () => {
    const terminal = createTerminal();
    const fake = sequencer();
    await runCommandLine(["programs", "hel", "--json"], "1.0.0", terminal, roomsWith({ sequencer: fake }));
    expect(JSON.parse(terminal.answered)).toEqual(await fake.listPrograms());
    expect(fake.calls[0]).toEqual({ method: "listPrograms", request: "hel" });
  });
});

describe("list", () => {
  it("shows the active runs of all pages", async () => {
    const sequencer = listing([
      entry("1"),
      entry("2", { progress_hint: null, state: "waiting", project_dir: "/other" }),
      entry("3", { state: "unreadable", program: "", problem: "line 3 is damaged", progress_hint: null }),
    ]);
    const terminal = createTerminal();
    expect(await runCommandLine(["list"], "1.0.0", terminal, roomsWith({ sequencer }))).toBe(0);
    expect(terminal.answered).toMatchInlineSnapshot(`
      "INSTANCE                    PROGRAM  STATE            STEP  UPDATED    PROGRESS           PROJECT
      00000000000000000000000001  hello    awaiting_result  2     5 min ago  1/2 greeting Ada   /project
      00000000000000000000000002  hello    waiting          2     5 min ago                     /other
      00000000000000000000000003  -        unreadable       2     5 min ago  line 3 is damaged  /project
      "
    `);
    expect(sequencer.calls[0]!.request).toMatchObject({ filter: "active", includeClosed: false });
  });

  it("--all asks for ended and closed ones too, and says which are closed", async () => {
    const sequencer = listing([entry("1", { closed: true })]);
    const terminal = createTerminal();
    await runCommandLine(["list", "--all"], "1.0.0", terminal, roomsWith({ sequencer }));
    expect(terminal.answered).toContain("awaiting_result, closed");
    expect(sequencer.calls[0]!.request).toMatchObject({ filter: "all", includeClosed: true });
  });

  it("--json gives one array, an empty one too", async () => {
    const terminal = createTerminal();
    await runCommandLine(["list", "--json"], "1.0.0", terminal, roomsWith({ sequencer: listing([]) }));
    expect(JSON.parse(terminal.answered)).toEqual([]);
  });
});

describe("prune", () => {
  const ended = (id: string, state: ListEntry["state"], days: number, changes: Partial<ListEntry> = {}) =>
    entry(id, { state, updated_at: new Date(NOW - days * DAY).toISOString(), ...changes });
  const ENTRIES = [
    ended("COMPLETED31", "completed", 31),
    ended("COMPLETED29", "completed", 29),
    ended("ABORTED8", "aborted", 8),
    ended("ABORTED6", "aborted", 6),
    ended("CANCELLED8", "cancelled", 8),
    ended("FAILED91", "failed", 91),
    ended("FAILED89", "failed", 89),
    ended("WAITING999", "waiting", 999),
    ended("STALLED999", "stalled", 999),
    ended("CLOSED999", "awaiting_result", 999, { closed: true }),
    ended("ALIEN999", "unreadable", 999),
  ];
  const OVER = ["COMPLETED31", "ABORTED8", "CANCELLED8", "FAILED91"].map((id) => id.padStart(26, "0"));

  it("removes what ended long enough ago, and nothing else", async () => {
    const sequencer = listing(ENTRIES);
    const terminal = createTerminal();
    expect(await prune({}, terminal, roomsWith({ sequencer }), NOW)).toBe(0);
    const removed = sequencer.calls.filter(({ method }) => method === "close");
    expect(removed.map(({ request }) => request)).toEqual(
      OVER.map((instanceId) => ({ instanceId, deleteLog: true })),
    );
    expect(terminal.told).toContain("4 of 11 runs removed");
  });

  it("counts from when a log was written: a fork or an import of an old run is new", async () => {
    const old = ended("1", "completed", 400);
    const removedAfter = async (days: number) => {
      const sequencer = listing([old]);
      const written = { [old.instance_id]: NOW - days * DAY };
      await prune({}, createTerminal(), roomsWith({ sequencer, written }), NOW);
      return sequencer.calls.some(({ method }) => method === "close");
    };
    expect([await removedAfter(29), await removedAfter(31)]).toEqual([false, true]);
  });

  it("--dry-run names the same and removes nothing", async () => {
    const sequencer = listing(ENTRIES);
    const terminal = createTerminal();
    await prune({ dryRun: true }, terminal, roomsWith({ sequencer }), NOW);
    expect(sequencer.calls.map(({ method }) => method)).not.toContain("close");
    expect(
      terminal.answered
        .trimEnd()
        .split("\n")
        .map((line) => line.slice(0, 26)),
    ).toEqual(OVER);
    expect(terminal.told).toContain("4 of 11 runs would be removed");
  });

  it("goes on after a run that cannot be removed, and exits with 1", async () => {
    const [first, second] = ENTRIES.filter(({ instance_id }) => OVER.includes(instance_id));
    const sequencer = {
      ...listing([first!, second!]),
      async close({ instanceId }: { instanceId: string }) {
        if (instanceId === first!.instance_id) throw new SequencerError("StateDirUnusable", "EACCES");
        return { instance_id: instanceId, closed: true as const, deleted: true };
      },
    };
    const terminal = createTerminal();
    expect(await prune({}, terminal, roomsWith({ sequencer }), NOW)).toBe(1);
    expect(terminal.told).toContain("stays: EACCES");
    expect(terminal.told).toContain("1 of 2 runs removed");
  });

  const adopted: RecordedEvent[] = [
    { seq: 0, event: { type: "started", at: "", program: { name: "hello", version: "first" } } as never },
    { seq: 1, event: { type: "version_adopted", at: "", version: "second", previous: "first" } },
  ];
  const versions = [
    { version: "first", storedAtMs: NOW - 2 * DAY },
    { version: "second", storedAtMs: NOW - 2 * DAY },
    { version: "unneeded", storedAtMs: NOW - 2 * DAY },
    { version: "young", storedAtMs: NOW - DAY / 2 },
  ];

  it("removes versions that no log names, unless they are young", async () => {
    const kept = ended("1", "completed", 1);
    const removed: string[] = [];
    const rooms = roomsWith({
      sequencer: listing([kept]),
      events: { [kept.instance_id]: adopted },
      versions,
      removed,
    });
    await prune({ dryRun: true }, createTerminal(), rooms, NOW);
    expect(removed).toEqual([]);
    await prune({}, createTerminal(), rooms, NOW);
    expect(removed).toEqual(["unneeded"]);
  });

  it.each([
    ["is listed as unreadable", [ended("1", "unreadable", 1)], { ["1".padStart(26, "0")]: adopted }],
    ["turns out to be unreadable", [ended("1", "completed", 1)], {}],
  ])("removes no version while a log %s", async (_, entries, events) => {
    const removed: string[] = [];
    const rooms = roomsWith({ sequencer: listing(entries), events, versions, removed });
    await prune({}, createTerminal(), rooms, NOW);
    expect(removed).toEqual([]);
  });
});

describe("calls that make no sense", () => {
  it.each([
    [["programms"], "Did you mean programs?"],
    [["list", "--josn"], "Did you mean --json?"],
    [["show"], "missing required argument"],
    [["show", "a", "b"], "too many arguments"],
    [["run", "--params"], "argument missing"],
  ])("%j: say so and exit with 2", async (args, expected) => {
    const terminal = createTerminal();
    expect(await runCommandLine(args, "1.0.0", terminal, roomsWith({}))).toBe(2);
    expect(terminal.told).toContain(expected);
    expect(terminal.answered).toBe("");
  });

  it.each([["--help"], ["help"], ["run", "--help"]])("but %s is help, and exits with 0", async (...args) => {
    const terminal = createTerminal();
    expect(await runCommandLine(args, "1.0.0", terminal, roomsWith({}))).toBe(0);
    expect(terminal.answered).toContain("Usage: agent-sequencer");
  });

  it("tells the version", async () => {
    const terminal = createTerminal();
    expect(await runCommandLine(["--version"], "1.2.3", terminal, roomsWith({}))).toBe(0);
    expect(terminal.answered).toBe("1.2.3\n");
  });

  it("show an error that nobody foresaw with its place, and exit with 1", async () => {
    const terminal = createTerminal();
    expect(await runCommandLine(["list"], "1", terminal, roomsWith({}))).toBe(1);
    expect(terminal.told).toMatch(/unexpected: Error: this command needs no sequencer\n\s+at /);
  });
});

describe("places", () => {
  const from = (env: Record<string, string>) =>
    placesOf({ env, cwd: "/work", home: "/home/ada", bundled: "/package/programs" });

  it("are the user's own by default", () => {
    expect(from({})).toEqual({
      stateDir: "/home/ada/.claude/sequencer/instances",
      projectDir: "/work",
      home: "/home/ada",
      programDirs: ["/package/programs"],
    });
  });

  it("come from the environment, with the bundled programs last", () => {
    const places = from({
      AGENT_SEQUENCER_STATE_DIR: "~/state",
      AGENT_SEQUENCER_PROGRAMS_DIR: "/a::b",
      CLAUDE_PROJECT_DIR: "project",
    });
    expect(places.stateDir).toBe("/home/ada/state");
    expect(places.projectDir).toBe("/work/project");
    expect(places.programDirs).toEqual(["/a", "/work/b", "/package/programs"]);
  });

  it("are not changed by empty variables", () => {
    const empty = { AGENT_SEQUENCER_STATE_DIR: "", AGENT_SEQUENCER_PROGRAMS_DIR: "", CLAUDE_PROJECT_DIR: "" };
    expect(from(empty)).toEqual(from({}));
  });
});
