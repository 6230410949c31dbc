/**
 * The state folder on a real disk: modes, paths, and what else may stand in a log's place.
 */

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import { isKnownEventType } from "../../src/engine/event.ts";
import type { LogStore } from "../../src/log/event-log.ts";
import type { LogFiles } from "../../src/log/log-files.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { ID, readAll, signal, started } from "./memory-log.ts";

let folder: string;
let stateDir: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "sequencer-store-"));
  stateDir = path.join(folder, "a", "b", "state");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const storeAt = (dir: string, files?: LogFiles): LogStore =>
  createLogStore({ stateDir: dir, isKnownType: isKnownEventType, formatVersion: 1, files });
const logPath = () => path.join(stateDir, `${ID}.jsonl`);
const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);
const failing = (errno: string) => () => {
  throw Object.assign(new Error(errno), { code: errno });
};
const refusal = (code: string, words: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

describe("the state folder", () => {
  it.each([0o000, 0o022, 0o077, 0o277, 0o777])("has modes 0700 and 0600 under umask %o", async (umask) => {
    const before = process.umask(umask);
    try {
      const store = storeAt(stateDir);
      store.prepare();
      (await store.create(ID, [started]))!.close();
      store.claimRequest("r", { instanceId: ID, digest: "d" });
    } finally {
      process.umask(before);
    }
    for (const made of [
      path.join(folder, "a"),
      path.dirname(stateDir),
      stateDir,
      path.join(stateDir, "requests"),
    ]) {
      expect(modeOf(made)).toBe("700");
    }
    const [claim] = fs.readdirSync(path.join(stateDir, "requests"));
    expect(modeOf(logPath())).toBe("600");
    expect(modeOf(path.join(stateDir, "requests", claim!))).toBe("600");
  });

  it("is made again if it vanished before a log is created or a request claimed", async () => {
    const store = storeAt(stateDir);
    store.prepare();
    fs.rmSync(stateDir, { recursive: true });
    expect(await store.create(ID, [started])).toBeDefined();
    fs.rmSync(stateDir, { recursive: true });
    expect(store.claimRequest("r", { instanceId: ID, digest: "d" })).toMatchObject({ instanceId: ID });
  });

  it("that is a file, or lies in one, is refused by everything, with the fact", async () => {
    fs.writeFileSync(path.join(folder, "file"), "");
    for (const dir of [path.join(folder, "file"), path.join(folder, "file", "state")]) {
      const store = storeAt(dir);
      const unusable = refusal("StateDirUnusable", dir);
      expect(() => store.prepare()).toThrowError(unusable);
      expect(() => store.list()).toThrowError(unusable);
      expect(() => store.open(ID)).toThrowError(unusable);
      expect(() => store.remove(ID)).toThrowError(unusable);
      expect(() => store.claimRequest("r", { instanceId: ID, digest: "d" })).toThrowError(unusable);
      await expect(store.create(ID, [started])).rejects.toMatchObject({ code: "StateDirUnusable" });
    }
  });

  it.each(["EACCES", "EROFS", "ENOSPC"])("that answers %s is refused with the fact", async (errno) => {
    fs.mkdirSync(stateDir, { recursive: true });
    const fault = failing(errno);
    const store = storeAt(stateDir, { ...fs, openSync: fault, accessSync: fault, mkdirSync: fault });
    const unusable = refusal("StateDirUnusable", errno);
    expect(() => store.prepare()).toThrowError(unusable);
    expect(() => store.open(ID)).toThrowError(unusable);
    expect(() => store.claimRequest("r", { instanceId: ID, digest: "d" })).toThrowError(unusable);
    await expect(store.create(ID, [started])).rejects.toMatchObject({ code: "StateDirUnusable" });
  });

  it("that cannot be synced after the log was published makes the outcome unknown", async () => {
    storeAt(stateDir).prepare();
    const store = storeAt(stateDir, { ...fs, fsyncSync: failing("EIO") });
    await expect(store.create(ID, [started])).rejects.toMatchObject({ code: "OutcomeUnknown" });
    expect(storeAt(stateDir).list()).toHaveLength(1);
  });

  it("on a file system that cannot sync folders is used without", async () => {
    const store = storeAt(stateDir, { ...fs, fsyncSync: failing("EINVAL") });
    expect(await store.create(ID, [started])).toBeDefined();
  });

  it("without hard links is refused with that fact", async () => {
    const store = storeAt(stateDir, { ...fs, linkSync: failing("ENOTSUP") });
    await expect(store.create(ID, [started])).rejects.toMatchObject(
      refusal("StateDirUnusable", "hard links"),
    );
    expect(fs.readdirSync(stateDir)).toEqual([]);
  });
});

describe("what stands in a log's place", () => {
  it("is not followed if it is a symbolic link", async () => {
    const store = storeAt(stateDir);
    store.prepare();
    const target = path.join(folder, "target");
    fs.writeFileSync(target, "precious");
    fs.symlinkSync(target, logPath());
    expect(() => store.open(ID)).toThrowError(refusal("CorruptedLog", "symbolic link"));
    expect(() => store.remove(ID)).toThrowError(refusal("CorruptedLog", "regular file"));
    expect(await store.create(ID, [started])).toBeUndefined();
    expect(store.list()).toEqual([]);
    expect(fs.readFileSync(target, "utf8")).toBe("precious");
  });

  it("is refused if it is a folder", () => {
    const store = storeAt(stateDir);
    fs.mkdirSync(logPath(), { recursive: true });
    expect(() => store.open(ID)).toThrowError(refusal("CorruptedLog", "folder"));
    expect(store.list()).toEqual([]);
  });

  it("is refused, and does not block, if it is a pipe", async () => {
    const store = storeAt(stateDir);
    store.prepare();
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [logPath()]);
    expect(() => store.open(ID)).toThrowError(refusal("CorruptedLog", "regular file"));
  });

  it("is refused with its fact if it cannot be opened", () => {
    const store = storeAt(stateDir, { ...fs, openSync: failing("EACCES") });
    expect(() => store.open(ID)).toThrowError(refusal("StateDirUnusable", "permission denied"));
  });

  it("is never named by an id that is not one: the message shows it escaped and cut", () => {
    const store = storeAt(stateDir);
    expect(() => store.open("../../etc/passwd")).toThrowError(
      refusal("InvalidInstanceId", '"../../etc/passwd"'),
    );
    expect(() => store.open("\u001b[2J\n")).toThrowError(refusal("InvalidInstanceId", '"\\u001b[2J\\n"'));
    const long = (() => {
      try {
        store.open("\0".repeat(100_000));
      } catch (error) {
        return String(error);
      }
    })();
    expect(long?.length).toBeLessThan(200);
  });
});

