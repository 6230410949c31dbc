/**
 * Runs the open-ended tests of a folder for longer than `npm test` does.
 *
 *     npm run test:faults                          as long as in npm test
 *     npm run test:faults -- --minutes 30          each open-ended test for half an hour
 *     npm run test:fuzz -- --seed 7 frames         from a seed; only the files whose path has "frames"
 */

import { spawnSync } from "node:child_process";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [folder, ...given] = process.argv.slice(2);
const { values, positionals } = read(given);
const files = positionals.map((name) => (name.startsWith(folder) ? name : `${folder}/${name}`));

const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", ...(files.length > 0 ? files : [`${folder}/`])],
  {
    cwd: root,
    env: {
      ...process.env,
      ...(values.minutes && { TEST_MINUTES: values.minutes }),
      ...(values.seed && { TEST_SEED: values.seed }),
    },
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;

function read(args) {
  try {
    const read = parseArgs({
      args,
      allowPositionals: true,
      options: {
        minutes: { type: "string" },
        seed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    for (const name of ["minutes", "seed"]) {
      const value = read.values[name];
      if (value !== undefined && !(Number(value) >= 0)) throw new Error(`--${name} ${value} is not a number`);
    }
    if (!read.values.help) return read;
    process.stdout.write(usage());
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage()}`);
    process.exit(2);
  }
}

function usage() {
  const self = relative(root, fileURLToPath(import.meta.url));
  return `node ${self} ${folder} [--minutes M] [--seed S] [part of a file's name ...]

  --minutes M   how long each open-ended test runs; without it, as long as in npm test
  --seed S      where chance begins; a failure prints the one it had
`;
}
