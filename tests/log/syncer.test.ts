import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LogFiles } from "../../src/log/log-files.ts";
import { Syncer } from "../../src/log/syncer.ts";

const FD = 7;

describe("a syncer", () => {
  let calls: string[];
  let clock: number;
  /** How long the disk takes, in milliseconds. */
  let takes: number;
  let failure: Error | null;
  let syncer: Syncer;

  beforeEach(() => {
    calls = [];
    clock = 0;
    takes = 0.2;
    failure = null;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    syncer = new Syncer({
      fdatasync(fd, done) {
        calls.push(`beside ${fd}`);
        clock += takes;
        setImmediate(done, failure);
      },
      fdatasyncSync(fd) {
        calls.push(`in line ${fd}`);
        clock += takes;
        if (failure !== null) throw failure;
      },
    } as Partial<LogFiles> as LogFiles);
  });

  it("waits in line on a disk that has shown to be quick", async () => {
    for (let i = 0; i < 3; i++) expect(await syncer.sync(FD)).toBeNull();
    expect(calls).toEqual(["beside 7", "in line 7", "in line 7"]);
  });

  it("goes beside while the disk is slow, and waits in line for a slow one but once", async () => {
    takes = 20;
    await syncer.sync(FD);
    await syncer.sync(FD);
    takes = 0.2;
    await syncer.sync(FD);
    takes = 20;
    await syncer.sync(FD);
    await syncer.sync(FD);
    expect(calls).toEqual(["beside 7", "beside 7", "beside 7", "in line 7", "beside 7"]);
  });

  it("gives what the sync failed with, in line or not", async () => {
    failure = new Error("EIO");
    expect(await syncer.sync(FD)).toBe(failure);
    expect(await syncer.sync(FD)).toBe(failure);
    expect(calls).toEqual(["beside 7", "in line 7"]);
  });
});
