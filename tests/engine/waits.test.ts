import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../../src/program/ask.ts";
import { command, sideEffect } from "../../src/program/effect.ts";
import { all, race } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import type { StepFailed } from "../../src/program/outcome.ts";
import { signal, sleep } from "../../src/program/wait.ts";
import { program, Run } from "./run.ts";

/** Runs a step and returns what it gave, or why it failed. */
function returning(step: () => any) {
  return async function* () {
    try {
      return { gave: yield* step() };
    } catch (error) {
      const { code, reason } = error as StepFailed;
      return { code, reason };
    }
  };
}

describe("a side effect", () => {
  const effect = () => sideEffect("read", () => "real", { timeout: "1m", onInterrupted: "fail" });

  test("is issued with its label; the function itself is never run here", async () => {
    const run = await Run.start(returning(effect));
    expect(run.step).toMatchObject({
      kind: "effect",
      label: "read",
      options: { on_interrupted: "fail" },
      timeout_at: "2026-01-01T00:01:00.000Z",
    });
    expect(run.execution.stepOf(1)).toMatchObject({ label: "read" });
  });

  test("gives what was recorded", async () => {
    const run = await Run.start(returning(effect));
    await run.happen({ type: "effect_started", step_no: 1, owner: "o", attempt: 1 });
    await run.restart();
    await run.happen({ type: "effect_finished", step_no: 1, value: { a: 1 } });
    expect(run.summary).toEqual({ gave: { a: 1 } });
    await run.replayed();
  });

  test("that gave nothing gives undefined", async () => {
    const run = await Run.start(async function* () {
      return (yield* effect()) === undefined;
    });
    await run.happen({ type: "effect_finished", step_no: 1 });
    expect(run.summary).toBe(true);
  });

  test("that threw fails with the error's name and message", async () => {
    const run = await Run.start(returning(effect));
    await run.happen({ type: "effect_finished", step_no: 1, error: { type: "RangeError", message: "boom" } });
    expect(run.summary).toEqual({ code: "effect", reason: "RangeError: boom" });
    await run.replayed();
  });

  test("that was interrupted fails with that code", async () => {
    const run = await Run.start(returning(effect));
    await run.happen({ type: "step_failed", step_no: 1, code: "interrupted", reason: "its process died" });
    expect(run.summary).toEqual({ code: "interrupted", reason: "its process died" });
  });
});

test("a command is issued with its arguments, and without the values of its environment", async () => {
  const run = await Run.start(
    returning(() => command("npm", ["test"], { cwd: "pkg", env: { TOKEN: "secret" }, input: "in" })),
  );
  expect(run.step).toMatchObject({
    kind: "command",
    label: "npm",
    args: ["test"],
    options: { on_interrupted: "rerun", cwd: "pkg", env: ["TOKEN"] },
  });
  expect(JSON.stringify(run.log)).not.toContain("secret");
  await run.happen({ type: "effect_finished", step_no: 1, value: { exit_code: 0 } });
  expect(run.summary).toEqual({ gave: { exit_code: 0 } });
});

describe("a question", () => {
  test("asks for a text, one of its choices, or what its schema says", async () => {
    const run = await Run.start(async function* () {
      return yield* all([
        ask("Name?"),
        ask("Which?", { choices: ["a", "b"] }),
        ask("How many?", { reply: z.int() }),
      ]);
    });
    expect(run.steps.map(({ kind, schema, choices }) => ({ kind, schema, choices }))).toMatchObject([
      { kind: "ask", schema: { type: "string", minLength: 1 } },
      { kind: "ask", schema: { type: "string", enum: ["a", "b"] }, choices: ["a", "b"] },
      { kind: "ask", schema: { type: "integer" } },
    ]);
    await run.reply("", 1);
    expect(run.steps.find(({ step_no }) => step_no === 4)?.validation_error?.problems).toEqual([
      { path: "$", message: "must not be empty" },
    ]);
    await run.reply("Ada", 4);
    await run.reply("b", 2);
    await run.reply(3, 3);
    expect(run.summary).toEqual(["Ada", "b", 3]);
    await run.replayed();
  });

  test("that its form did not answer waits on, for the agent", async () => {
    const run = await Run.start(returning(() => ask("Name?")));
    await run.happen({ type: "effect_started", step_no: 1, owner: "o", attempt: 1 });
    await run.happen({ type: "effect_finished", step_no: 1 });
    expect(run.state.pending.get(1)).toMatchObject({ formTried: true });
    await run.restart();
    await run.reply("Ada");
    expect(run.summary).toEqual({ gave: "Ada" });
  });
});

