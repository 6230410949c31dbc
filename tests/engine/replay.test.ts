import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Event } from "../../src/engine/event.ts";
import { Execution } from "../../src/engine/execution.ts";
import { all } from "../../src/program/group.ts";
import { instruct } from "../../src/program/instruction.ts";
import type { StepFailed } from "../../src/program/outcome.ts";
import { program, Run, startedEvent, surroundings, throughJson, timeAt } from "./run.ts";

/** A run of everything that leaves traces: retries, failures, branches, a broken schema, a timeout. */
const eventful = program(async function* ({ progress }) {
  progress(1, 2);
  const n = yield* instruct("Count.", { reply: z.int().transform((x) => x * 10) });
  async function* branch(name: string) {
    try {
      yield* instruct(`${name}: one`, { timeout: "1h" });
    } catch (error) {
      return `${name}: ${(error as StepFailed).code}`;
    }
    return yield* instruct(`${name}: two`, { reply: z.string() });
  }
  const branches = yield* all([branch("a"), branch("b"), branch("c")]);
  let broken: string;
  try {
    yield* instruct("Broken.", { reply: { type: "strin" } });
    broken = "no";
  } catch (error) {
    broken = (error as Error).message;
  }
  progress(2, 2);
  return {
    n,
    branches,
    broken,
    last: yield* instruct("Last.", { reply: z.object({ ok: z.boolean().default(true) }) }),
  };
});

async function eventfulRun(): Promise<Run> {
  const run = await Run.start(eventful);
  await run.reply("three");
  await run.reply(3);
  await run.reply("x", 4);
  await run.happen({ type: "timer_fired", step_no: 3 });
  await run.fail("cannot", 5);
  await run.reply(7, 6);
  await run.reply("b done", 7);
  await run.happen({ type: "closed" });
  await run.happen({ type: "reopened" });
  await run.reply({}, 9);
  return run;
}

test("the run that is replayed below", async () => {
  const run = await eventfulRun();
  expect(run.summary).toEqual({
    n: 30,
    branches: ["a: timeout", "b done", "c: agent_failure"],
    broken: expect.stringContaining('$.type fits none of the forms that the schema allows, got "strin"'),
    last: { ok: true },
  });
  expect(run.log.map(({ type }) => type)).toMatchSnapshot();
});

describe("a log may be fed in any pieces", () => {
  test("event by event, with the same drafts at each place", async () => {
    const { log } = await eventfulRun();
    const whole: string[] = [];
    for (let length = 1; length <= log.length; length++) {
      const execution = new Execution(eventful, surroundings);
      await execution.feed(throughJson(log.slice(0, length)));
      whole.push(JSON.stringify(execution.drafts));
    }
    const execution = new Execution(eventful, surroundings);
    const piecewise: string[] = [];
    for (const event of log) {
      await execution.feed([throughJson(event)]);
      piecewise.push(JSON.stringify(execution.drafts));
    }
    expect(piecewise).toEqual(whole);
  });

  test("in two pieces, wherever it is cut", async () => {
    const run = await eventfulRun();
    for (let cut = 0; cut <= run.log.length; cut++) {
      await run.replayed(eventful, [run.log.slice(0, cut), run.log.slice(cut)]);
    }
  });

  test("in three pieces, wherever it is cut", async () => {
    const run = await eventfulRun();
    for (let first = 0; first <= run.log.length; first += 3) {
      for (let second = first; second <= run.log.length; second += 2) {
        await run.replayed(eventful, [
          run.log.slice(0, first),
          run.log.slice(first, second),
          run.log.slice(second),
        ]);
      }
    }
  });

  test("nothing at all", async () => {
    const execution = new Execution(eventful, surroundings);
    await execution.feed([]);
    expect(execution.drafts).toEqual([]);
  });
});

test("what is missing of the last turn comes out as drafts, the same that stood in the log", async () => {
  const { log } = await eventfulRun();
  for (let length = 1; length < log.length; length++) {
    const execution = new Execution(eventful, surroundings);
    await execution.feed(throughJson(log.slice(0, length)));
    const following = log.slice(length, length + execution.drafts.length);
    expect(throughJson(execution.drafts)).toEqual(following);
  }
});

