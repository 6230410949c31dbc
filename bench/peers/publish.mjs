/** Writes a session with peers where readers find it: `results.json`, `plot.svg`, and the tables of two documents. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sentence } from "../machine.mjs";
import { publish } from "../published.mjs";
import { plot } from "./plot.mjs";
import { durabilities, fullTable, notes, shortTable } from "./report.mjs";

const place = (name) => fileURLToPath(new URL(name, import.meta.url));

export function publishPeers(ran, results) {
  const said = sentence(ran);
  writeFileSync(place("results.json"), json({ machine: ran, results }));
  writeFileSync(place("plot.svg"), plot(results, said.replaceAll("**", "")));
  publish(place("README.md"), {
    peers: [said, fullTable(results), notes(results), durabilities(results)].filter(Boolean).join("\n\n"),
  });
  publish(place("../../README.md"), {
    peers: [shortTable(results), notes(results), said].filter(Boolean).join("\n\n"),
  });
}

/** Formatted as everything else in the repository is: short lists stand on one line. */
function json(value) {
  const rounded = (_, each) => (typeof each === "number" ? Number(each.toFixed(3)) : each);
  const lists = /\[\s+([\d.,\s]+?)\s+\]/g;
  return `${JSON.stringify(value, rounded, 2).replace(lists, (_, list) => `[${list.split(/,\s+/).join(", ")}]`)}\n`;
}
