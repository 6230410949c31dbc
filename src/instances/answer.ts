/**
 * What the shell answers about an instance: the design's answer, before it is formatted for a client.
 * Wire names, since every client reads exactly this.
 */

import type { Problem, ProgressHint } from "../engine/event.ts";
import type { Json, JsonSchema } from "../program/schema.ts";
import type { RecordedEvent } from "./recorded-event.ts";

export type InstanceState =
  | "awaiting_result"
  | "waiting"
  | "stalled"
  | "completed"
  | "aborted"
  | "failed"
  | "cancelled";

export interface InstructionYield {
  readonly kind: "instruction";
  readonly step_no: number;
  readonly text: string;
  readonly expect_schema: JsonSchema | null;
  readonly on_invalid: "retry" | "abort";
  readonly attempt: number;
  readonly max_attempts: number;
  readonly expected_minutes: number | null;
  readonly timeout_at: string | null;
  readonly tools?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /** Of a step asked again: what was wrong with the last reply, all of it. */
  readonly validation_error?: { readonly step_no: number; readonly problems: readonly Problem[] };
}

export interface WaitingFor {
  readonly step_no: number;
  readonly kind: "sleep" | "signal" | "ask" | "effect" | "command";
  readonly what: string;
  readonly until: string | null;
}

export type LastYield =
  | InstructionYield
  | { readonly kind: "parallel"; readonly instructions: readonly InstructionYield[] }
  | { readonly kind: "waiting"; readonly waiting_for: readonly WaitingFor[]; readonly advice: string }
  | { readonly kind: "done"; readonly summary: Json }
  | { readonly kind: "abort"; readonly reason: string }
  | {
      readonly kind: "error";
      readonly type: string;
      readonly message: string;
      readonly stack?: string;
      readonly fix?: string;
    };

export interface InstanceAnswer {
  readonly instance_id: string;
  readonly program: string;
  readonly version: string;
  readonly state: InstanceState;
  /** The pending step; with several, the lowest; of an ended run, the last one. */
  readonly step_no: number;
  readonly last_yield: LastYield;
  readonly yielded_at: string;
  readonly progress_hint: ProgressHint | null;
  /** The reply was recorded before; this is what it led to. */
  readonly duplicate?: true;
  /** Every step that awaits a reply, where `last_yield` does not hold them all. */
  readonly still_pending?: readonly number[];
}

export interface ListEntry {
  readonly instance_id: string;
  readonly program: string;
  readonly version: string;
  /** Versions that it ran on before; only where there are any. */
  readonly past_versions?: readonly string[];
  /** `unreadable`: see `problem`. */
  readonly state: InstanceState | "unreadable";
  readonly closed: boolean;
  readonly step_no: number;
  readonly started_at: string;
  readonly updated_at: string;
  readonly project_dir: string;
  readonly progress_hint: ProgressHint | null;
  readonly problem?: string;
}

export interface ListPage {
  readonly instances: readonly ListEntry[];
  /** How many match in all. */
  readonly total: number;
  /** Pass it as `cursor` for the next page. */
  readonly next_cursor: string | null;
}

export interface ProgramEntry {
  readonly name: string;
  readonly description: string;
  readonly params_schema: JsonSchema | null;
  readonly source: "project" | "user" | "bundled";
  readonly file: string;
  readonly version: string;
}

export interface ProgramProblemEntry {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** What a person did with a form. */
export type FormAnswer =
  | { readonly action: "accept"; readonly content: Json }
  | { readonly action: "decline" | "cancel" }
  | { readonly action: "failed"; readonly reason: string };

/** Shows a form to a person and waits for what they do with it. */
export type Asker = (question: {
  readonly text: string;
  /** An object of plain fields. */
  readonly schema: JsonSchema;
  /** How long the question stands; `undefined`: as long as the asker sees fit. */
  readonly timeoutMs: number | undefined;
  /** Aborted when the question is over. */
  readonly signal: AbortSignal;
}) => Promise<FormAnswer>;

export interface ImportResult {
  readonly instance_id: string;
  readonly program: string;
  readonly version: string;
  /** The id that it had, where that is taken here. */
  readonly imported_from?: string;
  /** What will not work here as it did there. */
  readonly warnings: readonly string[];
}

/**
 * The shell, as the server and the command line use it. Every method answers from events that are
 * durable, and throws `SequencerError` only.
 */
export interface Sequencer {
  listPrograms(filter?: string): Promise<{ programs: ProgramEntry[]; problems: ProgramProblemEntry[] }>;
  start(request: { program: string; params?: unknown; requestId?: string }): Promise<InstanceAnswer>;
  current(request: {
    instanceId: string;
    stepNos?: number[];
    /** While the state is `waiting`: wait this long for something to happen, at most 45. */
    waitSeconds?: number;
    /** Told about every second while it waits: seconds waited, of how many. */
    onWaiting?: (waited: number, of: number) => void;
  }): Promise<InstanceAnswer>;
  next(request: {
    instanceId: string;
    forStepNo?: number;
    result?: unknown;
    failure?: { reason: string };
  }): Promise<InstanceAnswer>;
  resume(request: { instanceId: string; programVersion?: "recorded" | "latest" }): Promise<InstanceAnswer>;
  /** A new instance with the history of another one before a step, which is asked again; the last plus one: all of it. */
  fork(request: {
    instanceId: string;
    beforeStepNo: number;
    programVersion?: "recorded" | "latest";
  }): Promise<InstanceAnswer>;
  /** Hands a declared signal to the program; kept until it waits for it. */
  signal(request: { instanceId: string; name: string; value?: unknown }): Promise<InstanceAnswer>;
  /** Cancels every pending step; `finally` blocks run; ends in `cancelled`. */
  cancel(request: { instanceId: string; reason: string }): Promise<InstanceAnswer>;
  /** The run and its program's version as the lines of one file. */
  exportInstance(instanceId: string): AsyncIterable<string>;
  /** Takes such a file, given line by line; an id that is taken here is replaced. */
  importInstance(lines: AsyncIterable<string> | Iterable<string>): Promise<ImportResult>;
  list(request: {
    filter?: "active" | "ended" | "all";
    limit?: number;
    cursor?: string;
    /** Also those of other projects; this project's come first in any case. */
    includeClosed?: boolean;
  }): Promise<ListPage>;
  /** The newest instances first, without reading more logs than needed. */
  recent(request: { limit: number; unfinished?: boolean; elsewhere?: boolean }): Promise<ListEntry[]>;
  /**
   * What happened in an instance, from its log, without running its program.
   *
   * @throws SequencerError `InvalidInstanceId`, `UnknownInstance`, `CorruptedLog` after what is good of it
   */
  events(instanceId: string): AsyncIterable<RecordedEvent>;
  close(request: {
    instanceId: string;
    deleteLog?: boolean;
  }): Promise<{ instance_id: string; closed: true; deleted: boolean }>;
  /** Calls back when programs came, went or changed, where they are watched. */
  onProgramsChanged(listener: () => void): void;
  /** How a person is asked from now on; without it the agent asks its user. */
  askWith(asker: Asker | undefined): void;
  /** Ends the program host and lets go of every file; nothing is lost. */
  dispose(): Promise<void>;
}
