/** A command that a test runs for real: without a shell, as the server runs it, and without its guard. */

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Command, CommandResult } from "../program/effect.ts";

export function runProcess(
  { file, args, options }: Command,
  projectDir: string,
  signal: AbortSignal,
): Promise<CommandResult> {
  return new Promise((done, failed) => {
    const child = spawn(file, args, {
      cwd: resolve(projectDir, options.cwd ?? "."),
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      signal,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
    // A process that does not read its input closes it; that is its own affair.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", failed);
    child.on("close", (exit_code, endedBy) =>
      done({
        exit_code,
        signal: endedBy,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      }),
    );
  });
}
