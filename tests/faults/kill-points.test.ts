/**
 * A server killed with SIGKILL at any of its calls that change the disk or make it durable: before the call,
 * in the middle of a write, and after the call but before the server knows. Then another server goes on.
 *
 * Always where each type of event is written; else in an order that spreads the points, from a place that the
 * seed says, until the time is up: `npm run test:faults -- --minutes 10 kill-points` gets round all of them.
 */

import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hint, secondsFor, seed, timeoutFor } from "../effort.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { checkEffects, checkEnd, finishedEffects, readEvents } from "./account.ts";
import { besideState, type Kill, startOnDisk } from "./disk-server.ts";
import { EFFECTS, Journey, RESULT, ServerDied, writeJourney } from "./journey.ts";
import { type Extent, inLanes, randomFrom, spread } from "./lanes.ts";
import { type CallRecord, callsOf, readTrace } from "./trace.ts";

const LANES = 2;
const CUTS = [0, 0.02, 0.5, 0.999];
/** Of the servers that take over. */
const MOST_OTHERS = 5;
const EARLY = 40;

/** The calls of a run without kills. */
async function callsOfARun(): Promise<CallRecord[]> {
  const sandbox = createSandbox();
  try {
    writeJourney(sandbox);
    const trace = besideState(sandbox, "trace");
    const server = await startOnDisk(sandbox, { trace });
    await new Journey({ sandbox }).drive(server);
    await server.close();
    return callsOf(readTrace(trace)).filter(({ count }) => count !== undefined);
  } finally {
    sandbox.remove();
  }
}

/** Every point at which that run could be killed. */
async function allPoints(): Promise<Kill[]> {
  return (await callsOfARun()).flatMap(({ count, name }): Kill[] => {
    const at = count!;
    const cuts = name === "write" ? CUTS.map((when) => ({ at, when })) : [];
    return [{ at, when: "before" }, ...cuts, { at, when: "after" }];
  });
}

/** In the middle of, and directly after, the first write of each type of event that such a run has. */
async function pointsOfEvents(): Promise<Kill[]> {
  const types = (await callsOfARun()).flatMap(({ path, bytes = "" }) => {
    const text = path.endsWith(".jsonl") ? Buffer.from(bytes, "base64").toString() : "";
    return [...text.matchAll(/"type":"(\w+)","at"/g)].map(([, type]) => type!);
  });
  return [...new Set(types)].flatMap((event): Kill[] => [
    { event, when: "after" },
    { event, when: 0.7 },
  ]);
}

/** One run, by servers that die at `kills` in turn and a last one that does not. @returns how many died */
async function driveThrough(kills: readonly Kill[]): Promise<number> {
  const sandbox = createSandbox();
  const moments: { seen: string[]; finished: string[] }[] = [];
  try {
    writeJourney(sandbox);
    const journey = new Journey({ sandbox });
    for (const kill of [...kills, undefined]) {
      const server = await startOnDisk(sandbox, { kill });
      try {
        const result = await journey.drive(server);
        expect(result).toMatchObject(RESULT);
        await server.close();
        const events = await checkEnd(sandbox.stateDir, journey, result.by);
        checkEffects(events, journey.effects(), moments);
        expect(finishedEffects(events).sort()).toEqual([...EFFECTS, "command"].sort());
        break;
      } catch (error) {
        const exit = await server.kill9();
        if (!(error instanceof ServerDied) || kill === undefined) throw error;
        expect(exit, "how the server ended").toEqual({ code: null, signal: "SIGKILL" });
        moments.push({ seen: journey.effects(), finished: finishedEffects(await eventsIn(sandbox)) });
      }
    }
    return moments.length;
  } catch (error) {
    throw new Error(`killed at ${JSON.stringify(kills)}; ${hint}`, { cause: error });
  } finally {
    sandbox.remove();
  }
}

/** Of the one log there is, if it is there already. */
async function eventsIn({ stateDir }: Sandbox) {
  if (!existsSync(stateDir)) return [];
  const log = readdirSync(stateDir).find((name) => /^[0-9A-Z]{26}\.jsonl$/.test(name));
  return log === undefined ? [] : readEvents(stateDir, log.slice(0, 26));
}

/** The first server dies anywhere, those that take over early: they have less to do. */
function* severalKills(points: readonly Kill[], random: () => number): Generator<Kill[]> {
  const early = points.filter((point) => "at" in point && point.at <= EARLY);
  const anyOf = (some: readonly Kill[]) => some[Math.floor(random() * some.length)]!;
  for (;;) {
    const others = Array.from({ length: 1 + Math.floor(random() * MOST_OTHERS) }, () => anyOf(early));
    yield [anyOf(points), ...others];
  }
}

/** @returns how many runs were driven through, and how many servers died */
async function driveThroughAll(extent: Extent, all: Iterator<readonly Kill[]>) {
  let died = 0;
  const runs = await inLanes(LANES, extent, all, async (kills) => {
    const deaths = await driveThrough(kills);
    died += deaths;
  });
  return { runs, died };
}

describe("a server killed at a call to the disk loses nothing that it acknowledged, applies nothing twice", () => {
  it("whichever type of event it was writing", { timeout: timeoutFor(60) }, async () => {
    const points = await pointsOfEvents();
    expect(points.length / 2, "types of events").toBeGreaterThan(5);
    const { runs, died } = await driveThroughAll({ seconds: 0, atLeast: points.length }, singly(points));
    expect(runs).toBe(points.length);
    expect(died).toBe(runs);
  });

  it("whichever call it was", { timeout: timeoutFor(3) }, async () => {
    const points = await allPoints();
    expect(points.length, "points at which it can be killed").toBeGreaterThan(200);
    const { runs, died } = await driveThroughAll(
      { seconds: secondsFor(3), atLeast: 6 },
      singly(spread(points, seed)),
    );
    // Effects do not always end at the same time, so a run may have a few calls less.
    expect(died, hint).toBeGreaterThan(0.6 * runs);
  });

  it("and is followed by servers that are killed in turn", { timeout: timeoutFor(3) }, async () => {
    const several = severalKills(await allPoints(), randomFrom(seed));
    const { runs, died } = await driveThroughAll({ seconds: secondsFor(2), atLeast: 4 }, several);
    expect(died, hint).toBeGreaterThan(runs / 2);
  });
});

function* singly(points: Iterable<Kill>): Generator<Kill[]> {
  for (const point of points) yield [point];
}
