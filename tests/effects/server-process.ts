/**
 * A server in a process of its own: `node --import tsx server-process.ts <place>`.
 * A line `<word> <argument>` in, a line of JSON out.
 */

import { createInterface } from "node:readline";
import { begin, createWired, type Place } from "./wired.ts";

const place = JSON.parse(process.argv[2]!) as Place;
const wired = createWired(place);

async function answer(word: string, argument: string): Promise<unknown> {
  switch (word) {
    case "begin":
      return begin(wired, place, argument);
    case "current":
      return wired.shell.current({ instanceId: argument });
    case "cancel":
      return wired.shell.cancel({ instanceId: argument, reason: "from outside" });
    default:
      throw new Error(`unknown word ${word}`);
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, argument] = line.split(" ") as [string, string];
  answer(word, argument).then(
    (value) => process.stdout.write(`${JSON.stringify({ value })}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`),
  );
});
process.stdout.write(`${JSON.stringify({ value: "ready" })}\n`);
