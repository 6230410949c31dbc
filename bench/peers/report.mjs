/** The figures of a session with peers as tables in Markdown. */

import { milliseconds, table } from "../figures.mjs";

const times = (value) => `${value.toFixed(value < 10 ? 2 : 0)} x`;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
const known = (value, show) => (value === undefined ? "" : show(value));

/** Everything that was measured: a line for each contender and number of steps. */
export function fullTable(results) {
  return table(
    results.flatMap(({ title, syncs, runs }) =>
      Object.entries(runs).map(([size, run]) => ({
        what: title,
        steps: `${Number(size).toLocaleString("en")}${run.stopped || run.failed ? " ¹" : ""}`,
        "a step, p50": known(run.p50, milliseconds),
        p99: known(run.p99, milliseconds),
        "last 10 to first 10": known(run.growth, times),
        recovery: known(run.recovery, milliseconds),
        "syncs a step": known(syncs, (value) => value.toFixed(2)),
        "disk added": known(run.added, megabytes),
        "disk in all": known(run.disk, megabytes),
        processes: known(run.processes, String),
        memory: known(run.megabytes, (value) => `${value.toFixed(0)} MB`),
      })),
    ),
  );
}

/** The largest number of steps only, and what a reader of the README wants to know first. */
export function shortTable(results) {
  const lines = results.filter(({ runs }) => largest(runs)?.p50 !== undefined);
  return table(
    lines.map(({ name, title, syncs, runs }) => {
      const run = largest(runs);
      return {
        what: `${name === "ours" ? `**${title}**` : title}${run.stopped || run.failed ? " ¹" : ""}`,
        "a step, p50": milliseconds(run.p50),
        p99: milliseconds(run.p99),
        "last 10 to first 10": times(run.growth),
        recovery: known(run.recovery, milliseconds),
        "syncs a step": known(syncs, (value) => value.toFixed(1)),
        processes: known(run.processes, String),
        memory: known(run.megabytes, (value) => `${value.toFixed(0)} MB`),
      };
    }),
  );
}

export const largest = (runs) => runs[Math.max(...Object.keys(runs).map(Number))];

/** What was left out, and what did not come to its end, and why. */
export function notes(results) {
  const skipped = results.filter((each) => each.skipped).map(({ title, skipped }) => `${title}: ${skipped}`);
  const unfinished = results.flatMap(({ title, runs }) =>
    Object.entries(runs)
      .filter(([, { stopped, failed }]) => stopped || failed)
      .map(([size, { stopped, failed }]) => {
        const wanted = Number(size).toLocaleString("en");
        return `${title} was given up in the run of ${wanted} steps: ${stopped ?? failed}.`;
      }),
  );
  return [
    ...(unfinished.length > 0 ? [`¹ ${unfinished.join(" ")}`] : []),
    ...(skipped.length > 0 ? [`Skipped: ${skipped.join("; ")}.`] : []),
  ].join("\n\n");
}

/** What each does to keep a step, and which versions these were. */
export function durabilities(results) {
  return results
    .map(({ title, durability, versions }) => {
      const packages = Object.entries(versions ?? {}).map(([name, version]) => `\`${name}\` ${version}`);
      return `- **${title}**: ${durability}.${packages.length > 0 ? ` ${packages.join(", ")}.` : ""}`;
    })
    .join("\n");
}
