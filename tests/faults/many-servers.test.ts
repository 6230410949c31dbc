/**
 * Four server processes on one state folder, twenty instances, callers who race, repeat and err, and servers
 * that are killed at any moment. Then the checker, which knows only what the callers saw and the bytes of the
 * logs, looks for what must never be.
 */

import { expect, it } from "vitest";
import { hint, secondsFor, seed, timeoutFor } from "../effort.ts";
import { randomFrom } from "../log/random.ts";
import { check } from "./many-servers/checker.ts";
import { Crowd, PROGRAMS } from "./many-servers/crowd.ts";
import { Fleet } from "./many-servers/fleet.ts";
import { readLog } from "./many-servers/log-lines.ts";

const SERVERS = 4;
const INSTANCES = 20;
/** Where programs get stuck: each costs everybody who asks for it a while. */
const INSTANCES_WITH_STUCK = 10;
const USUAL_SECONDS_WITH_STUCK = 2;
const CALLERS = 8;
const USUAL_SECONDS = 4;
/** Histories are checked when they are this old, and a new state folder is begun. */
const ROUND_SECONDS = 45;
const SAY_EVERY_MS = 30_000;

interface Sum {
  calls: number;
  kills: number;
  instances: number;
  lostRaces: number;
  /** Callers who were told that a program got stuck. */
  stalls: number;
}

it("four servers that are killed at random keep twenty instances linear, each step with one winner", {
  timeout: timeoutFor(USUAL_SECONDS),
}, async () => {
  const sum = await rounds(secondsFor(USUAL_SECONDS), false);
  // A run in which nothing happened proves nothing.
  expect(sum.kills, hint).toBeGreaterThan(0);
  expect(sum.lostRaces, hint).toBeGreaterThan(0);
  expect(sum.instances, hint).toBeGreaterThanOrEqual(INSTANCES);
});

it("so do they while programs get stuck beside the others", {
  timeout: timeoutFor(USUAL_SECONDS),
}, async () => {
  const sum = await rounds(secondsFor(USUAL_SECONDS_WITH_STUCK), true);
  expect(sum.stalls, hint).toBeGreaterThan(0);
});

/** As long as it takes; each round on a state folder of its own. */
async function rounds(seconds: number, stalls: boolean): Promise<Sum> {
  const sum: Sum = { calls: 0, kills: 0, instances: 0, lostRaces: 0, stalls: 0 };
  const end = Date.now() + seconds * 1000;
  let said = Date.now();
  for (let round = 0; round === 0 || Date.now() < end; round++) {
    await oneRound(seed + round, Math.min(seconds, ROUND_SECONDS), stalls, sum);
    if (Date.now() - said < SAY_EVERY_MS) continue;
    said = Date.now();
    process.stdout.write(`many-servers: ${JSON.stringify(sum)}, seed ${seed}\n`);
  }
  return sum;
}

async function oneRound(roundSeed: number, seconds: number, stalls: boolean, sum: Sum): Promise<void> {
  const fleet = new Fleet(SERVERS, stalls);
  try {
    const random = randomFrom(roundSeed);
    const crowd = stalls
      ? new Crowd(fleet, random, INSTANCES_WITH_STUCK, [...PROGRAMS, "stuck", "stuck", "stuck"])
      : new Crowd(fleet, random, INSTANCES);
    await crowd.begin("the first caller", CALLERS);
    const end = Date.now() + seconds * 1000;
    const isOver = () => Date.now() > end;
    await Promise.all([
      killing(fleet, random, isOver),
      ...Array.from({ length: CALLERS }, (_, i) => crowd.act(`caller ${i}`, isOver)),
    ]);
    const stuck = await crowd.driveToTheEnd("the last caller");
    const evidence = await fleet.finish();
    sum.calls += evidence.calls.length;
    sum.kills += fleet.kills;
    sum.instances += evidence.logs.size;
    sum.stalls += evidence.calls.filter(({ answer }) => answer?.error === "ProgramStalled").length;
    for (const bytes of evidence.logs.values()) sum.lostRaces += readLog(bytes).lost;
    const found = check(evidence).map(({ kind, sentence }) => `${kind}: ${sentence}`);
    expect(found.slice(0, 10), `seed ${roundSeed}; ${hint}`).toEqual([]);
    expect(stuck, hint).toEqual([]);
  } finally {
    await fleet.remove();
  }
}

async function killing(
  fleet: Fleet,
  random: (below: number) => number,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, random(700)));
    await fleet.kill(random(fleet.size));
  }
}
