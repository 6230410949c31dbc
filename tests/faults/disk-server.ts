/** A server whose disk is stood between: `startServer` with `interpose.mjs` preloaded. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";

const INTERPOSE = fileURLToPath(new URL("interpose.mjs", import.meta.url));

/** Where a server is killed; `when` as a number: how much of the write is written, from 0 to 1. */
export type Kill = { readonly when: "before" | "after" | number } & (
  | { /** The how-manieth call that changes or syncs anything. */ readonly at: number }
  | { /** The first write with an event of this type. */ readonly event: string }
);

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
