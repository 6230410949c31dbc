/** The budgets of the design, and what a session says about each of them. */

import { milliseconds } from "./figures.mjs";

const times = { show: milliseconds };
const megabytes = { show: (value) => `${value} MB` };

/** `limit`: what the ratio may be, to the floor or, where there is none, to `of`. */
export const BUDGETS = [
  { id: "step", what: "a durable step over real stdio", limit: 1.5, ...times },
  { id: "step.flat", what: "flat: the last 100 steps of 10,000, to the first 100", limit: 1.1, ...times },
  { id: "resume.1000", what: "resume an instance of 1,000 steps", limit: 2, ...times },
  { id: "resume.100000", what: "resume an instance of 100,000 steps", limit: 2, ...times },
  { id: "start", what: "process start to `initialize` answered", limit: 1.2, ...times },
  { id: "hook", what: "a hook with nothing to say", limit: 1.2, ...times },
  { id: "list", what: "list 10,000 instances, after the first time", limit: 1, of: "100 ms", ...times },
  {
    id: "memory.listed",
    what: "memory after listing 10,000 instances",
    limit: 1,
    of: "150 MB",
    ...megabytes,
  },
  {
    id: "memory.started",
    what: "memory after starting 10,000 instances",
    limit: 1,
    of: "150 MB",
    ...megabytes,
  },
  { id: "log", what: "log size, to its payload", limit: 2, show: () => "" },
];

/** One line for each budget; where several lines measure one, the worst of them. */
export function verdicts(rows) {
  return BUDGETS.map(({ id, what, limit, of, show }) => {
    const found = rows.filter((row) => row.id === id && row.numbers.ratio !== undefined);
    const worst = found.sort((a, b) => b.numbers.ratio - a.numbers.ratio)[0]?.numbers;
    const budget = of ? `${limit} x (${of})` : `${limit} x`;
    if (!worst) return { what, ours: "", floor: "", ratio: "", budget, verdict: "not measured" };
    return {
      what,
      ours: worst.ours === undefined ? "" : show(worst.ours),
      floor: worst.floor === undefined ? "" : show(worst.floor),
      ratio: `${worst.ratio.toFixed(2)} x`,
      budget,
      verdict: worst.ratio <= limit ? "pass" : `gap ${(worst.ratio / limit).toFixed(2)} x over`,
    };
  });
}
