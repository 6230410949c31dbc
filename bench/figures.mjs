/** Medians and the like, and the table that they are shown in. */

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);

/**
 * One line of the table: ours against the floor of the same session.
 *
 * @param {string} what
 * @param {number[]} ours milliseconds
 * @param {number[]} [floor] milliseconds
 * @param {number} [budget] times the floor
 */
export function row(what, ours, floor, budget) {
  const ratio = floor && median(ours) / median(floor);
  return {
    what,
    ours: milliseconds(median(ours)),
    "ours p99": ours.length >= 100 ? milliseconds(quantile(ours, 0.99)) : "",
    floor: floor ? milliseconds(median(floor)) : "",
    "floor p99": floor && floor.length >= 100 ? milliseconds(quantile(floor, 0.99)) : "",
    ratio: ratio ? `${ratio.toFixed(2)} x` : "",
    budget: budget ? `${budget} x` : "",
    verdict: ratio && budget ? (ratio <= budget ? "within" : "OVER") : "",
    numbers: { ours: median(ours), floor: floor && median(floor), ratio },
  };
}

/** Says which row of the design's budgets a line measures; `numbers`: for a line that is not a time. */
export const measures = (id, line, numbers = line.numbers) => ({ ...line, id, numbers });

/** A line that is not a time. */
export function fact(what, ours, budget, within) {
  const verdict = within === undefined ? "" : within ? "within" : "OVER";
  return { what, ours, "ours p99": "", floor: "", "floor p99": "", ratio: "", budget: budget ?? "", verdict };
}

export const milliseconds = (value) => `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;

/** What a line knows and does not show. */
const UNSEEN = new Set(["id", "numbers"]);

export function table(rows) {
  const names = Object.keys(rows[0]).filter((name) => !UNSEEN.has(name));
  const cells = [names, names.map(() => ""), ...rows.map((each) => names.map((name) => each[name]))];
  const widths = names.map((_, column) => Math.max(3, ...cells.map((line) => line[column].length)));
  return cells
    .map((line, at) =>
      line.map((cell, column) => (at === 1 ? "-".repeat(widths[column]) : cell.padEnd(widths[column]))),
    )
    .map((line) => `| ${line.join(" | ")} |`)
    .join("\n");
}
