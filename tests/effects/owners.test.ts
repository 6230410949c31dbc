import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ulid } from "ulid";
import { afterEach, describe, expect, it } from "vitest";
import { parseStat } from "../../src/guard/proc-stat.ts";
import { Lease } from "../../src/instances/effects/lease.ts";
import { Owners } from "../../src/instances/effects/owners.ts";
import { ownIdentity, type ProcessIdentity } from "../../src/instances/effects/process-identity.ts";
import { eventually } from "./wired.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const newFolder = () => join(mkdtempSync(join(tmpdir(), "owners-")), "owners");

function sleeper(): ChildProcess {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function identityOf(
  child: ChildProcess,
  changes: Partial<ProcessIdentity> = {},
): Promise<ProcessIdentity> {
  const { started } = parseStat(readFileSync(`/proc/${child.pid}/stat`, "latin1"))!;
  return { ...(await ownIdentity()), pid: child.pid!, started, ...changes };
}

/** The folder of leases, with a clock that only the test moves. */
async function scene(identity: ProcessIdentity | "torn") {
  const folder = newFolder();
  const own = new Lease({ folder, onLost: () => {} });
  await own.hold();
  let nowMs = 0;
  const owner = ulid();
  const path = join(folder, owner);
  writeFileSync(path, identity === "torn" ? '{"pid":' : JSON.stringify(identity));
  return {
    folder,
    owner,
    path,
    own,
    owners: new Owners(folder, () => nowMs),
    pass: (seconds: number) => {
      nowMs += seconds * 1_000;
    },
    beatWas: (secondsAgo: number) => {
      const at = Date.now() / 1_000 - secondsAgo;
      utimesSync(path, at, at);
    },
  };
}

describe("an owner on this machine", () => {
  it("lives as long as its process does, whatever the times of its lease say", async () => {
    const child = sleeper();
    const { owners, owner, pass, beatWas } = await scene(await identityOf(child));
    expect(await owners.isAlive(owner)).toBe(true);
    beatWas(1_000_000);
    pass(1_000_000);
    expect(await owners.isAlive(owner)).toBe(true);
    await end(child);
    expect(await owners.isAlive(owner)).toBe(false);
  });

  it("is not taken for another process that got its pid", async () => {
    const { owners, owner } = await scene(await identityOf(sleeper(), { started: "1" }));
    expect(await owners.isAlive(owner)).toBe(false);
  });

  it("loses its lease when it is found dead", async () => {
    const child = sleeper();
    const { owners, owner, path } = await scene(await identityOf(child));
    await end(child);
    await owners.isAlive(owner);
    expect(existsSync(path)).toBe(false);
  });
});

describe("an owner on another boot or in another container", () => {
  it.each([{ boot: "another" }, { pid_namespace: "another" }])(
    "lives until it has missed its beats for 30 seconds: %o",
    async (elsewhere) => {
      const { owners, owner, pass, beatWas } = await scene(await identityOf(sleeper(), elsewhere));
      beatWas(0);
      expect(await owners.isAlive(owner)).toBe(true);
      pass(29);
      expect(await owners.isAlive(owner)).toBe(true);
      beatWas(-1);
      expect(await owners.isAlive(owner)).toBe(true);
      pass(29);
      expect(await owners.isAlive(owner)).toBe(true);
      pass(1);
      expect(await owners.isAlive(owner)).toBe(false);
    },
  );

  it("whose last beat was long ago is watched for 12 seconds", async () => {
    const { owners, owner, pass, beatWas } = await scene(await identityOf(sleeper(), { boot: "another" }));
    beatWas(3_600);
    expect(await owners.isAlive(owner)).toBe(true);
    pass(11);
    expect(await owners.isAlive(owner)).toBe(true);
    pass(1);
    expect(await owners.isAlive(owner)).toBe(false);
  });

  it("lives when a clock jumps, as long as it beats", async () => {
    const { owners, owner, pass, beatWas } = await scene(await identityOf(sleeper(), { boot: "another" }));
    for (const secondsAgo of [3_600, 3_595, -3_600, -3_605]) {
      beatWas(secondsAgo);
      expect(await owners.isAlive(owner)).toBe(true);
      pass(5);
    }
  });

  it("that died while it wrote its lease is judged by its beats", async () => {
    const { owners, owner, pass } = await scene("torn");
    expect(await owners.isAlive(owner)).toBe(true);
    pass(30);
    expect(await owners.isAlive(owner)).toBe(false);
  });
});

describe("an owner without a lease", () => {
  it("is dead", async () => {
    const { owners, owner, path } = await scene("torn");
    rmSync(path);
    expect(await owners.isAlive(owner)).toBe(false);
  });

  it("whose id is a path is dead, and the path is left alone", async () => {
    const { owners, folder } = await scene("torn");
    const outside = join(folder, "..", "outside");
    writeFileSync(outside, "x");
    expect(await owners.isAlive("../outside")).toBe(false);
    expect(readFileSync(outside, "utf8")).toBe("x");
  });
});

describe("the leases of the dead", () => {
  it("are removed, those of the living and of strangers stay", async () => {
    const dead = sleeper();
    const { folder, own, owner, owners } = await scene(await identityOf(dead));
    await end(dead);
    const [living, stranger, forgotten] = [ulid(), ulid(), ulid()];
    writeFileSync(join(folder, living), JSON.stringify(await identityOf(sleeper())));
    for (const id of [stranger, forgotten]) {
      writeFileSync(join(folder, id), JSON.stringify({ ...(await ownIdentity()), boot: "another" }));
    }
    const longAgo = Date.now() / 1_000 - 30 * 24 * 3_600;
    utimesSync(join(folder, forgotten), longAgo, longAgo);
    writeFileSync(join(folder, "notes.txt"), "not ours");
    writeFileSync(join(folder, ".now-of-somebody-who-was-killed"), "");
    await owners.cleanUp();
    expect(readdirSync(folder)).not.toContain(owner);
    expect(readdirSync(folder).sort()).toEqual([own.id, living, stranger, "notes.txt"].sort());
  });
});

describe("a lease", () => {
  it("names its process and is for this user only", async () => {
    const folder = newFolder();
    const lease = new Lease({ folder, onLost: () => {} });
    const id = await lease.hold();
    expect(JSON.parse(readFileSync(join(folder, id), "utf8"))).toEqual(await ownIdentity());
    expect(await ownIdentity()).toEqual({
      pid: process.pid,
      boot: expect.stringMatching(/^[0-9a-f-]{36}$/),
      pid_namespace: expect.stringMatching(/^pid:\[\d+\]$/),
      started: expect.stringMatching(/^\d+$/),
    });
    expect([statSync(folder).mode & 0o777, statSync(join(folder, id)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(await lease.hold()).toBe(id);
    await lease.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("beats while somebody has something running", async () => {
    const folder = newFolder();
    const lease = new Lease({ folder, beatMs: 10, onLost: () => {} });
    const path = join(folder, await lease.hold());
    const beaten = (sinceMs: number) => eventually(() => statSync(path).mtimeMs > sinceMs);
    const [some, other] = [{}, {}];
    lease.keepAlive(some, true);
    lease.keepAlive(other, true);
    await beaten(statSync(path).mtimeMs);
    lease.keepAlive(some, false);
    await beaten(statSync(path).mtimeMs);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(await ownIdentity());
    await lease.release();
  });

  it("that was taken away is lost: what ran under it is told, and the next one has another id", async () => {
    const folder = newFolder();
    const lost: string[] = [];
    const lease = new Lease({ folder, beatMs: 10, onLost: (id) => lost.push(id) });
    const id = await lease.hold();
    lease.keepAlive(lost, true);
    rmSync(join(folder, id));
    await eventually(() => lost.length > 0);
    expect(lost).toEqual([id]);
    const next = await lease.hold();
    expect(next).not.toBe(id);
    expect(readdirSync(folder)).toEqual([next]);
    await lease.release();
  });

  it("that cannot be written is said so", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "owners-")), "a-file");
    writeFileSync(file, "");
    const lease = new Lease({ folder: join(file, "owners"), onLost: () => {} });
    await expect(lease.hold()).rejects.toMatchObject({ code: "StateDirUnusable" });
  });
});
