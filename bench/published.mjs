/** Figures in documents: each stands between two markers and is written by a session, never by hand. */

import { readFileSync, writeFileSync } from "node:fs";

/** @param {Record<string, string>} parts text by the name of its markers */
export function publish(file, parts) {
  let text = readFileSync(file, "utf8");
  for (const [name, part] of Object.entries(parts)) {
    const [open, close] = [`<!-- bench: ${name} -->`, `<!-- /bench: ${name} -->`];
    const [from, to] = [text.indexOf(open), text.indexOf(close)];
    if (from < 0 || to < from) throw new Error(`${file} lacks the markers of ${name}`);
    text = `${text.slice(0, from + open.length)}\n\n${part.trim()}\n\n${text.slice(to)}`;
  }
  writeFileSync(file, text);
}
