/**
 * What goes between a server and the guard of a command: one plan in, one report out, a line of JSON each.
 *
 * P1. The plan comes through the guard's standard input, never as an argument: it holds secrets.
 * P2. The end of that input means that nobody wants the command any more: its owner stopped it, or died.
 */

import type { CommandResult } from "../program/effect.ts";

/** In the environment of a command and of all it starts: `<instance id>/<step>`, after those that it runs inside of, with commas. */
export const COMMAND_MARKER = "AGENT_SEQUENCER_EFFECT";
/** In the environment of the guard itself: `<instance id>/<step>`. */
export const GUARD_MARKER = "AGENT_SEQUENCER_GUARD";

export interface GuardPlan {
  readonly instance: string;
  readonly step: number;
  /**
   * Of the same instance: the highest step when this was decided, and the commands that were pending. What
   * still runs for another one up to that step is over, and ended first.
   */
  readonly lastStep: number;
  readonly pending: readonly number[];
  /** Absent: only end what is left of the step. */
  readonly command?: {
    readonly file: string;
    readonly args: readonly string[];
    readonly cwd: string;
    /** All of it. */
    readonly env: { readonly [name: string]: string };
    /** Absent: the input is empty. */
    readonly input?: string;
    readonly stdout: OutputPlan;
    readonly stderr: OutputPlan;
  };
}

export interface OutputPlan {
  /** Bytes that the result holds. */
  readonly shown: number;
  /** Where all of it goes, when it is more. */
  readonly file: string;
  /** Bytes that the file takes. */
  readonly kept: number;
}

export type GuardReport =
  | { readonly result: CommandResult }
  /** The command could not be started. */
  | { readonly failed: { readonly type: string; readonly message: string } }
  /** There was no command in the plan, and nothing is left of the step. */
  | { readonly cleared: true };
