/**
 * The real Claude Code client, in an environment built from nothing: a fresh home, a dummy key, and no way
 * out but to the scripted model on 127.0.0.1.
 *
 * C1. It is used where `CLAUDE_CODE_BIN` names it or PATH holds it, and never installed.
 */

import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What an installed plugin consists of. */
const PLUGIN = [".claude-plugin", ".mcp.json", "dist", "hooks", "programs", "skills"];
const LIMIT_MS = 90_000;
/** Nobody listens on the port for discarding. */
const NOWHERE = "http://127.0.0.1:9";

/** `undefined`: the client is not here. */
export const CLAUDE = findClaude();

function findClaude(): string | undefined {
  const named = process.env["CLAUDE_CODE_BIN"];
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "claude"));
  return [...(named ? [named] : []), ...onPath].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Home {
  readonly folder: string;
  readonly projectDir: string;
  /** `<project>/.claude/sequencer/programs`. */
  readonly programsDir: string;
  readonly stateDir: string;
  /** A copy of the plugin, with no `node_modules` anywhere above it. */
  readonly pluginDir: string;
  env(modelUrl?: string): Record<string, string>;
  remove(): void;
}

export function createHome(): Home {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "agent-sequencer-claude-")));
  const at = (name: string) => join(folder, name);
  const programsDir = join(at("project"), ".claude", "sequencer", "programs");
  mkdirSync(at("home"));
  mkdirSync(programsDir, { recursive: true });
  for (const part of PLUGIN) cpSync(join(root, part), join(at("plugin"), part), { recursive: true });
  return {
    folder,
    projectDir: at("project"),
    programsDir,
    stateDir: join(at("home"), ".claude", "sequencer", "instances"),
    pluginDir: at("plugin"),
    env: (modelUrl = NOWHERE) => ({
      PATH: process.env["PATH"] ?? "",
      HOME: at("home"),
      ANTHROPIC_API_KEY: "dummy",
      ANTHROPIC_BASE_URL: modelUrl,
      HTTP_PROXY: NOWHERE,
      HTTPS_PROXY: NOWHERE,
      NO_PROXY: "127.0.0.1,localhost",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
    }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

/** A command of the client that needs no model: `plugin validate` and the like. @throws with its output */
export function manage(home: Home, ...args: string[]): string {
  return execFileSync(CLAUDE!, args, {
    cwd: home.projectDir,
    env: home.env(),
    encoding: "utf8",
    timeout: LIMIT_MS,
  });
}

/** What the client printed, one JSON object a line. */
export interface Conversation {
  readonly init: any;
  readonly messages: readonly any[];
  readonly result: any;
}

export function converse(
  home: Home,
  modelUrl: string,
  prompt: string,
  args: readonly string[],
): Promise<Conversation> {
  const flags = ["--output-format", "stream-json", "--verbose"];
  return new Promise((resolve, reject) => {
    const child = spawn(CLAUDE!, ["-p", prompt, ...flags, ...args], {
      cwd: home.projectDir,
      env: home.env(modelUrl),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      const messages = stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      const init = messages.find(({ type, subtype }) => type === "system" && subtype === "init");
      const result = messages.findLast(({ type }) => type === "result");
      if (init === undefined || result === undefined) {
        reject(new Error(`the client left with ${code}: ${stderr}\n${stdout.slice(-2_000)}`));
      } else resolve({ init, messages, result });
    });
  });
}

/** Processes of our server that were started from this copy of the plugin. */
export function serversOf(home: Home): number[] {
  const listed = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return listed
    .split("\n")
    .filter((line) => line.includes(join(home.folder)) && line.includes("dist/cli.js"))
    .map((line) => Number(line.trim().split(/\s/, 1)[0]));
}
