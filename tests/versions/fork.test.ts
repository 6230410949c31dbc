/** Forks: a new instance with the history before a step. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Event, Started } from "../../src/engine/event.ts";
import { asked, Workshop } from "./workshop.ts";

let workshop: Workshop;
beforeEach(() => {
  workshop = new Workshop();
});
afterEach(() => workshop.close());

async function fork(instanceId: string, beforeStepNo: number, programVersion?: "recorded" | "latest") {
  const answer = await workshop.sequencer.fork({ instanceId, beforeStepNo, programVersion });
  expect(answer.instance_id).not.toBe(instanceId);
  // Whoever loads it later comes to the same.
  await workshop.restart();
  expect(await workshop.current(answer.instance_id)).toEqual(answer);
  return answer;
}

const ASKS = ["A", "B", "C"].map((name) => `const ${name} = yield* instruct("${name}?");`).join(" ");

describe("a run of three steps", () => {
  let id: string;
  let log: string;
  beforeEach(async () => {
    workshop.program("p", `${ASKS} return [A, B, C, instance.id];`);
    id = await workshop.start("p");
    await workshop.reply(id, "a", "b", "c");
    log = workshop.logOf(id);
  });

  test.each([
    [1, "A?", ["a2", "b2", "c2"]],
    [2, "B?", ["b2", "c2"]],
    [3, "C?", ["c2"]],
  ])("is forked before step %i, which is asked again", async (stepNo, text, replies) => {
    const forked = await fork(id, stepNo);
    expect(asked(forked)).toEqual([[stepNo, text]]);
    const { last_yield } = await workshop.reply(forked.instance_id, ...replies);
    const kept = ["a", "b", "c"].slice(0, stepNo - 1);
    // It is the same run to the program: the id that it sees is that of the origin.
    expect(last_yield).toEqual({ kind: "done", summary: [...kept, ...replies, id] });
    expect(workshop.logOf(id)).toBe(log);
  });

  test("is forked after its last step, and comes to the same end", async () => {
    expect((await fork(id, 4)).last_yield).toEqual({ kind: "done", summary: ["a", "b", "c", id] });
  });

  test.each([0, 5, 1.5, -1])("cannot be forked before step %d, which it does not have", async (stepNo) => {
    await expect(workshop.sequencer.fork({ instanceId: id, beforeStepNo: stepNo })).rejects.toMatchObject({
      code: "InvalidArguments",
      message: expect.stringContaining("from 1 to 3"),
    });
  });

  test("says in its log where it comes from, and inherits chance and start", async () => {
    const [origin] = await workshop.events(id);
    workshop.now += 60_000;
    const [started] = await workshop.events((await fork(id, 2)).instance_id);
    const { seed, at, params, project_dir } = origin as Started;
    expect(started).toMatchObject({ seed, at, params, project_dir, instance_id: id });
    expect(started).toMatchObject({ forked_from: { instance_id: id, before_step_no: 2 } });
  });

  test("can be forked again, from the fork", async () => {
    const first = await fork(id, 3);
    const second = await fork(first.instance_id, 2);
    const { last_yield } = await workshop.reply(second.instance_id, "b3", "c3");
    expect(last_yield).toEqual({ kind: "done", summary: ["a", "b3", "c3", id] });
  });

  test("goes on with a new version that keeps its history", async () => {
    workshop.program("p", `${ASKS} const D = yield* instruct("D?"); return [A, B, C, D];`);
    const forked = await fork(id, 3, "latest");
    expect(asked(forked)).toEqual([[3, "C?"]]);
    expect((await workshop.reply(forked.instance_id, "c2", "d")).last_yield).toMatchObject({
      summary: ["a", "b", "c2", "d"],
    });
  });

  test("is not forked to a version that does not keep its history", async () => {
    workshop.program("p", `yield* instruct("Z?"); ${ASKS} return [A, B, C];`);
    const error = await workshop.sequencer
      .fork({ instanceId: id, beforeStepNo: 3, programVersion: "latest" })
      .catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: "ProgramDiverged",
      details: { step_no: 1, line: 2, hint: "a step was inserted before step 1" },
    });
    expect((await workshop.sequencer.list({ filter: "all" })).total).toBe(1);
    // The report says from where it can be forked.
    const forked = await fork(id, 1, "latest");
    expect(asked(forked).map(([, text]) => text)).toEqual(["Z?"]);
  });

  test("is forked by a server that was started later, when the program's file is gone", async () => {
    workshop.remove("p.ts");
    await workshop.restart();
    expect(asked(await fork(id, 2))).toEqual([[2, "B?"]]);
  });
});

describe("a run that failed", () => {
  const body = (after: string) =>
    `const a = yield* instruct("A?"); const b = yield* instruct("B?"); ${after} const c = yield* instruct("C?"); return [a, b, c];`;
  const BUG = "(undefined as any).boom();";

  test("goes on after its last answer, once the bug is fixed", async () => {
    workshop.program("p", body(BUG));
    const id = await workshop.start("p");
    expect((await workshop.reply(id, "a", "b")).last_yield).toMatchObject({
      kind: "error",
      type: "TypeError",
    });
    workshop.program("p", body(""));
    const forked = await fork(id, 3, "latest");
    expect(asked(forked)).toEqual([[3, "C?"]]);
    expect((await workshop.reply(forked.instance_id, "c")).last_yield).toEqual({
      kind: "done",
      summary: ["a", "b", "c"],
    });
  });

  test("fails again when nothing was fixed", async () => {
    workshop.program("p", body(BUG));
    const id = await workshop.start("p");
    await workshop.reply(id, "a", "b");
    expect((await fork(id, 3)).last_yield).toMatchObject({ kind: "error", type: "TypeError" });
  });

  test("before its first step starts over with the fixed program", async () => {
    workshop.program("p", `${BUG} return yield* instruct("A?");`);
    const id = await workshop.start("p");
    workshop.program("p", 'return yield* instruct("A?");');
    expect(asked(await fork(id, 1, "latest"))).toEqual([[1, "A?"]]);
  });

  test("with branches that were cancelled takes them up again", async () => {
    const parallel = (bug: string) => `
      async function* first() { const a = yield* instruct("A?"); ${bug} return a; }
      return yield* all([first(), instruct("B?")]);`;
    workshop.program("p", parallel(BUG));
    const id = await workshop.start("p");
    await workshop.answer(id, "A?", "a");
    expect((await workshop.current(id)).state).toBe("failed");
    workshop.program("p", parallel(""));
    const forked = await fork(id, 3, "latest");
    expect(asked(forked).map(([, text]) => text)).toEqual(["B?"]);
    expect((await workshop.reply(forked.instance_id, "b")).last_yield).toEqual({
      kind: "done",
      summary: ["a", "b"],
    });
  });

  test("by a limit goes on under a higher one, and the time that it lay still does not count", async () => {
    const limited = (minutes: number) => ({ definition: `limits: { minutes: ${minutes} },` });
    workshop.program("p", `${ASKS} return [A, B, C];`, limited(10));
    const id = await workshop.start("p");
    await workshop.reply(id, "a");
    workshop.now += 11 * 60_000;
    expect((await workshop.reply(id, "b")).last_yield).toMatchObject({ kind: "abort" });
    workshop.now += 24 * 3_600_000;
    workshop.program("p", `${ASKS} return [A, B, C];`, limited(15));
    const forked = await fork(id, 3, "latest");
    expect(asked(forked)).toEqual([[3, "C?"]]);
    workshop.now += 3 * 60_000;
    expect((await workshop.reply(forked.instance_id, "c")).last_yield).toMatchObject({ kind: "done" });
    // And what was before the fork counts.
    const again = await fork(forked.instance_id, 2);
    workshop.now += 16 * 60_000;
    expect((await workshop.reply(again.instance_id, "b")).last_yield).toMatchObject({ kind: "abort" });
  });
});

test("a run that was cancelled goes on as if it had not been", async () => {
  workshop.program("p", `${ASKS} return [A, B, C];`);
  const id = await workshop.start("p");
  await workshop.reply(id, "a");
  await workshop.sequencer.cancel({ instanceId: id, reason: "by mistake" });
  const forked = await fork(id, 3);
  expect(asked(forked)).toEqual([[2, "B?"]]);
  expect((await workshop.current(id)).state).toBe("cancelled");
});

test("a run that was closed is forked, and the fork is not closed", async () => {
  workshop.program("p", `${ASKS} return [A, B, C];`);
  const id = await workshop.start("p");
  await workshop.reply(id, "a");
  await workshop.sequencer.close({ instanceId: id });
  const { instance_id } = await fork(id, 2);
  const { instances } = await workshop.sequencer.list({ filter: "active" });
  expect(instances.map((entry) => entry.instance_id)).toEqual([instance_id]);
});

describe("what waits when a run is forked", () => {
  test("a deadline moves by the time that the history lay still", async () => {
    workshop.program("p", 'yield* instruct("A?"); yield* sleep("10m"); return yield* instruct("B?");');
    const id = await workshop.start("p");
    await workshop.reply(id, "a");
    workshop.now += 4 * 3_600_000;
    const forked = await fork(id, 2);
    expect(forked.last_yield).toMatchObject({
      waiting_for: [{ kind: "sleep", until: "2026-03-01T16:10:00.000Z" }],
    });
    workshop.now += 11 * 60_000;
    expect(asked(await workshop.current(forked.instance_id))).toEqual([[3, "B?"]]);
    // The duration that the program asked for is still known.
    workshop.program(
      "p",
      '/* edited */ yield* instruct("A?"); yield* sleep("600s"); return yield* instruct("B?");',
    );
    await workshop.expectAdopted(forked.instance_id);
    workshop.program("p", 'yield* instruct("A?"); yield* sleep("601s"); return yield* instruct("B?");');
    expect((await workshop.expectRefused(forked.instance_id)).message).toContain("another duration");
  });

  test("an effect that has ended is not done again, one that had not is", async () => {
    const done = (name: string) => JSON.stringify(join(workshop.folder, name));
    workshop.program(
      "p",
      `yield* sideEffect("first", () => appendFileSync(${done("first")}, "x"));
       yield* all([instruct("A?"), sideEffect("second", () => new Promise((go) => {
         appendFileSync(${done("second")}, "x");
         setTimeout(() => go("over"), existsSync(${done("gate")}) ? 0 : 600_000);
       }))]);
       return "end";`,
      { imports: 'import { appendFileSync, existsSync } from "node:fs";' },
    );
    const count = (name: string) => readFileSync(join(workshop.folder, name), "utf8").length;
    const id = await workshop.start("p");
    await vi.waitFor(() => expect(count("second")).toBe(1));
    writeFileSync(join(workshop.folder, "gate"), "");
    const forked = await workshop.sequencer.fork({ instanceId: id, beforeStepNo: 3 });
    await workshop.reply(forked.instance_id, "a");
    const { last_yield } = await workshop.sequencer.current({
      instanceId: forked.instance_id,
      waitSeconds: 20,
    });
    expect(last_yield).toEqual({ kind: "done", summary: "end" });
    expect([count("first"), count("second")]).toEqual([1, 2]);
  });

  test("chance and time are in the fork what they were", async () => {
    workshop.program(
      "p",
      `const before = [Math.random(), Date.now()]; yield* instruct("A?");
       const after = [Math.random(), Date.now()]; yield* instruct("B?"); return [before, after];`,
    );
    const id = await workshop.start("p");
    const { last_yield } = await workshop.reply(id, 1, 2);
    workshop.now += 3_600_000;
    const forked = await fork(id, 2);
    expect((await workshop.reply(forked.instance_id, 2)).last_yield).toEqual(last_yield);
  });
});