test("another process may have appended only a part of what was derived", async () => {
  const tested = program(async function* () {
    yield* all([instruct("A"), instruct("B"), instruct("C")]);
  });
  const execution = new Execution(tested, surroundings);
  await execution.feed([startedEvent()]);
  const [a, b, c] = throughJson(execution.drafts);
  await execution.feed([a!]);
  expect(execution.drafts).toEqual([b, c]);
  await execution.feed([b!, c!, { type: "reply_accepted", at: timeAt(1), step_no: 2, reply: 1 }]);
  expect(execution.drafts).toEqual([]);
  expect(await execution.judge(2, 1)).toBeUndefined();
});

test("closed and reopened may come before what the program derives from an earlier event", async () => {
  const tested = program(async function* () {
    return yield* all([instruct("A"), instruct("B")]);
  });
  const started = startedEvent();
  const closed: Event = { type: "closed", at: timeAt(5) };
  const reopened: Event = { type: "reopened", at: timeAt(6) };
  const first = new Execution(tested, surroundings);
  await first.feed([started]);
  await first.feed([closed, reopened]);
  expect(first.drafts).toMatchObject([
    { type: "step_issued", step_no: 1, at: timeAt(6) },
    { type: "step_issued", step_no: 2, at: timeAt(6) },
  ]);
  const log = [started, closed, first.drafts[0]!, reopened, first.drafts[1]!];
  for (const pieces of [[log], log.map((event) => [event]), [log.slice(0, 3), log.slice(3)]]) {
    const other = new Execution(tested, surroundings);
    for (const piece of pieces) await other.feed(throughJson(piece));
    expect(other.drafts).toEqual([]);
    expect(await other.judge(2, "x")).toMatchObject({ type: "reply_accepted" });
  }
});

describe("history is not decided again", () => {
  const asking = (reply: any, text = "Reply.") =>
    program(async function* () {
      const first = yield* instruct(text, { reply });
      return [first, yield* instruct("Next.")];
    });

  test("a reply that a stricter schema would refuse stays accepted", async () => {
    const run = await Run.start(asking(z.string()));
    await run.reply("short");
    await run.restart(asking(z.string().min(100)));
    await run.reply("x");
    expect(run.summary).toEqual(["short", "x"]);
  });

  test("a value that another transform would parse otherwise stays as it was parsed", async () => {
    const run = await Run.start(asking(z.string().transform((s) => s.length)));
    await run.reply("four");
    await run.restart(asking(z.string().transform((s) => s.toUpperCase())));
    await run.reply("x");
    expect(run.summary).toEqual([4, "x"]);
  });

  test("text and schema of a pending step are the ones that the agent was shown", async () => {
    const run = await Run.start(asking({ type: "integer" }, "As it was worded."));
    await run.restart(asking({ type: "string" }, "As it is worded now."));
    expect(run.step).toMatchObject({ text: "As it was worded.", schema: { type: "integer" } });
    expect(run.execution["pending"].get(1)!.issued.text).toBe("As it was worded.");
    await run.reply("not an integer");
    expect(run.step).toMatchObject({ text: "As it was worded.", schema: { type: "integer" }, attempt: 2 });
  });

  test("so are they where the program learns of the line later than it drafts it", async () => {
    const log = (await Run.start(asking({ type: "integer" }, "As it was worded."))).log;
    const execution = new Execution(asking({ type: "string" }, "As it is worded now."), surroundings);
    await execution.feed([log[0]!]);
    await execution.feed([log[1]!]);
    expect(await execution.judge(1, "x")).toMatchObject({ type: "reply_rejected" });
  });

  test("a schema that would not compile any more does not matter to what is answered", async () => {
    const run = await Run.start(asking({ type: "string" }));
    await run.reply("x");
    await run.restart(asking({ type: "strin" }));
    await run.reply("y");
    expect(run.summary).toEqual(["x", "y"]);
  });
});

