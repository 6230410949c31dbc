/** The examples of the author's guide, as files: a name in backticks and a colon, then the code block. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../authoring/folder.ts";

export const GUIDE = fileURLToPath(
  new URL("../../skills/agent-sequencer/docs/authoring.md", import.meta.url),
);

const text = readFileSync(GUIDE, "utf8");

/** By file name, in the order of the guide. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map(
  [...text.matchAll(/^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$/gms)].map(([, name, code]) => [name!, code!]),
);

/** Code blocks with TypeScript, named or not. */
export const BLOCKS = [...text.matchAll(/^```ts\n/gm)].length;

/** Those that are programs. */
export const PROGRAMS = [...EXAMPLES.keys()].filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

/** @returns the folder */
export function writeExamples(folder = temporaryFolder("afterAll")): string {
  for (const [name, code] of EXAMPLES) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  }
  return folder;
}
