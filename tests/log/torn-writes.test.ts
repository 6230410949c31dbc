/**
 * Crashes in the middle of writes, at every byte: exhaustively for two, then for chains of them at the places
 * where something begins or ends.
 */

import { describe, expect, it, vi } from "vitest";
import { PATH } from "./memory-log.ts";
import { LogModel } from "./model.ts";

vi.setConfig({ testTimeout: 120_000 });

async function lengthOfAppend(count: number): Promise<number> {
  const model = await LogModel.create();
  const writer = await model.open();
  const before = model.size;
  model.append(writer, count);
  return model.size - before;
}

/** Two more writers after the crashes: each must find the log whole, win, and be read. */
async function goOn(model: LogModel): Promise<void> {
  await model.check();
  for (let i = 0; i < 2; i++) {
    const next = await model.open();
    model.append(next, 2);
    next.log.close();
  }
  await model.check();
  expect(model.accepted.length).toBeGreaterThanOrEqual(5);
}

describe("a torn write", () => {
  it("at any byte of a batch is followed by a writer that has seen it, itself cut at any byte", async () => {
    const batch = await lengthOfAppend(2);
    const single = await lengthOfAppend(1);
    for (let first = 0; first < batch; first++) {
      for (let second = 0; second <= single; second += first % 7 === 0 ? 1 : 13) {
        const model = await LogModel.create();
        model.append(await model.open(), 2, first);
        const seeing = await model.open();
        model.append(seeing, 1, second === single ? undefined : second);
        await goOn(model);
      }
    }
  });

  it("at any byte of a batch is followed by a writer that has not seen it, itself cut at any byte", async () => {
    const batch = await lengthOfAppend(2);
    const single = await lengthOfAppend(1);
    for (let first = 0; first < batch; first++) {
      for (let second = 0; second <= single; second += first % 7 === 0 ? 1 : 13) {
        const model = await LogModel.create();
        const unaware = await model.open();
        model.append(await model.open(), 2, first);
        model.append(unaware, 1, second === single ? undefined : second);
        await goOn(model);
      }
    }
  });

  it("is followed by further torn ones, seen and unseen, cut where something begins or ends", async () => {
    const single = await lengthOfAppend(1);
    const cuts = [1, 3, 7, 8, 9, single - 2, single - 1, single, single + 4, single + 9];
    for (const first of cuts) {
      for (const second of cuts) {
        for (const third of cuts) {
          const model = await LogModel.create();
          const [one, two, three] = [await model.open(), await model.open(), await model.open()];
          model.append(one, 2, first);
          if (first % 2 === 0) await model.readOn(two);
          model.append(two, 2, second);
          if (second % 2 === 0) await model.readOn(three);
          model.append(three, 2, third);
          await goOn(model);
        }
      }
    }
  });

  it("that a reader has met is read once it is whole: it was a write in progress", async () => {
    const model = await LogModel.create();
    const reader = await model.open();
    model.append(await model.open(), 3);
    const whole = model.files.contentOf(PATH);
    const accepted = model.accepted;
    const atFirst = reader.seen;
    const read: string[] = ["started"];
    for (let length = atFirst; length <= whole.length; length++) {
      model.files.put(PATH, whole.subarray(0, length));
      for await (const batch of reader.log.readOn())
        read.push(...batch.events.map((event: any) => event.name));
    }
    expect(read).toEqual(accepted);
  });

  it("leaves no line that only holds a torn record, so that every line ends in a record", async () => {
    const batch = await lengthOfAppend(2);
    for (let first = 1; first < batch; first++) {
      const model = await LogModel.create();
      const unaware = await model.open();
      model.append(await model.open(), 2, first);
      model.append(unaware, 1);
      for (const line of model.files.contentOf(PATH).toString().trimEnd().split("\n")) {
        expect(line).toMatch(/,"crc":"[0-9a-f]{8}"\}$/);
      }
    }
  });
});
