/** What every test file here begins and ends with. */

import { readFileSync } from "node:fs";
import { afterEach } from "vitest";
import { parseStat, hasEnded as processHasEnded } from "../../src/guard/proc-stat.ts";
import { begin, createWired, newPlace, type Place, summaryOf, type Wired, writeProgram } from "./wired.ts";

export interface Setup {
  /** A sequencer on the place, disposed of after the test. */
  readonly wire: (place: Place, settings?: Parameters<typeof createWired>[1]) => Wired;
  /** Starts the program `test` with this body on a new place. */
  readonly start: (body: string) => Promise<{ place: Place; wired: Wired; id: string }>;
  /** Runs it to its summary. */
  readonly run: (body: string) => Promise<any>;
}

export function setUp(): Setup {
  const open: Wired[] = [];
  afterEach(async () => {
    for (const wired of open.splice(0)) await wired.dispose();
  });
  const wire: Setup["wire"] = (place, settings) => {
    const wired = createWired(place, settings);
    open.push(wired);
    return wired;
  };
  const start: Setup["start"] = async (body) => {
    const place = newPlace();
    writeProgram(place, "test", body);
    const wired = wire(place);
    return { place, wired, id: await begin(wired, place, "test") };
  };
  return {
    wire,
    start,
    run: async (body) => {
      const { wired, id } = await start(body);
      return summaryOf(wired, id);
    },
  };
}

/** Body of a program that gives what a step gives, or how it failed. */
export const outcomeOf = (step: string) => `
  try {
    return { value: yield* ${step} };
  } catch (error) {
    return { name: error.name, code: error.code, reason: error.reason };
  }`;

export function lives(pid: number): boolean {
  try {
    const facts = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
    return facts !== undefined && !processHasEnded(facts);
  } catch {
    return false;
  }
}
