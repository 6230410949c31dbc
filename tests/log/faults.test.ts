/**
 * What a handle does when the disk does not do its part, and how many calls it makes when it does.
 */

import { beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import type { EventLog, LogStore } from "../../src/log/event-log.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { encodeRecords } from "../../src/log/record.ts";
import { MemoryFiles } from "./memory-files.ts";
import {
  ID,
  openCaughtUp,
  PATH,
  readAll,
  readBytes,
  STATE,
  signal,
  started,
  storeOver,
} from "./memory-log.ts";

let files: MemoryFiles;
let store: LogStore;
let log: EventLog;

beforeEach(async () => {
  files = new MemoryFiles();
  store = storeOver(files);
  log = (await store.create(ID, [started, signal("a")]))!;
  files.calls.length = 0;
});

describe("a write that fails", () => {
  it.each(["ENOSPC", "EIO", "EDQUOT", "EFBIG"])(
    "with %s leaves the outcome unknown and the handle dead",
    async (errno) => {
      files.failing.write = errno;
      expect(() => log.append([signal("b")])).toThrowError(
        expect.objectContaining({ code: "OutcomeUnknown", message: expect.stringContaining(errno) }),
      );
      delete files.failing.write;
      expect(() => log.append([signal("b")])).toThrowError(
        expect.objectContaining({ code: "OutcomeUnknown" }),
      );
      expect(() => log.hasGrown()).toThrowError(expect.objectContaining({ code: "OutcomeUnknown" }));
      expect((await readAll(log)).error).toMatchObject({ code: "OutcomeUnknown" });
      await expect(log.sync()).rejects.toMatchObject({ code: "OutcomeUnknown" });
      const next = await openCaughtUp(store);
      expect(next.append([signal("b")])).toBeDefined();
    },
  );

  it("by being short is treated the same, and what arrived whole counts", async () => {
    files.cutNextWrite(-20);
    expect(() => log.append([signal("b"), signal("c")])).toThrowError(
      expect.objectContaining({ code: "OutcomeUnknown", fix: expect.stringContaining("Free space") }),
    );
    const next = store.open(ID);
    expect((await readAll(next)).names).toEqual(["started", "a", "b"]);
    expect(next.append([signal("d")])).toBeDefined();
    expect((await readBytes(files.contentOf(PATH))).names).toEqual(["started", "a", "b", "d"]);
  });

  it("while a log is created publishes nothing and leaves nothing behind", async () => {
    const id = `${ID.slice(0, -1)}W`;
    for (const fault of [
      () => files.cutNextWrite(50),
      () => Object.assign(files.failing, { write: "ENOSPC" }),
      () => Object.assign(files.failing, { fdatasync: "EIO" }),
      () => Object.assign(files.failing, { link: "EPERM" }),
    ]) {
      fault();
      await expect(store.create(id, [started])).rejects.toMatchObject({ code: "StateDirUnusable" });
      for (const call of ["write", "fdatasync", "link"] as const) delete files.failing[call];
      expect(files.paths()).toEqual([PATH]);
    }
    expect(await store.create(id, [started])).toBeDefined();
  });
});

describe("a sync that fails", () => {
  it("fences the log for everybody", async () => {
    const other = await openCaughtUp(store);
    log.append([signal("b")]);
    files.failing.fdatasync = "EIO";
    const refused = { code: "StorageFailed", message: expect.stringContaining("EIO") };
    await expect(Promise.all([log.sync(), log.sync()])).rejects.toMatchObject(refused);
    expect(() => log.append([signal("c")])).toThrowError(expect.objectContaining({ code: "StorageFailed" }));
    expect((await readAll(other)).names).toEqual(["b", "storage_failed"]);
    expect(() => other.append([signal("c")])).toThrowError(
      expect.objectContaining({ code: "StorageFailed" }),
    );
    delete files.failing.fdatasync;
    const later = store.open(ID);
    expect((await readAll(later)).names).toEqual(["started", "a", "b", "storage_failed"]);
    expect((await readAll(later)).error).toMatchObject({ code: "StorageFailed" });
  });

  it("fences the log behind what others have written meanwhile", async () => {
    const other = await openCaughtUp(store);
    log.append([signal("b")]);
    files.failing.fdatasync = "EIO";
    await readAll(other);
    other.append([signal("c")]);
    await expect(log.sync()).rejects.toMatchObject({ code: "StorageFailed" });
    expect((await readBytes(files.contentOf(PATH))).names).toEqual([
      "started",
      "a",
      "b",
      "c",
      "storage_failed",
    ]);
  });

  it("says so even where the fence cannot be written", async () => {
    log.append([signal("b")]);
    Object.assign(files.failing, { fdatasync: "EIO", write: "EIO" });
    await expect(log.sync()).rejects.toMatchObject({ code: "StorageFailed" });
    await expect(log.sync()).rejects.toThrowError();
    expect((await readBytes(files.contentOf(PATH))).names).toEqual(["started", "a", "b"]);
  });
});

describe("a sync", () => {
  it("makes durable what the handle wrote, with one fdatasync, and none if nothing is new", async () => {
    log.append([signal("b")]);
    log.append([signal("c")]);
    await log.sync();
    await log.sync();
    expect(files.calls).toEqual(["write", "write", "fdatasync"]);
    expect(files.syncedOf(PATH)).toBe(files.contentOf(PATH).length);
  });

  it("makes durable what the handle only read from others", async () => {
    const other = await openCaughtUp(store);
    await other.sync();
    log.append([signal("b")]);
    await other.sync();
    expect(files.syncedOf(PATH)).toBeLessThan(files.contentOf(PATH).length);
    await readAll(other);
    await other.sync();
    expect(files.syncedOf(PATH)).toBe(files.contentOf(PATH).length);
  });

  it("covers what was appended while another sync was under way", async () => {
    log.append([signal("b")]);
    const first = log.sync();
    log.append([signal("c")]);
    const rest = [log.sync(), log.sync(), log.sync()];
    await Promise.all([first, ...rest]);
    expect(files.calls).toEqual(["write", "fdatasync", "write", "fdatasync"]);
    expect(files.syncedOf(PATH)).toBe(files.contentOf(PATH).length);
  });

  it("is not disturbed by closing the handle meanwhile", async () => {
    log.append([signal("b")]);
    const syncing = log.sync();
    log.close();
    await syncing;
    expect(files.syncedOf(PATH)).toBe(files.contentOf(PATH).length);
    await expect(log.sync()).rejects.toThrowError("closed");
  });
});

describe("a log that this version cannot read", () => {
  const withEvent = async (event: unknown): Promise<EventLog> => {
    const newer = createLogStore({ stateDir: STATE, isKnownType: () => true, formatVersion: 99, files });
    (await openCaughtUp(newer)).append([event as Event, signal("after")]);
    return store.open(ID);
  };

  it("because of a type it does not know is of a newer version, not damaged; what comes before is read", async () => {
    const { names, error } = await readAll(await withEvent({ type: "teleported", at: started.at }));
    expect(names).toEqual(["started", "a"]);
    expect(error).toMatchObject({
      code: "LogFromNewerVersion",
      message: expect.stringContaining("teleported"),
    });
  });

  it("because of its format is of a newer version", async () => {
    const log = await withEvent({ ...started, format: 2 });
    expect((await readAll(log)).error).toMatchObject({ code: "LogFromNewerVersion" });
    expect(() => log.append([signal("b")])).toThrowError(
      expect.objectContaining({ code: "LogFromNewerVersion" }),
    );
  });

  it("is skipped over where the unknown type only lost a race", async () => {
    const newer = createLogStore({ stateDir: STATE, isKnownType: () => true, formatVersion: 99, files });
    const late = await openCaughtUp(newer);
    log.append([signal("b")]);
    expect(late.append([{ type: "teleported", at: started.at } as never])).toBeUndefined();
    expect((await readBytes(files.contentOf(PATH))).error).toBeUndefined();
  });

  it.each([
    ["empty", Buffer.alloc(0)],
    ["nothing but blank lines", Buffer.from("\n\n")],
    ["not JSON", Buffer.from("hello\n")],
    ["JSON of somebody else", Buffer.from('{"seq":0,"off":0,"type":"started"}\n')],
    ["NULs", Buffer.alloc(5000)],
  ])("because it is %s is damaged", async (_, bytes) => {
    const { error, names } = await readBytes(bytes);
    expect(names).toEqual([]);
    expect(error).toMatchObject({ code: "CorruptedLog", message: expect.stringContaining(PATH) });
  });

  it("because it shrank while it was open is damaged", async () => {
    files.put(PATH, files.contentOf(PATH).subarray(0, 150));
    expect(log.hasGrown()).toBe(true);
    expect((await readAll(log)).error).toMatchObject({ code: "CorruptedLog" });
  });

  it("because a read fails is not trusted any more", async () => {
    const other = store.open(ID);
    files.failing.read = "EIO";
    expect((await readAll(other)).error).toMatchObject({ code: "StorageFailed" });
  });
});

describe("large logs", () => {
  it("are read in batches, with lines far longer than one read, ASCII or not", async () => {
    const values = ["x".repeat(3_000_000), "é→𝄞".repeat(400_000), "y".repeat(1 << 20), "z"];
    for (const value of values) log.append([signal("big", value)]);
    log.append(Array.from({ length: 3000 }, (_, i) => signal("é".repeat(i % 3) + i, "w".repeat(700))));
    const batches: number[] = [];
    const read: unknown[] = [];
    let lines = "";
    for await (const batch of store.open(ID).readOn()) {
      expect(batch.firstSeq).toBe(read.length);
      batches.push(batch.events.length);
      read.push(...batch.events);
      lines += batch.lines;
    }
    expect(batches.length).toBeGreaterThanOrEqual(4);
    expect(read.length).toBe(3006);
    expect(read.slice(2, 6).map((event: any) => event.value)).toEqual(values);
    expect(lines).toBe(files.contentOf(PATH).toString());
  });

  it("are written with the place in bytes, not in characters", async () => {
    log.append([signal("é→𝄞"), signal("after")]);
    expect((await readBytes(files.contentOf(PATH))).names).toEqual(["started", "a", "é→𝄞", "after"]);
    const { bytes, lastLineLength } = encodeRecords([signal("é→𝄞")], {
      seq: 0,
      off: 0,
      write: "w",
      gap: { bytes: 0, crc: 0 },
    });
    expect(lastLineLength).toBe(bytes.length);
  });
});
