/**
 * What every `LogStore` and its `EventLog`s must do, whatever they are made of.
 */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import type { Batch, EventLog, LogStore } from "../../src/log/event-log.ts";
import { ID, nameOf, readAll, signal, started } from "./memory-log.ts";

const OTHER_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAW";

/** Two stores over the same logs, as two processes have them. */
export interface TwoProcesses {
  readonly here: LogStore;
  readonly there: LogStore;
  dispose(): void;
}

export function describeLogStore(name: string, open: () => TwoProcesses): void {
  describe(`${name}, as every log store`, () => {
    let processes: TwoProcesses;
    let here: LogStore;
    let there: LogStore;
    const opened: EventLog[] = [];

    const use = <T extends EventLog | undefined>(log: T): NonNullable<T> => {
      if (log === undefined) throw new Error("there is no log");
      opened.push(log);
      return log;
    };
    const create = async (...events: Event[]) => use(await here.create(ID, [started, ...events]));

    beforeEach(() => {
      processes = open();
      ({ here, there } = processes);
      here.prepare();
    });
    afterEach(() => {
      for (const log of opened.splice(0)) log.close();
      processes.dispose();
    });

    it("gives back the events in order, in this process and in others", async () => {
      const log = await create(signal("a"));
      expect(log.nextSeq).toBe(2);
      log.append([signal("b"), signal("c")]);
      expect(log.nextSeq).toBe(4);
      const other = use(there.open(ID));
      expect(other.nextSeq).toBe(0);
      expect((await readAll(other)).names).toEqual(["started", "a", "b", "c"]);
      expect(other.nextSeq).toBe(4);
    });

    it("gives events whole, whatever their values hold", async () => {
      const value = JSON.parse(
        '{"__proto__":{"x":1},"{ \\"seq\\":":"\\u2028\\u0000\\ud800 é→𝄞\\n","":[[],{},-0.5,1e300]}',
      );
      const log = await create();
      const written = log.append([signal("hostile", value)]);
      const read: Event[] = [];
      for await (const batch of use(there.open(ID)).readOn()) read.push(...batch.events);
      expect(JSON.stringify((read[1] as { value: unknown }).value)).toBe(JSON.stringify(value));
      expect(written?.events[0]).toEqual(read[1]);
    });

    it("answers an append with its batch: the first seq, the events, and a line for each", async () => {
      const log = await create();
      const batch = log.append([signal("a"), signal("b")]) as Batch;
      expect(batch.firstSeq).toBe(1);
      expect(batch.events.map(nameOf)).toEqual(["a", "b"]);
      expect(batch.lines.endsWith("\n")).toBe(true);
      const lines = batch.lines.trimEnd().split("\n");
      expect(lines.map((line) => nameOf(JSON.parse(line)))).toEqual(["a", "b"]);
    });

    it("reads lines that are the events' own", async () => {
      const log = await create(signal("a"), signal("b"));
      log.append([signal("c")]);
      const { lines } = await readAll(use(there.open(ID)));
      expect(
        lines
          .trimEnd()
          .split("\n")
          .map((line) => nameOf(JSON.parse(line))),
      ).toEqual(["started", "a", "b", "c"]);
    });

    it("does not give a handle its own events again", async () => {
      const log = await create(signal("a"));
      log.append([signal("b")]);
      expect((await readAll(log)).names).toEqual([]);
    });

    it("lets the second of two writers lose, who then reads what won", async () => {
      const first = await create();
      const second = use(there.open(ID));
      await readAll(second);
      expect(first.append([signal("winner"), signal("more")])).toBeDefined();
      expect(second.append([signal("loser")])).toBeUndefined();
      expect(second.nextSeq).toBe(1);
      expect((await readAll(second)).names).toEqual(["winner", "more"]);
      expect(second.append([signal("later")])).toBeDefined();
      expect((await readAll(first)).names).toEqual(["later"]);
      expect((await readAll(use(there.open(ID)))).names).toEqual(["started", "winner", "more", "later"]);
    });

    it("lets whoever has not read to the end lose", async () => {
      await create(signal("a"));
      const log = use(there.open(ID));
      expect(log.append([signal("blind")])).toBeUndefined();
      expect((await readAll(log)).names).toEqual(["started", "a"]);
    });

    it("tells that it has grown only when somebody else has written", async () => {
      const first = await create();
      const second = use(there.open(ID));
      expect(second.hasGrown()).toBe(true);
      await readAll(second);
      expect(second.hasGrown()).toBe(false);
      first.append([signal("a")]);
      expect(first.hasGrown()).toBe(false);
      expect(second.hasGrown()).toBe(true);
      await readAll(second);
      expect(second.hasGrown()).toBe(false);
    });

    it("syncs, also several times at once and with nothing to sync", async () => {
      const log = await create();
      log.append([signal("a")]);
      await Promise.all([log.sync(), log.sync(), log.sync()]);
      await log.sync();
      expect((await readAll(use(there.open(ID)))).names).toEqual(["started", "a"]);
    });

    it("reads nothing past a fence and refuses to append after it", async () => {
      const log = await create(signal("a"));
      log.append([{ type: "storage_failed", at: started.at, reason: "the disk is broken" }]);
      expect(() => log.append([signal("b")])).toThrowError(
        expect.objectContaining({ code: "StorageFailed" }),
      );
      const other = use(there.open(ID));
      expect((await readAll(other)).names).toEqual(["started", "a", "storage_failed"]);
      expect((await readAll(other)).error).toMatchObject({ code: "StorageFailed" });
      expect(() => other.append([signal("b")])).toThrowError(
        expect.objectContaining({ code: "StorageFailed" }),
      );
      await expect(other.sync()).rejects.toMatchObject({ code: "StorageFailed" });
    });

    it("takes events that were read from another log", async () => {
      await create(signal("a"));
      const read: Event[] = [];
      for await (const batch of use(there.open(ID)).readOn()) read.push(...batch.events);
      const fork = use(await there.create(OTHER_ID, read));
      fork.append([signal("b")]);
      expect((await readAll(use(here.open(OTHER_ID)))).names).toEqual(["started", "a", "b"]);
    });

    it("creates an id once", async () => {
      await create(signal("first"));
      expect(await there.create(ID, [started, signal("second")])).toBeUndefined();
      expect((await readAll(use(there.open(ID)))).names).toEqual(["started", "first"]);
    });

    it("refuses ids that are not ULIDs, and ids that it does not know", async () => {
      for (const id of [
        "",
        "../../x",
        "/etc/passwd",
        `${ID}\0`,
        ID.toLowerCase(),
        `8${ID.slice(1)}`,
        `${ID}x`,
        7,
      ]) {
        const refusal = expect.objectContaining({ code: "InvalidInstanceId" });
        expect(() => here.open(id as string)).toThrowError(refusal);
        expect(() => here.remove(id as string)).toThrowError(refusal);
        await expect(here.create(id as string, [started])).rejects.toMatchObject({
          code: "InvalidInstanceId",
        });
      }
      const unknown = expect.objectContaining({ code: "UnknownInstance" });
      expect(() => here.open(OTHER_ID)).toThrowError(unknown);
      expect(() => here.remove(OTHER_ID)).toThrowError(unknown);
    });

    it("lists the instances, the newest id first", async () => {
      expect(here.list()).toEqual([]);
      await create();
      use(await there.create(OTHER_ID, [started]));
      expect(here.list().map((info) => info.instanceId)).toEqual([OTHER_ID, ID]);
      expect(here.list().every((info) => info.bytes > 0)).toBe(true);
    });

    it("removes a log, and tells those who have it open", async () => {
      const log = await create();
      there.remove(ID);
      expect(here.list()).toEqual([]);
      expect(() => here.open(ID)).toThrowError(expect.objectContaining({ code: "UnknownInstance" }));
      expect(log.hasGrown()).toBe(true);
      expect((await readAll(log)).error).toMatchObject({ code: "UnknownInstance" });
    });

    it("refuses to append to a removed log, rather than losing the event", async () => {
      const log = await create();
      there.remove(ID);
      expect(() => log.append([signal("a")])).toThrowError(
        expect.objectContaining({ code: "UnknownInstance" }),
      );
    });

    it("lets the first claim of a request id hold", () => {
      const claim = { instanceId: ID, digest: "one" };
      expect(here.claimRequest("r/../1", claim)).toEqual(claim);
      expect(there.claimRequest("r/../1", { instanceId: OTHER_ID, digest: "two" })).toEqual(claim);
      expect(there.claimRequest("r2", { instanceId: OTHER_ID, digest: "two" })).toMatchObject({
        digest: "two",
      });
    });

    it("frees the request id of a log that is removed", async () => {
      here.claimRequest("again", { instanceId: ID, digest: "one" });
      use(await here.create(ID, [{ ...started, request_id: "again" } as Event]));
      there.remove(ID);
      const next = { instanceId: OTHER_ID, digest: "two" };
      expect(here.claimRequest("again", next)).toEqual(next);
    });

    it("can be used no more once it is closed", async () => {
      const log = await create();
      log.close();
      log.close();
      expect(() => log.append([signal("a")])).toThrowError("closed");
      expect(() => log.hasGrown()).toThrowError("closed");
    });
  });
}
