/**
 * Loads and runs the same programs on every supported Node, with the built `dist/` and nothing else:
 *
 *     node scripts/node-versions.mjs [20.19 22 24]
 *
 * The versions come from the packages behind `node` of the registry that npm is set up with, into a temporary
 * folder. Every version must give the same summaries, and go on with a run that another one began.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : ["20.19", "22", "24"];
const folder = mkdtempSync(join(tmpdir(), "node-versions-"));
const project = join(folder, "project");
const programs = join(project, ".claude/sequencer/programs");

const FILES = {
  "features.ts": `
    import { all, command, defineProgram, instruct, sideEffect, StepFailed } from "agent-sequencer";
    import { readFileSync } from "node:fs";
    import { z } from "zod";
    import rules from "./features/rules.md";
    import limits from "./features/limits.json";
    import { Colour, shout } from "./features/words";
    import tiny from "tiny";

    namespace Names { export const first = "Ada"; }

    export default defineProgram({
      name: "features",
      description: "Uses what programs may use.",
      params: z.object({ greeting: z.string().default("Hello") }),
      async *run({ params }) {
        const { text } = yield* instruct(params.greeting + " " + Names.first, { reply: z.object({ text: z.string() }) });
        const [a, b] = yield* all([instruct("a"), instruct("b")]);
        const read = yield* sideEffect("read", () => readFileSync(import.meta.dirname + "/features/rules.md", "utf8"));
        const run = yield* command("echo", ["out"]);
        return { text: shout(text), a, b, same: read === rules, max: limits.max, colour: Colour[Colour.Red], tiny, out: run.stdout.trim(), failed: StepFailed.name };
      },
    });`,
  "features/rules.md": "Be kind.\n",
  "features/limits.json": '{ "max": 3 }\n',
  "features/words.ts": `export enum Colour { Red, Green }\nexport const shout = (text: string) => text.toUpperCase();\n`,
  "node_modules/tiny/package.json":
    '{ "name": "tiny", "version": "1.0.0", "type": "module", "exports": "./index.js" }\n',
  "node_modules/tiny/index.js": 'export default "tiny";\n',
};
const REPLIES = ['{"text":"hi"}', "1", "2"];

let failures = 0;
try {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(join(programs, name, ".."), { recursive: true });
    writeFileSync(join(programs, name), text);
  }
  const nodes = wanted.map((version) => ({ version, node: install(version) }));
  const summaries = nodes.map(({ version, node }) => {
    const summary = run(node, version, ["run", "features", "--replies", `[${REPLIES.join(",")}]`], version);
    const hello = run(node, version, ["run", "hello", "--replies", '[{"message":"Hi"}]'], version);
    return JSON.stringify([summary, hello]);
  });
  report("all give the same summaries", new Set(summaries).size === 1 && !summaries[0].includes("null"));
  relay(nodes);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

function install(version) {
  const target = join(folder, `node-${version}`);
  mkdirSync(target);
  writeFileSync(join(target, "package.json"), '{ "private": true }');
  // What the `node` package itself would install after its own installation.
  const name = `node-${process.platform}-${process.arch}`;
  const npm = ["install", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`];
  execFileSync("npm", npm, { cwd: target, stdio: ["ignore", "ignore", "inherit"] });
  return join(target, "node_modules", name, "bin/node");
}

/** One run, begun by the first version and driven a step further by each other one. */
function relay(nodes) {
  const begun = attempt(nodes[0].node, "relay", ["run", "features", "--replies", "[]"]);
  const id = /run --resume (\S+)/.exec(begun.told)?.[1];
  let last;
  for (const [step, reply] of REPLIES.entries()) {
    last = attempt(nodes[(step + 1) % nodes.length].node, "relay", [
      "run",
      "--resume",
      id,
      "--replies",
      `[${reply}]`,
    ]);
  }
  report("a run goes on from version to version", last.code === 0 && JSON.parse(last.answer).text === "HI");
}

function run(node, version, args, state) {
  const { code, answer, told } = attempt(node, state, args);
  const real = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  report(`Node ${version} (${real}): ${args.slice(0, 2).join(" ")}`, code === 0, told);
  return code === 0 ? JSON.parse(answer) : null;
}

function attempt(node, state, args) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    AGENT_SEQUENCER_STATE_DIR: join(folder, `state-${state}`),
  };
  try {
    const options = { cwd: project, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
    return { code: 0, answer: execFileSync(node, [cli, ...args], options), told: "" };
  } catch (error) {
    return { code: error.status, answer: error.stdout ?? "", told: error.stderr ?? String(error) };
  }
}

function report(what, good, detail = "") {
  if (!good) failures += 1;
  process.stdout.write(`${good ? "ok    " : "FAILED"} ${what}\n${good ? "" : detail}`);
}
