/** Steps that nothing has answered may differ: they are withdrawn, and what the new version asks is issued anew. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asked, Workshop } from "./workshop.ts";

let workshop: Workshop;
beforeEach(() => {
  workshop = new Workshop();
});
afterEach(() => workshop.close());

async function begun(body: string, replies: unknown[] = [], more: Parameters<Workshop["program"]>[2] = {}) {
  workshop.program("p", body, more);
  const id = await workshop.start("p");
  await workshop.reply(id, ...replies);
  return id;
}

async function types(id: string): Promise<string[]> {
  return (await workshop.events(id)).map((event) =>
    "step_no" in event ? `${event.type} ${event.step_no}` : event.type,
  );
}

describe("an instruction that waits for its reply", () => {
  test("stays, with its number, when the new version asks the very same", async () => {
    const id = await begun('yield* instruct("One."); return yield* instruct("Two.");', [1]);
    workshop.program("p", '/* edited */ yield* instruct("One."); return yield* instruct("Two.");');
    expect(asked(await workshop.expectAdopted(id))).toEqual([[2, "Two."]]);
    expect((await workshop.adoption(id))?.withdrawn).toBeUndefined();
  });

  test("is withdrawn when the new version asks something else, which is asked at once", async () => {
    const id = await begun('yield* instruct("One."); return yield* instruct("Two.");', [1]);
    workshop.program("p", 'yield* instruct("One."); return yield* instruct("Two, in other words.");');
    expect(asked(await workshop.expectAdopted(id))).toEqual([[3, "Two, in other words."]]);
    expect(await types(id)).toEqual([
      "started",
      "step_issued 1",
      "reply_accepted 1",
      "step_issued 2",
      "version_adopted",
      "step_cancelled 2",
      "step_issued 3",
    ]);
    const late = workshop.sequencer.next({ instanceId: id, forStepNo: 2, result: 1 });
    await expect(late).rejects.toMatchObject({
      code: "OutOfSync",
      message: expect.stringContaining("was cancelled"),
    });
    expect((await workshop.reply(id, "end")).last_yield).toMatchObject({ kind: "done", summary: "end" });
  });

  test("is asked anew when its wording changed, although it has an id: nobody has read the new wording", async () => {
    const id = await begun('return yield* instruct("One.", { id: "one" });');
    workshop.program("p", 'return yield* instruct("One, in other words.", { id: "one" });');
    expect(asked(await workshop.expectAdopted(id))).toEqual([[2, "One, in other words."]]);
  });

  test("is asked anew, from its first attempt, when the schema was what made every reply invalid", async () => {
    const id = await begun('return yield* instruct("One.", { reply: z.object({ a: z.never() }) });', [
      { a: 1 },
      { a: 2 },
    ]);
    expect(asked(await workshop.current(id))).toEqual([[3, "One."]]);
    workshop.program("p", 'return yield* instruct("One.", { reply: z.object({ a: z.number() }) });');
    const answer = await workshop.expectAdopted(id);
    expect(answer.last_yield).toMatchObject({ step_no: 4, attempt: 1 });
    expect(answer.last_yield).not.toHaveProperty("validation_error");
    expect((await workshop.reply(id, { a: 3 })).last_yield).toMatchObject({
      kind: "done",
      summary: { a: 3 },
    });
  });

  test("may become the end of the run", async () => {
    const id = await begun('const one = yield* instruct("One."); yield* instruct("Two."); return one;', [
      "first",
    ]);
    workshop.program("p", 'const one = yield* instruct("One."); return one;');
    expect((await workshop.expectAdopted(id)).last_yield).toEqual({ kind: "done", summary: "first" });
    expect((await types(id)).slice(-3)).toEqual(["version_adopted", "step_cancelled 2", "ended"]);
  });

  test("may become the failure of the run", async () => {
    const id = await begun('return yield* instruct("One.");');
    workshop.program("p", 'throw new TypeError("a mistake in the new version");');
    expect((await workshop.expectAdopted(id)).last_yield).toMatchObject({ kind: "error", type: "TypeError" });
  });

  test("may become a step of any other kind", async () => {
    const id = await begun('return yield* instruct("One.");');
    workshop.program("p", 'return yield* command("echo", ["hello"]);');
    await workshop.latest(id);
    const { last_yield } = await workshop.sequencer.current({ instanceId: id, waitSeconds: 10 });
    expect(last_yield).toMatchObject({ kind: "done", summary: { stdout: "hello\n" } });
  });

  test("may become a step whose schema is broken, which the program is thrown", async () => {
    const id = await begun('return yield* instruct("One.");');
    workshop.program(
      "p",
      'try { yield* instruct("One!", { reply: { type: "nonsense" } }); } catch (error: any) { return error.name; }',
    );
    expect((await workshop.expectAdopted(id)).last_yield).toEqual({ kind: "done", summary: "InvalidSchema" });
  });
});

