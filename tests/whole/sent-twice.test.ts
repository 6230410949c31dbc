import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram, writeSum } from "./sandbox-programs.ts";

describe("what is sent twice at once", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeEach(async () => {
    sandbox = createSandbox();
    writeSum(sandbox);
    writeProgram(
      sandbox,
      "slow",
      `import { sideEffect } from "agent-sequencer";
      import { setTimeout as sleep } from "node:timers/promises";
      export default defineProgram({
        name: "slow",
        description: "Has something to do after each reply.",
        async *run() {
          yield* instruct("Say something.");
          yield* sideEffect("work", () => sleep(300, "done"));
          return (yield* instruct("Say more.")) as any;
        },
      });`,
    );
    server = await startServer(sandbox);
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  it("a reply: one caller is told that it is a duplicate, also while an effect that it set off still runs", async () => {
    const { instance_id } = await server.call("sequencer_start", { program: "slow" });
    const reply = { instance_id, for_step_no: 1, result: "something" };
    const answers = await Promise.all([1, 2, 3].map(() => server.call("sequencer_next", reply)));
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([undefined, true, true]);
    for (const answer of answers) expect(answer).toMatchObject({ state: "awaiting_result", step_no: 3 });
  });

  it("a start: all callers get one run, which goes on undisturbed by those who came late", async () => {
    for (let round = 1; round <= 40; round++) {
      const start = { program: "sum", params: { steps: 3 }, request_id: `round ${round}` };
      const answers = await Promise.all(
        [0, 1, 2, 3].map(async (place) => {
          // Close behind each other: as far apart as one start takes, more or less.
          await new Promise((resolve) => setTimeout(resolve, place * (round % 8)));
          const { instance_id } = await server.call("sequencer_start", start);
          return server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: round } });
        }),
      );
      expect(new Set(answers.map(({ instance_id }) => instance_id)).size).toBe(1);
      for (const answer of answers) expect(answer).toMatchObject({ state: "awaiting_result", step_no: 2 });
    }
  });

  it("nothing: a signal that was recorded while another run's program got stuck is recorded once", async () => {
    writeProgram(
      sandbox,
      "stuck",
      `export default defineProgram({
        name: "stuck",
        description: "Never comes back from its first reply.",
        async *run() {
          yield* instruct("Begin.");
          for (;;);
        },
      });`,
    );
    writeProgram(
      sandbox,
      "listener",
      `import { signal } from "agent-sequencer";
      export default defineProgram({
        name: "listener",
        description: "Waits for signals.",
        signals: { word: z.string() },
        async *run() {
          const words = [];
          for (const _ of [1, 2, 3, 4]) words.push(yield* signal("word"));
          return words;
        },
      });`,
    );
    const impatient = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "1000" } });
    const listener = await impatient.call("sequencer_start", { program: "listener" });
    const stuck = await impatient.call("sequencer_start", { program: "stuck" });
    const { instance_id } = listener;
    await Promise.all([
      impatient.call("sequencer_next", { instance_id: stuck.instance_id, for_step_no: 1, result: null }),
      ...["one", "two"].map((value) =>
        impatient.call("sequencer_signal", { instance_id, name: "word", value }),
      ),
    ]);
    for (const value of ["three", "four"]) {
      await impatient.call("sequencer_signal", { instance_id, name: "word", value });
    }
    const ended = await impatient.call("sequencer_current", { instance_id });
    expect(ended.last_yield).toEqual({ kind: "done", summary: ["one", "two", "three", "four"] });
    await impatient.close();
  });
});
