import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clone, makeClone, ROOT } from "./clone.ts";
import { type Block, readMarkdown } from "./markdown.ts";

const { blocks } = readMarkdown(readFileSync(join(ROOT, "README.md"), "utf8"));
const commands = blocks.filter(({ language }) => language === "sh");
const ULID = /\b01[0-9A-HJKMNP-TV-Z]{24}\b/g;

let clone: Clone;
beforeAll(() => {
  clone = makeClone();
});
afterAll(() => clone.remove());

it("begins with a command that runs hello, and then the one that runs all tests", () => {
  const [first, second] = commands;
  expect(first!.text).toContain(" run hello ");
  expect(second!.text).toBe("npm test\n");
  expect(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts.test).toBeDefined();
});

it("has nothing but Node to run them with", () => {
  expect(existsSync(join(clone.folder, "node_modules"))).toBe(false);
  expect(existsSync(join(clone.folder, "dist/cli.js"))).toBe(true);
});

it("runs every command for a clone as printed, with the output that is printed", () => {
  /** Ids as the README has them -> as they are here. */
  const ids = new Map<string, string>();
  const here = commands.filter(({ note }) => note === "");
  expect(here.length).toBeGreaterThan(3);
  for (const block of here) {
    const { status, output } = clone.shell(block.text.replace(ULID, (id) => ids.get(id) ?? id));
    expect({ line: block.line, status, output }).toMatchObject({ status: 0 });
    const printed = outputAfter(block);
    if (printed === undefined) continue;
    const found = output.match(ULID) ?? [];
    for (const [i, id] of (printed.match(ULID) ?? []).entries()) ids.set(id, found[i] ?? "");
    expect(withoutChance(output)).toBe(withoutChance(printed));
  }
});

it("says of every other block of commands what it needs", () => {
  const notes = commands.map(({ note }) => note).filter((note) => note !== "");
  for (const note of notes) expect(note).toMatch(/^(slow|in-a-project|needs-(claude|codex))$/);
});

describe("in a project of the user's", () => {
  const [init, ...others] = commands.filter(({ note }) => note === "in-a-project");

  it("init makes a folder in which the README's program is typed, with nothing installed", () => {
    expect(clone.shell(init!.text, { cwd: clone.project }).status).toBe(0);
    const programs = join(clone.project, ".claude/sequencer/programs");
    for (const { note, text } of blocks.filter(({ language, note }) => language === "ts" && note !== "")) {
      writeFileSync(join(programs, note), text);
    }
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", programs], {
      env: clone.env,
      encoding: "utf8",
    });
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });

  it("the program of the README is checked, and insists until the tests really pass", () => {
    // They pass at the third run, whatever the agent claims before.
    const script = "echo run >> runs; test $(wc -l < runs) -ge 3";
    writeFileSync(join(clone.project, "package.json"), JSON.stringify({ scripts: { test: script } }));
    const claim = JSON.stringify({ cause: "a typing error; all tests pass now", changed_files: ["a.js"] });
    const lines = others.flatMap(({ text }) => text.trim().split("\n"));
    expect(lines.map((line) => line.split(" ")[1])).toEqual(["check", "run"]);
    const outcomes = lines.map((line) =>
      clone.shell(line, { cwd: clone.project, input: `${claim}\n${claim}\n${claim}\n` }),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 0 });
    expect(outcomes.at(-1)!.output).toMatch(/"passed": true,\s*"rounds": 2\s/);
  });
});

it("shows the bundled hello as it is", () => {
  const first = blocks.find(({ language }) => language === "ts");
  expect(first!.text).toBe(readFileSync(join(ROOT, "programs/hello.ts"), "utf8"));
});

