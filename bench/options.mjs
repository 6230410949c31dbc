/** The flags of a benchmark: `--help`, and a wrong one is told before anything is measured. */

import { parseArgs } from "node:util";

/**
 * @param {import("node:util").ParseArgsConfig["options"]} flags
 * @param {string} usage printed for `--help`, and below what is wrong
 * @param {string[]} numbers flags that take a number above 0
 * @returns {Record<string, any>} the values; does not return where there is nothing to measure
 */
export function readOptions(flags, usage, numbers) {
  try {
    const help = { type: "boolean", short: "h", default: false };
    const { values } = parseArgs({ options: { ...flags, help } });
    for (const name of numbers) {
      if (values[name] !== undefined && !(Number(values[name]) > 0))
        throw new Error(`--${name} ${values[name]} is not a number above 0`);
    }
    if (!values.help) return values;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
