/**
 * Starts a probe: a process of its own for one job, on a clock and in a time zone that can be others than ours.
 *
 * Q1. The process is gone when the answer is there.
 */

import { fork } from "node:child_process";
import { SequencerError } from "../errors.ts";
import type { ProbeAnswer, ProbeJob, ProbeResults } from "./probe-messages.ts";

export interface ProbeSettings {
  /** Its entry file. */
  readonly entry: URL;
  /** Node's own flags that it needs besides ours. */
  readonly execArgv?: readonly string[];
}

export interface ProbeConditions {
  /** Added to the real clock. */
  readonly clockShiftMs?: number;
  /** IANA name. */
  readonly timeZone?: string;
  /** BCP 47. */
  readonly locale?: string;
}

/** @throws SequencerError `ProgramStalled`, or what the job failed with */
export async function runProbe<K extends ProbeJob["kind"]>(
  job: Extract<ProbeJob, { kind: K }>,
  { entry, execArgv = [] }: ProbeSettings,
  conditions: ProbeConditions = {},
): Promise<ProbeResults[K]> {
  const child = fork(entry, {
    execArgv: [...process.execArgv, ...execArgv, ...shiftingClock(conditions.clockShiftMs)],
    env: environment(conditions),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
  });
  let errors = "";
  child.stderr!.on("data", (bytes: Buffer) => {
    if (errors.length < 10_000) errors += bytes.toString("utf8");
  });
  const answer = await new Promise<ProbeAnswer>((resolve, reject) => {
    child.once("message", (message) => resolve(message as ProbeAnswer));
    child.once("error", reject);
    child.once("close", (code) =>
      reject(new Error(`the process that runs the program ended (${code}): ${errors}`)),
    );
    child.send(job);
  }).finally(() => child.kill("SIGKILL"));
  if ("stalled" in answer) throw stalled();
  if ("failure" in answer) {
    const { error, message, fix } = answer.failure;
    throw new SequencerError(error, message, fix);
  }
  return answer.result as ProbeResults[K];
}

function stalled(): SequencerError {
  return new SequencerError(
    "ProgramStalled",
    "A turn of the program does not end: an endless loop, or a chain of promises that never ends.",
    "Look for the loop; give it a bound.",
  );
}

/** Runs before anything else of the process, and of its threads. */
function shiftingClock(milliseconds = 0): string[] {
  if (milliseconds === 0) return [];
  const code = `const Real = Date;
const now = () => Real.now() + ${milliseconds};
globalThis.Date = new Proxy(Real, {
  apply: () => new Real(now()).toString(),
  construct: (target, given, wanted) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, wanted === globalThis.Date ? target : wanted),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
Real.prototype.constructor = globalThis.Date;`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
}

function environment({ timeZone, locale }: ProbeConditions): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return {
    ...env,
    ...(timeZone !== undefined && { TZ: timeZone }),
    ...(locale !== undefined && { LC_ALL: `${locale.replaceAll("-", "_")}.UTF-8` }),
  };
}
