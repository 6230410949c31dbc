/** A server whose disk is stood between: `startServer` with `interpose.mjs` preloaded. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";

const INTERPOSE = fileURLToPath(new URL("interpose.mjs", import.meta.url));

export interface Kill {
  /** The how-manieth call that changes or syncs anything. */
  readonly at: number;
  /** A number: how much of a write is written, from 0 to 1. */
  readonly when: "before" | "after" | number;
}

export interface DiskOptions {
  /** The disk; default: the state folder. */
  readonly folder?: string;
  readonly kill?: Kill;
  /** Paths; see `interpose.mjs`. */
  readonly trace?: string;
  readonly orders?: string;
}

export function startOnDisk(sandbox: Sandbox, options: DiskOptions): Promise<ServerProcess> {
  return startServer(sandbox, {
    execArgv: ["--import", INTERPOSE],
    env: { DISK: JSON.stringify({ folder: sandbox.stateDir, ...options }) },
  });
}

export function besideState(sandbox: Sandbox, name: string): string {
  return join(sandbox.folder, name);
}
