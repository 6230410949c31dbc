import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineProgram, instruct, sideEffect } from "agent-sequencer";
import pages from "./handbook/pages.json" with { type: "json" };
import { titleOf } from "./handbook/title.ts";
import welcome from "./handbook/welcome.md";

/** A program with a folder beside it: modules, data, texts, a file that is read at run time. */
export default defineProgram({
  name: "handbook",
  description: "Has a bundle folder.",

  async *run() {
    const { folder } = { folder: join(import.meta.dirname, "handbook") };
    const read = yield* sideEffect("read a page", () => readFileSync(join(folder, "last.txt"), "utf8"));
    const notes: unknown[] = [read];
    for (const page of pages) notes.push(yield* instruct(`${welcome}\n${titleOf(page)}`));
    return notes;
  },
});
