/**
 * A server on a disk that fails by order, one run after another on it, each of a version of its own.
 *
 * F1. The server stays the same through all faults, unless it is told to make room for another one.
 * F2. A refusal of the server must be one that its caller can act on: a code from `codes`, the system's own
 *     word, what to do.
 */

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess } from "../server/stdio.ts";
import { besideState, startOnDisk } from "./disk-server.ts";
import { Journey, type JourneyOptions, type Refusal, writeJourney } from "./journey.ts";
import { callsOf, readTrace } from "./trace.ts";

/** See `failing.mjs`. */
export interface Orders {
  readonly calls: readonly string[];
  readonly from: number;
  readonly errno: "ENOSPC" | "EIO" | "EMFILE" | "EACCES";
  readonly cut?: number;
  readonly times?: number;
}

export class FailingDisk {
  readonly sandbox: Sandbox = createSandbox();
  server!: ServerProcess;
  private readonly file = besideState(this.sandbox, "orders");
  private given = 0;
  private runs = 0;

  async start(): Promise<this> {
    // The programs are on the disk too.
    this.server = await startOnDisk(this.sandbox, { folder: this.sandbox.folder, orders: this.file });
    return this;
  }

  async restart(): Promise<void> {
    await this.close();
    await this.start();
  }

  async close(): Promise<void> {
    expect(await this.server.close(), "how the server ended").toEqual({ code: 0, signal: null });
  }

  fail(orders: Orders): void {
    this.given++;
    writeFileSync(`${this.file}.new`, JSON.stringify({ id: this.given, ...orders }));
    renameSync(`${this.file}.new`, this.file);
  }

  heal(): void {
    rmSync(this.file, { force: true });
  }

  /** The calls that failed by the last orders: name and path. */
  get hits(): string[] {
    const file = `${this.file}.hit`;
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line.startsWith(`${this.given} `));
  }

  nextRun(options: Pick<JourneyOptions, "onRefusal">): Journey {
    this.runs++;
    const name = `run${this.runs}`;
    writeJourney(this.sandbox, "journey", name);
    return new Journey({ sandbox: this.sandbox, name, ...options });
  }
}

/** How many calls of each name a run without faults makes. */
export async function censusOfCalls(): Promise<Map<string, number>> {
  const sandbox = createSandbox();
  try {
    writeJourney(sandbox);
    const trace = besideState(sandbox, "trace");
    const server = await startOnDisk(sandbox, { folder: sandbox.folder, trace });
    await new Journey({ sandbox }).drive(server);
    await server.close();
    const census = new Map<string, number>();
    for (const { name } of callsOf(readTrace(trace))) census.set(name, (census.get(name) ?? 0) + 1);
    return census;
  } finally {
    sandbox.remove();
  }
}

export function expectClear(refusal: Refusal, codes: readonly string[], fact: RegExp): void {
  const shown = JSON.stringify(refusal);
  expect(codes, shown).toContain(refusal.error);
  expect(refusal.message, shown).toMatch(fact);
  expect(refusal.fix.length, shown).toBeGreaterThan(20);
}
