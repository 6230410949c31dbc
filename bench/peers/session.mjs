/**
 * One session of all contenders on this machine: blocks of ten steps in turn, each turn in another order, so that
 * what disturbs one disturbs all. A contender that is not there, fails or takes too long is left out with a word.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../bench-space.mjs";
import { timed } from "../drive.mjs";
import { median, quantile } from "../figures.mjs";
import { sampleOfOurs } from "../rows/step.mjs";
import { dbos } from "./contenders/dbos.mjs";
import { floor } from "./contenders/floor.mjs";
import { langgraph, langgraphSynced } from "./contenders/langgraph.mjs";
import { ours } from "./contenders/ours.mjs";
import { restate } from "./contenders/restate.mjs";
import { workflow } from "./contenders/workflow.mjs";
import { installed, pins } from "./install.mjs";
import { postgresPrograms } from "./postgres.mjs";
import { bytesOnDisk, processTree, proportionalMegabytes } from "./processes.mjs";
import { TooLong, within } from "./within.mjs";
import { endAll } from "./worker-process.mjs";
import { prepareWorker } from "./workers.mjs";

const BLOCK = 10;
const WARM_UP = 20;
const RECOVERIES = 3;
const TRACED = { before: 20, counted: 50 };
/** Seconds after which a contender is given up: to open, for one step or recovery, for all steps of one run. */
const LIMITS = { open: 60, step: 20, run: 60 };

/** @param {{ sizes: number[], say: (text: string) => void }} options */
export async function session({ sizes, say }) {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      endAll();
      process.exit(1);
    });
  }
  const all = [
    ours,
    floor(await sampleOfOurs(folder("peers-sample"))),
    langgraph,
    langgraphSynced,
    restate,
    dbos,
    workflow,
  ];
  const results = all.map(({ name, title, durability, peer }) => ({
    name,
    title,
    durability,
    versions: pins[peer],
    runs: {},
  }));
  for (const [at, contender] of all.entries()) results[at].skipped = await whyNot(contender);
  /** Who hangs once is not waited for again. */
  const hangs = ({ runs }) => Object.values(runs).some((run) => run.hangs);
  const running = () => all.filter((_, at) => !results[at].skipped && !hangs(results[at]));
  for (const { title, skipped } of results) if (skipped) say(`${title}: skipped, ${skipped}`);

  for (const size of sizes) {
    say(`peers: ${size} steps`);
    const measured = await race(running(), size, say);
    for (const result of results) {
      const one = measured.get(result.name);
      if (one) result.runs[size] = one;
    }
  }
  if (hasStrace()) {
    say("peers: syncs");
    for (const contender of running()) {
      const result = results.find(({ name }) => name === contender.name);
      result.syncs = await countSyncs(contender, say);
    }
  } else say("peers: syncs are not counted, since there is no strace");
  return results;
}

async function whyNot({ peer }) {
  if (peer === undefined) return undefined;
  if (!installed(peer)) return `not installed (node bench/peers/install.mjs ${peer})`;
  if (peer === "dbos" && !postgresPrograms()) return "there is no PostgreSQL (apt-get install postgresql)";
  return prepareWorker(peer);
}

async function race(contenders, size, say) {
  const sessions = new Map();
  const measured = new Map();
  /** What a contender does; it is out if that fails. */
  const attempt = async (contender, seconds, what, action) => {
    try {
      return await within(action(), seconds, what);
    } catch (error) {
      say(`${contender.title}: given up, ${error.message}`);
      const one = measured.get(contender.name) ?? { steps: 0 };
      measured.set(contender.name, { ...one, failed: error.message, hangs: error instanceof TooLong });
      await sessions
        .get(contender.name)
        ?.close()
        .catch(() => {});
      sessions.delete(contender.name);
      return undefined;
    }
  };

  try {
    for (const contender of contenders) {
      await attempt(contender, LIMITS.open, "start", async () => {
        const place = folder(`peers-${contender.name}`);
        const opened = await contender.open({ folder: place, sessions });
        sessions.set(contender.name, opened);
        await opened.begin("warm", WARM_UP);
        for (let step = 1; step <= WARM_UP; step += 1) await opened.reply("warm", step);
        const before = bytesOnDisk(opened.data);
        await opened.begin("run", size + RECOVERIES + 1);
        measured.set(contender.name, { times: [], before });
      });
    }
    await inTurns(contenders, size, sessions, measured, attempt);
    for (const contender of contenders.filter(({ name }) => sessions.has(name))) {
      await attempt(contender, LIMITS.step, "weigh", async () =>
        weigh(sessions.get(contender.name), measured.get(contender.name)),
      );
    }
    for (let time = 0; time < RECOVERIES; time += 1) {
      for (const contender of contenders.filter(({ name }) => sessions.has(name))) {
        const one = measured.get(contender.name);
        const milliseconds = await attempt(contender, LIMITS.step, "recovery", () =>
          recovered(sessions.get(contender.name), one.times.length + time + 1),
        );
        if (milliseconds) one.recoveries = [...(one.recoveries ?? []), milliseconds];
      }
    }
  } finally {
    for (const opened of sessions.values()) await opened.close().catch(() => {});
    endAll();
  }
  return new Map([...measured].map(([name, one]) => [name, figures(one)]));
}

