/** `show`: a run as lines. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { historyOf, type RecordedEvent } from "../../src/cli/history.ts";
import type { EventLog } from "../../src/log/event-log.ts";
import { INSTANCE_ID } from "../server/fake-sequencer.ts";
import { createTerminal, roomsWith } from "./fake-terminal.ts";
import { at, ENDINGS, issue, numbered, RUN, STARTED, TREE } from "./run-events.ts";

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("show", () => {
  it("tells what happened, when, and how long it took", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ events: { [INSTANCE_ID]: numbered(RUN) } });
    expect(await runCommandLine(["show", INSTANCE_ID], "1.0.0", terminal, rooms)).toBe(0);
    expect(terminal.answered).toMatchInlineSnapshot(`
      "hello  01JDQ3V5Z8M4X7C2B9N6K1H0GT
      started 2025-03-01 10:00:00 · version 0123456789ab · /project
      params {"names":["Ada"]}

      2025-03-01 10:00:00   1  instruction  Greet 'Ada'.
      2025-03-01 10:00:07        rejected   {"messge":"Hi"}  (attempt 1 of 5, asked again, after 7.1 s)
                                            $.message is missing
                                            $.messge is not a property that the schema knows
      2025-03-01 10:01:10   2    reply      {"message":"Hi"}  (attempt 2 of 5, sent as text, after 1 min 2 s)
      2025-03-01 10:01:10   3  command      npm test
      2025-03-01 10:01:10        again        (attempt 2, it was interrupted)
      2025-03-01 10:01:10        failed     Error: ENOENT  (attempt 2, after 90 ms)
      2025-03-01 10:01:10   4  signal       go
      2025-03-02 10:00:00        signal     true  (after 23 h 58 min)
      2025-03-02 10:00:00      closed
      2025-03-02 10:00:00      reopened
      2025-03-02 10:00:00      failed       StepFailed: too late  (after 24 h 0 min)
                                            at run (hello.ts:12:5)
      "
    `);
  });

  it("draws branches, called programs and all that can be waited for", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ events: { [INSTANCE_ID]: numbered(TREE) } });
    await runCommandLine(["show", INSTANCE_ID], "1.0.0", terminal, rooms);
    expect(terminal.answered).toMatchInlineSnapshot(`
      "hello  01JDQ3V5Z8M4X7C2B9N6K1H0GT
      started 2025-03-01 10:00:00 · version 0123456789ab · /project
      params {"names":["Ada"]}

      10:00:00.001      parallel     3 branches
      10:00:00.001   1  ├ 0  instruction  Review a.ts  (1/4 reviewing)
      10:00:12.000      │      reply      {"ok":true}  (after 12.0 s)
      10:00:12.000   5  │    effect       save the findings
      10:00:12.010      │      result     {"written":7}  (after 10 ms)
      10:00:00.001   2  ├ 1  command      npm run "a b"
      10:00:13.000      │      exit 1     code 1  (after 13.0 s)
      10:00:00.001      └ 2  parallel     2 branches
      10:00:00.001   3       ├ 0  sleep        until 2025-03-01 10:01:30
      10:00:20.000           │      cancelled  another branch of the race ended first  (after 20.0 s)
      10:00:00.001   4       └ 1  ask          Go on?  (until 2025-03-01 11:00:00)
      10:00:14.000                  no answer  Declined: no answer  (the question goes to the agent)
      10:00:20.000                  reply      "yes"  (brought by the agent, after 20.0 s)
      10:00:20.500      signal       approve "early"  (kept until the program waits for it)
      10:00:21.000   6  call         greet {"name":"Ada"}
      10:00:21.000   7  │ instruction  Greet Ada
      10:00:22.000      │   reply      "Hi"  (by a person, after 1.0 s)
      10:00:22.000   8  │ signal       approve
      10:00:22.000      │   signal     "early"  (had come before)
      10:00:22.000   9  signal       go
      10:00:23.000        signal     {"by":"Bob"}  (after 1.0 s)
      10:00:23.000  10  effect       upload
      10:01:00.001        again        (attempt 2, it was interrupted)
      10:01:00.090        failed     Error: ENOENT  (attempt 2, after 37.1 s)
      10:01:00.090  11  sleep        until 2025-03-01 10:01:01
      10:01:01.000        time is up    (after 910 ms)
      10:01:01.000      completed    {"done":true}  (after 1 min 1 s)
      "
    `);
  });

  it("says how a run came to its end: forked, moved to another version, cancelled, cut off", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ events: { x: numbered(ENDINGS) } });
    await runCommandLine(["show", "x"], "1", terminal, rooms);
    expect(terminal.answered).toMatchInlineSnapshot(`
      "hello  x
      started 2025-03-01 10:00:00 · version 0123456789ab · /project
      params {"names":["Ada"]}
      forked from 01JDQ3V5Z8M4X7C2B9N6K1H0GT before step 2

      10:00:00.001   1  instruction  Go.  (until 2025-03-01 10:00:00)
      10:00:00.002        cancelled  the new version does not ask it  (after 1 ms)
      10:00:00.002      version      old → new  (step 1 withdrawn)
      10:00:00.003   2  instruction  Go now.  (until 2025-03-01 10:00:00)
      10:00:00.500        timed out    (after 497 ms)
      10:00:00.500   3  failed       invalid_schema: no such format
      10:00:00.501      closed
      10:00:00.502      reopened
      10:00:00.600      cancel       enough
      10:00:00.600   4  instruction  Tidy up.
      10:00:00.700      cancelled    enough  (after 700 ms, the program was stuck; its cleanup did not run)
      10:00:00.701      storage      EIO
      "
    `);
  });

  it("says whom a run waits for, and colours it at a terminal", async () => {
    const terminal = createTerminal({ isTTY: true });
    const rooms = roomsWith({ events: { x: numbered(TREE.slice(0, 6)) } });
    await runCommandLine(["show", "x"], "1", terminal, rooms);
    const escaped = terminal.answered.replaceAll("\u001b", "^");
    expect(escaped).toMatchInlineSnapshot(`
      "^[1mhello^[22m  x
      ^[2mstarted 2025-03-01 10:00:00 · version 0123456789ab · /project^[22m
      ^[2mparams {"names":["Ada"]}^[22m

      ^[2m10:00:00.001^[22m      ^[36mparallel   ^[39m  3 branches
      ^[2m10:00:00.001^[22m   1  ^[2m├ 0  ^[22m^[36minstruction^[39m  Review a.ts^[2m  (1/4 reviewing)^[22m
                        ^[2m│      ^[22m^[1mawaits   ^[22m  the agent's reply
      ^[2m10:00:00.001^[22m   2  ^[2m├ 1  ^[22m^[36mcommand    ^[39m  npm run "a b"
                        ^[2m│      ^[22m^[1mawaits   ^[22m  its end, it is running
      ^[2m10:00:00.001^[22m      ^[2m└ 2  ^[22m^[36mparallel   ^[39m  2 branches
      ^[2m10:00:00.001^[22m   3  ^[2m     ├ 0  ^[22m^[36msleep      ^[39m  until 2025-03-01 10:01:30
                        ^[2m     │      ^[22m^[1mawaits   ^[22m  the clock
      ^[2m10:00:00.001^[22m   4  ^[2m     └ 1  ^[22m^[36mask        ^[39m  Go on?^[2m  (until 2025-03-01 11:00:00)^[22m
                                    ^[1mawaits   ^[22m  a person, whom the agent asks

      ^[1mstep 1 (instruction) awaits the agent's reply^[22m
      ^[1mstep 2 (command) awaits its end, it is running^[22m
      ^[1mstep 3 (sleep) awaits the clock^[22m
      ^[1mstep 4 (ask) awaits a person, whom the agent asks^[22m
      "
    `);
  });

  it("--json gives the events, one a line, as they stand in the log", async () => {
    const terminal = createTerminal();
    const rooms = roomsWith({ events: { [INSTANCE_ID]: numbered(RUN) } });
    await runCommandLine(["show", INSTANCE_ID, "--json"], "1.0.0", terminal, rooms);
    const lines = terminal.answered.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(RUN.map((event, seq) => ({ seq, ...event })));
  });

  it("cuts long texts, and lets nothing in them move the cursor", async () => {
    const text = `\u001b[2J${"long ".repeat(1_000)}`;
    const events = { x: numbered([STARTED, issue(1, 1, { text })]) };
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    await runCommandLine(["show", "x"], "1", terminal, roomsWith({ events }));
    const line = terminal.answered.split("\n").find((each) => each.includes("instruction  "))!;
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
    for await (const recorded of historyOf({ open: () => log, list: () => [] })
      .open("x")
      .readOn())
      read.push(recorded);
    expect(read).toEqual([
      { seq: 4, event: STARTED },
      { seq: 5, event: { type: "closed", at: at(1) } },
    ]);
  });
});
