import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram } from "./sandbox-programs.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const ITEMS = 500;
const CONCURRENCY = 8;

/** A small generator of chance with a seed, so that a failure can be repeated. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a fan-out over 500 items with concurrency 8", () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = createSandbox();
    writeProgram(
      sandbox,
      "fan-out",
      `import { all, sideEffect } from "agent-sequencer";
       import { appendFileSync } from "node:fs";
       export default defineProgram({
         name: "fan-out",
         description: "Works on many items.",
         params: z.object({ items: z.int() }),
         async *run({ params, instance }) {
           async function* branch(item: number) {
             try {
               const { value } = yield* instruct("Item " + item, { reply: z.object({ value: z.int() }), maxAttempts: 50 });
               yield* sideEffect("note " + item, () => appendFileSync(instance.projectDir + "/notes", item + "\\n"));
               return value;
             } catch (error) {
               if (!(error instanceof StepFailed) || error.code !== "agent_failure") throw error;
               return -1;
             }
           }
           const results = yield* all(Array.from({ length: params.items }, (_, i) => branch(i)), { concurrency: ${CONCURRENCY} });
           return { results };
         },
       });`,
    );
  });
  afterEach(() => sandbox.remove());

  it("answered in random order by 8 callers over two servers, with bad replies, failures and kills", async () => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    const chance = chanceOf(seed);
    const context = `SEED=${seed}`;
    const servers: (ServerProcess | undefined)[] = [await startServer(sandbox), await startServer(sandbox)];
    const { instance_id } = await servers[0]!.call("sequencer_start", {
      program: "fan-out",
      params: { items: ITEMS },
    });
    const expected = new Map<number, number>();
    let replies = 0;
    let restarting: Promise<void> | undefined;

    async function restart(which: number): Promise<void> {
      const killed = servers[which]!;
      servers[which] = undefined;
      await killed.kill9();
      servers[which] = await startServer(sandbox);
    }

    /** Any server that lives; a call that dies with its server is asked again. */
    async function call(tool: string, args: Record<string, unknown>): Promise<any> {
      for (;;) {
        const server =
          servers[Math.floor(chance() * 2)] ?? servers.find((candidate) => candidate !== undefined);
        if (server === undefined) {
          await restarting;
          continue;
        }
        try {
          return await server.call(tool, args);
        } catch {
          await restarting;
        }
      }
    }

    const inWork = new Set<number>();
    async function caller(): Promise<void> {
      for (;;) {
        const now = await call("sequencer_current", { instance_id });
        if (now.state === "completed") return;
        const steps = now.last_yield.kind === "parallel" ? now.last_yield.instructions : [now.last_yield];
        const free = steps.filter((step: any) => step.kind === "instruction" && !inWork.has(step.step_no));
        expect(steps.length, context).toBeLessThanOrEqual(CONCURRENCY);
        if (free.length === 0) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          continue;
        }
        const step = free[Math.floor(chance() * free.length)];
        inWork.add(step.step_no);
        const item = Number(step.text.split(" ")[1]);
        const draw = chance();
        const reply =
          draw < 0.1
            ? { result: { value: "none" } }
            : draw < 0.15
              ? { failure: { reason: "cannot" } }
              : { result: { value: item * 2 } };
        if (draw >= 0.1) expected.set(item, draw < 0.15 ? -1 : item * 2);
        const answer = await call("sequencer_next", { instance_id, for_step_no: step.step_no, ...reply });
        expect(answer.ok, `${context} ${JSON.stringify(answer)}`).not.toBe(false);
        if (++replies % 20 === 0) {
          const which = (replies / 20) % 2;
          restarting = (restarting ?? Promise.resolve()).then(() => restart(which));
        }
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, caller));
    await restarting;

    for (const server of servers) await server?.close();

    const fresh = await startServer(sandbox);
    expect(await fresh.call("sequencer_current", { instance_id }), context).toMatchObject({
      state: "completed",
    });
    await fresh.close();
    // The events that count, read by yet another process; the file also holds lost races and torn writes.
    const shown = await promisify(execFile)(process.execPath, [CLI, "show", instance_id, "--json"], {
      env: sandbox.env,
      maxBuffer: 1 << 28,
    });
    const events = shown.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.at(-1).summary.results, context).toEqual(
      Array.from({ length: ITEMS }, (_, i) => expected.get(i)),
    );

    // An effect may run again when it was interrupted, but never after its result was recorded.
    const finished = events.filter(({ type }) => type === "effect_finished").map(({ step_no }) => step_no);
    expect(new Set(finished).size, context).toBe(finished.length);
    const noted = new Set(
      readFileSync(join(sandbox.projectDir, "notes"), "utf8").trim().split("\n").map(Number),
    );
    const succeeded = [...expected].filter(([, value]) => value !== -1).map(([item]) => item);
    expect(finished.length, context).toBe(succeeded.length);
    expect(
      [...noted].sort((a, b) => a - b),
      context,
    ).toEqual(succeeded.sort((a, b) => a - b));
  }, 240_000);
});