describe("several at once", () => {
  const branches = (...texts: string[]) =>
    `return yield* all([${texts.map((text) => `instruct("${text}")`).join(", ")}]);`;

  test("only those are withdrawn that the new version does not ask", async () => {
    const id = await begun(branches("A", "B", "C"), ["a"]);
    workshop.program("p", branches("A", "B2", "C"));
    expect(asked(await workshop.expectAdopted(id))).toEqual([
      [3, "C"],
      [4, "B2"],
    ]);
    await workshop.reply(id, "c");
    expect((await workshop.reply(id, "b2")).last_yield).toEqual({ kind: "done", summary: ["a", "b2", "c"] });
  });

  test("branches may be added and taken away behind the answered ones", async () => {
    const id = await begun(branches("A", "B"), ["a"]);
    workshop.program("p", branches("A", "B", "C", "D"));
    expect(asked(await workshop.expectAdopted(id))).toEqual([
      [2, "B"],
      [3, "C"],
      [4, "D"],
    ]);
    workshop.program("p", branches("A"));
    expect((await workshop.expectAdopted(id)).last_yield).toEqual({ kind: "done", summary: ["a"] });
  });

  test("a branch in front of an answered one is another order", async () => {
    const id = await begun(branches("A", "B"), ["a"]);
    workshop.program("p", branches("Z", "A", "B"));
    await workshop.expectRefused(id);
  });

  test("a step that the new version would have cancelled by now is withdrawn", async () => {
    const id = await begun('return yield* all([instruct("A"), instruct("B")]);', ["a"]);
    workshop.program(
      "p",
      'const first = yield* race([instruct("A"), instruct("B")]); yield* instruct("Then."); return first;',
    );
    expect(asked(await workshop.expectAdopted(id))).toEqual([[3, "Then."]]);
    expect((await types(id)).slice(-3)).toEqual(["version_adopted", "step_cancelled 2", "step_issued 3"]);
    expect((await workshop.reply(id, "x")).last_yield).toEqual({ kind: "done", summary: "a" });
  });

  test("a step that was cancelled is not one that nothing has ended", async () => {
    const id = await begun('yield* race([instruct("A"), instruct("B")]); return yield* instruct("Then.");', [
      "a",
    ]);
    workshop.program("p", 'yield* race([instruct("A"), instruct("B2")]); return yield* instruct("Then.");');
    expect((await workshop.expectRefused(id)).details).toMatchObject({ step_no: 2 });
  });

  test("whole branches go on beside a step that is withdrawn", async () => {
    const body = (other: string) => `
      async function* branch() { const one = yield* instruct("One."); const two = yield* instruct("Two."); return [one, two]; }
      return yield* all([branch(), instruct("${other}")]);`;
    const id = await begun(body("Other"), []);
    await workshop.answer(id, "One.", 1);
    workshop.program("p", body("Another"));
    const answer = await workshop.expectAdopted(id);
    expect(asked(answer)).toEqual([
      [3, "Two."],
      [4, "Another"],
    ]);
    await workshop.reply(id, 2);
    expect((await workshop.reply(id, 3)).last_yield).toEqual({ kind: "done", summary: [[1, 2], 3] });
  });
});

