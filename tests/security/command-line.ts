/** The built command line, as somebody at a shell calls it, in a sandbox. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Sandbox } from "../server/stdio.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly input?: string;
  /** Besides the sandbox's. */
  readonly env?: Record<string, string>;
  readonly execArgv?: readonly string[];
}

/** Runs `agent-sequencer <args>` to its end. */
export function agentSequencer(
  sandbox: Sandbox,
  args: readonly string[],
  { input = "", env = {}, execArgv = [] }: CallOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...execArgv, CLI, ...args], {
    cwd: sandbox.projectDir,
    env: { ...sandbox.env, ...env },
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
}
