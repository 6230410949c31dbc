/** Programs that whole-server tests write into their sandbox. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../server/stdio.ts";

/** Writes `<name>.ts` with the usual imports in front of `source`. */
export function writeProgram(sandbox: Sandbox, name: string, source: string): string {
  const file = join(sandbox.programsDir, `${name}.ts`);
  const imports = `import { Abort, defineProgram, Instruction, instruct, StepFailed } from "agent-sequencer";\nimport { z } from "zod";\n`;
  writeFileSync(file, `${imports}${source}`);
  return file;
}

/** A program that asks `steps` times for `{ value }` and returns the sum of what it got. */
export function writeSum(sandbox: Sandbox, name = "sum"): string {
  return writeProgram(
    sandbox,
    name,
    `export default defineProgram({
      name: "${name}",
      description: "Adds up numbers.",
      params: z.object({ steps: z.int().min(1).default(3) }),
      async *run({ params, progress }) {
        let sum = 0;
        const seen: number[] = [];
        for (let i = 1; i <= params.steps; i++) {
          progress(i, params.steps, "adding");
          const { value } = yield* instruct("Give number " + i + ".", { reply: z.object({ value: z.int() }) });
          sum += value;
          seen.push(value);
        }
        return { sum, seen };
      },
    });`,
  );
}

/** A program whose body is given; it takes no params. */
export function writeBody(sandbox: Sandbox, name: string, body: string, before = ""): string {
  return writeProgram(
    sandbox,
    name,
    `${before}
    export default defineProgram({
      name: "${name}",
      description: "For a test.",
      async *run({ instance }) {
        ${body}
      },
    });`,
  );
}