describe("a call in which nothing is answered", () => {
  const imports = { imports: 'import helper from "./helper.ts";' };
  beforeEach(() => workshop.program("helper", 'return yield* instruct("Help " + params.who);'));

  test("may change its params", async () => {
    const id = await begun('return yield* helper.call({ who: "Ada" });', [], imports);
    workshop.program("p", 'return yield* helper.call({ who: "Alan" });', imports);
    const answer = await workshop.expectAdopted(id);
    expect(asked(answer)).toEqual([[4, "Help Alan"]]);
    expect((await types(id)).slice(-4)).toEqual([
      "version_adopted",
      "step_cancelled 2",
      "step_issued 3",
      "step_issued 4",
    ]);
    expect((await workshop.reply(id, "done")).last_yield).toEqual({ kind: "done", summary: "done" });
  });

  test("may not once something in it is answered", async () => {
    workshop.program("helper", 'yield* instruct("First."); return yield* instruct("Help " + params.who);');
    const id = await begun('return yield* helper.call({ who: "Ada" });', ["one"], imports);
    workshop.program("p", 'return yield* helper.call({ who: "Alan" });', imports);
    expect((await workshop.expectRefused(id)).details).toMatchObject({
      step_no: 1,
      recorded: { kind: "call", params: { who: "Ada" } },
      asked: { kind: "call", params: { who: "Alan" } },
      hint: "step 1 was changed, and what follows is the same",
    });
  });

  test("may take the place of an instruction, and the other way round", async () => {
    const id = await begun('return yield* instruct("Help yourself");');
    workshop.program("p", 'return yield* helper.call({ who: "Ada" });', imports);
    expect(asked(await workshop.expectAdopted(id))).toEqual([[3, "Help Ada"]]);
    workshop.program("p", 'return yield* instruct("Help yourself");');
    expect(asked(await workshop.expectAdopted(id))).toEqual([[4, "Help yourself"]]);
    expect((await workshop.reply(id, "done")).last_yield).toEqual({ kind: "done", summary: "done" });
  });

  test("whose params are not valid is thrown to the program, then and in replay", async () => {
    const id = await begun('return yield* instruct("Help yourself");');
    workshop.program("helper", "return 1;", { definition: "params: z.object({ who: z.number() })," });
    workshop.program(
      "p",
      'try { yield* helper.call({ who: "Ada" }); } catch (error: any) { return yield* instruct(error.name); }',
      imports,
    );
    expect(asked(await workshop.expectAdopted(id))).toEqual([[3, "CallFailed"]]);
    expect((await workshop.reply(id, "done")).last_yield).toEqual({ kind: "done", summary: "done" });
  });
});

describe("signals", () => {
  const signals = { definition: "signals: { go: z.number() }," };

  test("that came early are taken by a step that only the new version asks", async () => {
    const id = await begun('return yield* instruct("One.");', [], signals);
    await workshop.sequencer.signal({ instanceId: id, name: "go", value: 5 });
    workshop.program("p", 'const n = yield* signal("go"); return yield* instruct("Got " + n);', signals);
    expect(asked(await workshop.expectAdopted(id))).toEqual([[3, "Got 5"]]);
  });

  test("that came early decide a race that only the new version runs, and what lost it is never asked", async () => {
    const id = await begun('return yield* instruct("One.");', [], signals);
    await workshop.sequencer.signal({ instanceId: id, name: "go", value: 5 });
    workshop.program("p", 'return yield* race([signal("go"), instruct("Never asked.")]);', signals);
    expect((await workshop.expectAdopted(id)).last_yield).toEqual({ kind: "done", summary: 5 });
    expect((await types(id)).slice(-4)).toEqual([
      "version_adopted",
      "step_cancelled 1",
      "step_issued 2",
      "ended",
    ]);
  });

  test("that are waited for may be given up", async () => {
    const id = await begun('return yield* signal("go");', [], signals);
    workshop.program("p", 'return yield* instruct("Instead.");', signals);
    expect(asked(await workshop.expectAdopted(id))).toEqual([[2, "Instead."]]);
  });
});

