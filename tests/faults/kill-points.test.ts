/**
 * A server killed with SIGKILL at any of its calls that change the disk or make it durable: before the call,
 * in the middle of a write, and after the call but before the server knows. Then another server goes on.
 *
 * Every run takes the points in an order that spreads them, from a place that the seed says, until its time
 * is up; `npm run test:faults -- --minutes 10 kill-points` gets round all of them.
 */

import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hint, secondsFor, seed, timeoutFor } from "../effort.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { checkEffects, checkEnd, finishedEffects, readEvents } from "./account.ts";
import { besideState, type Kill, startOnDisk } from "./disk-server.ts";
import { EFFECTS, Journey, RESULT, ServerDied, writeJourney } from "./journey.ts";
import { inLanes, randomFrom, spread } from "./lanes.ts";
import { callsOf, readTrace } from "./trace.ts";

const LANES = 2;
const CUTS = [0, 0.02, 0.5, 0.999];
/** Of the servers that take over. */
const MOST_OTHERS = 5;
const EARLY = 40;

/** Every point at which a run without kills could be killed. */
async function allPoints(): Promise<Kill[]> {
  const sandbox = createSandbox();
  try {
    writeJourney(sandbox);
    const trace = besideState(sandbox, "trace");
    const server = await startOnDisk(sandbox, { trace });
    await new Journey({ sandbox }).drive(server);
    await server.close();
    return callsOf(readTrace(trace)).flatMap(({ count, name }): Kill[] => {
      if (count === undefined) return [];
      const cuts = name === "write" ? CUTS.map((when) => ({ at: count, when })) : [];
      return [{ at: count, when: "before" }, ...cuts, { at: count, when: "after" }];
    });
  } finally {
    sandbox.remove();
  }
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
  const early = points.filter(({ at }) => at <= EARLY);
  const anyOf = (some: readonly Kill[]) => some[Math.floor(random() * some.length)]!;
  for (;;) {
    const others = Array.from({ length: 1 + Math.floor(random() * MOST_OTHERS) }, () => anyOf(early));
    yield [anyOf(points), ...others];
  }
}

describe("a server killed at any call to the disk", () => {
  it("loses nothing that it acknowledged, applies nothing twice, runs no finished effect again", {
    timeout: timeoutFor(9),
  }, async () => {
    const points = await allPoints();
    expect(points.length, "points at which it can be killed").toBeGreaterThan(200);
    let died = 0;
    const single = [...spread(points, seed)].map((point) => [point]);
    const done = await inLanes(LANES, secondsFor(9), single.values(), async (kills) => {
      const deaths = await driveThrough(kills);
      died += deaths;
    });
    // Effects do not always end at the same time, so a run may have a few calls less.
    expect(died, hint).toBeGreaterThan(0.9 * done);
  });

  it("is followed by another one, also where those that take over are killed in turn", {
    timeout: timeoutFor(4),
  }, async () => {
    const points = await allPoints();
    const several = severalKills(points, randomFrom(seed));
    let died = 0;
    const done = await inLanes(LANES, secondsFor(4), several, async (kills) => {
      const deaths = await driveThrough(kills);
      died += deaths;
    });
    expect(died, hint).toBeGreaterThan(done);
  });
});
