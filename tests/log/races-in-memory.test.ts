/**
 * The moments of a race that real processes seldom meet: between the look, the write and the look after it.
 */

import { beforeEach, describe, expect, it } from "vitest";
import type { EventLog, LogStore } from "../../src/log/event-log.ts";
import { MemoryFiles } from "./memory-files.ts";
import {
  ID,
  nameOf,
  openCaughtUp,
  PATH,
  readAll,
  readBytes,
  signal,
  started,
  storeOver,
} from "./memory-log.ts";

let files: MemoryFiles;
let store: LogStore;
let log: EventLog;
let other: EventLog;

beforeEach(async () => {
  files = new MemoryFiles();
  store = storeOver(files);
  log = (await store.create(ID, [started]))!;
  other = await openCaughtUp(store);
});

describe("an append", () => {
  it("that others follow before it looks has won; theirs is read next, and its own is not", async () => {
    files.afterNextWrite(() => other.append([signal("late")]));
    const batch = log.append([signal("mine"), signal("mine too")]);
    expect(batch?.events.map(nameOf)).toEqual(["mine", "mine too"]);
    expect(log.nextSeq).toBe(3);
    expect(log.hasGrown()).toBe(true);
    expect((await readAll(log)).names).toEqual([]);
    expect(log.append([signal("next")])).toBeDefined();
    expect((await readAll(other)).names).toEqual(["mine", "mine too", "next"]);
    expect((await readBytes(files.contentOf(PATH))).names).toEqual(["started", "mine", "mine too", "next"]);
  });

  it("that others follow with events that win as well has them read next", async () => {
    files.afterNextWrite(() => {
      const third = store.open(ID);
      void third.readOn().next();
      expect(third.append([signal("theirs")])).toBeDefined();
    });
    expect(log.append([signal("mine")])).toBeDefined();
    expect((await readAll(log)).names).toEqual(["theirs"]);
    expect(log.append([signal("next")])).toBeDefined();
    expect((await readBytes(files.contentOf(PATH))).names).toEqual(["started", "mine", "theirs", "next"]);
  });

  it("that others precede has lost, even if its bytes and theirs are of one length", async () => {
    other.append([signal("1234")]);
    expect(log.append([signal("mine")])).toBeUndefined();
    expect(log.nextSeq).toBe(1);
    expect((await readAll(log)).names).toEqual(["1234"]);
  });

  it("after a torn write vouches for its bytes, so that they cannot change any more", async () => {
    files.cutNextWrite(30);
    expect(() => other.append([signal("torn")])).toThrowError("only a part");
    await readAll(log);
    log.append([signal("next")]);
    const bytes = files.contentOf(PATH);
    const text = bytes.toString();
    expect(text).toContain('"gap":{"bytes":31,');
    const torn = bytes.indexOf("\n") + 1;
    for (let byte = torn; byte < torn + 30; byte++) {
      const changed = Buffer.from(bytes);
      changed[byte] = changed[byte] === 0x78 ? 0x79 : 0x78;
      expect((await readBytes(changed)).error).toMatchObject({ code: "CorruptedLog" });
    }
  });
});
