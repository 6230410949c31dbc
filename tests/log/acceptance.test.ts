/**
 * The acceptance rule against every way to damage one recorded log: 30 events and more, with lost races, torn
 * writes, and a record that lacks only its newline.
 */

import { beforeAll, describe, expect, it, vi } from "vitest";
import { MemoryFiles } from "./memory-files.ts";
import { ID, openCaughtUp, PATH, readBytes, signal, started, storeOver } from "./memory-log.ts";

vi.setConfig({ testTimeout: 120_000 });

let whole: Buffer;
let names: string[];
/** Where each line begins, and the end. */
let lines: Buffer[];

/** Some writers take turns, race, and die in the middle of writes. */
async function record(): Promise<Buffer> {
  const files = new MemoryFiles();
  const store = storeOver(files);
  (await store.create(ID, [started, signal("e1")]))!.close();
  let count = 2;
  const next = () => signal(`e${count++}`, { text: `@ é ${"word ".repeat(count % 3)}` });
  const tear = async (bytes: number) => {
    const dying = await openCaughtUp(store);
    files.cutNextWrite(bytes);
    expect(() => dying.append([signal("torn @ value"), signal("torn too")])).toThrowError("only a part");
  };

  const one = await openCaughtUp(store);
  for (let i = 0; i < 6; i++) one.append([next()]);
  const two = await openCaughtUp(store);
  const three = await openCaughtUp(store);
  one.append([next(), next()]);
  expect(two.append([signal("lost one"), signal("lost two")])).toBeUndefined();
  expect(three.append([signal("lost three")])).toBeUndefined();
  for (const log of [one, two, three]) await drain(log);
  for (let i = 0; i < 3; i++) two.append([next(), next()]);
  await tear(120);
  await drain(three);
  three.append([next()]);
  await tear(3);
  await tear(41);
  await drain(one);
  one.append([next(), next(), next()]);
  // A record without its newline counts; a racer that has not seen it loses, glued to it.
  const late = await openCaughtUp(store);
  const dying = await openCaughtUp(store);
  files.cutNextWrite(-1);
  expect(() => dying.append([next()])).toThrowError("only a part");
  expect(late.append([signal("lost four")])).toBeUndefined();
  for (let i = 0; i < 10; i++) {
    const log = await openCaughtUp(store);
    log.append([next()]);
  }
  return files.contentOf(PATH);
}

async function drain(log: Awaited<ReturnType<typeof openCaughtUp>>): Promise<void> {
  for await (const _ of log.readOn());
}

beforeAll(async () => {
  whole = await record();
  const reading = await readBytes(whole);
  expect(reading.error).toBeUndefined();
  names = reading.names;
  lines = whole
    .toString("latin1")
    .split(/(?<=\n)/)
    .map((line) => Buffer.from(line, "latin1"));
});

