/**
 * A disk that is full, that fails to sync, or that opens nothing, from any call of a run on, by `failing.mjs`.
 * The server answers with a refusal that can be acted on, loses nothing that it acknowledged, and goes on.
 *
 *     npm run test:faults -- --minutes 5 disk.test
 */

import { describe, expect, it } from "vitest";
import { hint, secondsFor, seed, timeoutFor } from "../effort.ts";
import { checkEffects, checkEnd, readEvents } from "./account.ts";
import { censusOfCalls, expectClear, FailingDisk, type Orders } from "./failing-disk.ts";
import { Journey, RESULT } from "./journey.ts";
import { type Extent, inLanes } from "./lanes.ts";

const LANES = 2;
/** What else fails on a full disk; `cut`: how much of the first write that does not fit is written all the same. */
const WAYS = [
  { calls: ["write"] },
  { calls: ["write"], cut: 0 },
  { calls: ["write"], cut: 0.5 },
  { calls: ["write"], cut: 0.999 },
  { calls: ["write", "create", "mkdir"] },
];

/** Runs with each of `faults` in turn. @returns how many of them were met */
async function meet(
  extent: Extent,
  faults: readonly Orders[],
  run: (disk: FailingDisk, fault: Orders) => Promise<void>,
): Promise<number> {
  let met = 0;
  const idle: FailingDisk[] = [];
  const disks: FailingDisk[] = [];
  try {
    await inLanes(LANES, extent, faults.values(), async (fault) => {
      let disk = idle.pop();
      if (disk === undefined) {
        disk = await new FailingDisk().start();
        disks.push(disk);
      }
      try {
        await run(disk, fault);
      } catch (cause) {
        const text = `${JSON.stringify(fault)}; hits: ${disk.hits}; ${hint}\n${disk.server.stderr}`;
        throw new Error(text, { cause });
      }
      if (disk.hits.length > 0) met++;
      disk.heal();
      idle.push(disk);
    });
    for (const disk of disks) await disk.close();
    return met;
  } finally {
    for (const disk of disks) {
      await disk.server.kill9();
      disk.sandbox.remove();
    }
  }
}

/** Drives a run to its end: at a refusal the disk is mended, and the same call sent again. */
async function driveAcross(disk: FailingDisk, fault: Orders, codes: readonly string[], fact: RegExp) {
  const journey = disk.nextRun({
    async onRefusal(refusal) {
      expectClear(refusal, codes, fact);
      if (fault.errno === "ENOSPC") {
        // What needs no room goes on meanwhile.
        const { instances } = await disk.server.call("sequencer_list", { filter: "all" });
        expect(instances).toBeInstanceOf(Array);
      }
      disk.heal();
    },
  });
  disk.fail(fault);
  const result = await journey.drive(disk.server);
  expect(result).toMatchObject(RESULT);
  const events = await checkEnd(disk.sandbox.stateDir, journey, result.by);
  checkEffects(events, journey.effects(), []);
}

describe("a full disk", () => {
  it("from any write on is told clearly, loses nothing, and is forgotten once there is room", {
    timeout: timeoutFor(4),
  }, async () => {
    const census = await censusOfCalls();
    const writes = Array.from({ length: census.get("write")! }, (_, i) => i + 1);
    // Each write once in one of the ways, then each in the next way.
    const faults = WAYS.flatMap((_, shift) =>
      writes.map((from) => ({
        from,
        errno: "ENOSPC" as const,
        ...WAYS[(from + seed + shift) % WAYS.length]!,
      })),
    );
    const codes = ["OutcomeUnknown", "StateDirUnusable", "StorageFailed"];
    const met = await meet({ seconds: secondsFor(4), atLeast: 14 }, faults, (disk, fault) =>
      driveAcross(disk, fault, codes, /ENOSPC|SHORT_WRITE|no space/),
    );
    expect(met, hint).toBeGreaterThan(3);
  });
});

