/**
 * `npm run bench`: ours against the floor, measured in the same session, one after the other in turn; and, where
 * peers are installed, beside those.
 *
 *     node bench/run.mjs [--only step,resume,start,hook,program,shape,list,peers] [--peers] [--quick] [--runs N]
 *                        [--json FILE] [--write]
 *
 * With several runs, the ratios of each are shown side by side: their spread is this machine's noise.
 */

import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cleanUp, prepare } from "./bench-space.mjs";
import { verdicts } from "./budgets.mjs";
import { table } from "./figures.mjs";
import { machine, sentence } from "./machine.mjs";
import { readOptions } from "./options.mjs";
import { installed, pins } from "./peers/install.mjs";
import { publishPeers } from "./peers/publish.mjs";
import { fullTable, notes } from "./peers/report.mjs";
import { session } from "./peers/session.mjs";
import { publish } from "./published.mjs";
import { rows as hook } from "./rows/hook.mjs";
import { rows as list } from "./rows/list.mjs";
import { rows as program } from "./rows/program.mjs";
import { rows as resume } from "./rows/resume.mjs";
import { rows as shape } from "./rows/shape.mjs";
import { rows as start } from "./rows/start.mjs";
import { rows as step } from "./rows/step.mjs";

const benchmarks = { start, hook, program, step, shape, resume, list };
const names = [...Object.keys(benchmarks), "peers"];

const options = readOptions(
  {
    only: { type: "string" },
    peers: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    runs: { type: "string", default: "1" },
    json: { type: "string" },
    write: { type: "boolean", default: false },
  },
  `node bench/run.mjs [--only NAMES] [--peers] [--quick] [--runs N] [--json FILE] [--write]

  --only NAMES   some of ${names.join(",")}; by default all, peers where some are installed
  --peers        the same as --only peers
  --quick        fewer steps and instances
  --runs N       N sessions, and the spread between them
  --json FILE    writes all figures to FILE
  --write        writes the figures into the documents of this repository
`,
  ["runs"],
);
const chosen = choose();
const unknown = chosen.filter((name) => !names.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`no such benchmark: ${unknown.join(", ")}; there are ${names.join(", ")}\n`);
  process.exitCode = 2;
} else if (options.write && options.quick) {
  process.stderr.write("--write takes the figures of a whole session: without --quick\n");
  process.exitCode = 2;
} else if (!existsSync(fileURLToPath(new URL("../dist/cli.js", import.meta.url)))) {
  process.stderr.write("dist/cli.js is missing: run `npm run build` first\n");
  process.exitCode = 2;
} else {
  await measure();
}

function choose() {
  if (options.only) return options.only.split(",");
  if (options.peers) return ["peers"];
  return Object.keys(pins).some(installed) ? names : Object.keys(benchmarks);
}

async function measure() {
  const ran = machine();
  console.log(`${sentence(ran)}\n`);
  const found = { machine: ran };
  try {
    await prepare();
    const own = chosen.filter((name) => name !== "peers");
    const runs = [];
    for (let run = 1; own.length > 0 && run <= Number(options.runs); run += 1) {
      const rows = [];
      for (const name of own) {
        say(name);
        rows.push(...(await benchmarks[name]({ quick: options.quick })));
      }
      console.log(`${table(rows)}\n`);
      runs.push(rows);
    }
    if (runs.length > 1) console.log(`${table(spread(runs))}\n`);
    if (runs.length > 0) found.rows = runs.at(-1);
    if (chosen.includes("peers")) found.peers = await beside();
    found.budgets = verdicts(found.rows ?? []);
    console.log(`The budgets of the design:\n\n${table(found.budgets)}\n`);
  } finally {
    cleanUp();
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
  if (options.write) write(found);
}

/** How far it is. */
function say(text) {
  process.stderr.write(`${text}\n`);
}

async function beside() {
  const results = await session({ sizes: options.quick ? [100] : [100, 1_000], say });
  console.log(`${[fullTable(results), notes(results)].filter(Boolean).join("\n\n")}\n`);
  return results;
}

/** The ratio of each line (or its figure, where there is none) in every run. */
function spread(runs) {
  return runs[0].map(({ what }, at) => ({
    what,
    ...Object.fromEntries(runs.map((rows, run) => [`run ${run + 1}`, rows[at].ratio || rows[at].ours])),
  }));
}

/** Only what a session measured whole: a part of ours leaves its tables as they are. */
function write({ machine: ran, rows, peers, budgets }) {
  if (peers) publishPeers(ran, peers);
  if (!rows || Object.keys(benchmarks).some((name) => !chosen.includes(name))) return;
  publish(fileURLToPath(new URL("README.md", import.meta.url)), {
    budgets: [sentence(ran), table(budgets)].join("\n\n"),
    figures: table(rows),
  });
}
