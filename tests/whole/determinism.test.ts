import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody, writeSum } from "./sandbox-programs.ts";

describe("determinism by construction", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeEach(async () => {
    sandbox = createSandbox();
    server = await startServer(sandbox);
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  const draw = `({
    now: Date.now(), date: new Date().toISOString(), random: Math.random(), uuid: crypto.randomUUID(),
    bytes: [...crypto.getRandomValues(new Uint8Array(4))], perf: performance.now(), node: randomUUID(),
  })`;

  it("gives clock and chance the same values in replay, in another process, later, elsewhere", async () => {
    writeBody(
      sandbox,
      "chance",
      `const drawn = [${draw}];
       for (let i = 0; i < 3; i++) { yield* instruct("Step " + i); drawn.push(${draw}); }
       yield* instruct(JSON.stringify(drawn));
       return { drawn, module: atImport };`,
      `import { randomUUID } from "node:crypto"; const atImport = ${draw};`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "chance" });
    for (const step of [1, 2])
      await server.call("sequencer_next", { instance_id, for_step_no: step, result: step });
    const third = await server.call("sequencer_next", { instance_id, for_step_no: 3, result: 3 });
    const live = JSON.parse(third.last_yield.text);
    await server.kill9();
    await new Promise((resolve) => setTimeout(resolve, 50));
    server = await startServer(sandbox, { env: { TZ: "Asia/Tokyo" } });
    const ended = await server.call("sequencer_next", { instance_id, for_step_no: 4, result: 4 });
    expect(ended.last_yield.summary.drawn).toEqual(live);
    expect(new Set(live.map((values: any) => values.uuid)).size).toBe(4);
    expect(live[1].now).toBeGreaterThanOrEqual(live[0].now);
  });

  const refused: Record<string, [body: string, before?: string]> = {
    setTimeout: [`setTimeout(() => {}, 5);`],
    fetch: [`await fetch("http://127.0.0.1:9/");`],
    "process.env": [`if (process.env.HOME) {}`],
    "fs.readFileSync": [`readFileSync("/etc/hosts");`, `import { readFileSync } from "node:fs";`],
    "child_process.execSync": [`cp.execSync("true");`, `import * as cp from "node:child_process";`],
  };
  for (const [call, [body, before = ""]] of Object.entries(refused)) {
    it(`refuses ${call}, naming the author's line and the way out`, async () => {
      writeBody(sandbox, "reaching", `yield* instruct("Go.");\n${body}\nreturn 1;`, before);
      const { instance_id } = await server.call("sequencer_start", { program: "reaching" });
      const answer = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
      expect(answer).toMatchObject({ state: "failed", last_yield: { type: "NondeterministicCall" } });
      expect(answer.last_yield.message).toContain(call);
      expect(answer.last_yield.message).toMatch(/reaching\.ts:9/);
    });
  }

  it("lets all of that happen inside a side effect, and nothing of the server is touched", async () => {
    writeBody(
      sandbox,
      "effects",
      `return yield* sideEffect("look", async () => {
         await new Promise((resolve) => setTimeout(resolve, 5));
         return { read: readFileSync("/etc/hosts", "utf8").length > 0, home: typeof process.env.HOME, real: Date.now() };
       });`,
      `import { sideEffect } from "agent-sequencer"; import { readFileSync } from "node:fs";`,
    );
    const before = Date.now();
    const answer = await server.call("sequencer_start", { program: "effects" });
    expect(answer.last_yield.summary).toMatchObject({ read: true, home: "string" });
    expect(answer.last_yield.summary.real).toBeGreaterThanOrEqual(before);
    writeSum(sandbox);
    expect(await server.call("sequencer_start", { program: "sum" })).toMatchObject({
      state: "awaiting_result",
    });
  });

  it("keeps the module state of two instances apart", async () => {
    writeBody(sandbox, "counter", `count++;\nyield* instruct("Go.");\nreturn count;`, "let count = 0;");
    const ids: string[] = [];
    for (let i = 0; i < 3; i++)
      ids.push((await server.call("sequencer_start", { program: "counter" })).instance_id);
    for (const instance_id of ids) {
      const answer = await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 });
      expect(answer.last_yield.summary).toBe(1);
    }
  });
});
