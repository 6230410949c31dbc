/**
 * The plot of a session with peers, as SVG: a line for each contender; what a step costs, what a recovery costs.
 * It has colours for light and for dark, its own background included: so it is readable wherever a page puts it.
 */

import { largest } from "./report.mjs";

const WIDTH = 920;
const ROW = 50;
const TOP = 78;
const STEP = { from: 196, to: 506 };
const RECOVERY = { from: 546, to: 732 };
const GROWTH = 800;
const SYNCS = 884;

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .small { font-size: 11px; fill: #59636e; }
  .head { font-weight: 600; }
  .page { fill: #ffffff; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .row { stroke: #d1d9e0; stroke-width: 1; stroke-dasharray: 1 4; }
  .peer { color: #6e7781; } .ours { color: #0969da; } .floor { color: #9a6700; }
  .ours text.name { font-weight: 700; }
  .whisker { stroke: currentColor; stroke-width: 2; opacity: .55; }
  .many { fill: currentColor; stroke: currentColor; stroke-width: 2; }
  .few { fill: none; stroke: currentColor; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .small { fill: #9198a1; }
    .page { fill: #0d1117; }
    .grid, .row { stroke: #3d444d; }
    .peer { color: #9198a1; } .ours { color: #4493f8; } .floor { color: #d29922; }
  }`;

export function plot(results, caption) {
  const shown = results.filter(({ runs }) => largest(runs)?.p50 !== undefined);
  const sizes = [...new Set(shown.flatMap(({ runs }) => Object.keys(runs)))]
    .map(Number)
    .sort((a, b) => a - b);
  const all = shown.flatMap(({ runs }) => Object.values(runs)).filter(({ p50 }) => p50 !== undefined);
  const steps = logarithmic(
    STEP,
    all.flatMap(({ p50, p99 }) => [p50, p99]),
  );
  const recoveries = logarithmic(
    RECOVERY,
    all.flatMap(({ recovery }) => recovery ?? []),
  );
  const bottom = TOP + shown.length * ROW;
  const lines = caption.match(/.{1,150}(?:\s|$)/g);
  const height = bottom + 46 + lines.length * 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="What a durable step and a recovery cost, beside peers">
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="8"/>
${heads()}
${axis(steps, bottom)}
${axis(recoveries, bottom)}
${shown.map((each, at) => line(each, TOP + at * ROW + ROW / 2, sizes, steps, recoveries)).join("\n")}
${legend(sizes, bottom + 38)}
${lines.map((words, at) => text(12, bottom + 54 + at * 16, words.trim(), "small")).join("\n")}
</svg>
`;
}

function heads() {
  return [
    text(STEP.from, 24, "A step, milliseconds", "head"),
    text(STEP.from, 42, "median, and a line up to p99", "small"),
    text(RECOVERY.from, 24, "Recovery, milliseconds", "head"),
    text(RECOVERY.from, 42, "kill -9, to the next step", "small"),
    text(GROWTH, 24, "Growth", "head", "middle"),
    text(GROWTH, 42, "last 10 to first 10", "small", "middle"),
    text(SYNCS, 24, "Syncs", "head", "middle"),
    text(SYNCS, 42, "a step", "small", "middle"),
  ].join("\n");
}

function line({ name, title, runs, syncs }, y, sizes, steps, recoveries) {
  const kind = ["ours", "floor"].includes(name) ? name : "peer";
  const [first, ...rest] = title.split(", ");
  const second = rest.join(", ");
  const parts = [`<line class="row" x1="12" x2="${WIDTH - 12}" y1="${y + ROW / 2}" y2="${y + ROW / 2}"/>`];
  parts.push(`<text class="name" x="12" y="${second ? y - 2 : y + 5}">${escaped(first)}</text>`);
  if (second) parts.push(text(12, y + 14, second, "small"));
  for (const [at, size] of sizes.entries()) {
    const run = runs[size];
    if (run?.p50 === undefined) continue;
    const at_y = sizes.length === 1 ? y : y + (at === sizes.length - 1 ? 8 : -8);
    const mark = at === sizes.length - 1 ? "many" : "few";
    const from = steps.at(run.p50) + 5;
    parts.push(
      `<line class="whisker" x1="${from}" x2="${Math.max(from, steps.at(run.p99))}" y1="${at_y}" y2="${at_y}"/>`,
    );
    parts.push(circle(steps.at(run.p50), at_y, mark));
    if (run.recovery) parts.push(circle(recoveries.at(run.recovery), at_y, mark));
  }
  const { growth, stopped, steps: reached } = largest(runs);
  const wide = `${growth.toFixed(growth < 10 ? 1 : 0)} x`;
  parts.push(text(GROWTH, stopped ? y - 1 : y + 5, wide, "", "middle"));
  if (stopped) parts.push(text(GROWTH, y + 14, `stopped at ${reached}`, "small", "middle"));
  parts.push(text(SYNCS, y + 5, syncs === undefined ? "?" : syncs.toFixed(1), "", "middle"));
  return `<g class="${kind}">${parts.join("")}</g>`;
}

function axis({ ticks, at }, bottom) {
  return ticks
    .map(
      (tick) =>
        `<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="${TOP - 8}" y2="${bottom}"/>${text(at(tick), TOP - 14, label(tick), "small", "middle")}`,
    )
    .join("\n");
}

function legend(sizes, y) {
  return sizes
    .map((size, at) => {
      const x = STEP.from + 6 + at * 110;
      const mark = at === sizes.length - 1 ? "many" : "few";
      const words = `${size.toLocaleString("en")} steps`;
      return `<g class="peer">${circle(x, y - 18, mark)}${text(x + 12, y - 14, words, "small")}</g>`;
    })
    .join("");
}

/** A logarithmic scale over the values, with a tick at each 1, 2 (where there is room) and 5. */
function logarithmic({ from, to }, values) {
  const [low, high] = [Math.min(...values) * 0.7, Math.max(...values) * 1.15];
  const at = (value) =>
    Number(
      (from + ((Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (to - from)).toFixed(
        1,
      ),
    );
  const decades = Math.log10(high / low);
  const digits = decades > 2.5 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5];
  const ticks = [];
  for (let power = -3; power < 7; power += 1) {
    for (const digit of digits) {
      const tick = digit * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return { at, ticks };
}

const label = (value) => Number(value.toPrecision(1)).toLocaleString("en");
const circle = (x, y, kind) => `<circle class="${kind}" cx="${x}" cy="${y}" r="4.5"/>`;
const escaped = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const text = (x, y, words, kind = "", anchor = "start") =>
  `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;