describe("a program that does something else than its log says is stopped, and given nothing", () => {
  const inOrder = (...texts: string[]) =>
    program(async function* () {
      for (const text of texts) yield* instruct(text);
      return texts;
    });

  /** Feeds the log to `tested` and tells what it was given before it was stopped. */
  async function stopped(log: readonly Event[], tested: (given: unknown[]) => any): Promise<unknown[]> {
    for (const pieces of [[log], log.map((event) => [event])]) {
      const given: unknown[] = [];
      const execution = new Execution(program(tested(given)), surroundings);
      const feed = async () => {
        for (const piece of pieces) await execution.feed(throughJson(piece));
      };
      await expect(feed()).rejects.toMatchObject({ code: "ProgramDiverged" });
      await expect(execution.feed([])).rejects.toMatchObject({ code: "ProgramDiverged" });
      if (pieces.length === 1) return given;
    }
    return [];
  }

  async function logOf(...replies: unknown[]): Promise<Event[]> {
    const run = await Run.start(inOrder("A", "B"));
    for (const reply of replies) await run.reply(reply as any);
    return run.log;
  }

  test("it ends where the log goes on", async () => {
    const log = await logOf("a", "b");
    expect(
      await stopped(
        log,
        (given) =>
          async function* () {
            given.push(yield* instruct("A"));
          },
      ),
    ).toEqual(["a"]);
  });

  test("it goes on where the log ends", async () => {
    const log = await logOf("a", "b");
    expect(
      await stopped(
        log,
        (given) =>
          async function* () {
            for (const text of ["A", "B", "C"]) given.push(yield* instruct(text));
          },
      ),
    ).toEqual(["a", "b"]);
  });

  test("it asks two at once where the log holds one", async () => {
    const log = await logOf("a");
    await stopped(
      log,
      (given) =>
        async function* () {
          given.push(yield* all([instruct("A"), instruct("B")]));
        },
    );
  });

  test("it asks one where the log holds two at once", async () => {
    const { log } = await Run.start(async function* () {
      yield* all([instruct("A"), instruct("B")]);
    });
    expect(
      await stopped(
        log,
        (given) =>
          async function* () {
            given.push(yield* instruct("A"));
          },
      ),
    ).toEqual([]);
  });

  test("it ends in another way", async () => {
    const run = await Run.start(inOrder("A"));
    await run.reply("a");
    await stopped(
      run.log,
      () =>
        async function* () {
          yield* instruct("A");
          throw new Error("now it fails");
        },
    );
  });

  test("it catches the divergence inside a called program: still stopped", async () => {
    const child = program(async function* () {
      yield* instruct("In the child.");
    });
    const run = await Run.start(async function* () {
      yield* child.call();
    });
    const other = throughJson(run.log);
    (other[1] as any).ordinal = 7;
    await stopped(
      other,
      (given) =>
        async function* () {
          try {
            yield* child.call();
          } catch {
            given.push("caught");
          }
          yield* instruct("Go on.");
        },
    );
  });

  describe("whatever is changed in the place of an event", () => {
    const changes: [string, (log: any[]) => void][] = [
      [
        "the kind",
        (log) => {
          log[1].kind = "ask";
        },
      ],
      [
        "the ordinal",
        (log) => {
          log[1].ordinal = 2;
        },
      ],
      [
        "the number",
        (log) => {
          log[1].step_no = 2;
        },
      ],
      [
        "the scope",
        (log) => {
          log[1].scope = "1.0";
        },
      ],
      [
        "the type",
        (log) => {
          log[1] = { ...log[1], type: "step_failed", code: "invalid_schema", reason: "r", kind: undefined };
          log[1].ordinal = 9;
        },
      ],
      [
        "a derived event is missing",
        (log) => {
          log.splice(1, 1);
        },
      ],
      [
        "a derived event is there twice",
        (log) => {
          log.splice(1, 0, log[1]);
        },
      ],
      [
        "the end is missing",
        (log) => {
          log.splice(-1, 1, { type: "signal_received", at: timeAt(9), name: "s", value: 1 });
        },
      ],
      [
        "the end is of another state",
        (log) => {
          log.at(-1).state = "failed";
        },
      ],
      [
        "an answer to another step",
        (log) => {
          log[2].step_no = 7;
        },
      ],
      [
        "a second answer",
        (log) => {
          log.splice(3, 0, log[2]);
        },
      ],
      [
        "a second start",
        (log) => {
          log.splice(1, 0, log[0]);
        },
      ],
      [
        "something after the end",
        (log) => {
          log.push({
            type: "step_issued",
            at: timeAt(9),
            step_no: 3,
            scope: "",
            ordinal: 3,
            kind: "instruction",
          });
        },
      ],
      [
        "a cancellation that nobody made",
        (log) => {
          log.splice(3, 0, { type: "step_cancelled", at: timeAt(1), step_no: 1, reason: "r" });
        },
      ],
    ];
    test.each(changes)("%s", async (_, change) => {
      const log = throughJson(await logOf("a", "b"));
      change(log);
      const given = await stopped(
        log,
        (given) =>
          async function* () {
            given.push(yield* instruct("A"));
            given.push(yield* instruct("B"));
            return ["A", "B"];
          },
      );
      expect(["a", "b"].slice(0, given.length)).toEqual(given);
    });
  });
});