describe("the acceptance rule", () => {
  it("accepts exactly what won, in a log with lost races and torn writes", () => {
    expect(names).toEqual(["started", ...Array.from({ length: names.length - 1 }, (_, i) => `e${i + 1}`)]);
    expect(names.length).toBeGreaterThanOrEqual(30);
    for (const skipped of ["lost one", "lost three", "torn @ value", "lost four"]) {
      expect(whole.includes(skipped)).toBe(true);
    }
  });

  it("takes a log cut off at any byte for an earlier state, with a torn tail or without", async () => {
    const firstLine = lines[0]!.length;
    let before = 0;
    for (let length = 0; length <= whole.length; length++) {
      const { error, names: kept } = await readBytes(whole.subarray(0, length));
      if (length < firstLine - 1) {
        expect(error, `cut at ${length}`).toMatchObject({ code: "CorruptedLog" });
        continue;
      }
      expect(error, `cut at ${length}`).toBeUndefined();
      expect(kept, `cut at ${length}`).toEqual(names.slice(0, kept.length));
      expect(kept.length).toBeGreaterThanOrEqual(before);
      before = kept.length;
    }
    expect(before).toBe(names.length);
  });

  it("goes on from a log cut off at any byte without losing or refusing anything", async () => {
    for (let length = lines[0]!.length - 1; length <= whole.length; length++) {
      const files = new MemoryFiles();
      files.put(PATH, Buffer.from(whole.subarray(0, length)));
      const log = await openCaughtUp(storeOver(files));
      const kept = log.nextSeq;
      expect(log.append([signal("next"), signal("next but one")]), `cut at ${length}`).toBeDefined();
      const { error, names: read } = await readBytes(files.contentOf(PATH));
      expect(error, `cut at ${length}`).toBeUndefined();
      expect(read).toEqual([...names.slice(0, kept), "next", "next but one"]);
    }
  });

  it("never gives a flipped bit another meaning", async () => {
    const refused = new Set<string>();
    for (let byte = 0; byte < whole.length; byte++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(whole);
        flipped[byte]! ^= 1 << bit;
        const { error } = await readBytes(flipped);
        if (error?.code !== "CorruptedLog")
          expect.fail(`bit ${bit} of byte ${byte} flipped: ${error ?? "accepted"}`);
        refused.add(error.message.replace(/\d+/g, "N"));
      }
    }
    expect(refused.size).toBeGreaterThanOrEqual(3);
  });

  it("never gives a flipped bit another meaning where skipped bytes end the log", async () => {
    for (const [tail, kept] of await logsThatEndInSkippedLines()) {
      for (let byte = 0; byte < tail.length; byte++) {
        for (let bit = 0; bit < 8; bit++) {
          const flipped = Buffer.from(tail);
          flipped[byte]! ^= 1 << bit;
          const { error, names: read } = await readBytes(flipped);
          if (error === undefined) expect(read, `bit ${bit} of byte ${byte}`).toEqual(kept);
          else expect(error.code).toBe("CorruptedLog");
        }
      }
    }
  });

  it("skips any doubled line, and accepts everything after it", async () => {
    for (let i = 0; i < lines.length; i++) {
      for (const times of [1, 2]) {
        const copies = Array.from({ length: times }, () => lines[i]!);
        const { error, names: read } = await readBytes(
          Buffer.concat([...lines.slice(0, i), ...copies, ...lines.slice(i)]),
        );
        expect(error, `line ${i + 1} doubled`).toBeUndefined();
        expect(read).toEqual(names);
      }
    }
  });

  it("skips the copy of an accepted line anywhere after it, and a blank line anywhere", async () => {
    const plain = 3;
    for (let i = plain; i <= lines.length; i++) {
      for (const extra of [lines[plain - 1]!, Buffer.from("\n"), Buffer.from("\n\n\n")]) {
        const { error, names: read } = await readBytes(
          Buffer.concat([...lines.slice(0, i), extra, ...lines.slice(i)]),
        );
        expect(error, `before line ${i + 1}`).toBeUndefined();
        expect(read).toEqual(names);
      }
    }
  });

  it("goes on writing after doubled and blank lines", async () => {
    const files = new MemoryFiles();
    files.put(
      PATH,
      Buffer.concat([...lines.slice(0, 5), lines[4]!, Buffer.from("\n"), ...lines.slice(5), lines[2]!]),
    );
    const log = await openCaughtUp(storeOver(files));
    log.append([signal("next")]);
    const { error, names: read } = await readBytes(files.contentOf(PATH));
    expect(error).toBeUndefined();
    expect(read).toEqual([...names, "next"]);
  });

  it("refuses a log with a missing line, unless it is the last", async () => {
    for (let i = 0; i < lines.length - 1; i++) {
      const { error } = await readBytes(Buffer.concat(lines.filter((_, line) => line !== i)));
      expect(error, `line ${i + 1} missing`).toMatchObject({ code: "CorruptedLog" });
    }
  });

  it("refuses a log with two lines swapped", async () => {
    for (let a = 0; a < lines.length; a++) {
      for (let b = a + 1; b < lines.length; b++) {
        const swapped = [...lines];
        swapped[a] = lines[b]!;
        swapped[b] = lines[a]!;
        const { error } = await readBytes(Buffer.concat(swapped));
        expect(error, `lines ${a + 1} and ${b + 1} swapped`).toMatchObject({ code: "CorruptedLog" });
      }
    }
  });

  it("refuses a log with bytes inserted before any line", async () => {
    const foreign = (await record()).toString("latin1").split(/(?<=\n)/)[7]!;
    for (let i = 0; i < lines.length; i++) {
      const whole = i < lines.length - 2 ? [foreign] : [];
      for (const extra of ["x", " ", "{}\n", "not JSON\n", '{ "seq":\n', ...whole]) {
        const { error } = await readBytes(
          Buffer.concat([...lines.slice(0, i), Buffer.from(extra, "latin1"), ...lines.slice(i)]),
        );
        expect(error, `${JSON.stringify(extra)} before line ${i + 1}`).toMatchObject({
          code: "CorruptedLog",
        });
      }
    }
  });

  it("names file, line, byte and reason of the damage, and gives the events before it", async () => {
    const flipped = Buffer.from(whole);
    const start = lines.slice(0, 4).reduce((sum, line) => sum + line.length, 0);
    flipped[start + 50]! ^= 1;
    const { error, names: read } = await readBytes(flipped);
    expect(error?.message).toBe(
      `The log ${PATH} is damaged in line 5, at byte ${start}: a bit of the record is flipped.`,
    );
    expect(read).toEqual(names.slice(0, 4));
  });
});

async function logsThatEndInSkippedLines(): Promise<[Buffer, string[]][]> {
  const files = new MemoryFiles();
  const store = storeOver(files);
  const log = (await store.create(ID, [started]))!;
  const late = await openCaughtUp(store);
  const later = await openCaughtUp(store);
  log.append([signal("a @ b")]);
  late.append([signal("lost @")]);
  const lostAtTheEnd = files.contentOf(PATH);
  files.cutNextWrite(70);
  const dying = await openCaughtUp(store);
  expect(() => dying.append([signal("torn")])).toThrowError("only a part");
  later.append([signal("lost after a torn one")]);
  return [
    [lostAtTheEnd, ["started", "a @ b"]],
    [files.contentOf(PATH), ["started", "a @ b"]],
  ];
}
