/** A command's words stay words: what a shell would obey is text to the program that is started. */

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSandbox, startServer } from "../server/stdio.ts";
import { writeProgram } from "../whole/sandbox-programs.ts";

const WORDS = [
  "; touch pwned",
  "&& touch pwned",
  "| tee pwned",
  "> pwned",
  "$(touch pwned)",
  "`touch pwned`",
  "$HOME $PATH %PATH% ~ * ? [a-z]",
  "\n touch pwned\n",
  "'\" \\ \\\\ \"'",
  "-e",
  "--",
  "",
  "\u0001 \u001b[2J \u202e",
];

it("what a shell would obey is text, in arguments, file names and working folders", async () => {
  const sandbox = createSandbox();
  const folder = "a; touch pwned $(touch pwned)";
  mkdirSync(join(sandbox.projectDir, folder));
  writeProgram(
    sandbox,
    "words",
    `import { allSettled, command } from "agent-sequencer";
     export default defineProgram({
       name: "words",
       description: "x",
       params: z.object({ words: z.array(z.string()), cwd: z.string() }),
       async *run({ params: { words, cwd } }) {
         const print = "console.log(JSON.stringify([process.cwd(), ...process.argv.slice(1)]))";
         const { stdout } = yield* command("node", ["-e", print, "--", ...words], { cwd });
         const files = words.filter((word) => word !== "");
         const others = yield* allSettled(files.map((file) => command(file, ["pwned"], { cwd })));
         const ended = others.map((each) => each.status);
         return { seen: JSON.parse(stdout), ended };
       },
     });`,
  );
  const server = await startServer(sandbox);
  try {
    let answer = await server.call("sequencer_start", {
      program: "words",
      params: { words: WORDS, cwd: folder },
    });
    const { instance_id } = answer;
    while (answer.state === "waiting")
      answer = await server.call("sequencer_current", { instance_id, wait_seconds: 20 });
    const { seen, ended } = answer.last_yield.summary;
    expect(seen).toEqual([join(sandbox.projectDir, folder), ...WORDS]);
    expect(new Set(ended)).toEqual(new Set(["rejected"]));
    for (const at of [sandbox.projectDir, join(sandbox.projectDir, folder), sandbox.home])
      expect(existsSync(join(at, "pwned"))).toBe(false);
    expect(readdirSync(join(sandbox.projectDir, folder))).toEqual([]);
  } finally {
    await server.close();
    sandbox.remove();
  }
});