describe("files beside the logs", () => {
  it("are not listed, and stay, unless they belong to the log that is removed", async () => {
    const store = storeAt(stateDir);
    (await store.create(ID, [started]))!.close();
    const other = `${ID.slice(0, -1)}W`;
    const strangers = [
      "notes.jsonl",
      `${ID.toLowerCase()}.jsonl`,
      `${ID}x.jsonl`,
      `${other}.lock`,
      `.${other}.ab.tmp`,
    ];
    const belonging = [`${ID}.lock`, `.${ID}.00ff.tmp`, `${ID}.jsonl.bak`];
    for (const name of [...strangers, ...belonging]) fs.writeFileSync(path.join(stateDir, name), "");
    fs.mkdirSync(path.join(stateDir, `${ID}.folder`));
    expect(store.list().map((info) => info.instanceId)).toEqual([ID]);
    store.remove(ID);
    expect(fs.readdirSync(stateDir).sort()).toEqual([...strangers, `${ID}.folder`].sort());
  });

  it("are listed with size and time of the last change", async () => {
    const store = storeAt(stateDir);
    const log = (await store.create(ID, [started]))!;
    log.append([signal("a")]);
    const { size, mtimeMs } = fs.statSync(logPath());
    expect(store.list()).toEqual([{ instanceId: ID, bytes: size, modifiedMs: mtimeMs }]);
  });
});

describe("claims of request ids", () => {
  it("that are damaged are refused by name, and not overwritten", () => {
    const store = storeAt(stateDir);
    store.claimRequest("r", { instanceId: ID, digest: "d" });
    const requests = path.join(stateDir, "requests");
    const file = path.join(requests, fs.readdirSync(requests)[0]!);
    for (const garbage of ["", "{", "null", '{"instance_id":"../x","digest":"d"}', "\0\0\0"]) {
      fs.writeFileSync(file, garbage);
      expect(() => store.claimRequest("r", { instanceId: ID, digest: "d" })).toThrowError(
        refusal("StateDirUnusable", file),
      );
      expect(fs.readFileSync(file, "utf8")).toBe(garbage);
    }
    expect(fs.readdirSync(requests)).toHaveLength(1);
  });

  it("of another instance stay when a log is removed", async () => {
    const store = storeAt(stateDir);
    const other = `${ID.slice(0, -1)}W`;
    store.claimRequest("r", { instanceId: other, digest: "d" });
    (await store.create(ID, [{ ...started, request_id: "r" } as Event]))!.close();
    store.remove(ID);
    expect(store.claimRequest("r", { instanceId: ID, digest: "e" })).toEqual({
      instanceId: other,
      digest: "d",
    });
  });

  it("that fail to be written leave nothing behind", () => {
    fs.mkdirSync(path.join(stateDir, "requests"), { recursive: true });
    const full = storeAt(stateDir, { ...fs, fsyncSync: failing("ENOSPC") });
    expect(() => full.claimRequest("r", { instanceId: ID, digest: "d" })).toThrowError(
      refusal("StateDirUnusable", "ENOSPC"),
    );
    expect(fs.readdirSync(path.join(stateDir, "requests"))).toEqual([]);
  });
});

describe("a log on disk", () => {
  it("is one JSON object a line, as tail and jq want it", async () => {
    const log = (await storeAt(stateDir).create(ID, [started]))!;
    log.append([signal("a"), signal("b")]);
    const lines = fs.readFileSync(logPath(), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([0, 1, 2]);
    expect((await readAll(storeAt(stateDir).open(ID))).lines.trimEnd().split("\n")).toEqual(lines);
  });
});
