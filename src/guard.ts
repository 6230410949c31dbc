/**
 * The guard: a process of its own for each command, which ends with it and sees that nothing of it stays.
 *
 * G1. While its standard input is open, somebody wants the command. When it ends (the owner stops the
 *     command, or dies, `kill -9` included), the guard ends everything that the command started, and itself.
 * G2. Before a command starts, whatever is left of an earlier attempt at the same step is gone, and so is
 *     what runs for steps of the instance that are over.
 * G3. A command is over when its process ends. What it left in its process group is then ended; what left
 *     the group to stay (a daemon) is left alone, unless the command was stopped.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Output } from "./guard/output.ts";
import {
  endProcesses,
  type FoundProcess,
  GRACE_MS,
  groupLives,
  listProcesses,
  markersOf,
} from "./guard/processes.ts";
import { COMMAND_MARKER, GUARD_MARKER, type GuardPlan, type GuardReport } from "./guard/protocol.ts";
import { startFailure, workingFolderFailure } from "./guard/start-failure.ts";
import type { CommandResult } from "./program/effect.ts";

/** How long the output may go on after the command has ended and its group with it. */
const DRAIN_MS = 500;
/** How long another guard may take to end its own command. */
const OTHER_GUARD_MS = GRACE_MS + 4_000;

type RunnableCommand = NonNullable<GuardPlan["command"]>;

let unwanted = false;
let onUnwanted = () => {};

function stop(): void {
  unwanted = true;
  onUnwanted();
}

// Only the owner ends a command: the keys of a terminal and its closing do not.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
process.on("SIGTERM", stop);
// Nobody may be left to read the report.
process.stdout.on("error", () => process.exit(0));

const input = createInterface({ input: process.stdin });
process.stdin.on("error", stop);
input.on("close", stop);
input.once("line", (line) => {
  carryOut(JSON.parse(line) as GuardPlan).then(report, (error) => {
    report({ failed: { type: "CommandNotStarted", message: String(error) } });
  });
});

function report(outcome: GuardReport | undefined): void {
  if (outcome === undefined) process.exit(0);
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

/** `undefined`: it was stopped. */
async function carryOut(plan: GuardPlan): Promise<GuardReport | undefined> {
  await endLeftovers(plan);
  const { command } = plan;
  if (command === undefined) return { cleared: true };
  const failed = workingFolderFailure(command.cwd);
  if (failed !== undefined) return { failed };
  return unwanted ? undefined : run(command, `${plan.instance}/${plan.step}`);
}

/** G2. First the other guards, which end their own; then what is left of this step without one. */
async function endLeftovers({ instance, step, lastStep, pending }: GuardPlan): Promise<void> {
  const own = `${instance}/${step}`;
  const isOver = (marker: string) => {
    const [of, number] = marker.split("/");
    return of === instance && Number(number) <= lastStep && !pending.includes(Number(number));
  };
  const isOtherGuard = (each: FoundProcess) =>
    markersOf(each, GUARD_MARKER).some((marker) => marker === own || isOver(marker));
  const isMarked = (each: FoundProcess) => markersOf(each, COMMAND_MARKER).includes(own);
  // Nearly always there is nothing: one look will do.
  if (!listProcesses().some((each) => isOtherGuard(each) || isMarked(each))) return;
  await endProcesses(() => pidsOf(isOtherGuard), OTHER_GUARD_MS);
  await endProcesses(() => pidsOf(isMarked));
}

function pidsOf(wanted: (each: FoundProcess) => boolean): number[] {
  return listProcesses()
    .filter(wanted)
    .map(({ pid }) => pid);
}

async function run(command: RunnableCommand, marker: string): Promise<GuardReport | undefined> {
  const stdout = new Output(command.stdout);
  const stderr = new Output(command.stderr);
  const started = await start(command, marker, stdout, stderr);
  if ("failed" in started) return started;
  const { child, ended, drained } = started;
  const group = child.pid!;
  const stopped = new Promise<void>((resolve) => {
    onUnwanted = resolve;
    if (unwanted) resolve();
  });
  const livingGroup = () => (groupLives(group) ? [-group] : []);

  await Promise.race([ended, stopped]);
  if (!unwanted) {
    // Nearly always this is the end: what it wrote is read, and nothing else holds its outputs open.
    await Promise.race([drained, sleep(DRAIN_MS), stopped]);
    await endProcesses(livingGroup);
    await Promise.race([drained, sleep(DRAIN_MS), stopped]);
  }
  if (unwanted) {
    const isMarked = (each: FoundProcess) => markersOf(each, COMMAND_MARKER).includes(marker);
    await endProcesses(() => [...livingGroup(), ...pidsOf(isMarked)]);
    return undefined;
  }
  return { result: resultOf(child, stdout, stderr) };
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  /** Its outputs are closed, by all that had them. */
  readonly drained: Promise<void>;
}

async function start(
  { file, args, cwd, env, input }: RunnableCommand,
  marker: string,
  stdout: Output,
  stderr: Output,
): Promise<Started | Extract<GuardReport, { failed: unknown }>> {
  try {
    const child = spawn(file, args, {
      cwd,
      env: { ...env, [COMMAND_MARKER]: markerAfter(env[COMMAND_MARKER], marker) },
      // A session and a group of its own, to be ended as a whole.
      detached: true,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const drained = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.stdout!.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr!.on("data", (chunk: Buffer) => stderr.add(chunk));
    // A command need not read its input.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    await once(child, "spawn");
    return { child, ended, drained };
  } catch (error) {
    return { failed: startFailure(file, cwd, error as NodeJS.ErrnoException) };
  }
}

function resultOf({ exitCode, signalCode }: ChildProcess, stdout: Output, stderr: Output): CommandResult {
  const [out, err] = [stdout.finish(), stderr.finish()];
  return {
    exit_code: exitCode,
    signal: signalCode,
    stdout: out.text,
    stderr: err.text,
    ...(out.file !== undefined && { stdout_file: out.file }),
    ...(err.file !== undefined && { stderr_file: err.file }),
  };
}

/** A command that runs this very product keeps the marks of those around it. */
function markerAfter(around: string | undefined, marker: string): string {
  return around === undefined || around === "" ? marker : `${around},${marker}`;
}
