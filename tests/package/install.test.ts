import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Installed, install, ROOT } from "./installed.ts";

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

let installed: Installed;
beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());

it("the tarball holds what runs and what is read, and nothing of the workshop", () => {
  expect(installed.files).toEqual(
    expect.arrayContaining([
      "package.json",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "SECURITY.md",
      ".mcp.json",
      ".claude-plugin/plugin.json",
      "dist/THIRD-PARTY-NOTICES",
      "dist/cli.js",
      "programs/hello.ts",
    ]),
  );
  const folders = new Set(installed.files.map((file) => (file.includes("/") ? file.split("/")[0] : ".")));
  const published = new Set([".", ...manifest.files.filter((name: string) => isFolder(name))]);
  expect(published).toEqual(folders);
});

it("everything that package.json names is there", () => {
  const { bin, exports, files } = manifest;
  const named = [...Object.values(bin), ...Object.values(exports).flatMap(targets), ...files] as string[];
  for (const path of named) {
    expect(existsSync(join(installed.project, "node_modules/agent-sequencer", path)), path).toBe(true);
  }
});

it("it brings nothing along but zod", () => {
  const packages = readdirSync(join(installed.project, "node_modules")).filter(
    (name) => !name.startsWith("."),
  );
  expect(packages).toEqual(["agent-sequencer", "zod"]);
});

it("its command tells its version", () => {
  expect(installed.run("npx", "--offline", "agent-sequencer", "--version").trim()).toBe(manifest.version);
});

it("its command runs hello to its summary", () => {
  const replies = '[{"message":"Hello!"}]';
  const output = installed.run("npx", "--offline", "agent-sequencer", "run", "hello", "--replies", replies);
  expect(JSON.parse(output)).toEqual({
    greeted_count: 1,
    greetings: [{ name: "world", message: "Hello!" }],
  });
});

it("its command is an MCP server", async () => {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StdioClientTransport({
    command: join(installed.project, "node_modules/.bin/agent-sequencer"),
    cwd: installed.project,
    env: { HOME: installed.project, PATH: process.env["PATH"]! },
    stderr: "ignore",
  });
  await client.connect(transport);
  try {
    expect(client.getServerVersion()).toMatchObject({ name: "agent-sequencer", version: manifest.version });
    const { structuredContent } = await client.callTool({ name: "sequencer_list_programs", arguments: {} });
    const { programs } = structuredContent as { programs: { name: string }[] };
    expect(programs.map(({ name }) => name)).toContain("hello");
  } finally {
    await client.close();
  }
});

const PROGRAM = `
import { defineProgram, instruct } from "agent-sequencer";
import { drive } from "agent-sequencer/testing";
import { z } from "zod";

const greet = defineProgram({
  name: "greet",
  description: "Greets one person.",
  params: z.object({ name: z.string().default("world") }),
  async *run({ params }) {
    const { message } = yield* instruct("Greet " + params.name + ".", {
      reply: z.object({ message: z.string() }),
    });
    return { length: message.length };
  },
});

const run = await drive(greet, { name: "Ada" });
await run.reply({ message: "Hello, Ada!" });
`;

it("an ES module imports both of its entries and runs a program", () => {
  writeFileSync(join(installed.project, "greet.mjs"), `${PROGRAM}console.log(run.summary.length);\n`);
  expect(installed.run(process.execPath, "greet.mjs")).toBe("11\n");
});

it("a program is fully typed against what is installed, and a wrong use of a reply is found", () => {
  writeFileSync(join(installed.project, "greet.ts"), `${PROGRAM}run.summary.length.toFixed();\n`);
  writeFileSync(
    join(installed.project, "wrong.ts"),
    PROGRAM.replace("message.length", "message.toFixed()").replace('{ name: "Ada" }', "{ name: 5 }"),
  );
  expect(typeCheck("greet.ts")).toBe("");
  const wrong = typeCheck("wrong.ts").matchAll(/^wrong\.ts\((\d+),/gm);
  const lines = readFileSync(join(installed.project, "wrong.ts"), "utf8").split("\n");
  expect([...wrong].map(([, line]) => lines[Number(line) - 1]!.trim())).toEqual([
    "return { length: message.toFixed() };",
    "const run = await drive(greet, { name: 5 });",
  ]);
});

function typeCheck(file: string): string {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const options = "--noEmit --strict --skipLibCheck false --module nodenext --target es2023 --ignoreConfig";
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, ...options.split(" "), file], {
    cwd: installed.project,
    encoding: "utf8",
  });
  return stdout + stderr;
}

function isFolder(name: string): boolean {
  return (
    existsSync(join(ROOT, name)) &&
    readdirSync(ROOT, { withFileTypes: true }).some((entry) => entry.name === name && entry.isDirectory())
  );
}

function targets(target: unknown): string[] {
  return typeof target === "string" ? [target] : Object.values(target as object).flatMap(targets);
}
