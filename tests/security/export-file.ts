/** Export files as somebody would forge them: with every checksum made right again. */

import { createHash } from "node:crypto";

export type Line = { [member: string]: any };

/** The lines of an export with something changed, and the sums over them as they must be. */
export function forged(exported: string, change: (lines: Line[]) => void): string {
  const lines: Line[] = exported
    .trimEnd()
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  change(lines);
  return sealed(lines.map((line) => JSON.stringify(line)));
}

/** Raw lines, also those that no `JSON.stringify` gives, with their end. */
export function sealed(lines: readonly string[]): string {
  const sha256 = createHash("sha256");
  for (const line of lines) sha256.update(`${line}\n`);
  const count = (member: string) => lines.filter((line) => line.startsWith(`{"${member}"`)).length;
  const end = { files: count("file"), events: count("event"), sha256: sha256.digest("hex") };
  return `${[...lines, JSON.stringify({ end })].join("\n")}\n`;
}

export function eventOf(lines: readonly Line[], type: string): Line {
  return lines.find(({ event }) => event?.type === type)!["event"];
}
