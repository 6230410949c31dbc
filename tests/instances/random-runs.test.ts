/**
 * Random programs under random replies, crashes and evictions, against a model that evaluates the same
 * program without any sequencer. fast-check prints the seed and the smallest counterexample.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstanceAnswer } from "../../src/instances/answer.ts";
import { createSequencer } from "../../src/instances/sequencer.ts";

type Node =
  | { do: "step"; label: number }
  | { do: "sequence"; nodes: Node[] }
  | { do: "try"; body: Node; otherwise: Node }
  | { do: "all"; nodes: Node[]; concurrency: number }
  | { do: "settled"; nodes: Node[] }
  | { do: "effect"; label: number }
  | { do: "signal" }
  | { do: "sleep" }
  /** A step that nobody answers in time. */
  | { do: "late" }
  | { do: "abort" };

/** How the driver treats the step of a label. */
interface Fate {
  readonly invalidFirst: number;
  readonly fails: boolean;
}

const PROGRAM = `
import { Abort, all, allSettled, defineProgram, instruct, sideEffect, signal, sleep } from "agent-sequencer";
import { z } from "zod";

async function* evaluate(node: any): AsyncGenerator<any, any, any> {
  switch (node.do) {
    case "step": {
      const { value } = yield* instruct("Step " + node.label, { reply: z.object({ value: z.int() }), maxAttempts: 3 });
      return value;
    }
    case "sequence": {
      const results = [];
      for (const each of node.nodes) results.push(yield* evaluate(each));
      return results;
    }
    case "try":
      try {
        return yield* evaluate(node.body);
      } catch (error) {
        if (error instanceof Abort) throw error;
        return { caught: yield* evaluate(node.otherwise) };
      }
    case "all":
      return yield* all(node.nodes.map(evaluate), { concurrency: node.concurrency });
    case "settled":
      return (yield* allSettled(node.nodes.map(evaluate))).map((each: any) => each.value ?? "failed");
    case "effect":
      return yield* sideEffect("effect " + node.label, async () => {
        await new Promise((resolve) => setTimeout(resolve, node.label));
        if (node.label > 7) throw new RangeError("effects of large labels fail");
        return node.label * 100;
      });
    case "signal":
      return (yield* signal<{ n: number }>("go")).n;
    case "sleep":
      yield* sleep("1h");
      return "awake";
    case "late":
      return yield* instruct("Late.", { timeout: "1h" });
    case "abort":
      throw new Abort("as the program says");
  }
}

export default defineProgram({
  name: "random",
  description: "Evaluates a small tree.",
  params: z.object({ tree: z.any() }),
  signals: { go: z.object({ n: z.int() }) },
  async *run({ params }) {
    return { result: yield* evaluate(params.tree) };
  },
});
`;

class Failed extends Error {}
class Aborted extends Error {}

function model(node: Node, fates: readonly Fate[]): unknown {
  const inner = (each: Node) => model(each, fates);
  switch (node.do) {
    case "step": {
      const { invalidFirst, fails } = fates[node.label]!;
      if (fails || invalidFirst >= 3) throw new Failed();
      return node.label * 10;
    }
    case "sequence":
      return node.nodes.map(inner);
    case "try":
      try {
        return inner(node.body);
      } catch (error) {
        if (error instanceof Aborted) throw error;
        return { caught: inner(node.otherwise) };
      }
    case "all":
      return node.nodes.map(inner);
    case "settled":
      return node.nodes.map((each) => {
        try {
          return inner(each);
        } catch {
          return "failed";
        }
      });
    case "effect":
      if (node.label > 7) throw new Failed();
      return node.label * 100;
    case "signal":
      return 7;
    case "sleep":
      return "awake";
    case "late":
      throw new Failed();
    case "abort":
      throw new Aborted();
  }
}

function outcomeOf(tree: Node, fates: readonly Fate[]): unknown {
  try {
    return { state: "completed", result: model(tree, fates) };
  } catch (error) {
    return { state: error instanceof Aborted ? "aborted" : "failed" };
  }
}

/** An effect or the clock may have ended the run meanwhile. */
function ignoreEnd(error: { code?: string }): void {
  if (error.code !== "InstanceEnded") throw error;
}

/** Which of several branches fails first depends on who is answered first, so a tree has only one kind of end in a group. */
const trees: fc.Arbitrary<Node> = fc.letrec<{ node: Node; calm: Node }>((tie) => {
  const step = fc.record({ do: fc.constant("step" as const), label: fc.nat(9) });
  const waits = [
    fc.record({ do: fc.constant("effect" as const), label: fc.nat(9) }),
    fc.constantFrom<Node>({ do: "signal" }, { do: "sleep" }, { do: "late" }),
  ];
  const several = fc.array(tie("calm"), { minLength: 1, maxLength: 3 });
  const groups = [
    fc.record({
      do: fc.constant("all" as const),
      nodes: several,
      concurrency: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ do: fc.constant("settled" as const), nodes: several }),
  ];
  const blocks = (inner: "node" | "calm") => [
    fc.record({
      do: fc.constant("sequence" as const),
      nodes: fc.array(tie(inner), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ do: fc.constant("try" as const), body: tie(inner), otherwise: tie(inner) }),
  ];
  return {
    calm: fc.oneof({ maxDepth: 3, withCrossShrink: true }, step, ...waits, ...blocks("calm"), ...groups),
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      step,
      ...waits,
      ...blocks("node"),
      ...groups,
      fc.constant({ do: "abort" as const }),
    ),
  };
}).node;