describe("a sync that fails", () => {
  it("acknowledges nothing: what it was for is done anew, or fenced for every server and forked", {
    timeout: timeoutFor(4),
  }, async () => {
    const census = await censusOfCalls();
    const syncs = Array.from({ length: census.get("sync")! }, (_, i) => i + 1);
    // From the middle on: the first ones are those of a start, the last ones of servers that have just begun.
    const middle = Math.floor(0.6 * syncs.length);
    const order = syncs.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    const faults = order.map((from): Orders => ({ calls: ["sync"], from, times: 1, errno: "EIO" }));
    let fenced = 0;
    await meet({ seconds: secondsFor(4), atLeast: 12 }, faults, async (disk, fault) => {
      if (await driveAcrossFence(disk, fault)) fenced++;
    });
    expect(fenced, hint).toBeGreaterThan(1);
  });

  /** @returns whether a log was fenced */
  async function driveAcrossFence(disk: FailingDisk, fault: Orders): Promise<boolean> {
    const journey = disk.nextRun({
      onRefusal(refusal) {
        expectClear(refusal, ["StorageFailed", "StateDirUnusable", "OutcomeUnknown"], /EIO|i\/o error/);
        if (refusal.error !== "StorageFailed") return;
        // Of a version that could not be stored there is nothing to fork.
        journey.instanceId ??= /\b[0-9A-Z]{26}\b/.exec(refusal.message)?.[0];
        if (journey.instanceId !== undefined) throw new Fenced(refusal.message);
      },
    });
    disk.fail(fault);
    const { stateDir } = disk.sandbox;
    const result = await journey.drive(disk.server).catch((error) => {
      if (!(error instanceof Fenced)) throw error;
    });
    if (result !== undefined) {
      expect(result).toMatchObject(RESULT);
      await checkEnd(stateDir, journey, result.by);
      return false;
    }

    disk.heal();
    const instance_id = journey.instanceId!;
    const events = await readEvents(stateDir, instance_id);
    expect(events.at(-1)).toMatchObject({ type: "storage_failed" });
    await disk.restart();
    for (const tool of ["sequencer_current", "sequencer_resume"]) {
      const answer = await disk.server.call(tool, { instance_id });
      expectClear(answer, ["StorageFailed"], /EIO|i\/o error/);
    }
    const steps = events.filter(({ type }) => type === "step_issued").length;
    const fork = { instance_id, before_step_no: steps + 1 };
    const forked = await disk.server.call("sequencer_fork", fork);
    const past = { ...journey, servers: journey.servers, instanceId: forked.instance_id };
    const onward = new Journey({ sandbox: disk.sandbox, name: journey.name, past });
    const end = await onward.drive(disk.server);
    expect(end).toMatchObject(RESULT);
    await checkEnd(stateDir, onward, end.by);
    expect(await readEvents(stateDir, instance_id), "nothing is written behind a fence").toEqual(events);
    return true;
  }

  class Fenced extends Error {}
});

describe("a disk that opens nothing", () => {
  it.each([
    { errno: "EMFILE", fact: /EMFILE|too many open files/ },
    { errno: "EACCES", fact: /EACCES|permission denied/ },
  ] as const)(
    "from any call on ($errno) is told for what it is, and forgotten once it does",
    {
      timeout: timeoutFor(2),
    },
    async ({ errno, fact }) => {
      const census = await censusOfCalls();
      const opens = (census.get("open") ?? 0) + (census.get("create") ?? 0);
      const calls = ["open", "create", "read", "mkdir"];
      const faults = Array.from({ length: opens }, (_, i): Orders => ({ calls, from: i + 1, errno }));
      const codes = ["OutcomeUnknown", "StateDirUnusable", "StorageFailed", "ProgramNotLoadable"];
      const met = await meet({ seconds: secondsFor(2), atLeast: 14 }, faults, (disk, fault) =>
        driveAcross(disk, fault, codes, fact),
      );
      expect(met, hint).toBeGreaterThan(3);
    },
  );
});
