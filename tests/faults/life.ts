/**
 * A run on a disk that may lose power: what is there before, what servers then do, and what may be left.
 *
 * The state folder stands where it does by default, several folders deep in a home that nothing but the
 * server has written to; `home` is the disk.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { DiskModel, type Tree } from "./disk-model.ts";
import { besideState, type Kill, startOnDisk } from "./disk-server.ts";
import { type Acknowledged, Journey, ServerDied, writeJourney } from "./journey.ts";
import { readTrace, type TraceRecord } from "./trace.ts";

/** A moment at which the power went out: what is on the disk, and what the world knows. */
export interface Remains {
  readonly tree: Tree;
  readonly acknowledged: readonly Acknowledged[];
  /** Lines that effects left in the world outside. */
  readonly effects: readonly string[];
  readonly instanceId: string | undefined;
  readonly servers: number;
  /** For messages. */
  readonly moment: string;
}

export const NOTHING_YET: Remains = {
  tree: new Map(),
  acknowledged: [],
  effects: [],
  instanceId: undefined,
  servers: 0,
  moment: "the beginning",
};

export interface Life {
  readonly past: Remains;
  readonly journey: Journey;
  readonly trace: readonly TraceRecord[];
  readonly result: { readonly by: string[] };
}

export function createPowerSandbox(): Sandbox {
  const sandbox = createSandbox();
  const stateDir = join(sandbox.home, ".claude", "sequencer", "instances");
  writeJourney(sandbox);
  return { ...sandbox, stateDir, env: { ...sandbox.env, AGENT_SEQUENCER_STATE_DIR: stateDir } };
}

/** Goes on from `past` to the end, and forks it then, by servers of which the first ones are killed. */
export async function live(sandbox: Sandbox, past: Remains, kills: readonly Kill[]): Promise<Life> {
  const trace = besideState(sandbox, "trace");
  writeFileSync(trace, "");
  writeTree(sandbox.home, past.tree);
  const journey = new Journey({ sandbox, past: { ...past, acknowledged: [...past.acknowledged] } });
  writeFileSync(journey.effectsFile, past.effects.map((line) => `${line}\n`).join(""));
  for (const kill of [...kills, undefined]) {
    const server = await startOnDisk(sandbox, { folder: sandbox.home, kill, trace });
    try {
      const result = await journey.drive(server);
      await journey.fork(server);
      await server.close();
      return { past, journey, result, trace: readTrace(trace) };
    } catch (error) {
      const { signal } = await server.kill9();
      const wasPlanned = error instanceof ServerDied && kill !== undefined && signal === "SIGKILL";
      if (!wasPlanned) throw error;
    }
  }
  throw new Error("the last server is not killed");
}

/** After every record of the trace, what a power loss then may leave, by chance; and after each answer the least. */
export function* remainsOf(sandbox: Sandbox, life: Life, random: () => number): Generator<Remains> {
  const { past, journey, trace } = life;
  const disk = new DiskModel(sandbox.home, past.tree);
  const acknowledged = [...past.acknowledged];
  const effects = [...past.effects];
  for (const [i, record] of trace.entries()) {
    disk.take(record);
    if ("effect" in record) effects.push(record.effect.trim());
    if ("answer" in record) {
      acknowledged.push(...journey.acknowledged.filter(({ request }) => request === record.answer));
    }
    const instanceId = acknowledged.length > 0 ? journey.instanceId : undefined;
    const world = {
      acknowledged: [...acknowledged],
      effects: [...effects],
      instanceId,
      servers: journey.servers,
    };
    const moment = `after ${describe(record)} (record ${i + 1} of ${trace.length})`;
    if ("answer" in record || "effect" in record) {
      yield { ...world, tree: disk.survivors(), moment: `${moment}, nothing but what was synced` };
    }
    yield { ...world, tree: disk.survivors(random), moment };
  }
}

/** The folder then holds this and nothing else. */
export function writeTree(folder: string, tree: Tree): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, content] of tree) {
    const path = join(folder, name);
    if (content instanceof Map) writeTree(path, content);
    else writeFileSync(path, content, { mode: 0o600 });
  }
}

function describe(record: TraceRecord): string {
  const { bytes: _, result: __, ...shown } = record as { bytes?: unknown; result?: unknown };
  return JSON.stringify(shown);
}

/** The model knows every call: what it takes to be there is what is there. */
export function checkModel(sandbox: Sandbox, { past, trace }: Life): void {
  const disk = new DiskModel(sandbox.home, past.tree);
  for (const record of trace) disk.take(record);
  expect(outlineOf(disk.present())).toBe(outlineOf(readTree(sandbox.home)));
  expect(disk.present()).toEqual(readTree(sandbox.home));
}

function readTree(folder: string): Tree {
  const entries = readdirSync(folder, { withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? readTree(path) : readFileSync(path)];
    }),
  );
}

/** For the sake of messages: the size of each file. */
export function outlineOf(tree: Tree, indent = ""): string {
  return [...tree]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) =>
      content instanceof Map
        ? `${indent}${name}/\n${outlineOf(content, `${indent}  `)}`
        : `${indent}${name} ${content.length}`,
    )
    .join("\n");
}
