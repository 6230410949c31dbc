import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Output, wholeCharacters } from "../../src/guard/output.ts";
import { parseStat } from "../../src/guard/proc-stat.ts";
import { endProcesses, groupLives, listProcesses, markersOf, parsePs } from "../../src/guard/processes.ts";
import { lives } from "./setup.ts";
import { eventually } from "./wired.ts";

describe("the output of a command", () => {
  const plan = (shown: number, kept: number) => ({
    shown,
    kept,
    file: join(mkdtempSync(join(tmpdir(), "output-")), "out"),
  });

  it("is its beginning and, when that is not all, a file with all of it, whatever the pieces", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 100 }), (chunks, shown) => {
        const output = new Output(plan(shown, 1_000_000));
        for (const chunk of chunks) output.add(Buffer.from(chunk));
        const all = Buffer.concat(chunks);
        const { text, file } = output.finish();
        if (all.length <= shown) {
          expect([text, file]).toEqual([all.toString("utf8"), undefined]);
        } else {
          expect(readFileSync(file!).equals(all)).toBe(true);
          expect(text).toBe(wholeCharacters(all.subarray(0, shown)).toString("utf8"));
        }
      }),
    );
  });

  it("beyond what its file takes is let go, and the file says so", () => {
    const limits = plan(4, 10);
    const output = new Output(limits);
    for (const text of ["abc", "defgh", "ijklm", "nop"]) output.add(Buffer.from(text));
    expect(output.finish()).toEqual({ text: "abcd", file: limits.file });
    expect(readFileSync(limits.file, "utf8")).toBe(
      "abcdefghij\n[cut here: only the first 10 bytes are kept]\n",
    );
  });

  it("that cannot be kept says so", () => {
    const folder = mkdtempSync(join(tmpdir(), "output-"));
    const output = new Output({ shown: 2, kept: 10, file: join(folder, "none", "out") });
    output.add(Buffer.from("abcd"));
    expect(output.finish()).toEqual({
      text: "ab\n[cut here: the whole output could not be kept: ENOENT]\n",
    });
  });

  it("of an earlier attempt is removed", () => {
    const limits = plan(4, 10);
    writeFileSync(limits.file, "earlier");
    new Output(limits);
    expect(existsSync(limits.file)).toBe(false);
  });

  it("is never cut within a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(60), (text, length) => {
        const cut = wholeCharacters(Buffer.from(text).subarray(0, length));
        expect(text.startsWith(cut.toString("utf8"))).toBe(true);
        expect(Buffer.from(text).subarray(0, length).length - cut.length).toBeLessThan(4);
      }),
    );
  });
});

describe("processes", () => {
  it("are found by their markers, innermost last", () => {
    const environment = ["A=1", "MARK=outer/1,inner/2", "MARKED=no"];
    expect(markersOf({ pid: 1, group: 1, environment }, "MARK")).toEqual(["outer/1", "inner/2"]);
    expect(markersOf({ pid: 1, group: 1, environment: [] }, "MARK")).toEqual([]);
  });

  it("are listed with group and environment, by /proc and by ps alike", async () => {
    const child = spawn("sleep", ["600"], {
      env: { PATH: process.env["PATH"], MARK: "here/7" },
      detached: true,
    });
    const find = (list: ReturnType<typeof listProcesses>) =>
      list.filter((each) => markersOf(each, "MARK").includes("here/7"));
    try {
      const expected = expect.objectContaining({ pid: child.pid, group: child.pid });
      await eventually(() => find(listProcesses()).length > 0);
      expect(find(listProcesses())).toEqual([expected]);
      // What `-E` is on macOS is `e` here.
      const listed = execFileSync("ps", ["axeww", "-o", "pid=,pgid=,stat=,command="], { encoding: "utf8" });
      expect(find(parsePs(listed))).toEqual([expected]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it.each([
    ["end when they are asked", "exec sleep 600"],
    ["are ended when they do not listen", 'trap "" TERM; while :; do sleep 0.1; done'],
    ["are ended when they are stopped", "kill -STOP $$; sleep 600"],
  ])("%s", async (_, script) => {
    const child = spawn("sh", ["-c", script], { detached: true });
    const group = child.pid!;
    await eventually(() => groupLives(group));
    await endProcesses(() => (groupLives(group) ? [-group] : []), 300);
    expect(lives(group)).toBe(false);
  });

  it("whose name looks like fields are told apart", () => {
    const fields = "4 (a) b) (c) S 1 77 78 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 9876 1 2";
    expect(parseStat(fields)).toEqual({ state: "S", group: 77, started: "9876" });
  });
});
