import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import { isDerived } from "../../src/engine/execution.ts";
import { apply, initialState } from "../../src/engine/state.ts";
import { randomProgram } from "./random/ast.ts";
import { Driven, randomMoves, replay } from "./random/driven.ts";
import { throughJson } from "./run.ts";

/** More of them: `PROPERTY_RUNS=20000 npx vitest run tests/engine/properties.test.ts`. */
const numRuns = Number(process.env["PROPERTY_RUNS"] ?? 400);

/** fast-check prints the seed, the path and the smallest program and moves that fail. */
const RUNS = { numRuns, verbose: fc.VerbosityLevel.None } as const;

describe("random programs, random replies, crashes at any place", () => {
  test("the engine does what the model does", async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, randomMoves, async (program, moves) => {
        const { log, model } = await Driven.run(program, moves);
        const ended = log.at(-1)!;
        expect(ended.type).toBe("ended");
        if (ended.type === "ended" && ended.state === "completed") expect(ended.summary).toEqual(model.trace);
      }),
      RUNS,
    );
  });

  test("a log read in any pieces is the same run", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomProgram,
        randomMoves,
        fc.array(fc.nat(), { maxLength: 5 }),
        async (node, moves, cuts) => {
          const driven = await Driven.run(node, moves);
          const execution = await replay(driven.program, driven.log, cuts);
          expect(execution.drafts).toEqual([]);
          expect(driven.trace).toEqual(driven.model.trace);
        },
      ),
      RUNS,
    );
  });

  test("every prefix of a log is a state, and an execution that owes what follows", async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, randomMoves, fc.nat(), async (node, moves, cut) => {
        const driven = await Driven.run(node, moves);
        const { log } = driven;
        const state = initialState();
        for (const event of log) apply(state, event);
        const length = 1 + (cut % log.length);
        const execution = await replay(driven.program, log.slice(0, length), []);
        const owed = throughJson(execution.drafts);
        expect(owed).toEqual(log.slice(length, length + owed.length));
        const next = log[length + owed.length];
        expect(next === undefined || !isDerived(next)).toBe(true);
      }),
      RUNS,
    );
  });

  test("a log that was tampered with is refused, and the program is given nothing that was not", async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, randomMoves, fc.nat(), fc.nat(), async (node, moves, at, how) => {
        const driven = await Driven.run(node, moves);
        const tampered = tamper(driven.log, at, how);
        if (tampered === undefined) return;
        const before = [...driven.trace];
        await expect(replay(driven.program, tampered, [])).rejects.toMatchObject({ code: "ProgramDiverged" });
        await expect(replay(driven.program, tampered, [at, how])).rejects.toMatchObject({
          code: "ProgramDiverged",
        });
        expect(before.slice(0, driven.trace.length)).toEqual(driven.trace);
      }),
      RUNS,
    );
  });
});

const TAMPERING: ((event: any) => Event[])[] = [
  (event) => [event, event],
  (event) => [{ ...event, step_no: (event.step_no ?? 0) + 1 }],
  (event) => [{ ...event, type: event.type === "step_cancelled" ? "ended" : "step_cancelled" }],
  (event) => [
    event.ordinal === undefined ? { ...event, ordinal: 1 } : { ...event, ordinal: event.ordinal + 1 },
  ],
  (event) => [
    event.scope === undefined ? { ...event, scope: "1.0" } : { ...event, scope: `${event.scope}/1` },
  ],
  (event) => [{ ...event, kind: event.kind === "ask" ? "instruction" : "ask" }],
  // Left out: of the last event of the log nothing would be known.
  () => [],
];

/** The log with one derived event changed; `undefined` if there is none to change. */
function tamper(log: readonly Event[], at: number, how: number): Event[] | undefined {
  const derived = log.flatMap((event, i) => (isDerived(event) && i < log.length - 1 ? [i] : []));
  const place = derived[at % derived.length];
  if (place === undefined) return undefined;
  return log.toSpliced(place, 1, ...TAMPERING[how % TAMPERING.length]!(log[place]));
}
