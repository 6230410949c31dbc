import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, startServer } from "../server/stdio.ts";
import { writeSum } from "./sandbox-programs.ts";

describe("a run survives", () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = createSandbox();
    writeSum(sandbox);
  });
  afterEach(() => sandbox.remove());

  it("kill -9 after every single step, each time in a new server", async () => {
    const steps = 6;
    let server = await startServer(sandbox);
    let answer = await server.call("sequencer_start", { program: "sum", params: { steps } });
    const { instance_id } = answer;
    for (let step = 1; step <= steps; step++) {
      await server.kill9();
      server = await startServer(sandbox);
      answer = await server.call("sequencer_current", { instance_id });
      expect(answer).toMatchObject({ state: "awaiting_result", step_no: step });
      answer = await server.call("sequencer_next", {
        instance_id,
        for_step_no: step,
        result: { value: step },
      });
    }
    expect(answer).toMatchObject({
      state: "completed",
      last_yield: { summary: { sum: 21, seen: [1, 2, 3, 4, 5, 6] } },
    });
    await server.kill9();
    server = await startServer(sandbox);
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({ state: "completed" });
    await server.close();
  });

  it("a reply that is sent again after a kill, whether or not it was recorded", async () => {
    let server = await startServer(sandbox);
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    for (let step = 1; step <= 3; step++) {
      const reply = { instance_id, for_step_no: step, result: { value: step * 10 } };
      // Killed while the reply is under way: the client cannot know whether it arrived.
      const lost = server.call("sequencer_next", reply).then(
        () => "answered",
        () => "lost",
      );
      await new Promise((resolve) => setTimeout(resolve, step * 2));
      await server.kill9();
      await lost;
      server = await startServer(sandbox);
      await server.call("sequencer_next", reply);
      expect(await server.call("sequencer_next", reply)).toMatchObject({ duplicate: true });
    }
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({
      state: "completed",
      last_yield: { summary: { sum: 60, seen: [10, 20, 30] } },
    });
    await server.close();
  });

  it("its program's file being edited and removed while it runs", async () => {
    const { rmSync, writeFileSync } = await import("node:fs");
    let server = await startServer(sandbox);
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    const file = writeSum(sandbox);
    writeFileSync(file, "this is not a program");
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 1 } });
    await server.kill9();
    rmSync(file);
    server = await startServer(sandbox);
    await server.call("sequencer_next", { instance_id, for_step_no: 2, result: { value: 2 } });
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: 3, result: { value: 3 } }),
    ).toMatchObject({ last_yield: { summary: { sum: 6 } } });
    await server.close();
  });
});

describe("two servers on one state folder", () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = createSandbox();
    writeSum(sandbox);
  });
  afterEach(() => sandbox.remove());

  it("alternate on one instance", async () => {
    const servers = [await startServer(sandbox), await startServer(sandbox)];
    const { instance_id } = await servers[0]!.call("sequencer_start", {
      program: "sum",
      params: { steps: 20 },
    });
    let answer: any;
    for (let step = 1; step <= 20; step++) {
      answer = await servers[step % 2]!.call("sequencer_next", {
        instance_id,
        for_step_no: step,
        result: { value: step },
      });
    }
    expect(answer).toMatchObject({ state: "completed", last_yield: { summary: { sum: 210 } } });
    for (const server of servers) await server.close();
  });

  it("race on one step 200 times: exactly one reply wins, the other caller is told", async () => {
    const rounds = 200;
    const servers = [await startServer(sandbox), await startServer(sandbox)];
    const { instance_id } = await servers[0]!.call("sequencer_start", {
      program: "sum",
      params: { steps: rounds },
    });
    const winners: number[] = [];
    for (let step = 1; step <= rounds; step++) {
      const answers = await Promise.all(
        servers.map((server, i) =>
          server.call("sequencer_next", { instance_id, for_step_no: step, result: { value: step * 10 + i } }),
        ),
      );
      const won = answers.findIndex((answer) => answer.ok !== false);
      const lost = answers[1 - won]!;
      expect(
        answers.filter((answer) => answer.ok !== false),
        `round ${step}`,
      ).toHaveLength(1);
      expect(step === rounds ? "InstanceEnded" : "OutOfSync").toBe(lost.error);
      winners.push(step * 10 + won);
    }
    const { last_yield } = await servers[1]!.call("sequencer_current", { instance_id });
    expect(last_yield.summary.seen).toEqual(winners);
    for (const server of servers) await server.close();
  });
});
