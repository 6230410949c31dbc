/** The test's end of `server-process.ts`. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Place } from "./wired.ts";

export interface OtherServer {
  readonly pid: number;
  ask(word: "begin" | "current" | "cancel", argument: string): Promise<any>;
  /** `kill -9`, and its end. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export async function startOtherServer(place: Place): Promise<OtherServer> {
  const script = fileURLToPath(new URL("server-process.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(place)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting: ((answer: { value?: unknown; error?: string }) => void)[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => waiting.shift()?.(JSON.parse(line)));
  const next = () =>
    new Promise((resolve, reject) => {
      waiting.push(({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error))));
    });
  await next();
  return {
    pid: child.pid!,
    ask(word, argument) {
      child.stdin!.write(`${word} ${argument}\n`);
      return next();
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    signal: (signal) => void child.kill(signal),
  };
}