async function inTurns(contenders, size, sessions, measured, attempt) {
  const finished = new Set();
  for (let turn = 0; finished.size < contenders.length; turn += 1) {
    for (const at of contenders.keys()) {
      const contender = contenders[(at + turn) % contenders.length];
      const opened = sessions.get(contender.name);
      const one = measured.get(contender.name);
      if (!opened || one.times.length >= size || one.stopped) {
        finished.add(contender.name);
        continue;
      }
      await attempt(contender, LIMITS.step * BLOCK, "steps", async () => {
        for (let i = 0; i < BLOCK; i += 1) {
          const step = one.times.length + 1;
          one.times.push(await timed(() => within(opened.reply("run", step), LIMITS.step, `step ${step}`)));
        }
      });
      one.seconds = one.times.reduce((sum, each) => sum + each, 0) / 1000;
      if (one.seconds > LIMITS.run && one.times.length < size) one.stopped = true;
    }
  }
}

function weigh(opened, one) {
  const disk = bytesOnDisk(opened.data);
  Object.assign(one, { disk, added: disk - one.before });
  if (!existsSync("/proc/self/smaps_rollup")) return;
  const processes = processTree(opened.roots());
  Object.assign(one, { processes: processes.length, megabytes: proportionalMegabytes(processes) });
}

/** From the start of a new process, after a crash, until a reply to the pending step has brought the next one. */
async function recovered(opened, step) {
  await opened.crash();
  return timed(async () => {
    await opened.recover("run");
    await opened.reply("run", step);
  });
}

function figures({ times = [], before, recoveries, stopped, ...rest }) {
  if (times.length < BLOCK) return { ...rest, steps: times.length };
  const first = median(times.slice(0, 10));
  const last = median(times.slice(-10));
  return {
    ...rest,
    ...(stopped && { stopped: `after ${times.length} steps, over ${LIMITS.run} s` }),
    steps: times.length,
    p50: median(times),
    p99: quantile(times, 0.99),
    first,
    last,
    growth: last / first,
    // The best: some retry later after each crash, and a run crashes here more often than any other.
    ...(recoveries && { recovery: Math.min(...recoveries), recoveries }),
  };
}

const hasStrace = () => process.platform === "linux" && spawnSync("strace", ["-V"]).status === 0;

/** Syncs a step, counted by strace in a session of its own that nobody times. */
async function countSyncs(contender, say) {
  const place = folder(`peers-traced-${contender.name}`);
  const traces = folder("peers-traces");
  mkdirSync(traces, { recursive: true });
  let opened;
  try {
    return await within(
      (async () => {
        const trace = join(traces, contender.name);
        opened = await contender.open({ folder: place, trace });
        await opened.begin("run", TRACED.before + TRACED.counted + 1);
        const drive = async (from, to) => {
          for (let step = from; step <= to; step += 1) await opened.reply("run", step);
        };
        await drive(1, TRACED.before);
        const before = syncsIn(opened.trace ?? trace);
        await drive(TRACED.before + 1, TRACED.before + TRACED.counted);
        return (syncsIn(opened.trace ?? trace) - before) / TRACED.counted;
      })(),
      LIMITS.open,
      "count of syncs",
    );
  } catch (error) {
    say(`${contender.title}: syncs not counted, ${error.message}`);
    return undefined;
  } finally {
    await opened?.close().catch(() => {});
    endAll();
  }
}

function syncsIn(trace) {
  const lines = readFileSync(trace, "utf8").split("\n");
  return lines.filter((line) => /\b(fsync|fdatasync|sync_file_range|msync)\(/.test(line)).length;
}
