import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "agent-sequencer-user-"));

/** A project that has installed the package: what it publishes, and its one dependency. */
beforeAll(() => {
  const installed = join(folder, "node_modules/agent-sequencer");
  mkdirSync(installed, { recursive: true });
  for (const part of ["dist", "package.json"])
    cpSync(join(root, part), join(installed, part), { recursive: true });
  cpSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(
    join(folder, "greet.ts"),
    `import { defineProgram, instruct } from "agent-sequencer";
     import { drive } from "agent-sequencer/testing";
     import { z } from "zod";
     const greet = defineProgram({
       name: "greet",
       description: "Greets.",
       params: z.object({ name: z.string().default("world") }),
       async *run({ params }) {
         const { message } = yield* instruct("Greet " + params.name, { reply: z.object({ message: z.string() }) });
         const text: string = message;
         return { text };
       },
     });
     const run = await drive(greet, { name: "Ada" });
     await run.reply({ message: "Hello, Ada!" });
     // @ts-expect-error what the program returns has no such field
     run.summary.missing;
     if (run.summary.text !== "Hello, Ada!") throw new Error(JSON.stringify(run.summary));
     console.log(run.summary.text);`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

it("the package's types stand by themselves: no other package, no types of Node, nothing skipped", () => {
  const args =
    "--noEmit --strict --skipLibCheck false --module nodenext --target es2023 --ignoreConfig".split(" ");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [tsc, ...args, "greet.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});

it("the package's code runs with no other package than zod", () => {
  const esbuild = join(root, "node_modules/esbuild/bin/esbuild");
  execFileSync(esbuild, ["greet.ts", "--format=esm", "--outfile=greet.js", "--log-level=error"], {
    cwd: folder,
  });
  expect(execFileSync(process.execPath, ["greet.js"], { cwd: folder, encoding: "utf8" })).toBe(
    "Hello, Ada!\n",
  );
});