describe("an effect that is under way", () => {
  // The instruction keeps the calls from waiting for the effect.
  const body = (
    label: string,
  ) => `return yield* all([instruct("Meanwhile."), sideEffect("${label}", ({ signal }) => new Promise((done) => {
    const timer = setTimeout(() => done("ran"), 1500);
    signal.addEventListener("abort", () => clearTimeout(timer));
  }), { onInterrupted: "fail" })]);`;

  test("must be what the new version asks", async () => {
    const id = await begun(body("work"));
    workshop.program("p", body("other work"));
    const error = await workshop.latest(id).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "ProgramDiverged", details: { step_no: 2 } });
    expect(error.message).toContain("under way");
    await workshop.reply(id, "meanwhile");
    const { last_yield } = await workshop.sequencer.current({ instanceId: id, waitSeconds: 10 });
    expect(last_yield).toEqual({ kind: "done", summary: ["meanwhile", "ran"] });
  });

  test("goes on when it is", async () => {
    const id = await begun(body("work"));
    workshop.program("p", `/* edited */ ${body("work")}`);
    await workshop.latest(id);
    await workshop.reply(id, "meanwhile");
    const { last_yield } = await workshop.sequencer.current({ instanceId: id, waitSeconds: 10 });
    expect(last_yield).toEqual({ kind: "done", summary: ["meanwhile", "ran"] });
  });
});

describe("an instance that moved", () => {
  test("moves on, back, and on again, and every replay comes to the same", async () => {
    const body = (second: string) =>
      `const a = yield* instruct("A"); const b = yield* instruct("${second}"); return [a, b];`;
    const id = await begun(body("B1"), ["a"]);
    for (const second of ["B2", "B3", "B1", "B3"]) {
      workshop.program("p", body(second));
      expect(asked(await workshop.expectAdopted(id)).map(([, text]) => text)).toEqual([second]);
    }
    expect((await workshop.reply(id, "b")).last_yield).toEqual({ kind: "done", summary: ["a", "b"] });
  });

  test("is refused a version that would take back what the last one asked and was answered", async () => {
    const body = (second: string) =>
      `yield* instruct("A"); yield* instruct("${second}"); return yield* instruct("C");`;
    const id = await begun(body("B1"), ["a"]);
    workshop.program("p", body("B2"));
    await workshop.expectAdopted(id);
    await workshop.reply(id, "b2");
    workshop.program("p", body("B1"));
    expect((await workshop.expectRefused(id)).details).toMatchObject({
      step_no: 3,
      recorded: { text: "B2" },
      asked: { text: "B1" },
    });
  });

  test("says so at once when it runs on that version already", async () => {
    const id = await begun('return yield* instruct("A");');
    const log = workshop.logOf(id);
    expect(asked(await workshop.latest(id))).toEqual([[1, "A"]]);
    expect(workshop.logOf(id)).toBe(log);
  });

  test("keeps its values through a version that parses them otherwise", async () => {
    const body = (n: number) =>
      `const a = yield* instruct("A", { reply: z.number().transform((x) => x * ${n}) }); const b = yield* instruct("B"); return [a, b];`;
    const id = await begun(body(1), [5]);
    workshop.program("p", body(2));
    await workshop.expectAdopted(id);
    workshop.program("p", body(3));
    await workshop.expectAdopted(id);
    expect((await workshop.reply(id, "b")).last_yield).toEqual({ kind: "done", summary: [15, "b"] });
  });

  test("cannot move when it has ended, and is told how to go on", async () => {
    const id = await begun('return yield* instruct("A");', [1]);
    workshop.program("p", 'return yield* instruct("B");');
    const error = await workshop.latest(id).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "InstanceEnded", fix: expect.stringContaining("sequencer_fork") });
  });

  test("stays where it is when the program cannot be found or loaded", async () => {
    const id = await begun('return yield* instruct("A");');
    workshop.remove("p.ts");
    await expect(workshop.latest(id)).rejects.toMatchObject({ code: "UnknownProgram" });
    workshop.write("p.ts", "export default {");
    await expect(workshop.latest(id)).rejects.toMatchObject({ code: "ProgramNotLoadable" });
    expect((await workshop.reply(id, 1)).last_yield).toMatchObject({ kind: "done" });
  });

  test("moves from a version that got stuck, and is not run on it", async () => {
    const id = await begun('yield* instruct("A"); for (;;);');
    await workshop.sequencer.dispose();
    workshop.sequencer = workshop.open(workshop.stateDir, { turnTimeoutMs: 500 });
    const stuck = await workshop.sequencer
      .next({ instanceId: id, forStepNo: 1, result: 1 })
      .catch((thrown) => thrown);
    expect(stuck).toMatchObject({ code: "ProgramStalled" });
    workshop.program("p", 'yield* instruct("A"); return "mended";');
    expect((await workshop.latest(id)).last_yield).toEqual({ kind: "done", summary: "mended" });
  });
});