describe("a corrupt log", () => {
  let id: string;
  beforeEach(async () => {
    workshop.program("p", `${ASKS} return [A, B, C];`);
    id = await workshop.start("p");
    await workshop.reply(id, "a", "b");
    await workshop.sequencer.dispose();
  });

  /** Changes one line of the log, counted from 0. */
  function spoil(line: number, change: (text: string) => string) {
    const path = join(workshop.stateDir, `${id}.jsonl`);
    const lines = readFileSync(path, "utf8").split("\n");
    lines[line] = change(lines[line]!);
    writeFileSync(path, lines.join("\n"));
    workshop.sequencer = workshop.open();
  }

  test("is forked up to its last good event", async () => {
    // The reply to step 2.
    spoil(4, (text) => text.replace('"b"', '"x"'));
    await expect(workshop.current(id)).rejects.toMatchObject({
      code: "CorruptedLog",
      fix: expect.stringContaining("sequencer_fork"),
    });
    const forked = await fork(id, 3);
    expect(asked(forked)).toEqual([[2, "B?"]]);
    expect((await workshop.reply(forked.instance_id, "b2", "c")).last_yield).toMatchObject({
      summary: ["a", "b2", "c"],
    });
  });

  test("is forked where the last good event is one that the program has not answered yet", async () => {
    // What the reply to step 1 led to.
    spoil(3, (text) => text.replace("B?", "X?"));
    expect(asked(await fork(id, 2))).toEqual([[2, "B?"]]);
  });

  test("cannot be forked before a step that is lost", async () => {
    spoil(3, (text) => text.replace("B?", "X?"));
    await expect(workshop.sequencer.fork({ instanceId: id, beforeStepNo: 3 })).rejects.toMatchObject({
      code: "InvalidArguments",
    });
  });

  test("cannot be forked when nothing of it is good", async () => {
    spoil(0, (text) => text.replace("started", "stopped"));
    await expect(workshop.sequencer.fork({ instanceId: id, beforeStepNo: 1 })).rejects.toMatchObject({
      code: "CorruptedLog",
    });
  });
});

