/** The built command line, run as a person would, and what may be said of whatever it prints. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Sandbox } from "../server/stdio.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runCommand(sandbox: Sandbox, ...args: string[]): Promise<Printed> {
  const options = { cwd: sandbox.projectDir, env: sandbox.env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== "number")
        reject(new Error(`${args.join(" ")} did not end: ${stderr}`, { cause: error }));
      else resolve({ code, stdout, stderr });
    });
  });
}

/** It ended by itself: with what was asked for, or a fact and a way on; never with a stack of ours. */
export function assertInWords({ code, stdout, stderr }: Printed): void {
  const told = `${stdout.slice(-300)}\n${stderr.slice(-1_000)}`;
  expect([0, 1, 2], told).toContain(code);
  expect(stderr, told).not.toMatch(/InternalError|This is a bug|\n\s+at .*(dist|node:internal)/);
  if (code !== 0) expect(`${stdout}${stderr}`.trim(), told).not.toBe("");
}
