/**
 * A power loss at any moment of a run, by a real server's calls to its disk and `disk-model.ts`: whatever was
 * not synced is lost, torn or out of order. What is left must hold everything that was acknowledged, and the
 * run must go on from there. Then the power fails again.
 *
 *     npm run test:faults -- --minutes 10 power-loss
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.ts";
import type { Event } from "../../src/engine/event.ts";
import { hint, secondsFor, seed, timeoutFor } from "../effort.ts";
import type { Sandbox } from "../server/stdio.ts";
import { checkEffects, checkEnd, checkReplies, finishedEffects, readEvents } from "./account.ts";
import type { Kill } from "./disk-server.ts";
import { EFFECTS, RESULT } from "./journey.ts";
import { inLanes, randomFrom } from "./lanes.ts";
import {
  createPowerSandbox,
  live,
  NOTHING_YET,
  outlineOf,
  type Remains,
  remainsOf,
  writeTree,
} from "./life.ts";

const LANES = 2;
/** Power losses of one run. */
const LOSSES = 3;
const LAST_CALL = 80;

/** What the log and the version store hold, against what the world knows. @returns the events, if there is a log */
async function check(sandbox: Sandbox, remains: Remains): Promise<readonly Event[]> {
  const { instanceId, acknowledged, effects } = remains;
  const checked = join(sandbox.folder, "checked");
  writeTree(checked, remains.tree);
  const stateDir = sandbox.stateDir.replace(sandbox.home, checked);
  const logs = existsSync(stateDir)
    ? readdirSync(stateDir).filter((name) => /^\w{26}\.jsonl$/.test(name))
    : [];
  if (instanceId !== undefined) expect(logs, "the log").toContain(`${instanceId}.jsonl`);
  let events: readonly Event[] = [];
  for (const log of logs) events = await readEvents(stateDir, log.slice(0, 26));
  checkReplies(events, acknowledged);
  const starts = events.filter(({ type }) => type === "effect_started").length;
  expect(starts, "effects that ran without a durable word of it").toBeGreaterThanOrEqual(effects.length);
  if (events[0]?.type === "started") {
    const catalog = createCatalog({ ...sandbox, programDirs: [], stateDir });
    expect(catalog.sources(events[0].program.version).files.size, "its program's version").toBe(1);
  }
  return events;
}

/** A run through power losses, to its end each time. @returns how many states of the disk were looked at */
async function walk(sandbox: Sandbox, random: () => number): Promise<number> {
  let looked = 0;
  let past = NOTHING_YET;
  let moments: { seen: readonly string[]; finished: readonly string[] }[] = [];
  for (let loss = 0; loss <= LOSSES; loss++) {
    const kills: Kill[] = random() < 0.5 ? [] : [{ at: 1 + Math.floor(random() * LAST_CALL), when: "after" }];
    const life = await live(sandbox, past, kills).catch(explain(past, kills));
    expect(life.result).toMatchObject(RESULT);
    const events = await checkEnd(sandbox.stateDir, life.journey, life.result.by).catch(explain(past, kills));
    checkEffects(events, life.journey.effects(), moments);
    expect(finishedEffects(events).sort()).toEqual([...EFFECTS, "command"].sort());

    const chosen = Math.floor(random() * life.trace.length);
    const all = [...remainsOf(sandbox, life, random)];
    for (const remains of all) {
      const left = await check(sandbox, remains).catch(explain(remains, kills));
      looked++;
      if (remains === all[chosen]) {
        past = remains;
        moments = [...moments, { seen: remains.effects, finished: finishedEffects(left) }];
      }
    }
  }
  return looked;
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
    timeout: timeoutFor(9),
  }, async () => {
    const random = randomFrom(seed);
    let looked = 0;
    const walks = (function* () {
      for (;;) yield randomFrom(random() * 2 ** 32);
    })();
    await inLanes(LANES, secondsFor(9), walks, async (random) => {
      const sandbox = createPowerSandbox();
      try {
        const seen = await walk(sandbox, random);
        looked += seen;
      } finally {
        sandbox.remove();
      }
    });
    expect(looked, "states of the disk").toBeGreaterThan(500);
  });
});