test("a log that was fenced after a failed sync is forked without the fence", async () => {
  workshop.program("p", `${ASKS} return [A, B, C];`);
  const id = await workshop.start("p");
  await workshop.reply(id, "a");
  await workshop.sequencer.dispose();
  const { createLogStore } = await import("../../src/log/log-store.ts");
  const store = createLogStore({ stateDir: workshop.stateDir, isKnownType: () => true, formatVersion: 1 });
  const log = store.open(id);
  for await (const _ of log.readOn());
  log.append([
    { type: "storage_failed", at: new Date(workshop.now).toISOString(), reason: "a test" } as Event,
  ]);
  log.close();
  workshop.sequencer = workshop.open();
  await expect(workshop.current(id)).rejects.toMatchObject({
    code: "StorageFailed",
    fix: expect.stringContaining("sequencer_fork"),
  });
  expect(asked(await fork(id, 3))).toEqual([[2, "B?"]]);
});

test("an instance that moved to another version is forked on the version that it runs on", async () => {
  workshop.program("p", `${ASKS} return [A, B, C];`);
  const id = await workshop.start("p");
  await workshop.reply(id, "a");
  workshop.program("p", `${ASKS.replace("C?", "C2?")} return [A, B, C];`);
  const { version } = await workshop.expectAdopted(id);
  await workshop.reply(id, "b");
  workshop.remove("p.ts");
  const forked = await fork(id, 1);
  expect(forked.version).toBe(version);
  expect(asked(await workshop.reply(forked.instance_id, "a", "b"))).toEqual([[3, "C2?"]]);
});
