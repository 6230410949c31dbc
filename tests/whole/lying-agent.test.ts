import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram } from "./sandbox-programs.ts";

let sandbox: Sandbox;
let server: ServerProcess;
beforeEach(async () => {
  sandbox = createSandbox();
  const at = (name: string) => join(sandbox.projectDir, name);
  writeFileSync(at("sum.mjs"), "export const sum = (a, b) => a - b;\n");
  writeFileSync(
    at("sum.test.mjs"),
    `import assert from "node:assert"; import test from "node:test"; import { sum } from "./sum.mjs";
     test("adds", () => assert.equal(sum(2, 3), 5)); test("adds zero", () => assert.equal(sum(2, 0), 2));`,
  );
  writeProgram(
    sandbox,
    "fix-tests",
    `import { command } from "agent-sequencer";
     export default defineProgram({
       name: "fix-tests",
       description: "Fixes failing tests, and believes nobody.",
       async *run() {
         for (let claims = 0; claims <= 5; claims++) {
           const tests = yield* command("node", ["--test", "sum.test.mjs"], { timeout: "1m" });
           if (tests.exit_code === 0) return { claims };
           yield* instruct("These tests fail. Fix the code, then say so.\\n\\n" + tests.stdout.slice(-2000), {
             reply: z.object({ all_tests_pass: z.literal(true) }),
           });
         }
         throw new Abort("the tests still fail after five claims that they pass");
       },
     });`,
  );
  server = await startServer(sandbox);
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

/** Waits for the program's own run of the tests. */
async function decided(answer: any): Promise<any> {
  let now = answer;
  while (now.state === "waiting") {
    now = await server.call("sequencer_current", { instance_id: answer.instance_id, wait_seconds: 20 });
  }
  return now;
}

it("an agent that lies about the tests is sent back until they truly pass", async () => {
  let answer = await decided(await server.call("sequencer_start", { program: "fix-tests" }));
  const { instance_id } = answer;
  for (let lie = 1; lie <= 2; lie++) {
    expect(answer.last_yield.text).toContain("adds");
    const reply = { instance_id, for_step_no: answer.step_no, result: { all_tests_pass: true } };
    answer = await decided(await server.call("sequencer_next", reply));
    expect(answer.state).toBe("awaiting_result");
  }
  writeFileSync(join(sandbox.projectDir, "sum.mjs"), "export const sum = (a, b) => a + b;\n");
  const honest = { instance_id, for_step_no: answer.step_no, result: { all_tests_pass: true } };
  answer = await decided(await server.call("sequencer_next", honest));
  expect(answer).toMatchObject({ state: "completed", last_yield: { summary: { claims: 3 } } });
});