describe("a sleep", () => {
  test("ends when its timer fires", async () => {
    const run = await Run.start(async function* () {
      yield* sleep("90s");
      return yield* instruct("Awake.");
    });
    expect(run.step).toMatchObject({ kind: "sleep", timeout_at: "2026-01-01T00:01:30.000Z" });
    await run.happen({ type: "timer_fired", step_no: 1 });
    expect(run.step.text).toBe("Awake.");
    await run.replayed();
  });

  test("in a race is a deadline", async () => {
    const run = await Run.start(async function* () {
      return yield* race([instruct("Work."), sleep("1h")]);
    });
    await run.happen({ type: "timer_fired", step_no: 2 });
    expect(run.summary).toBeNull();
    expect(run.eventsOf("step_cancelled")).toMatchObject([{ step_no: 1 }]);
  });
});

describe("a signal", () => {
  const approval = { approval: z.object({ ok: z.boolean().default(true) }) };
  const waiting = (run: () => AsyncGenerator<any, any, any>) => program(run, { signals: approval });
  const received = (value: any) => ({ type: "signal_received", name: "approval", value }) as const;

  test("goes to whoever has waited longest", async () => {
    const run = await Run.start(
      waiting(async function* () {
        return yield* all([signal("approval"), signal("approval")]);
      }),
    );
    await run.happen(received(1));
    expect(run.steps).toMatchObject([{ step_no: 2 }]);
    await run.happen(received(2));
    expect(run.summary).toEqual([1, 2]);
    await run.replayed();
  });

  test("that comes early waits for whoever waits for it, oldest first", async () => {
    const run = await Run.start(
      waiting(async function* () {
        yield* instruct("Work.");
        return [yield* signal("approval"), yield* signal("approval"), yield* signal("approval")];
      }),
    );
    await run.happen(received("first"));
    await run.happen(received("second"));
    expect(run.state.earlySignals.get("approval")).toBe(2);
    await run.reply("x");
    expect(run.step).toMatchObject({ kind: "signal", step_no: 4 });
    await run.restart();
    await run.happen(received("third"));
    expect(run.summary).toEqual(["first", "second", "third"]);
    await run.replayed();
  });

  test("is judged by its schema, whether or not anybody waits", async () => {
    const run = await Run.start(
      waiting(async function* () {
        yield* instruct("Work.");
      }),
    );
    expect(await run.execution.judgeSignal("approval", {})).toEqual({
      verdict: "valid",
      value: { ok: true },
    });
    expect(await run.execution.judgeSignal("approval", { ok: 1 })).toMatchObject({ verdict: "invalid" });
    await expect(run.execution.judgeSignal("nope", 1)).rejects.toMatchObject({
      code: "UnknownSignal",
      message: "Program 'tested' has no signal \"nope\". It declares: approval.",
    });
  });

  test("that is not declared fails where it is waited for, live and replayed the same", async () => {
    const caught: unknown[] = [];
    const run = await Run.start(
      waiting(async function* () {
        try {
          yield* signal("nope");
        } catch (error) {
          caught.push([(error as Error).name, (error as Error).message]);
        }
        return yield* instruct("Go on.");
      }),
    );
    await run.replayed();
    expect(caught).toHaveLength(2);
    expect(caught[1]).toEqual(caught[0]);
    expect(caught[0]).toMatchObject(["UnknownSignal", expect.stringContaining("waits.test.ts:")]);
  });

  test("may time out", async () => {
    const run = await Run.start(waiting(returning(() => signal("approval", { timeout: "1s" })) as any));
    await run.happen({ type: "timer_fired", step_no: 1 });
    expect(run.summary).toMatchObject({ code: "timeout" });
  });

  test("that comes while its step is being cancelled is kept for the next", async () => {
    const run = await Run.start(
      waiting(async function* () {
        yield* race([signal("approval"), instruct("Work.")]);
        return yield* signal("approval");
      }),
    );
    await run.reply("x", 2);
    await run.happen(received("late"));
    expect(run.summary).toBe("late");
  });
});
