import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { ERROR_FIXES } from "../../src/errors.ts";
import * as authorApi from "../../src/index.ts";
import { TOOLS } from "../../src/server/tools.ts";
import * as testingApi from "../../src/testing.ts";
import { createTerminal } from "../cli/fake-terminal.ts";
import { ROOT } from "./clone.ts";
import { type Markdown, readMarkdown } from "./markdown.ts";

const FILES = [
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "skills/agent-sequencer/SKILL.md",
  "skills/agent-sequencer/docs/authoring.md",
  "bench/README.md",
  "hooks/README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** What a document says was planned, and is not. */
const PLANNED_ONLY: { readonly [file: string]: readonly string[] } = {
  "docs/architecture.md": ["ProgramChanged"],
};

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const documents = new Map<string, Markdown>(FILES.map((file) => [file, readMarkdown(read(file))]));
const readme = documents.get("README.md")!;

/** Code of a document: within its text, and what its blocks of commands have. */
function codeOf({ spans, blocks }: Markdown): string[] {
  const lines = blocks
    .filter(({ language }) => language === "sh" || language === "text" || language === "console")
    .flatMap(({ text }) => text.split("\n"));
  return [...spans, ...lines];
}

async function help(...command: string[]): Promise<string> {
  const terminal = createTerminal({ lines: [] });
  await runCommandLine([...command, "--help"], "0.0.0", terminal, {} as never);
  return terminal.answered;
}

const listed = (await help()).split(/^Commands:$/m)[1]!.split(/^\S/m)[0]!;
const COMMANDS = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)]
  .map(([, name]) => name!)
  .filter((name) => name !== "help");
const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => read(join("src", file)))
  .join("\n");

describe.each(FILES)("%s", (file) => {
  const document = documents.get(file)!;

  it("names only commands and flags that the command line has", async () => {
    for (const code of codeOf(document)) {
      for (const [, name, rest] of code.matchAll(
        /(?:\bagent-sequencer|\bdist\/cli\.js) ([a-z][a-z-]*)\b([^`|;&]*)/g,
      )) {
        expect(COMMANDS, code).toContain(name);
        const flags = rest!.match(/(?<=\s)--[a-z-]+/g) ?? [];
        for (const flag of flags) expect(await help(name!), code).toContain(`${flag}`);
      }
    }
  });

  it("names only tools that the server has", () => {
    const tools = TOOLS.map(({ name }) => name);
    for (const [name] of read(file).matchAll(/(?<=__|[^\w-])sequencer_[a-z]+(?:_[a-z]+)*/g))
      expect(tools).toContain(name);
  });

  it("names only variables that are read", () => {
    const known = sources + read(".mcp.json") + read("hooks/hooks.json");
    for (const [name] of read(file).matchAll(/\b(?:AGENT_SEQUENCER|CLAUDE)_[A-Z_]+\b/g)) {
      expect(new RegExp(`\\b${name}\\b`).test(known), name).toBe(true);
    }
  });

  it("names only errors and exports that exist", () => {
    const known = new Set([
      ...Object.keys(ERROR_FIXES),
      ...Object.keys(authorApi),
      ...Object.keys(testingApi),
    ]);
    // The client's own names, of events and tools.
    const hooks = read("hooks/hooks.json").match(/\b(?:[A-Z][a-z]+){2,}\b/g) ?? [];
    for (const span of document.spans) {
      if (!/^(?:[A-Z][a-z]+){2,}$/.test(span) || PLANNED_ONLY[file]?.includes(span)) continue;
      expect(
        known.has(span) || (hooks as readonly string[]).includes(span) || span in globalThis || isType(span),
        span,
      ).toBe(true);
    }
  });

  it("names only files that are there", () => {
    for (const span of document.spans) {
      const path =
        /^(?:src|tests|docs|dist|programs|skills|bench|hooks|scripts|\.claude-plugin)\/\w[\w./-]*$/.exec(
          span,
        );
      if (path !== null)
        expect(existsSync(join(ROOT, path[0])) || existsSync(join(ROOT, dirname(file), path[0])), span).toBe(
          true,
        );
    }
  });

  it("names only scripts that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, name] of codeOf(document)
      .join("\n")
      .matchAll(/\bnpm run ([\w:-]+)/g)) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  it("links only to files and headings that exist", () => {
    for (const { target, line } of document.links) {
      if (/^https?:/.test(target)) continue;
      const [path, anchor] = target.split("#") as [string, string?];
      const linked = path === "" ? file : join(dirname(file), path);
      expect(existsSync(join(ROOT, linked)), `${file}:${line} links to ${target}`).toBe(true);
      if (anchor === undefined) continue;
      const { anchors } = documents.get(linked) ?? readMarkdown(read(linked));
      expect(anchors, `${file}:${line} links to ${target}`).toContain(`#${anchor}`);
    }
  });
});

describe("the README tells of all there is", () => {
  const code = codeOf(readme).join("\n");

  it("every command", () => {
    for (const name of COMMANDS) expect(code).toContain(`agent-sequencer ${name}`);
  });

  it("every flag of each command, and no other", async () => {
    const rows = [...read("README.md").matchAll(/^\| `agent-sequencer(?: ([a-z]+))?[^|]*\|(.*)\|$/gm)];
    expect(rows.map(([, name]) => name ?? "").sort()).toEqual(["", ...COMMANDS].sort());
    for (const [row, name, does] of rows) {
      const flags = name === undefined ? [] : ((await help(name)).match(/--[a-z-]+/g) ?? []);
      const known =
        name === undefined ? ["--watch"] : [...new Set(flags)].filter((flag) => flag !== "--help");
      expect([...new Set(does!.match(/--[a-z-]+/g) ?? [])].sort(), row).toEqual(known.sort());
    }
  });

  it("every tool", () => {
    for (const { name } of TOOLS) expect(readme.spans).toContain(name);
  });

  it("every variable of the environment that the product reads", () => {
    // The guard marks its processes with variables that nobody sets.
    const marks: readonly string[] = read("src/guard/protocol.ts").match(/"AGENT_SEQUENCER_[A-Z_]+"/g) ?? [];
    const quoted = sources.match(/"(?:AGENT_SEQUENCER|CLAUDE)_[A-Z_]+"/g) ?? [];
    const names = quoted.filter((each) => !marks.includes(each)).map((each) => each.slice(1, -1));
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(readme.spans).toContain(name);
  });

  it("every kind of step", () => {
    const steps = [
      "instruct",
      "ask",
      "command",
      "sideEffect",
      "signal",
      "sleep",
      "all",
      "allSettled",
      "race",
    ];
    const functions = Object.entries(authorApi)
      .filter(
        ([name, value]) => typeof value === "function" && /^[a-z]/.test(name) && name !== "defineProgram",
      )
      .map(([name]) => name);
    expect(functions.sort()).toEqual(steps.sort());
    for (const step of steps) expect(code).toMatch(new RegExp(`^(?:.*\\W)?${step}\\(`, "m"));
  });

  it("where the resources are", () => {
    const uris = readme.spans.filter((span) => span.startsWith("sequencer://"));
    expect(uris.length).toBeGreaterThan(0);
    for (const uri of uris) expect(sources.includes(uri.replace(/\{.*$/, "")), uri).toBe(true);
  });
});

/** Exported types have no value to look at. */
function isType(name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(read("src/index.ts") + read("src/testing.ts"));
}
