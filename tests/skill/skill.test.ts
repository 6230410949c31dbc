/** The skill, the server's instructions and the plugin's files say the same, and name what there is. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ERROR_FIXES } from "../../src/errors.ts";
import { INSTRUCTIONS } from "../../src/server/instructions.ts";
import { TOOLS } from "../../src/server/tools.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const file = join(root, "skills/agent-sequencer/SKILL.md");
const [, frontMatter = "", body = ""] =
  /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(file, "utf8")) ?? [];
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** What a run that failed shows in its last_yield: no tool answers with these. */
const OF_PROGRAMS = new Set([
  "StepNotYielded",
  "NotAStep",
  "InvalidSchema",
  "SchemaNotJson",
  "SummaryNotJson",
  "CleanupTooLong",
  "NondeterministicCall",
]);

describe("the skill", () => {
  it("holds the server's instructions word for word", () => {
    expect(body).toContain(`\n${INSTRUCTIONS}\n`);
  });

  it("has a name and a description that a client can list", () => {
    expect(frontMatter).toMatch(/^name: agent-sequencer$/m);
    const [, description = ""] = /^description: (.+)$/m.exec(frontMatter) ?? [];
    expect(description.length).toBeLessThanOrEqual(1_024);
    for (const trigger of ["run X with agent-sequencer", "resume", "instance_id"]) {
      expect(description).toContain(trigger);
    }
  });

  it("spares the user a question for each of our tools, under each name that the server may have", () => {
    const allowed = [...frontMatter.matchAll(/^ {2}- (\S+)$/gm)].map(([, name]) => name);
    const { mcpServers } = json(".mcp.json");
    const { name: plugin } = json(".claude-plugin/plugin.json");
    const keys = Object.keys(mcpServers);
    expect(keys).toEqual(["seq"]);
    const servers = [`plugin_${plugin}_seq`, "seq", "agent-sequencer"];
    const wanted = servers.flatMap((server) => TOOLS.map(({ name }) => `mcp__${server}__${name}`));
    expect(allowed.toSorted()).toEqual(wanted.toSorted());
    for (const name of wanted) expect(name.length).toBeLessThan(64);
  });

  it("names only tools that there are", () => {
    const names = new Set(TOOLS.map(({ name }) => name));
    // `sequencer_ tool`, in the description, is a family.
    for (const [name] of body.matchAll(/sequencer_\w+/g)) expect(names).toContain(name);
  });

  it("says for each error that a tool can answer with what to do", () => {
    const table = body.slice(body.indexOf("## Errors"));
    const named = new Set(
      [...table.matchAll(/^\| ([\w, ]+) \|/gm)].flatMap(([, codes]) => codes!.split(", ")),
    );
    named.delete("Error");
    const codes = Object.keys(ERROR_FIXES);
    expect(codes.filter((code) => !named.has(code) && !OF_PROGRAMS.has(code))).toEqual([]);
    expect([...named].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("links only to files that are there", () => {
    const links = [...body.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    expect(links).toContain("docs/authoring.md");
    for (const link of links) expect(existsSync(join(dirname(file), link)), link).toBe(true);
  });
});

describe("the plugin", () => {
  const hooks = json("hooks/hooks.json").hooks as Record<
    string,
    { matcher?: string; hooks: { type: string; command: string; timeout: number }[] }[]
  >;

  it("has one version, in package and manifest, and its repository is its marketplace", () => {
    const manifest = json(".claude-plugin/plugin.json");
    expect(manifest.version).toBe(json("package.json").version);
    const { plugins } = json(".claude-plugin/marketplace.json");
    expect(plugins).toHaveLength(1);
    expect(plugins[0]).toMatchObject({ name: manifest.name, source: "./" });
  });

  it("starts what dist/ holds, by node and from wherever it was installed", () => {
    const { seq } = json(".mcp.json").mcpServers;
    expect(seq.command).toBe("node");
    const commands = Object.values(hooks).flatMap((groups) =>
      groups.flatMap((group) => group.hooks.map(({ command }) => command)),
    );
    const paths = [...seq.args, ...commands].flatMap((text: string) =>
      [...text.matchAll(/\$\{CLAUDE_PLUGIN_ROOT\}\/([\w./-]+)/g)].map(([, path]) => path!),
    );
    expect(paths).toHaveLength(1 + commands.length);
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it("hands each event to the hook of its name, for a limited time", () => {
    for (const [event, groups] of Object.entries(hooks)) {
      expect(groups).toHaveLength(1);
      const [{ type, command, timeout }] = groups[0]!.hooks as [(typeof groups)[0]["hooks"][0]];
      expect({ type, timeout }).toEqual({ type: "command", timeout: 10 });
      expect(command).toBe(`node "\${CLAUDE_PLUGIN_ROOT}/dist/hook.cjs" ${event}`);
    }
    expect(Object.keys(hooks).sort()).toEqual(
      ["PostToolUse", "PreToolUse", "SessionEnd", "SessionStart", "Stop", "SubagentStop"].sort(),
    );
  });

  it("asks about every tool that a step may forbid, and about none that it may not", () => {
    const before = new RegExp(hooks["PreToolUse"]![0]!.matcher!);
    for (const tool of [
      "Bash",
      "Edit",
      "Skill",
      "Agents",
      "TaskOutput",
      "mcp__github__get",
      "mcp__a__sequencer",
    ]) {
      expect(before.test(tool), tool).toBe(true);
    }
    const after = new RegExp(hooks["PostToolUse"]![0]!.matcher!);
    for (const { name } of TOOLS) {
      for (const tool of [`mcp__plugin_agent-sequencer_seq__${name}`, `mcp__seq__${name}`]) {
        expect(before.test(tool), tool).toBe(false);
        expect(after.test(tool), tool).toBe(true);
      }
    }
    for (const tool of ["ToolSearch", "Agent", "Task"]) expect(before.test(tool), tool).toBe(false);
    for (const tool of ["Bash", "mcp__github__get"]) expect(after.test(tool), tool).toBe(false);
  });
});
