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
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Output } from "./guard/output.ts";
import { endProcesses, GRACE_MS, groupLives, listProcesses, markersOf } from "./guard/processes.ts";
import { COMMAND_MARKER, GUARD_MARKER, type GuardPlan, type GuardReport } from "./guard/protocol.ts";
import { startFailure, workingFolderFailure } from "./guard/start-failure.ts";

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

/** G2. */
async function endLeftovers({ instance, step, lastStep, pending }: GuardPlan): Promise<void> {
  const own = `${instance}/${step}`;
  const isOver = (marker: string) => {
    const [of, number] = marker.split("/");
    return of === instance && Number(number) <= lastStep && !pending.includes(Number(number));
  };
  await endProcesses(
    () =>
      listProcesses()
        .filter((each) => markersOf(each, GUARD_MARKER).some((marker) => marker === own || isOver(marker)))
        .map(({ pid }) => pid),
    OTHER_GUARD_MS,
  );
  await endProcesses(() => markedWith(own));
}

function markedWith(marker: string): number[] {
  return listProcesses()
    .filter((each) => markersOf(each, COMMAND_MARKER).includes(marker))
    .map(({ pid }) => pid);
}

async function run(command: RunnableCommand, marker: string): Promise<GuardReport | undefined> {
  const { file, args, cwd, env, input } = command;
  const stdout = new Output(command.stdout);
  const stderr = new Output(command.stderr);
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd,
      env: { ...env, [COMMAND_MARKER]: markerAfter(env[COMMAND_MARKER], marker) },
      // A session and a group of its own, to be ended as a whole.
      detached: true,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
  } catch (error) {
    return { failed: startFailure(file, cwd, error as NodeJS.ErrnoException) };
  }
  const started = new Promise<StartOutcome>((resolve) => {
    child.once("spawn", () => resolve({ group: child.pid! }));
    child.once("error", (error) => resolve({ error }));
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const drained = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdout!.on("data", (chunk: Buffer) => stdout.add(chunk));
  child.stderr!.on("data", (chunk: Buffer) => stderr.add(chunk));
  // A command need not read its input.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);

  const start = await started;
  if ("error" in start) return { failed: startFailure(file, cwd, start.error) };
  const { group } = start;
  const stopped = new Promise<"stopped">((resolve) => {
    onUnwanted = () => resolve("stopped");
    if (unwanted) onUnwanted();
  });
  const everything = () => [...(groupLives(group) ? [-group] : []), ...markedWith(marker)];
  const outcome = await Promise.race([ended, stopped]);
  if (outcome === "stopped") {
    await endProcesses(everything);
    return undefined;
  }
  await Promise.race([drained, sleep(DRAIN_MS), stopped]);
  await endProcesses(() => (groupLives(group) ? [-group] : []));
  await Promise.race([drained, sleep(DRAIN_MS), stopped]);
  if (unwanted) {
    await endProcesses(everything);
    return undefined;
  }
  const [out, err] = [stdout.finish(), stderr.finish()];
  return {
    result: {
      exit_code: child.exitCode,
      signal: child.signalCode,
      stdout: out.text,
      stderr: err.text,
      ...(out.file !== undefined && { stdout_file: out.file }),
      ...(err.file !== undefined && { stderr_file: err.file }),
    },
  };
}

type StartOutcome = { readonly group: number } | { readonly error: NodeJS.ErrnoException };

/** A command that runs this very product keeps the marks of those around it. */
function markerAfter(around: string | undefined, marker: string): string {
  return around === undefined || around === "" ? marker : `${around},${marker}`;
}