const fates = fc.array(
  fc.record({
    invalidFirst: fc.oneof(fc.constant(0), fc.nat(3)),
    fails: fc.nat(4).map((draw) => draw === 0),
  }),
  { minLength: 10, maxLength: 10 },
);

describe("random programs", () => {
  it("end as the model says, whatever order, crashes and evictions they meet", async () => {
    const folder = mkdtempSync(join(tmpdir(), "random-runs-"));
    const programs = join(folder, "programs");
    mkdirSync(programs);
    writeFileSync(join(programs, "random.ts"), PROGRAM);
    let now = Date.now();
    const open = () =>
      createSequencer({
        clock: () => now,
        stateDir: join(folder, "state"),
        projectDir: folder,
        home: folder,
        programDirs: [programs],
        version: "0.0.0",
        hostEntry: new URL("../../dist/host.js", import.meta.url),
        guardEntry: new URL("../../dist/guard.js", import.meta.url),
        // One instance in memory: each turn of another one evicts it.
        capacity: 1,
      });
    const servers = [open(), open()];
    try {
      const aRun = fc.tuple(trees, fates, fc.option(fc.nat(12)));
      await fc.assert(
        fc.asyncProperty(
          fc.array(aRun, { minLength: 1, maxLength: 3 }),
          fc.infiniteStream(fc.nat()),
          async (runs, chance) => {
            const draw = (below: number) => (chance.next().value as number) % below;
            const some = () => servers[draw(2)]!;
            const live = await Promise.all(
              runs.map(async ([tree, fate, cancelAfter]) => {
                const { instance_id } = await some().start({ program: "random", params: { tree } });
                return { id: instance_id, tree, fate, cancelAfter, turns: 0, cancelled: false };
              }),
            );
            const ended = new Map<string, unknown>();
            for (let turns = 0; ended.size < live.length; turns++) {
              expect(turns).toBeLessThan(3_000);
              const run = live[draw(live.length)]!;
              if (ended.has(run.id)) continue;
              if (draw(12) === 0) {
                const crashed = draw(2);
                await servers[crashed]!.dispose();
                servers[crashed] = open();
              }
              const answer = await some().current({ instanceId: run.id });
              const { last_yield } = answer;
              if (last_yield.kind === "done" || last_yield.kind === "abort" || last_yield.kind === "error") {
                const result = last_yield.kind === "done" && (last_yield.summary as { result: unknown });
                ended.set(run.id, { state: answer.state, ...result });
                continue;
              }
              if (run.turns++ === run.cancelAfter) {
                run.cancelled = true;
                await some().cancel({ instanceId: run.id, reason: "told to" });
              } else {
                await drive(run, answer);
              }
            }
            for (const { id, tree, fate, cancelled } of live) {
              expect(ended.get(id)).toEqual(cancelled ? { state: "cancelled" } : outcomeOf(tree, fate));
            }

            async function drive(run: (typeof live)[number], { last_yield }: InstanceAnswer): Promise<void> {
              const instanceId = run.id;
              const pending = last_yield.kind === "parallel" ? last_yield.instructions : [last_yield];
              const steps = pending.flatMap((each) =>
                each.kind === "instruction" && each.text !== "Late." ? [each] : [],
              );
              if (steps.length === 0 || draw(8) === 0) {
                // Whatever it waits for happens: word from outside, time, or the end of an effect.
                const what = draw(4);
                if (what < 2)
                  await some()
                    .signal({ instanceId, name: "go", value: { n: 7 } })
                    .catch(ignoreEnd);
                else if (what === 2) now += 2 * 3_600_000;
                else await some().current({ instanceId, waitSeconds: 0.02 });
                return;
              }
              const step = steps[draw(steps.length)]!;
              const label = Number(step.text.split(" ")[1]);
              const { fails, invalidFirst } = run.fate[label]!;
              const reply = { instanceId, forStepNo: step.step_no };
              if (step.attempt <= invalidFirst) await some().next({ ...reply, result: { value: "none" } });
              else if (fails) await some().next({ ...reply, failure: { reason: "told to" } });
              else await some().next({ ...reply, result: { value: label * 10 } });
            }
          },
        ),
        { numRuns: Number(process.env["RANDOM_RUNS"] ?? 15) },
      );
    } finally {
      for (const server of servers) await server.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
