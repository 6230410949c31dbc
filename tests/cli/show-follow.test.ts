/** `show --follow`: a run as it goes. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { Timeline } from "../../src/cli/timeline.ts";
import { PLAIN } from "../../src/instances/timeline/draw.ts";
import { createTerminal, roomsWith } from "./fake-terminal.ts";
import { at, ENDINGS, numbered, RUN, TREE } from "./run-events.ts";

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("show", () => {
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
});

describe("a line of a run as it goes", () => {
  it.each([
    ["a run over two days", RUN],
    ["a run with branches and a called program", TREE],
    ["a run that was forked, moved and cut off", ENDINGS],
  ])("is there for every event of %s", (_, events) => {
    const timeline = new Timeline(PLAIN, 120);
    expect(`\n${events.flatMap((event) => timeline.linesOf(event)).join("\n")}\n`).toMatchSnapshot();
  });
});
