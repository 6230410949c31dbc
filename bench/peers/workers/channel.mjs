/** A worker's side of `worker-process.mjs`. */

import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** What each program asks for, as `bench/programs/loop.ts` does. */
export const instruction = (step) =>
  `Read section ${step} of the document, check every statement in it against the sources, and reply with a summary of what you found: which statements hold, which do not, and what is missing.`;

export const announce = (request) => writeSync(3, `${JSON.stringify(request)}\n`);

/** @param {(message: { run: string, steps?: number, step?: number, reply?: { text: string } }) => Promise<void>} onMessage */
export function listen(onMessage) {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    onMessage(JSON.parse(line)).catch((error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    });
  });
  lines.on("close", () => process.exit(0));
  announce({ run: "worker", step: "ready" });
}