describe("configuration of clients", () => {
  const servers = blocks.flatMap(serversOf);

  it("names for each client the server's command", () => {
    // Codex, Cursor, VS Code, Claude Desktop.
    expect(servers).toHaveLength(4);
  });

  it.each(servers.map((server) => [`of line ${server.line}`, server] as const))(
    "%s starts the server",
    async (_, { command, args, env }) => {
      const real = (text: string) =>
        text
          .replace("/path/to/agent-sequencer", clone.folder)
          .replace("/path/to/your/project", clone.project)
          .replace(/\$\{workspaceFolder\}/, clone.project);
      const project = env["CLAUDE_PROJECT_DIR"] === undefined ? clone.project : clone.env["HOME"]!;
      const programs = join(clone.project, ".claude/sequencer/programs");
      mkdirSync(programs, { recursive: true });
      writeFileSync(join(programs, "of-the-project.ts"), NO_STEPS);
      const transport = new StdioClientTransport({
        command,
        args: args.map(real),
        cwd: project,
        env: { ...clone.env, ...mapValues(env, real) },
        stderr: "ignore",
      });
      const client = new Client({ name: "test", version: "1" });
      await client.connect(transport);
      try {
        const answer = await client.callTool({ name: "sequencer_list_programs", arguments: {} });
        const { programs } = answer.structuredContent as { programs: { name: string }[] };
        const names = programs.map(({ name }) => name);
        expect(names).toEqual(expect.arrayContaining(["hello", "of-the-project"]));
      } finally {
        await client.close();
      }
    },
  );

  it("allows the tools under the names that they have in Claude Code", () => {
    const settings = blocks.find(({ text }) => text.includes('"permissions"'))!;
    const plugin = JSON.parse(readFileSync(join(ROOT, ".claude-plugin/plugin.json"), "utf8")).name;
    const [key] = Object.keys(JSON.parse(readFileSync(join(ROOT, ".mcp.json"), "utf8")).mcpServers);
    const added = /claude mcp add (?:--\S+ \S+ )*(\S+) --/.exec(
      commands.map(({ text }) => text).join(""),
    )![1];
    expect(JSON.parse(settings.text).permissions.allow).toEqual([
      `mcp__plugin_${plugin}_${key}__*`,
      `mcp__${added}__*`,
    ]);
  });
});

const NO_STEPS = `
import { defineProgram } from "agent-sequencer";
export default defineProgram({
  name: "of-the-project",
  description: "Does nothing.",
  async *run() { return null; },
});
`;

interface Server {
  readonly line: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
}

function serversOf({ language, text, line }: Block): Server[] {
  if (language === "toml") {
    const value = (key: string) => JSON.parse(new RegExp(`^${key} = (.*)$`, "m").exec(text)![1]!);
    expect(text).toMatch(/^\[mcp_servers\.[\w-]+\]\n/);
    return [{ line, command: value("command"), args: value("args"), env: {} }];
  }
  if (language !== "json") return [];
  const { mcpServers, servers } = JSON.parse(text);
  const all = Object.values((mcpServers ?? servers ?? {}) as { [name: string]: Server });
  return all.map(({ command, args, env = {} }) => ({ line, command, args, env }));
}

function outputAfter(block: Block): string | undefined {
  const next = blocks[blocks.indexOf(block) + 1];
  return next?.language === "text" ? next.text : undefined;
}

/** What is another in each run: ids, times, versions of programs, the clone's folder, signs of a slow machine. */
function withoutChance(text: string): string {
  return text
    .replace(/^The program is at work…\n/gm, "")
    .replace(ULID, "ID")
    .replace(/\d{4}-\d\d-\d\d/g, "DATE")
    .replace(/\d\d:\d\d:\d\d(\.\d{3})?/g, "TIME")
    .replace(/after [\d.]+ m?s/g, "after TIME")
    .replace(/version [0-9a-f]{12}/g, "version V")
    .replaceAll(clone.folder, "/home/you/agent-sequencer")
    .trim();
}

function mapValues(object: { readonly [name: string]: string }, map: (value: string) => string) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}
