import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram } from "./sandbox-programs.ts";

describe("a question to a person", () => {
  let sandbox: Sandbox;
  let server: ServerProcess | undefined;
  beforeEach(() => {
    sandbox = createSandbox();
    writeProgram(
      sandbox,
      "asker",
      `import { ask } from "agent-sequencer";
       export default defineProgram({
         name: "asker",
         description: "Asks.",
         async *run() {
           const branch = yield* ask("Which branch?", { choices: ["main", "next"] });
           const form = yield* ask("Who are you?", { reply: z.object({ name: z.string().min(2), age: z.int().optional() }) });
           return { branch, form };
         },
       });`,
    );
  });
  afterEach(async () => {
    await server?.close();
    sandbox.remove();
  });

  async function settled(instance_id: string) {
    let answer = await server!.call("sequencer_current", { instance_id, wait_seconds: 10 });
    for (let i = 0; answer.state === "waiting" && i < 20; i++) {
      answer = await server!.call("sequencer_current", { instance_id, wait_seconds: 10 });
    }
    return answer;
  }

  it("goes to the client's form, and the log says that a person answered", async () => {
    const shown: any[] = [];
    server = await startServer(sandbox, {
      elicit: (params) => {
        shown.push(params);
        const content: Record<string, string | number> =
          params.message === "Which branch?" ? { answer: "next" } : { name: "Ada", age: 36 };
        return { action: "accept", content };
      },
    });
    const { instance_id } = await server.call("sequencer_start", { program: "asker" });
    expect(await settled(instance_id)).toMatchObject({
      state: "completed",
      last_yield: { summary: { branch: "next", form: { name: "Ada", age: 36 } } },
    });
    expect(shown[0].requestedSchema).toEqual({
      type: "object",
      properties: { answer: { type: "string", enum: ["main", "next"] } },
      required: ["answer"],
    });
    const { readFileSync } = await import("node:fs");
    const { join } = await import("node:path");
    const log = readFileSync(join(sandbox.stateDir, `${instance_id}.jsonl`), "utf8");
    expect(log.match(/"by":"person"/g)).toHaveLength(2);
  });

  for (const action of ["decline", "cancel"] as const) {
    it(`goes to the agent when the form is answered with ${action}`, async () => {
      server = await startServer(sandbox, { elicit: () => ({ action }) });
      const { instance_id } = await server.call("sequencer_start", { program: "asker" });
      const asked = await settled(instance_id);
      expect(asked).toMatchObject({ state: "awaiting_result", step_no: 1 });
      expect(asked.last_yield.text).toContain("Ask your user");
      expect(asked.last_yield.text).toContain("Which branch?");
      await server.call("sequencer_next", { instance_id, for_step_no: 1, result: "main" });
      const second = await settled(instance_id);
      expect(
        await server.call("sequencer_next", {
          instance_id,
          for_step_no: second.step_no,
          result: { name: "Bob" },
        }),
      ).toMatchObject({
        state: "completed",
        last_yield: { summary: { branch: "main", form: { name: "Bob" } } },
      });
    });
  }

  it("goes to the agent when the form's answer does not fit, or the client fails", async () => {
    server = await startServer(sandbox, {
      elicit: ({ message }) => {
        if (message === "Which branch?") throw new Error("no window");
        return { action: "accept", content: { name: "x" } };
      },
    });
    const { instance_id } = await server.call("sequencer_start", { program: "asker" });
    expect(await settled(instance_id)).toMatchObject({ state: "awaiting_result", step_no: 1 });
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: "main" });
    expect((await settled(instance_id)).last_yield.text).toContain("Who are you?");
  });

  it("goes to the agent of a client that has no forms", async () => {
    server = await startServer(sandbox);
    const asked = await server.call("sequencer_start", { program: "asker" });
    expect(asked).toMatchObject({
      state: "awaiting_result",
      last_yield: { expect_schema: { enum: ["main", "next"] } },
    });
    const invalid = await server.call("sequencer_next", {
      instance_id: asked.instance_id,
      for_step_no: 1,
      result: "old",
    });
    expect(invalid.last_yield.validation_error.problems[0].message).toContain('"main"');
  });

  it("whose server dies while the form is open goes to the agent of the next one", async () => {
    server = await startServer(sandbox, { elicit: () => new Promise(() => {}) });
    const { instance_id, state } = await server.call("sequencer_start", { program: "asker" });
    expect(state).toBe("waiting");
    await server.kill9();
    server = await startServer(sandbox);
    expect(await settled(instance_id)).toMatchObject({ state: "awaiting_result", step_no: 1 });
  });
});
