import { Abort, all, ask, defineProgram, instruct, StepFailed } from "agent-sequencer";
import { drive } from "agent-sequencer/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import hello from "../../programs/hello.ts";
import { programOf } from "./programs.ts";

const Message = z.object({ message: z.string().min(1) });

test("a program is driven to its summary", async () => {
  const run = await drive(hello, { names: ["Ada", "Bo"] });
  expect(run.state).toBe("awaiting_result");
  expect(run.step).toMatchObject({ stepNo: 1, kind: "instruction", attempt: 1, scope: "" });
  expect(run.step.text).toContain("Ada");
  expect(run.step.schema).toMatchObject({ type: "object", required: ["message"] });
  await run.reply({ message: "Hello, Ada!" });
  expect(run.progress).toEqual({ current: 2, of: 2, label: "greeting Bo" });
  await run.reply({ message: "Hello, Bo!" });
  expect(run.state).toBe("completed");
  expect(run.steps).toEqual([]);
  expect(run.summary.greetings.map(({ name }) => name)).toEqual(["Ada", "Bo"]);
});

test("params are parsed: defaults are applied", async () => {
  expect((await drive(hello)).step.text).toContain("'world'");
});

test("params that are not valid are refused with their place", async () => {
  await expect(drive(hello, { names: [""] })).rejects.toThrow("$.names[0] must not be empty");
  await expect(
    drive(
      programOf(function* () {}),
      { a: 1 },
    ),
  ).rejects.toThrow("it takes none");
  await expect(drive(hello, { names: [1n] } as never)).rejects.toThrow("$.names[0] is a bigint");
});

test("something that is no program is refused", async () => {
  for (const thing of [undefined, null, {}, () => {}, 1]) {
    await expect(drive(thing as never)).rejects.toThrow("drive takes a program");
  }
});

test("an invalid reply is asked again, with its problems", async () => {
  const run = await drive(hello);
  await run.reply({ message: "" });
  expect(run.problems).toEqual([{ path: "$.message", message: "must not be empty" }]);
  expect(run.step).toMatchObject({ stepNo: 2, attempt: 2, maxAttempts: 5 });
  await run.reply({ message: "Hello!" });
  expect(run.problems).toEqual([]);
  expect(run.state).toBe("completed");
});

test("replies that stay invalid fail the step", async () => {
  const run = await drive(
    programOf(function* () {
      return yield* instruct("Greet.", { reply: Message, maxAttempts: 2 });
    }),
  );
  await run.reply({});
  await run.reply({});
  expect(run.state).toBe("failed");
  expect(run.error).toMatchObject({
    type: "StepFailed",
    message: expect.stringContaining("invalid_replies"),
  });
});

test("a reply is what JSON makes of it, and the program cannot change what was recorded", async () => {
  const sent = { list: [3, 1, 2], gone: undefined };
  const run = await drive(
    programOf(async function* () {
      const { list } = (yield* instruct("Sort.")) as { list: number[] };
      return list.sort();
    }),
  );
  await run.reply(sent);
  expect(run.summary).toEqual([1, 2, 3]);
  expect(run.events.find(({ type }) => type === "reply_accepted")).toMatchObject({
    reply: { list: [3, 1, 2] },
  });
  expect(sent.list).toEqual([3, 1, 2]);
});

test("a reply that is not JSON is refused", async () => {
  const run = await drive(hello);
  await expect(run.reply({ message: new Date() })).rejects.toThrow("$.message is a Date");
  await expect(run.reply(undefined)).rejects.toThrow("$ is undefined");
  expect(run.step.stepNo).toBe(1);
});

test("a failure of the agent arrives at the yield", async () => {
  const run = await drive(
    programOf(function* () {
      try {
        return yield* instruct("Deploy.");
      } catch (error) {
        return error instanceof StepFailed && [error.code, error.reason];
      }
    }),
  );
  await run.fail("no access");
  expect(run.summary).toEqual(["agent_failure", "no access"]);
});

