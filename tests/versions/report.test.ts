/** What `ProgramDiverged` says, so that author and agent know what happened and what to do. */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

let workshop: Workshop;
beforeEach(() => {
  workshop = new Workshop();
});
afterEach(() => workshop.close());

const steps = (...texts: string[]) =>
  `${texts.map((text) => `yield* instruct("${text}");`).join("\n")} return 1;`;

async function refused(
  before: string,
  replies: unknown[],
  after: string,
  more: { before?: object; after?: object } = {},
) {
  workshop.program("p", before, more.before);
  const id = await workshop.start("p");
  await workshop.reply(id, ...replies);
  workshop.program("p", after, more.after ?? more.before);
  const error = await workshop.expectRefused(id);
  return { id, ...error, details: error.details!, message: error.message };
}

describe("the hint", () => {
  test.each([
    ["a step inserted in front", ["Z", "A", "B", "C"], "a step was inserted before step 1"],
    ["two steps inserted in front", ["Y", "Z", "A", "B", "C"], "2 steps were inserted before step 1"],
    ["a step inserted between", ["A", "Z", "B", "C"], "a step was inserted before step 2"],
    ["the first step removed", ["B", "C"], "step 1 was removed"],
    ["a step between removed", ["A", "C"], "step 2 was removed"],
    ["two steps removed", ["C"], "steps 1 to 2 were removed"],
    ["two steps exchanged", ["B", "A", "C"], "steps 1 and 2 changed places"],
    ["two later steps exchanged", ["A", "C", "B"], "steps 2 and 3 changed places"],
    ["a step in other words", ["A", "B!", "C"], "step 2 was changed, and what follows is the same"],
  ])("tells %s", async (_, texts, hint) => {
    const { details, message } = await refused(steps("A", "B", "C", "D"), [1, 2, 3], steps(...texts, "D"));
    expect(details["hint"]).toBe(hint);
    expect(message).toContain(`It seems that ${hint}.`);
  });

  test("is found behind an inserted step of any kind, with any schema", async () => {
    const inserted = [
      'yield* ask("Sure?", { choices: ["yes", "no"] });',
      'yield* instruct("Z", { reply: z.object({ when: z.iso.date(), list: z.array(z.email()).min(2), n: z.int().min(3).max(9), of: z.union([z.literal("x"), z.number()]) }) });',
      'yield* sideEffect("z", () => { throw new Error("never run for a hint"); });',
      'yield* command("false");',
      'yield* sleep("2h");',
      'yield* signal("go");',
    ];
    const declared = { definition: "signals: { go: z.object({ ok: z.boolean() }) }," };
    for (const step of inserted) {
      const { details } = await refused(steps("A", "B"), [1], `${step} ${steps("A", "B")}`, {
        before: declared,
      });
      expect(details["hint"]).toBe("a step was inserted before step 1");
    }
  });

  test("is left out where steps lie no better one way than another", async () => {
    const { details } = await refused(steps("A", "B", "C"), [1, 2], steps("X", "Y", "Z"));
    expect(details).not.toHaveProperty("hint");
  });

  test("does not count what the history had answered: it goes on from where it differs", async () => {
    const before = `const { n } = yield* instruct("How many?", { reply: z.object({ n: z.number() }) });
      for (let i = 0; i < n; i++) { yield* instruct("Item " + i); } return n;`;
    const after = before.replace('"Item " + i);', '"Item " + i); if (i === 1) yield* instruct("Half time");');
    const { details } = await refused(before, [{ n: 5 }, 0, 1, 2, 3], after);
    expect(details).toMatchObject({ step_no: 4, hint: "a step was inserted before step 4" });
  });
});

