/**
 * A power loss at any moment of a run, by a real server's calls to its disk and `disk-model.ts`: whatever was
 * not synced is lost, torn or out of order. What is left must hold everything that was acknowledged, and the
 * run must go on from there. Then the power fails again.
 *
 *     npm run test:faults -- --minutes 10 power-loss
 */

import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import { hint, secondsFor, seed, timeoutFor } from "../effort.ts";
import type { Sandbox } from "../server/stdio.ts";
import { checkEffects, checkEnd, checkReplies, finishedEffects } from "./account.ts";
import type { Tree } from "./disk-model.ts";
import type { Kill } from "./disk-server.ts";
import { EFFECTS, FORK, RESULT } from "./journey.ts";
import { inLanes, randomFrom } from "./lanes.ts";
import {
  checkModel,
  createPowerSandbox,
  live,
  NOTHING_YET,
  outlineOf,
  type Remains,
  remainsOf,
} from "./life.ts";
import { callsOf } from "./trace.ts";
import { at, checkVersion, logsIn } from "./tree-files.ts";

const LANES = 2;
/** Power losses of one run. */
const LOSSES = 2;
const LAST_CALL = 80;

/** What the log and the version store hold, against what the world knows. @returns the events, if there is a log */
async function check(sandbox: Sandbox, remains: Remains): Promise<readonly Event[]> {
  const { instanceId, acknowledged, effects, tree } = remains;
  const state = at(tree, sandbox.stateDir.slice(sandbox.home.length));
  const logs = await logsIn(state instanceof Map ? state : new Map());
  if (instanceId !== undefined) expect([...logs.keys()], "the log").toContain(instanceId);
  const forks = acknowledged.flatMap(({ question, by }) => (question === FORK ? [by] : []));
  for (const fork of forks) expect([...logs.keys()], "the fork's log").toContain(fork);
  // Before the start is acknowledged there is no other.
  const events = (instanceId === undefined ? [...logs.values()][0] : logs.get(instanceId)) ?? [];
  checkReplies(events, acknowledged);
  const starts = events.filter(({ type }) => type === "effect_started").length;
  expect(starts, "effects that ran without a durable word of it").toBeGreaterThanOrEqual(effects.length);
  if (events[0]?.type === "started") checkVersion(state as Tree, events[0].program.version);
  return events;
}

/** Goes on to the end, and looks at what every moment of that could have left. */
async function liveAndCheck(sandbox: Sandbox, past: Remains, kills: readonly Kill[], random: () => number) {
  const life = await live(sandbox, past, kills).catch(explain(past, kills));
  expect(life.result).toMatchObject(RESULT);
  const events = await checkEnd(sandbox.stateDir, life.journey, life.result.by).catch(explain(past, kills));
  expect(finishedEffects(events).sort()).toEqual([...EFFECTS, "command"].sort());
  if (kills.length === 0) checkModel(sandbox, life);
  const left: { remains: Remains; events: readonly Event[] }[] = [];
  for (const remains of remainsOf(sandbox, life, random)) {
    left.push({ remains, events: await check(sandbox, remains).catch(explain(remains, kills)) });
  }
  return { life, events, left };
}

/** A run through power losses, to its end each time. @returns how many states of the disk were looked at */
async function walk(sandbox: Sandbox, random: () => number): Promise<number> {
  let looked = 0;
  let past = NOTHING_YET;
  const moments: { seen: readonly string[]; finished: readonly string[] }[] = [];
  for (let loss = 0; loss <= LOSSES; loss++) {
    const at = 1 + Math.floor(random() * LAST_CALL);
    const kills: Kill[] = random() < 0.5 ? [] : [{ at, when: "after" }];
    const { life, events, left } = await liveAndCheck(sandbox, past, kills, random);
    checkEffects(events, life.journey.effects(), moments);
    looked += left.length;
    const chosen = left[Math.floor(random() * left.length)]!;
    past = chosen.remains;
    moments.push({ seen: past.effects, finished: finishedEffects(chosen.events) });
  }
  return looked;
}

/** After the calls that make what a run needs findable: its log, its version, the folders above them. */
async function killsAtNames(): Promise<Kill[]> {
  const sandbox = createPowerSandbox();
  try {
    const { trace } = await live(sandbox, NOTHING_YET, []);
    const telling = callsOf(trace).filter(({ name, path, to = "" }) => {
      const isAboveState = name === "mkdir" && sandbox.stateDir.startsWith(path);
      return isAboveState || to.endsWith(".jsonl") || dirname(to).endsWith("versions");
    });
    return telling.map(({ count }) => ({ at: count!, when: "after" }));
  } finally {
    sandbox.remove();
  }
}

function explain(remains: Remains, kills: readonly Kill[]) {
  return (cause: unknown): never => {
    const killed = kills.length === 0 ? "" : `, server killed at ${JSON.stringify(kills)}`;
    const where = `power lost ${remains.moment}${killed}`;
    const known = remains.acknowledged.map(({ question, by }) => `${question} by ${by}`).join(", ");
    const text = `${where}; acknowledged: ${known}; left:\n${outlineOf(remains.tree)}\n${hint}`;
    throw new Error(text, { cause });
  };
}

describe("a power loss at any moment", () => {
  it("keeps everything that was acknowledged, and the run goes on from it", {
    timeout: timeoutFor(4),
  }, async () => {
    const random = randomFrom(seed);
    const walks = (function* () {
      for (;;) yield randomFrom(random() * 2 ** 32);
    })();
    let looked = 0;
    await inLanes(LANES, { seconds: secondsFor(4), atLeast: 2 }, walks, async (chance) => {
      const sandbox = createPowerSandbox();
      try {
        const seen = await walk(sandbox, chance);
        looked += seen;
      } finally {
        sandbox.remove();
      }
    });
    expect(looked, "states of the disk").toBeGreaterThan(500);
  });

  it("also where a server was killed before a name that it had made was durable", {
    timeout: timeoutFor(60),
  }, async () => {
    const kills = await killsAtNames();
    expect(kills.length).toBeGreaterThan(2);
    await inLanes(LANES, { seconds: 0, atLeast: kills.length }, kills.values(), async (kill) => {
      const sandbox = createPowerSandbox();
      try {
        await liveAndCheck(sandbox, NOTHING_YET, [kill], randomFrom(seed));
      } finally {
        sandbox.remove();
      }
    });
  });
});
