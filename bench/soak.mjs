/**
 * `npm run bench:soak`: many steps in one run, then many runs in one state folder, over real stdio. At points on the
 * way: memory of the server, and what a step, a listing, a start of the server and a resume cost by then.
 *
 *     node bench/soak.mjs [--steps 100000] [--instances 10000] [--minutes M] [--json FILE] [--write]
 *
 * With `--minutes`, each of the two parts ends after half of that, wherever it is.
 */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cleanUp, folder, prepare, startOurs } from "./bench-space.mjs";
import { begin, logSize, next, residentMegabytes, timed } from "./drive.mjs";
import { median, milliseconds, quantile, table } from "./figures.mjs";
import { machine, sentence } from "./machine.mjs";
import { readOptions } from "./options.mjs";
import { publish } from "./published.mjs";

/** In ten parts, and the first of them in ten again: what grows shows early or late. */
const POINTS = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

const options = readOptions(
  {
    steps: { type: "string", default: "100000" },
    instances: { type: "string", default: "10000" },
    minutes: { type: "string" },
    json: { type: "string" },
    write: { type: "boolean", default: false },
  },
  `node bench/soak.mjs [--steps N] [--instances N] [--minutes M] [--json FILE] [--write]

  --steps N      of one run; 100000 by default
  --instances N  in one state folder; 10000 by default
  --minutes M    each of the two parts ends after half of that, wherever it is
  --json FILE    writes all figures to FILE
  --write        writes the tables into bench/README.md
`,
  ["steps", "instances", "minutes"],
);
const patience = options.minutes === undefined ? Number.POSITIVE_INFINITY : Number(options.minutes) * 30_000;

const ran = machine();
console.log(`${sentence(ran)}\n`);
try {
  await prepare();
  const steps = await soakSteps(Number(options.steps));
  const instances = await soakInstances(Number(options.instances));
  const shown = [table(steps.map(stepLine)), table(instances.map(instanceLine))];
  console.log(`\n${shown.join("\n\n")}`);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ machine: ran, steps, instances }, null, 2)}\n`);
  if (options.write) {
    publish(fileURLToPath(new URL("README.md", import.meta.url)), {
      soak: [sentence(ran), ...shown].join("\n\n"),
    });
  }
} finally {
  cleanUp();
}

/** One run, driven by one server from its first step to its last. */
async function soakSteps(count) {
  const state = folder("soak-steps");
  const server = await startOurs(state);
  const instance = await begin(server, { steps: count + 1 });
  const began = performance.now();
  const found = [];
  let times = [];
  for (let step = 1; step <= count; step += 1) {
    times.push(await timed(() => next(server, instance, step)));
    if (!isPoint(step, count)) continue;
    found.push({
      steps: step,
      p50: median(times),
      p99: quantile(times, 0.99),
      megabytes: residentMegabytes(server.pid),
      log: logSize(state, instance),
      ...(await another(
        state,
        (fresh) => fresh.call("sequencer_current", { instance_id: instance }),
        "resume",
      )),
    });
    say(stepLine(found.at(-1)));
    times = [];
    if (performance.now() - began > patience) break;
  }
  await server.close();
  return found;
}

/** Many runs, each started and taken one step by one server. */
async function soakInstances(count) {
  const state = folder("soak-instances");
  const server = await startOurs(state);
  const list = (of) => of.call("sequencer_list", { filter: "all" });
  const began = performance.now();
  const found = [];
  let times = { start: [], step: [] };
  for (let run = 1; run <= count; run += 1) {
    let instance;
    times.start.push(
      await timed(async () => {
        instance = await begin(server, { steps: 2 });
      }),
    );
    times.step.push(await timed(() => next(server, instance, 1)));
    if (!isPoint(run, count)) continue;
    await list(server);
    const lists = [];
    for (let i = 0; i < 5; i += 1) lists.push(await timed(() => list(server)));
    found.push({
      instances: run,
      start: median(times.start),
      step: median(times.step),
      list: median(lists),
      megabytes: residentMegabytes(server.pid),
      ...(await another(state, list, "first")),
    });
    say(instanceLine(found.at(-1)));
    times = { start: [], step: [] };
    if (performance.now() - began > patience) break;
  }
  await server.close();
  return found;
}

function isPoint(at, count) {
  return POINTS.some((part) => Math.ceil(part * count) === at);
}

/** A second server on the same folder: how long it takes to start, and then for what is asked of it. */
async function another(state, ask, name) {
  const server = await startOurs(state);
  const asked = await timed(() => ask(server));
  const started = { spawn: server.startMs, [name]: asked };
  await server.close();
  return started;
}

function stepLine({ steps, p50, p99, megabytes, log, spawn, resume }) {
  return {
    steps: steps.toLocaleString("en"),
    "a step since then, p50": milliseconds(p50),
    p99: milliseconds(p99),
    "server's memory": `${megabytes} MB`,
    log: `${(log / 1e6).toFixed(1)} MB`,
    "start of another server": milliseconds(spawn),
    "its resume": milliseconds(resume),
  };
}

function instanceLine({ instances, start, step, list, megabytes, spawn, first }) {
  return {
    instances: instances.toLocaleString("en"),
    "a start": milliseconds(start),
    "a step": milliseconds(step),
    "the list": milliseconds(list),
    "server's memory": `${megabytes} MB`,
    "start of another server": milliseconds(spawn),
    "its first list": milliseconds(first),
  };
}

function say(line) {
  process.stderr.write(
    `${Object.entries(line)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}\n`,
  );
}
