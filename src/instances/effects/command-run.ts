/**
 * A `command` under way: a guard process of its own carries it out.
 *
 * C1. What the guard is told goes through a pipe, since it holds secrets; the end of the pipe ends the
 *     command with all it started, also when this process is killed.
 * C2. A guard that ends without a report was killed: the command was interrupted.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StepIssued } from "../../engine/event.ts";
import type { EffectPlan } from "../../engine/issue.ts";
import { GUARD_MARKER, type GuardPlan, type GuardReport } from "../../guard/protocol.ts";
import type { CommandSecrets } from "../../host/messages.ts";
import type { Json } from "../../program/schema.ts";
import type { Run, RunOutcome } from "./run.ts";

/** Bytes of each output that the log takes. */
export const SHOWN_OUTPUT_BYTES = 100_000;
/** Bytes of each output that its file takes. */
export const KEPT_OUTPUT_BYTES = 100_000_000;
/** A guard ends everything well within this; one that does not is stuck. */
const STOP_MS = 15_000;

export interface CommandOrder {
  readonly instance: string;
  readonly issued: StepIssued;
  readonly projectDir: string;
  readonly stateDir: string;
  /** See `GuardPlan`. */
  readonly lastStep: number;
  readonly pending: readonly number[];
}

/** @param secrets what the step holds and the log does not; `undefined`: nothing waits for it any more */
export function runCommand(
  guardEntry: URL,
  order: CommandOrder,
  secrets: Promise<CommandSecrets | undefined>,
): Run {
  let guard: Guard | undefined;
  let stopped = false;
  const carryOut = async (): Promise<RunOutcome> => {
    const known = await secrets;
    if (known === undefined || stopped) return { kind: "interrupted" };
    guard = startGuard(guardEntry, { ...planOf(order), command: commandOf(order, known) });
    return guard.outcome;
  };
  const outcome = carryOut().catch((): RunOutcome => ({ kind: "interrupted" }));
  return {
    outcome: outcome.then((ended) => (stopped ? undefined : ended)),
    stop: async () => {
      stopped = true;
      await guard?.stop();
      await outcome;
    },
  };
}

/** Ends what an earlier attempt at the step left over, without running it again. */
export async function endLeftovers(guardEntry: URL, order: CommandOrder): Promise<void> {
  await startGuard(guardEntry, planOf(order)).outcome;
}

function planOf({ instance, issued, lastStep, pending }: CommandOrder): GuardPlan {
  return { instance, step: issued.step_no, lastStep, pending };
}

/** File, arguments and folder are those that stand in the log. */
function commandOf(
  { instance, issued, projectDir, stateDir }: CommandOrder,
  { env, input }: CommandSecrets,
): NonNullable<GuardPlan["command"]> {
  const { cwd = "." } = issued.options as unknown as EffectPlan;
  const output = (name: string) => ({
    shown: SHOWN_OUTPUT_BYTES,
    file: join(stateDir, `${instance}.${issued.step_no}.${name}`),
    kept: KEPT_OUTPUT_BYTES,
  });
  return {
    file: issued.label!,
    args: issued.args ?? [],
    cwd: resolve(projectDir, cwd),
    env: { ...(process.env as { [name: string]: string }), ...env },
    ...(input !== undefined && { input }),
    stdout: output("stdout"),
    stderr: output("stderr"),
  };
}

interface Guard {
  readonly outcome: Promise<RunOutcome>;
  stop(): Promise<void>;
}

function startGuard(entry: URL, plan: GuardPlan): Guard {
  const guard = spawn(process.execPath, [fileURLToPath(entry)], {
    // In a session of its own: who ends the server's whole group does not end its guards.
    detached: true,
    cwd: "/",
    env: guardEnvironment(`${plan.instance}/${plan.step}`),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  guard.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const outcome = new Promise<RunOutcome>((done) => {
    guard.once("error", (error) => done(notStarted(error)));
    guard.once("close", () => done(outcomeOf(Buffer.concat(chunks).toString("utf8"))));
  });
  // A guard that was killed does not read on; its end is heard all the same.
  guard.stdin.on("error", () => {});
  guard.stdin.write(`${JSON.stringify(plan)}\n`);
  return { outcome, stop: () => stopGuard(guard, outcome) };
}

async function stopGuard(guard: ChildProcess, outcome: Promise<unknown>): Promise<void> {
  guard.stdin!.end();
  const stuck = setTimeout(() => guard.kill("SIGKILL"), STOP_MS);
  await outcome;
  clearTimeout(stuck);
}

/** Without what would change how Node itself runs: the command gets its own environment. */
function guardEnvironment(marker: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("NODE_"));
  return { ...Object.fromEntries(inherited), [GUARD_MARKER]: marker };
}

function outcomeOf(text: string): RunOutcome {
  let report: GuardReport;
  try {
    report = JSON.parse(text) as GuardReport;
  } catch {
    return { kind: "interrupted" };
  }
  if ("result" in report) return { kind: "finished", value: report.result as unknown as Json };
  if ("failed" in report) return { kind: "failed", error: report.failed };
  return { kind: "interrupted" };
}

function notStarted(error: NodeJS.ErrnoException): RunOutcome {
  const why = error.code ?? error.message;
  return {
    kind: "failed",
    error: {
      type: "CommandNotStarted",
      message: `the process that guards the command could not be started: ${why}`,
    },
  };
}
