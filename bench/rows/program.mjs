/**
 * What a program costs before its first step: found, linked, compiled, stored, and evaluated for an instance.
 *
 * The server is asked over stdio, as a client does; the evaluation alone is measured in this process, of the
 * sources as they are, since no tool does just that.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { folder, root, startOurs } from "../bench-space.mjs";
import { timed } from "../drive.mjs";
import { fact, median, milliseconds, row } from "../figures.mjs";

export async function rows({ quick }) {
  return [...(await overStdio(quick ? 5 : 15)), ...(await evaluationAlone(quick ? 200 : 1_000))];
}

async function overStdio(times) {
  const ms = { first: [], known: [], another: [], edited: [], again: [] };
  for (let i = 0; i < times; i += 1) {
    const programs = folder("program");
    const state = folder("program-state");
    const start = async (server, name) => timed(() => server.call("sequencer_start", { program: name }));
    writeProgram(programs, "one", `first ${i}`);
    const fresh = await startOurs(state, { AGENT_SEQUENCER_PROGRAMS_DIR: programs });
    ms.first.push(await start(fresh, "one"));
    writeProgram(programs, "two", `another ${i}`);
    ms.another.push(await start(fresh, "two"));
    writeProgram(programs, "one", `edited ${i}`);
    ms.edited.push(await start(fresh, "one"));
    ms.again.push(await start(fresh, "one"));
    await fresh.close();
    const later = await startOurs(state, { AGENT_SEQUENCER_PROGRAMS_DIR: programs });
    ms.known.push(await start(later, "one"));
    await later.close();
  }
  return [
    row("program: first load, nothing compiled (loads the transformer)", ms.first),
    row("program: first load in a process, compiled before", ms.known),
    row("program: first load of another one in the same process", ms.another),
    row("program: reload after an edit", ms.edited),
    row("program: start again, unchanged", ms.again),
  ];
}

/** A program of three modules and a prompt, about the size of a real one. @param text makes its content new */
function writeProgram(programs, name, text) {
  const bundle = join(programs, name);
  mkdirSync(bundle, { recursive: true });
  writeFileSync(
    join(bundle, "prompt.md"),
    `${text}\n${"Look at every line, and say what is wrong.\n".repeat(40)}`,
  );
  writeFileSync(
    join(bundle, "schemas.ts"),
    `import { z } from "zod";
export const Finding = z.object({ file: z.string(), line: z.int().min(1), severity: z.enum(["high", "low"]) });
export const Report = z.object({ findings: z.array(Finding), summary: z.string().min(1) });\n`,
  );
  const lists = Array.from(
    { length: 40 },
    (_, i) => `export function list${i}(items: readonly string[]): string {
  return items.map((item, at) => \`\${at + ${i}}. \${item}\`).join("\\n");
}\n`,
  );
  writeFileSync(join(bundle, "lists.ts"), lists.join(""));
  writeFileSync(
    join(programs, `${name}.ts`),
    `// ${text}
import { defineProgram, instruct } from "agent-sequencer";
import { list0, list39 } from "./${name}/lists.ts";
import prompt from "./${name}/prompt.md";
import { Report } from "./${name}/schemas.ts";
export default defineProgram({
  name: "${name}",
  description: "Review something.",
  async *run() {
    const { findings, summary } = yield* instruct(prompt + list0(["a"]), { reply: Report });
    return { findings, summary: list39([summary]) };
  },
});\n`,
  );
}

async function evaluationAlone(times) {
  const file = join(folder("evaluate"), "evaluate.mjs");
  await build({
    stdin: {
      contents: `export { createCodeCache } from "./src/catalog/compiled-code.ts";
        export { linkProgram } from "./src/catalog/link.ts";
        export { evaluateVersion } from "./src/host/evaluate.ts";
        export { provide } from "./src/host/provided.ts";`,
      resolveDir: root,
      loader: "ts",
    },
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    define: {
      __VERSION__: JSON.stringify(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version),
    },
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const { createCodeCache, linkProgram, evaluateVersion, provide } = await import(pathToFileURL(file).href);
  const programs = folder("evaluated");
  writeProgram(programs, "one", "evaluated");
  const path = join(programs, "one.ts");
  const cache = createCodeCache(folder("compiled"));
  const found = { name: "one", file: path, realpath: path, source: "project" };
  const link = () => linkProgram(found, cache, () => programs);
  const { version } = await link();
  const linked = [];
  const evaluated = [];
  for (let i = 0; i < times; i += 1) {
    if (i < times / 10) linked.push(await timed(link));
    evaluated.push(await timed(() => evaluateVersion(version, provide)));
  }
  return [
    row("program: link again, unchanged (reads and hashes its files)", linked),
    fact("program: one evaluation for an instance", milliseconds(median(evaluated))),
  ];
}
