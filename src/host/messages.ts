/**
 * What goes between the server's main thread and the program host: data only, one request at a time.
 */

import type { ProgramVersion } from "../catalog/version.ts";
import type { Problem, VersionAdopted } from "../engine/event.ts";
import type { DerivedEvent, Verdict } from "../engine/execution.ts";
import type { Judgement } from "../engine/judge.ts";
import type { RecordedStep } from "../engine/rehearsal.ts";
import type { StepSketch, VersionFolders } from "../engine/sameness.ts";
import type { Adoption, Trial } from "../engine/trial.ts";
import type { ErrorAnswer } from "../errors.ts";
import type { Json, JsonSchema } from "../program/schema.ts";
import type { EffectNotice, EffectOrder } from "./effect-messages.ts";

/** Name and answer of each request. */
export interface HostCalls {
  /** Makes a version known to the host; the others name it by its hash. */
  define: { request: { version: ProgramVersion }; answer: Record<never, never> };
  /** Evaluates a version and reads what its program says of itself. */
  describe: { request: { version: string }; answer: ProgramDescription };
  /** Judges and parses params. */
  prepare: { request: { version: string; params: string | undefined }; answer: Preparation };
  /** Evaluates a version for an instance; events follow with `feed`. */
  load: {
    request: {
      instance: string;
      version: string;
      /** Of `started`: chance follows from it, and clock from the events. */
      seed: string;
      /** When the instance started. */
      atMs: number;
      /** Every `version_adopted` of the log, those further on included. */
      adoptions?: readonly VersionAdopted[];
      /** Whether the version could take over is what is asked. */
      trial?: Trial;
      /** The place where this step is made is what is asked. */
      seek?: number;
    };
    answer: Record<never, never>;
  };
  /** What comes of a trial; `soFar`: of one that failed. */
  finishTrial: { request: { instance: string; soFar?: boolean }; answer: Adoption };
  soughtPlace: { request: { instance: string }; answer: { place: string | undefined } };
  /** Drives an execution on with guessed answers: it is of no further use. */
  rehearse: {
    request: {
      instance: string;
      recorded: readonly RecordedStep[];
      at: string;
      folders: VersionFolders;
      limit: number;
    };
    answer: { asked: StepSketch[] };
  };
  /** Runs an instance over events, one JSON object a line. */
  feed: { request: { instance: string; lines: string }; answer: { drafts: DerivedEvent[] } };
  /** Runs it over `lines`, then judges a reply. `verdict` is `undefined` if the step is not pending. */
  judge: {
    request: { instance: string; lines: string; stepNo: number; reply: string };
    answer: { verdict: Verdict | undefined };
  };
  /** Runs it over `lines`, then judges the value of a signal. */
  judgeSignal: {
    request: { instance: string; lines: string; name: string; value: string };
    answer: Judgement;
  };
  /** Starts the function of a side effect; its end comes as a notice. False: nothing waits for it here. */
  startEffect: { request: EffectOrder & { effect: number }; answer: { started: boolean } };
  /** Aborts its signal. */
  cancelEffect: { request: { effect: number }; answer: Record<never, never> };
  /** What a command needs and no log holds; `undefined` if nothing waits for it here. */
  commandSecrets: { request: { instance: string; stepNo: number }; answer: CommandSecrets | undefined };
  /** Asks for nothing but an answer: the thread is free. */
  ping: { request: Record<never, never>; answer: Record<never, never> };
  unload: { request: { instance: string }; answer: Record<never, never> };
}

export type HostCall = keyof HostCalls;

export interface CommandSecrets {
  readonly env?: { readonly [name: string]: string };
  readonly input?: string;
}

export interface ProgramDescription {
  readonly name: string;
  readonly description: string;
  readonly paramsSchema: JsonSchema | null;
}

export type Preparation =
  | { readonly params: Json; readonly timeZone: string; readonly locale: string }
  | { readonly problems: readonly Problem[] };

/** In the author's file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface HostRequest {
  readonly id: number;
  readonly call: HostCall;
  readonly request: unknown;
}

export type HostAnswer =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: ErrorAnswer; readonly place?: Place }
  /** The turn waits for something that is not a step; the host must be ended. */
  | { readonly id: number; readonly foreignAwait: true };

/** What the host says without being asked. */
export type HostNotice = "ready" | { readonly notice: EffectNotice };
