/**
 * `agent-sequencer run`: a program driven from the terminal. A person, a file or a pipe is the agent.
 *
 * W1. Exit code 0 means completed, and nothing else does.
 * W2. Whoever leaves in the middle is told how to go on: the run is on disk.
 */

import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { SequencerError } from "../errors.ts";
import type { InstanceAnswer, Sequencer } from "../instances/answer.ts";
import type { Json } from "../program/schema.ts";
import { drive } from "./drive.ts";
import { askPerson } from "./person.ts";
import { fromLines, fromList, readReplies } from "./prepared-replies.ts";
import type { Replier } from "./reply.ts";
import type { Rooms } from "./rooms.ts";
import { Screen } from "./screen.ts";
import { colorsFor, hang, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** A start that takes so long waits for work of the program's own, before anybody is asked anything. */
const SLOW_START_MS = 1_000;

export interface RunOptions {
  /** JSON. */
  readonly params?: string;
  /** A file, or the replies themselves. */
  readonly replies?: string;
  /** An instance to go on with, instead of a program to start. */
  readonly resume?: string;
  /** An instance to begin a new one from. */
  readonly fork?: string;
  /** A number. */
  readonly beforeStep?: string;
  readonly latest?: true;
}

export async function run(
  program: string | undefined,
  options: RunOptions,
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  const begin = whatToBegin(program, options);
  const prepared = options.replies === undefined ? undefined : readReplies(options.replies);
  const screen = new Screen(terminal);
  const stop = new AbortController();
  const interrupted = new Promise<"interrupted">((resolve) => {
    stop.signal.addEventListener("abort", () => resolve("interrupted"), { once: true });
  });
  const unsubscribe = terminal.onInterrupt(() => stop.abort());
  const sequencer = await rooms.openSequencer(begin.file);
  let replier: Replier | undefined;
  try {
    const slow = setTimeout(() => screen.atWork(), SLOW_START_MS);
    const begun = await begin.with(sequencer).finally(() => clearTimeout(slow));
    screen.begin(begun);
    if (prepared !== undefined) replier = fromList(prepared);
    else if (terminal.input.isTTY) {
      replier = askPerson(terminal, colorsFor(terminal.errors, terminal), () => stop.abort());
    } else replier = fromLines(terminal.input, (problem) => screen.say(`  ${hang(problem, "  ")}`));
    const driven = drive(sequencer, begun, replier, screen, stop.signal);
    // Left in the middle, whatever it still waits for: its failure then tells nobody anything.
    driven.catch(() => {});
    const last = await Promise.race([driven, interrupted]).catch((error) => {
      if (error instanceof SequencerError) howToGoOn(screen, terminal, begun.instance_id);
      throw error;
    });
    if (last === "interrupted" || stop.signal.aborted) {
      screen.say("", "Interrupted; nothing is lost.");
      howToGoOn(screen, terminal, begun.instance_id);
      return 130;
    }
    return conclude(last, screen, terminal);
  } finally {
    unsubscribe();
    replier?.close();
    await sequencer.dispose();
  }
}

function conclude(last: InstanceAnswer, screen: Screen, terminal: Terminal): number {
  if (last.state === "awaiting_result") {
    screen.say("", `There are no more replies, and step ${last.step_no} awaits one.`);
    howToGoOn(screen, terminal, last.instance_id);
    return 1;
  }
  screen.outcome(last);
  if (last.state === "stalled") howToGoOn(screen, terminal, last.instance_id);
  return last.state === "completed" ? 0 : 1;
}

function howToGoOn(screen: Screen, { invokedAs }: Terminal, instanceId: string): void {
  screen.say(`To go on: ${invokedAs} run --resume ${instanceId}`);
}

interface Beginning {
  /** The program's file, where it was named by its path. */
  readonly file?: string;
  with(sequencer: Sequencer): Promise<InstanceAnswer>;
}

function whatToBegin(program: string | undefined, options: RunOptions): Beginning {
  const { params, resume, fork, beforeStep, latest } = options;
  const programVersion = latest ? "latest" : "recorded";
  if (beforeStep !== undefined && fork === undefined) {
    throw new UsageError("--before-step belongs to --fork, which names the run to begin from.");
  }
  const instanceId = resume ?? fork;
  if (instanceId !== undefined) {
    if (program !== undefined || (resume !== undefined && fork !== undefined))
      throw new UsageError("Name a program, or an instance with --resume or --fork; only one of them.");
    if (params !== undefined) throw new UsageError("--params belong to a new run; this one has its own.");
    if (fork === undefined) return { with: (sequencer) => sequencer.resume({ instanceId, programVersion }) };
    const beforeStepNo = parseStep(beforeStep);
    return { with: (sequencer) => sequencer.fork({ instanceId, beforeStepNo, programVersion }) };
  }
  if (latest) {
    throw new UsageError(
      "--latest belongs to --resume or --fork; a new run always has the program as it is now.",
    );
  }
  if (program === undefined) {
    throw new UsageError("Name the program to run. To see what there is: agent-sequencer programs");
  }
  const file = asFile(program);
  const name = file === undefined ? program : file.replace(/^.*[\\/]/, "").replace(/\.[mc]?[jt]s$/, "");
  const given = parseParams(params);
  return { file, with: (sequencer) => sequencer.start({ program: name, params: given }) };
}

/** A name never holds a slash or an ending, and a path to a program always does. */
function asFile(program: string): string | undefined {
  if (!/[\\/]/.test(program) && !/\.[mc]?[jt]s$/.test(program)) return undefined;
  const file = resolve(program);
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  if (!statSync(file).isFile()) throw new UsageError(`${file} is not a file.`);
  return file;
}

function parseStep(text: string | undefined): number {
  if (text === undefined) {
    throw new UsageError(
      "--fork needs --before-step: the step that the new run waits at. To see the steps: agent-sequencer show <instance>",
    );
  }
  const step = Number(text);
  if (Number.isSafeInteger(step) && step >= 1) return step;
  throw new UsageError(`--before-step is the number of a step, from 1; '${text}' is not.`);
}

function parseParams(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError(`--params is not JSON: ${(error as Error).message}`);
  }
}
