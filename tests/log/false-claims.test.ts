/**
 * Records with right checksums that say something untrue: no writer of ours makes them, so they are damage.
 */

import { beforeEach, describe, expect, it } from "vitest";
import { crc32 } from "../../src/log/checksum.ts";
import type { EventLog } from "../../src/log/event-log.ts";
import { encodeRecords } from "../../src/log/record.ts";
import { MemoryFiles } from "./memory-files.ts";
import {
  ID,
  openCaughtUp,
  PATH,
  type Reading,
  readAll,
  readBytes,
  signal,
  started,
  storeOver,
} from "./memory-log.ts";

const NEWLINE = { bytes: 1, crc: crc32("\n") };

let files: MemoryFiles;
let log: EventLog;
let early: EventLog;

beforeEach(async () => {
  files = new MemoryFiles();
  const store = storeOver(files);
  log = (await store.create(ID, [started, signal("a")]))!;
  early = await openCaughtUp(store);
  log.append([signal("b")]);
});

/** The log with one more record, at its end. */
async function followedBy(claims: Partial<Parameters<typeof encodeRecords>[1]>): Promise<Reading> {
  const bytes = files.contentOf(PATH);
  const place = { seq: 3, off: bytes.length, write: "forged.0", gap: NEWLINE, ...claims };
  return readBytes(Buffer.concat([bytes, encodeRecords([signal("forged")], place).bytes]));
}

function offsetOf(name: string): number {
  const bytes = files.contentOf(PATH);
  return bytes.lastIndexOf("\n", bytes.indexOf(`"name":"${name}"`)) + 1;
}

describe("a record", () => {
  it("whose claims are true is accepted", async () => {
    expect((await followedBy({})).names).toEqual(["started", "a", "b", "forged"]);
  });

  it.each([0, 2, 4, 99])("with seq %i instead of the next is refused", async (seq) => {
    const { error, names } = await followedBy({ seq });
    expect(names).toEqual(["started", "a", "b"]);
    expect(error).toMatchObject({
      code: "CorruptedLog",
      message: expect.stringContaining(`its seq is ${seq}`),
    });
  });

  it.each([
    { bytes: 2, crc: NEWLINE.crc },
    { bytes: 1, crc: 1 },
    { bytes: 0, crc: 0 },
  ])("that vouches for other bytes than stand before it is refused", async (gap) => {
    const { error } = await followedBy({ gap });
    expect(error).toMatchObject({ code: "CorruptedLog", message: expect.stringContaining("vouches") });
  });

  it("with a place after its own is refused: a line is missing", async () => {
    const { error } = await followedBy({ off: files.contentOf(PATH).length + 1 });
    expect(error).toMatchObject({ code: "CorruptedLog", message: expect.stringContaining("missing") });
  });

  it("that lost a race is believed if what it says of its writer's view is true", async () => {
    expect(early.append([signal("late")])).toBeUndefined();
    expect((await readAll(early)).error).toBeUndefined();
    expect((await followedBy({ seq: 2, off: offsetOf("b"), gap: NEWLINE })).names).toEqual([
      "started",
      "a",
      "b",
    ]);
  });

  it("that claims to have lost a race is refused if its seq, its place or its gap was never so", async () => {
    const view = { seq: 2, off: offsetOf("b"), gap: NEWLINE };
    for (const lie of [
      { seq: 1 },
      { seq: 3 },
      { off: view.off - 1 },
      { off: view.off + 1 },
      { off: 0 },
      { off: 1 },
      { gap: { bytes: 1, crc: 7 } },
      { gap: { bytes: 2, crc: crc32("}\n") } },
      { gap: { bytes: view.off + 5, crc: 7 } },
    ]) {
      const { error } = await followedBy({ ...view, ...lie });
      expect(error, JSON.stringify(lie)).toMatchObject({ code: "CorruptedLog" });
    }
  });

  it("without type or time is refused", async () => {
    const bytes = files.contentOf(PATH);
    for (const fields of ['"type":"closed"', '"at":"now"', '"type":7,"at":"now"', '"type":"closed","at":7']) {
      const body = `{ "seq":3,"off":${bytes.length},"w":"f",${fields}`;
      const crc = crc32(body).toString(16).padStart(8, "0");
      const { error } = await readBytes(Buffer.concat([bytes, Buffer.from(`${body},"crc":"${crc}"}\n`)]));
      expect(error, fields).toMatchObject({ code: "CorruptedLog" });
    }
  });
});

describe("a handle that has not read to the end", () => {
  it("writes nothing, since it could only lose", () => {
    const blind = storeOver(files).open(ID);
    files.calls.length = 0;
    expect(blind.append([signal("x")])).toBeUndefined();
    expect(files.calls).toEqual([]);
  });
});