describe("the report", () => {
  test("shows both sides, both places, the difference, and what to do", async () => {
    const { id, message, fix, details } = await refused(
      steps("Read the file\\nand count its lines.", "B"),
      [1],
      `\n\n${steps("Read the file\\nand count its words.", "B")}`,
    );
    const file = join(workshop.programsDir, "p.ts");
    expect(details).toMatchObject({
      instance_id: id,
      step_no: 1,
      seq: 1,
      line: 2,
      what: "the program asks something else: another text",
      recorded: { kind: "instruction", at: expect.stringMatching(`^${file}:10:`) },
      asked: { kind: "instruction", at: expect.stringMatching(`^${file}:12:`) },
      diff: "  text: Read the file\n- and count its lines.\n+ and count its words.",
    });
    expect(message).toContain(details["diff"]);
    expect(message).toContain(`line 2 of its log`);
    expect(message).toContain("The instance stays as it was.");
    expect(fix).toBe(
      'To go on with the recorded version, call sequencer_resume without program_version. To go on from there with the new version, call sequencer_fork with before_step_no: 1 and program_version: "latest".',
    );
    const forked = await workshop.sequencer.fork({
      instanceId: id,
      beforeStepNo: 1,
      programVersion: "latest",
    });
    expect(forked.last_yield).toMatchObject({ text: "Read the file\nand count its words." });
  });

  test("tells a recorded step that the program does not come to: the run ends before", async () => {
    const ends = await refused(steps("A", "B"), [1, 2].slice(0, 1), "return 1;");
    expect(ends.details).toMatchObject({ step_no: 1, asked: "the run ends (completed)" });
    const fails = await refused(steps("A", "B"), [1], 'throw new TypeError("oh");');
    expect(fails.details).toMatchObject({ step_no: 1, asked: "the run ends (failed, TypeError: oh)" });
  });

  test("tells a step that the program asks elsewhere in its structure", async () => {
    const { details } = await refused(
      steps("A", "B"),
      [1],
      'yield* all([instruct("A"), instruct("B")]); return 1;',
    );
    expect(details).toMatchObject({ step_no: 1, what: "the program does not ask it", asked: { text: "B" } });
  });

  test("does without the recorded place when the recorded version is gone", async () => {
    workshop.program("p", steps("A", "B"));
    const id = await workshop.start("p");
    const { version } = await workshop.reply(id, 1);
    await workshop.sequencer.dispose();
    rmSync(join(workshop.stateDir, "versions", version), { recursive: true });
    workshop.sequencer = workshop.open();
    workshop.program("p", steps("Z", "B"));
    const error = await workshop.latest(id).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "ProgramDiverged", details: { asked: { at: expect.any(String) } } });
    expect(error.details.recorded).not.toHaveProperty("at");
  });

  test("stays short, however long the texts and schemas are", async () => {
    const long = (word: string) =>
      `yield* instruct(("${word} ".repeat(20) + "\\n").repeat(300), { reply: z.object(Object.fromEntries(Array.from({ length: 300 }, (_, i) => ["${word}" + i, z.any()]))) }); return yield* instruct("B");`;
    const { message, details } = await refused(
      long("before"),
      [Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`before${i}`, i]))],
      long("after"),
    );
    expect(message.length).toBeLessThan(5_000);
    expect(JSON.stringify({ message, details }).length).toBeLessThan(11_000);
    expect(message).toMatch(/… and \d+ more lines/);
  });

  test("names no step, and no fork, where params or signals are at fault", async () => {
    const schema = (type: string) => ({ definition: `params: z.object({ a: z.${type}() }),` });
    workshop.program("p", steps("A"), schema("number().optional"));
    const id = await workshop.start("p");
    workshop.program("p", steps("A"), schema("number"));
    const error = await workshop.expectRefused(id);
    expect(error.details).not.toHaveProperty("step_no");
    expect(error.fix).not.toContain("sequencer_fork");
  });
});

test("neither trying a version nor looking for a hint runs an effect", async () => {
  const mark = join(workshop.folder, "mark");
  const imports = { imports: 'import { writeFileSync } from "node:fs";' };
  const effect = `yield* sideEffect("mark", () => writeFileSync(${JSON.stringify(mark)}, ""));`;
  const { details } = await refused(steps("A", "B"), [1], `${effect} ${steps("A", "B")}`, { after: imports });
  expect(details).toMatchObject({ hint: "a step was inserted before step 1" });
  expect(existsSync(mark)).toBe(false);
});
