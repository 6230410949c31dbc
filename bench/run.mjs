/**
 * `npm run bench`: ours against the floor, measured in the same session, one after the other in turn.
 *
 *     node bench/run.mjs [--only step,resume,start,hook,program,shape,list] [--quick] [--runs N]
 *
 * With several runs, the ratios of each are shown side by side: their spread is this machine's noise.
 */

import { existsSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cleanUp, prepare } from "./bench-space.mjs";
import { table } from "./figures.mjs";
import { rows as hook } from "./rows/hook.mjs";
import { rows as list } from "./rows/list.mjs";
import { rows as program } from "./rows/program.mjs";
import { rows as resume } from "./rows/resume.mjs";
import { rows as shape } from "./rows/shape.mjs";
import { rows as start } from "./rows/start.mjs";
import { rows as step } from "./rows/step.mjs";

const benchmarks = { start, hook, program, step, shape, resume, list };

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    runs: { type: "string", default: "1" },
    help: { type: "boolean", short: "h", default: false },
  },
});
const chosen = options.only?.split(",") ?? Object.keys(benchmarks);
const unknown = chosen.filter((name) => !Object.hasOwn(benchmarks, name));

if (options.help) {
  process.stdout.write(`node bench/run.mjs [--only NAMES] [--quick] [--runs N]

  --only NAMES   some of ${Object.keys(benchmarks).join(",")}; all by default
  --quick        fewer steps and instances
  --runs N       N sessions, and the spread between them
`);
} else if (unknown.length > 0) {
  process.stderr.write(
    `no such benchmark: ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}\n`,
  );
  process.exitCode = 2;
} else if (!existsSync(fileURLToPath(new URL("../dist/cli.js", import.meta.url)))) {
  process.stderr.write("dist/cli.js is missing: run `npm run build` first\n");
  process.exitCode = 2;
} else {
  await measure();
}

async function measure() {
  console.log(
    `${cpus()[0].model} x ${cpus().length}, ${process.platform} ${release()}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}\n`,
  );
  try {
    await prepare();
    const runs = [];
    for (let run = 1; run <= Number(options.runs); run += 1) {
      const rows = [];
      for (const name of chosen) rows.push(...(await benchmarks[name]({ quick: options.quick })));
      console.log(`${table(rows)}\n`);
      runs.push(rows);
    }
    if (runs.length > 1) console.log(`${table(spread(runs))}\n`);
  } finally {
    cleanUp();
  }
}

/** The ratio of each line (or its figure, where there is none) in every run. */
function spread(runs) {
  return runs[0].map(({ what }, at) => ({
    what,
    ...Object.fromEntries(runs.map((rows, run) => [`run ${run + 1}`, rows[at].ratio || rows[at].ours])),
  }));
}
