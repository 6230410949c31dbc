/** `show`: a run as lines. */

import { beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { RecordedEvent } from "../../src/cli/history.ts";
import { historyOf } from "../../src/cli/history.ts";
import type { Event } from "../../src/engine/event.ts";
import type { EventLog } from "../../src/log/event-log.ts";
import { INSTANCE_ID } from "../server/fake-sequencer.ts";
import { createTerminal, roomsWith } from "./fake-terminal.ts";

const at = (ms: number) => new Date(Date.parse("2025-03-01T10:00:00.000Z") + ms).toISOString();
const step = { kind: "instruction", scope: "", ordinal: 1, max_attempts: 5 } as const;

const STARTED: Event = {
  type: "started",
  at: at(0),
  format: 1,
  engine: "1.0.0",
  instance_id: INSTANCE_ID,
  program: { name: "hello", version: "0123456789abcdef0123456789abcdef" },
  params: { names: ["Ada"] },
  seed: "00",
  project_dir: "/project",
  time_zone: "UTC",
  locale: "en",
  node: 20,
};

const RUN: Event[] = [
  STARTED,
  { type: "step_issued", at: at(4), step_no: 1, ...step, text: "Greet\n'Ada'.", attempt: 1 },
  {
    type: "reply_rejected",
    at: at(7_113),
    step_no: 1,
    reply: { messge: "Hi" },
    problems: [
      { path: "$.message", message: "is missing" },
      { path: "$.messge", message: "is not a property that the schema knows" },
    ],
    // biome-ignore lint/suspicious/noThenProperty: the name it has in every log
    then: "retry",
  },
  { type: "step_issued", at: at(7_113), step_no: 2, ...step, text: "Greet\n'Ada'.", attempt: 2 },
  { type: "reply_accepted", at: at(70_000), step_no: 2, reply: { message: "Hi" }, from_string: true },
  {
    type: "step_issued",
    at: at(70_000),
    step_no: 3,
    kind: "command",
    scope: "",
    ordinal: 2,
    label: "npm",
    args: ["test"],
  },
  { type: "effect_started", at: at(70_001), step_no: 3, owner: "o", attempt: 2 },
  { type: "effect_finished", at: at(70_090), step_no: 3, error: { type: "Error", message: "ENOENT" } },
  { type: "step_issued", at: at(70_090), step_no: 4, kind: "signal", scope: "", ordinal: 3, label: "go" },
  { type: "signal_received", at: at(86_400_000), name: "go", value: true },
  { type: "closed", at: at(86_400_000) },
  { type: "reopened", at: at(86_400_001) },
  { type: "step_failed", at: at(86_400_002), step_no: 4, code: "timeout", reason: "too late" },
  {
    type: "ended",
    at: at(86_400_003),
    state: "failed",
    error: { type: "StepFailed", message: "too late", stack: "at run (hello.ts:12:5)" },
  },
];

const numbered = (events: readonly Event[]): RecordedEvent[] => events.map((event, seq) => ({ seq, event }));

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});