test("an abort and an error end the run, with the reason and the author's line", async () => {
  const aborted = await drive(
    programOf(function* () {
      throw new Abort("no tests here");
    }),
  );
  expect([aborted.state, aborted.reason, aborted.error]).toEqual(["aborted", "no tests here", undefined]);
  const failed = await drive(
    programOf(function* run() {
      (undefined as never as { a: string }).a.trim();
    }),
  );
  expect(failed.state).toBe("failed");
  expect(failed.error).toMatchObject({ type: "TypeError" });
  expect(failed.error?.stack).toMatch(/^at run \(drive\.test\.ts:\d+:\d+\)$/);
});

test("a question is answered like an instruction", async () => {
  const run = await drive(
    programOf(function* () {
      return yield* ask("Which branch?", { choices: ["main", "next"] });
    }),
  );
  expect(run.step).toMatchObject({ kind: "ask", text: "Which branch?", choices: ["main", "next"] });
  await run.reply("other");
  expect(run.problems[0]?.message).toMatch(/^must be .*"next"/);
  await run.reply("next");
  expect(run.summary).toBe("next");
});

test("several pending steps are named by their numbers, and answered in any order", async () => {
  const run = await drive(
    programOf(function* () {
      return yield* all([instruct("A"), instruct("B"), instruct("C")]);
    }),
  );
  expect(run.steps.map(({ stepNo, text }) => [stepNo, text])).toEqual([
    [1, "A"],
    [2, "B"],
    [3, "C"],
  ]);
  await expect(run.reply("x")).rejects.toThrow(
    'several steps are pending: step 1 (instruction "A"), step 2 (instruction "B"), step 3 (instruction "C"). Name one: run.reply(1, ...).',
  );
  await run.reply(3, "c");
  await run.reply(1, "a");
  expect(run.step.text).toBe("B");
  await run.reply("b");
  expect(run.summary).toEqual(["a", "b", "c"]);
});

test("runs of one process do not disturb each other", async () => {
  const program = programOf(async function* () {
    const sum = [];
    for (let i = 0; i < 5; i++) sum.push(yield* instruct(`${i}`));
    return sum;
  });
  const runs = await Promise.all(Array.from({ length: 8 }, () => drive(program)));
  await Promise.all(
    runs.map(async (run, n) => {
      for (let i = 0; i < 5; i++) await run.reply(n * 10 + i);
    }),
  );
  expect(runs.map(({ summary }) => summary)).toEqual(
    runs.map((_, n) => [0, 1, 2, 3, 4].map((i) => n * 10 + i)),
  );
});

test("a step that is made and not yielded fails the run at its place", async () => {
  const run = await drive(
    programOf(async function* () {
      await instruct("Forgotten.");
      return 1;
    }),
  );
  expect(run.error).toMatchObject({
    type: "StepNotYielded",
    message: expect.stringMatching(/drive\.test\.ts:\d+:\d+/),
  });
});

test("the events are those of a log", async () => {
  const run = await drive(hello, {}, { seed: "s", projectDir: "/project", instanceId: "I", now: 0 });
  await run.reply({ message: "Hello!" });
  expect(run.events.map(({ type }) => type)).toEqual(["started", "step_issued", "reply_accepted", "ended"]);
  expect(run.events[0]).toMatchObject({
    at: "1970-01-01T00:00:00.000Z",
    instance_id: "I",
    project_dir: "/project",
    seed: "s",
    params: { names: ["world"] },
  });
  expect(JSON.parse(JSON.stringify(run.events))).toEqual(run.events);
});

test("the context of the program is that of the options", async () => {
  const run = await drive(
    defineProgram({
      name: "context",
      description: "Shows what it is given.",
      async *run({ instance }) {
        return { ...instance, startedAt: instance.startedAt.toISOString() };
      },
    }),
    {},
    { projectDir: "/project", instanceId: "I", now: "2030-05-06T07:08:09Z" },
  );
  expect(run.summary).toMatchObject({
    id: "I",
    program: "context",
    projectDir: "/project",
    startedAt: "2030-05-06T07:08:09.000Z",
  });
});

test("a time that is none is refused", async () => {
  await expect(drive(hello, {}, { now: "soon" })).rejects.toThrow('now is "soon", which is no time');
});
