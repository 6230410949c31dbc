/**
 * The experiment that other engines fail: a program asks name, age and city; after two answers a question is
 * inserted in front.
 */

import { afterEach, beforeEach, expect, test } from "vitest";
import { asked, Workshop } from "./workshop.ts";

const ASKS = `
    const { name } = yield* instruct("What is your name?", { reply: z.object({ name: z.string() }) });
    const { age } = yield* instruct(\`How old are you, \${name}?\`, { reply: z.object({ age: z.number() }) });
    const { city } = yield* instruct("Where do you live?", { reply: z.object({ city: z.string() }) });
    return { name, age, city };`;
const WITH_CONSENT = `
    const { consent } = yield* instruct("Do you consent?", { reply: z.object({ consent: z.boolean() }) });
    if (!consent) throw new Abort("no consent");${ASKS}`;

let workshop: Workshop;
let id: string;
beforeEach(async () => {
  workshop = new Workshop();
  workshop.program("survey", ASKS);
  id = await workshop.start("survey");
  await workshop.reply(id, { name: "Ada" }, { age: 36 });
});
afterEach(() => workshop.close());

async function expectToEndAsItBegan() {
  const answer = await workshop.reply(id, { city: "London" });
  expect(answer.last_yield).toEqual({ kind: "done", summary: { name: "Ada", age: 36, city: "London" } });
}

test("a running instance goes on with its own version after the edit", async () => {
  workshop.program("survey", WITH_CONSENT);
  await expectToEndAsItBegan();
});

test("a running instance goes on with its own version after the program was deleted and the server restarted", async () => {
  workshop.remove("survey.ts");
  await workshop.restart();
  await expectToEndAsItBegan();
});

test('"latest" is refused with a report that names the inserted question, and the instance goes on', async () => {
  workshop.program("survey", WITH_CONSENT);
  const error = await workshop.expectRefused(id);
  expect(error.message).toContain("Do you consent?");
  expect(error.message).toContain("What is your name?");
  expect(error.message).toContain("a step was inserted before step 1");
  expect(error.fix).toContain("before_step_no: 1");
  expect(error.details).toMatchObject({
    step_no: 1,
    line: 2,
    seq: 1,
    hint: "a step was inserted before step 1",
    recorded: {
      kind: "instruction",
      text: "What is your name?",
      at: expect.stringMatching(/survey\.ts:\d+:\d+$/),
    },
    asked: { kind: "instruction", text: "Do you consent?", at: expect.stringMatching(/survey\.ts:\d+:\d+$/) },
  });
  expect(error.details?.["diff"]).toContain("- text: What is your name?\n+ text: Do you consent?");
  await expectToEndAsItBegan();
});

test("nobody's answer ever becomes the consent", async () => {
  workshop.program("survey", WITH_CONSENT);
  await workshop.expectRefused(id);
  await workshop.restart();
  expect(asked(await workshop.current(id))).toEqual([[3, "Where do you live?"]]);
});
