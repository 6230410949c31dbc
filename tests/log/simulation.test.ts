/**
 * Random writers, crashes, hand edits and power losses against the account of `model.ts`.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PATH, readBytes } from "./memory-log.ts";
import { LogModel, type Writer } from "./model.ts";

const WRITERS = 3;
const RUNS = Number(process.env.SEQUENCER_SIMULATIONS ?? 1500);

const writer = fc.nat(WRITERS - 1);
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      writer,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("die" as const),
      writer,
      count: fc.integer({ min: 1, max: 3 }),
      cut: fc.oneof(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: -12, max: -1 }),
      ),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("read" as const), writer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sync" as const), writer }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("append while read" as const),
      writer,
      reader: fc.integer({ min: 1, max: WRITERS - 1 }),
      count: fc.integer({ min: 1, max: 3 }),
      bytes: fc.integer({ min: 0, max: 400 }),
    }),
  },
);

const powerLoss = fc.record({
  do: fc.constant("lose power" as const),
  page: fc.constantFrom(16, 64, 256),
  zeroed: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
  kept: fc.integer({ min: 0, max: 1000 }),
});

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Action = ValueOf<typeof action> | ValueOf<typeof powerLoss>;

async function run(actions: readonly Action[]): Promise<LogModel> {
  const model = await LogModel.create();
  let writers: Writer[] = [];
  for (let i = 0; i < WRITERS; i++) writers.push(await model.open());
  for (const step of actions) {
    if (step.do === "lose power") {
      model.files.losePower(PATH, (unsynced, synced) => damage(unsynced, synced, step));
      await model.checkAfterPowerLoss();
      writers = [];
      for (let i = 0; i < WRITERS; i++) writers.push(await model.open());
      continue;
    }
    const one = writers[step.writer]!;
    if (step.do === "append") model.append(one, step.count);
    else if (step.do === "read") await model.readOn(one);
    else if (step.do === "sync") await model.sync(one);
    else if (step.do === "append while read") {
      const reader = writers[(step.writer + step.reader) % WRITERS]!;
      await model.appendWhileRead(one, step.count, reader, step.bytes);
    } else {
      model.append(one, step.count, step.cut);
      writers[step.writer] = await model.open();
    }
    await model.check();
  }
  for (const one of writers) await model.readOn(one);
  return model;
}

/** Zeroes some pages of what was not synced, and cuts the file off somewhere in it. */
function damage(unsynced: Buffer, synced: number, loss: ValueOf<typeof powerLoss>): Buffer {
  const kept = Math.min(unsynced.length, loss.kept);
  for (let i = 0; i < kept; i++) {
    const page = Math.floor((synced + i) / loss.page) - Math.floor(synced / loss.page);
    if (loss.zeroed[page % loss.zeroed.length]) unsynced[i] = 0;
  }
  return unsynced.subarray(0, kept);
}

describe("any interleaving of writers", () => {
  it("accepts exactly what won, whoever reads it, with crashes in the middle of writes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => void (await run(actions))),
      { numRuns: RUNS },
    );
  }, 600_000);

  it("keeps what was synced, and never refuses the log, through power losses", async () => {
    const any = fc.oneof({ weight: 6, arbitrary: action }, { weight: 1, arbitrary: powerLoss });
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 30 }), async (actions) => void (await run(actions))),
      { numRuns: RUNS },
    );
  }, 600_000);

  it("leaves a log in which no flipped bit of a terminated line changes what is accepted", async () => {
    const any = fc.oneof({ weight: 6, arbitrary: action }, { weight: 1, arbitrary: powerLoss });
    const flips = fc.array(fc.nat(1 << 24), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 15 }), flips, async (actions, places) => {
        const model = await run(actions);
        const whole = model.files.contentOf(PATH);
        const terminated = whole.lastIndexOf("\n") + 1;
        for (const place of places) {
          const flipped = Buffer.from(whole);
          flipped[(place >> 3) % terminated]! ^= 1 << (place & 7);
          const { error, names } = await readBytes(flipped);
          if (error === undefined) expect(names).toEqual(model.accepted);
          else expect(error.code).toBe("CorruptedLog");
        }
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
