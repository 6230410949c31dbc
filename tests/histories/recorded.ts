/**
 * Recorded histories as they lie here: `<version>/<name>/state` is the state folder as that version left it,
 * `expected.json` what it told of the run, and how the run goes on; some were also exported.
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Continuation } from "./stage.ts";

export const HISTORIES = fileURLToPath(new URL(".", import.meta.url));

/** The run as a file, in the folder of a history that was also exported. */
export const EXPORT = "export.jsonl";
export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Expected {
  readonly instance_id: string;
  /** The answer of sequencer_current. */
  readonly told: any;
  /** Its program gets stuck, and is not run. */
  readonly stuck?: true;
  readonly further?: readonly Continuation[];
  /** What is told after that. */
  readonly afterwards?: any;
}

export interface History {
  readonly version: string;
  readonly name: string;
  readonly folder: string;
  readonly expected: Expected;
}

/** Of a version, or of all. */
export function recordedHistories(only?: string): History[] {
  const folders = (at: string) =>
    readdirSync(at, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const versions = folders(HISTORIES).filter(
    (name) => /^\d+\.\d+\.\d+/.test(name) && (!only || name === only),
  );
  return versions.flatMap((version) =>
    folders(join(HISTORIES, version)).map((name) => {
      const folder = join(HISTORIES, version, name);
      return {
        version,
        name,
        folder,
        expected: JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")),
      };
    }),
  );
}

/** What belongs to a history of a state folder: logs, versions, request ids. Leases of processes that are gone do not. */
export function copyState(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (!name.endsWith(".jsonl") && name !== "versions" && name !== "requests") continue;
    cpSync(join(from, name), join(to, name), { recursive: true });
  }
}

/** Tells a state folder, moved here, where the authors' programs and their packages are now. */
export function moveOrigins(stateDir: string, programsDir: string): void {
  for (const version of readdirSync(join(stateDir, "versions"))) {
    writeFileSync(
      join(stateDir, "versions", version, "origins.json"),
      JSON.stringify({ roots: [programsDir] }),
    );
  }
}

/** An answer about a run, where it does not depend on which of its copies was asked. */
export function withoutId({ instance_id: _, duplicate: __, ...answer }: any): any {
  return answer;
}