describe("show", () => {
  it("tells what happened, when, and how long it took", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ events: { [INSTANCE_ID]: numbered(RUN) } });
    expect(await runCommandLine(["show", INSTANCE_ID], "1.0.0", terminal, rooms)).toBe(0);
    expect(terminal.answered).toMatchInlineSnapshot(`
      "hello  01JDQ3V5Z8M4X7C2B9N6K1H0GT
      started 2025-03-01 10:00:00.000 · version 0123456789ab · /project
      params {"names":["Ada"]}

      10:00:00.004  step 1     instruction  Greet 'Ada'.
      10:00:07.113  step 1     rejected     {"messge":"Hi"}  (attempt 1 of 5, asked again)
                                            $.message is missing
                                            $.messge is not a property that the schema knows
      10:00:07.113  step 2     instruction  Greet 'Ada'.  (attempt 2 of 5)
      10:01:10.000  step 2     reply        {"message":"Hi"}  (after 1 min 2 s, sent as text)
      10:01:10.000  step 3     command      npm test
      10:01:10.001  step 3     running      attempt 2
      10:01:10.090  step 3     threw        Error: ENOENT  (after 90 ms)
      10:01:10.090  step 4     signal       go
      2025-03-02
      10:00:00.000             signal       go true
      10:00:00.000             closed
      10:00:00.001             reopened
      10:00:00.002  step 4     failed       timeout: too late
      10:00:00.003             failed       StepFailed: too late
                                            at run (hello.ts:12:5)
      "
    `);
  });

  it("has a line for every type of event", async () => {
    const others: Event[] = [
      STARTED,
      {
        type: "step_issued",
        at: at(1),
        step_no: 1,
        kind: "sleep",
        scope: "",
        ordinal: 1,
        timeout_at: at(50),
      },
      { type: "timer_fired", at: at(50), step_no: 1 },
      { type: "step_issued", at: at(51), step_no: 2, kind: "effect", scope: "", ordinal: 2, label: "fetch" },
      { type: "effect_finished", at: at(52), step_no: 2, value: 7 },
      { type: "cancel_requested", at: at(53), reason: "enough" },
      { type: "step_cancelled", at: at(53), step_no: 3, reason: "cancelled" },
      { type: "version_adopted", at: at(54), version: "new", previous: "old" },
      { type: "storage_failed", at: at(55), reason: "EIO" },
    ];
    const terminal = createTerminal();
    await runCommandLine(["show", "x"], "1", terminal, roomsWith({ events: { x: numbered(others) } }));
    expect(terminal.answered.trimEnd().split("\n").slice(4)).toMatchInlineSnapshot(`
      [
        "10:00:00.001  step 1     sleep        until 2025-03-01T10:00:00.050Z",
        "10:00:00.050  step 1     time is up     (after 49 ms)",
        "10:00:00.051  step 2     effect       fetch",
        "10:00:00.052  step 2     result       7  (after 1 ms)",
        "10:00:00.053             cancel       enough",
        "10:00:00.053  step 3     cancelled    cancelled",
        "10:00:00.054             version      old → new",
        "10:00:00.055             storage      EIO",
      ]
    `);
  });

  it("--json gives the events, one a line, as they stand in the log", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ events: { [INSTANCE_ID]: numbered(RUN) } });
    await runCommandLine(["show", INSTANCE_ID, "--json"], "1.0.0", terminal, rooms);
    const lines = terminal.answered.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(RUN.map((event, seq) => ({ seq, ...event })));
  });

  it("--follow goes on until the run has ended", async () => {
    const terminal = createTerminal();
    const events = numbered(RUN.slice(0, 2));
    const code = runCommandLine(
      ["show", "x", "--follow"],
      "1",
      terminal,
      roomsWith({ events: { x: events } }),
    );
    await vi.waitUntil(() => terminal.answered.includes("Greet"), { timeout: 10_000 });
    events.push({ seq: 2, event: { type: "ended", at: at(10), state: "completed", summary: 42 } });
    expect(await code).toBe(0);
    expect(terminal.answered).toContain("completed    42");
  });

  it("--follow ends when it is interrupted", async () => {
    const terminal = createTerminal();
    const events = { x: numbered(RUN.slice(0, 2)) };
    const code = runCommandLine(["show", "x", "--follow"], "1", terminal, roomsWith({ events }));
    await vi.waitUntil(() => terminal.answered.includes("Greet"), { timeout: 10_000 });
    terminal.interrupt();
    expect(await code).toBe(130);
  });

  it("cuts long texts, and lets nothing in them move the cursor", async () => {
    const text = `\u001b[2J${"long ".repeat(1_000)}`;
    const events = { x: numbered([STARTED, { type: "step_issued", at: at(1), step_no: 1, ...step, text }]) };
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    await runCommandLine(["show", "x"], "1", terminal, roomsWith({ events }));
    const line = terminal.answered.trimEnd().split("\n").at(-1)!;
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line).toContain("[2Jlong long");
    expect(line).not.toContain("\u001b");
  });
});

describe("history", () => {
  it("numbers events across batches and leaves out what only the file needs", async () => {
    const line = { ...STARTED, seq: 4, off: 100, w: "a.0", crc: "00000000" };
    const log = {
      async *readOn() {
        yield { firstSeq: 4, events: [line], lines: "" };
        yield { firstSeq: 5, events: [{ type: "closed", at: at(1) }], lines: "" };
      },
      close() {},
    } as unknown as EventLog;
    const read: RecordedEvent[] = [];
    for await (const recorded of historyOf({ open: () => log })
      .open("x")
      .readOn())
      read.push(recorded);
    expect(read).toEqual([
      { seq: 4, event: STARTED },
      { seq: 5, event: { type: "closed", at: at(1) } },
    ]);
  });
});
