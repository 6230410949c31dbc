/** A workshop over a folder of one test's own, outside any node_modules; programs run from our sources. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { openWorkshop, type Workshop } from "../../src/authoring/workshop.ts";
import type { Entries } from "./built.ts";

export interface Bench {
  readonly root: string;
  readonly workshop: Workshop;
  /** Writes among the project's programs. @returns the path */
  program(path: string, content: string): string;
  write(path: string, content: string): string;
}

export function setUp({ probe, host }: Entries): Bench {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "agent-sequencer-authoring-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const projectDir = join(root, "project");
  const write = (path: string, content: string) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  return {
    root,
    workshop: openWorkshop({
      projectDir,
      home: join(root, "home"),
      programDirs: [fileURLToPath(new URL("../../programs", import.meta.url))],
      stateDir: join(root, "state"),
      probe: { entry: probe },
      host: { entry: host },
      types: new URL("../../dist/types/", import.meta.url),
    }),
    program: (path, content) => write(join("project/.claude/sequencer/programs", path), content),
    write,
  };
}

/** A program of that name around the body of its `run`. */
export function programText(name: string, body: string, head = "", more = ""): string {
  return `import { all, command, defineProgram, instruct, race, sideEffect, signal, sleep } from "agent-sequencer";
import { z } from "zod";
${head}
export default defineProgram({
  name: "${name}",
  description: "Tries one thing.",
  ${more}
  async *run({ params }: any) {
${body}
  },
});
`;
}
