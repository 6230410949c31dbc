/**
 * Real processes racing on one real file, killed at any moment and in the middle of writes.
 */

import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isKnownEventType } from "../../src/engine/event.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import { ID, nameOf, started } from "./memory-log.ts";
import { randomFrom } from "./random.ts";

const RACERS = 3;
const RACE_MS = 7000;
const LONGEST_LIFE_MS = 700;
const seed = Number(process.env.SEQUENCER_SEED ?? Date.now() % 2 ** 31);

let folder: string;
let script: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "sequencer-races-"));
  script = path.join(folder, "race-writer.mjs");
  const entryPoints = [path.join(import.meta.dirname, "race-writer.ts")];
  await build({
    entryPoints,
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Lives of one racer, one after the other, until `end`; gives what they said they had won. */
async function race(
  stateDir: string,
  name: string,
  random: (below: number) => number,
  end: number,
): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let life = 0; Date.now() < end; life++) {
    const deaths = life % 2 === 0 ? "80" : "0";
    const args = [script, stateDir, ID, `${name}${life}`, String(random(2 ** 31)), deaths];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const { out, err } = await lifeOf(child, Math.min(end - Date.now(), 100 + random(LONGEST_LIFE_MS)));
    expect(err, `seed ${seed}`).toBe("");
    acknowledged.push(...out.split("\n").slice(0, -1));
  }
  return acknowledged;
}

async function lifeOf(child: ChildProcess, ms: number): Promise<{ out: string; err: string }> {
  let out = "";
  let err = "";
  child.stdout!.setEncoding("utf8").on("data", (text) => (out += text));
  child.stderr!.setEncoding("utf8").on("data", (text) => (err += text));
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await Promise.race([closed, pause(ms)]);
  child.kill("SIGKILL");
  await closed;
  return { out, err };
}

describe("three processes that race on one log", () => {
  it("lose nothing they acknowledged, orphan nothing and corrupt nothing, however they die", async () => {
    const stateDir = path.join(folder, "state");
    const store = createLogStore({ stateDir, isKnownType: isKnownEventType, formatVersion: 1 });
    (await store.create(ID, [started]))!.close();
    const end = Date.now() + RACE_MS;
    const racers = Array.from({ length: RACERS }, (_, i) =>
      race(stateDir, `r${i}.`, randomFrom(seed + i), end),
    );
    const acknowledged = (await Promise.all(racers)).flat();

    const names: string[] = [];
    for await (const batch of store.open(ID).readOn()) names.push(...batch.events.map(nameOf));
    const hint = `seed ${seed}: SEQUENCER_SEED=${seed}`;
    expect(names[0]).toBe("started");
    expect(new Set(names).size, hint).toBe(names.length);
    const accepted = new Set(names);
    expect(
      acknowledged.filter((name) => !accepted.has(name)),
      hint,
    ).toEqual([]);
    for (const [i, name] of names.slice(1).entries()) {
      const [racer, batch, place] = name.split("/") as [string, string, string];
      const before = names[i]!.split("/").slice(0, 3).join("/");
      if (place !== "0")
        expect(before, `${hint}: ${name} without the one before it`).toBe(
          `${racer}/${batch}/${Number(place) - 1}`,
        );
    }
    expect(acknowledged.length).toBeGreaterThan(RACERS);
    const raw = fs.readFileSync(path.join(stateDir, `${ID}.jsonl`), "utf8");
    expect(raw.split('{ "seq":').length - 1, "races that somebody lost").toBeGreaterThan(names.length);
  }, 60_000);
});
