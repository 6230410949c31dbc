/**
 * The event union: everything that can stand in an instance's log, and the version of that format.
 *
 * E1. The union only grows. A type is never renamed, a field never changes meaning.
 * E2. An event holds verdicts, not inputs to verdicts: replay reads it and decides nothing.
 * E3. *Derived* events (`step_issued`, `step_failed`, `step_cancelled`, `ended`) are what the program does
 *     about an external event; any process that replays up to that event derives the same ones, with the
 *     same `at`. All others are *external*: something happened, and it won its place in the log.
 *
 * What a line carries besides (`seq`, `off`, writer, checksum) is the log's business, not the engine's.
 */
import type { StepFailureCode } from "../program/outcome.js";
import type { Json, JsonSchema } from "../program/schema.js";
import type { StepKind } from "../program/step.js";
export interface Problem {
    /** JSON path from the root of the reply: `$`, `$.names[0]`. */
    readonly path: string;
    /** In plain words: "must be a string, got 42". */
    readonly message: string;
}
export interface ProgressHint {
    readonly current: number;
    readonly of: number;
    readonly label: string;
}
export interface ErrorInfo {
    /** Class name or error code: `TypeError`, `StepFailed`, `Abort`. */
    readonly type: string;
    readonly message: string;
    /** Stack reduced to the author's own lines, first the innermost: `at run (hello.ts:12:5)`. */
    readonly stack?: string;
}
interface At {
    /** ISO 8601, UTC, with milliseconds; never before the previous event's. */
    readonly at: string;
}
export interface Started extends At {
    readonly type: "started";
    readonly format: number;
    readonly engine: string;
    /** The id that the program sees; a fork keeps the one of its origin. */
    readonly instance_id: string;
    readonly program: {
        readonly name: string;
        readonly version: string;
    };
    /** As parsed: defaults and transforms applied. */
    readonly params: Json;
    readonly seed: string;
    readonly project_dir: string;
    readonly time_zone: string;
    readonly locale: string;
    readonly node: number;
    readonly request_id?: string;
    readonly forked_from?: {
        readonly instance_id: string;
        readonly before_step_no: number;
    };
    /** Time that limits do not count: how long the history of a fork lay still, and when it went on. */
    readonly pauses?: readonly {
        readonly until: string;
        readonly ms: number;
    }[];
}
/** Derived. What is asked is complete here, so that replay needs nothing of the program to show it. */
export interface StepIssued extends At {
    readonly type: "step_issued";
    readonly step_no: number;
    /** Path of the branch or called program, `""` for the program itself. */
    readonly scope: string;
    /** Number of the step within its scope, from 1; a re-issue keeps it. */
    readonly ordinal: number;
    readonly kind: StepKind;
    readonly id?: string;
    /** instruction: what to do; ask: the question. */
    readonly text?: string;
    /** What a reply, answer or signal value must match; absent: any JSON. */
    readonly schema?: JsonSchema;
    readonly on_invalid?: "retry" | "abort";
    readonly attempt?: number;
    readonly max_attempts?: number;
    readonly validation_error?: {
        readonly step_no: number;
        readonly problems: readonly Problem[];
    };
    readonly expected_minutes?: number;
    readonly tools?: {
        readonly allow?: readonly string[];
        readonly deny?: readonly string[];
    };
    readonly choices?: readonly string[];
    /** effect: its label; signal: its name; command: the file. */
    readonly label?: string;
    readonly args?: readonly string[];
    readonly options?: Json;
    /** When the step's timeout ends it, or a sleep is over. */
    readonly timeout_at?: string;
    /** By how much forks moved `timeout_at`: the rest is the duration that the program asked for. */
    readonly timeout_moved_ms?: number;
    readonly progress?: ProgressHint;
}
/** The reply was judged valid. */
export interface ReplyAccepted extends At {
    readonly type: "reply_accepted";
    readonly step_no: number;
    /** As the driver sent it. */
    readonly reply: Json;
    /** As the schema parsed it, where that differs from `reply`. */
    readonly value?: Json;
    /** The reply came as a string holding the JSON that was asked for. */
    readonly from_string?: true;
    /** Who answered, where it was not the driving agent. */
    readonly by?: string;
}
/** The reply was judged invalid; `then` is decided here, once: ask again, fail the step, or abort the run. */
export interface ReplyRejected extends At {
    readonly type: "reply_rejected";
    readonly step_no: number;
    readonly reply: Json;
    readonly problems: readonly Problem[];
    readonly then: "retry" | "fail" | "abort";
}
/** The driver said it cannot do the step (external), or the step could not be issued (derived: `invalid_schema`). */
export interface StepFailedEvent extends At {
    readonly type: "step_failed";
    readonly step_no: number;
    /** `invalid_schema`: no `StepFailed` in the program, but the error that `error` names. */
    readonly code: StepFailureCode | "invalid_schema";
    readonly reason: string;
    /** Of `invalid_schema`: the code of the error that the program was thrown. */
    readonly error?: string;
    /** The reply that a schema at fault could not judge. */
    readonly reply?: Json;
    /** Only of a derived one: the place of the step that was never issued. */
    readonly scope?: string;
    readonly ordinal?: number;
}
/** Derived. */
export interface StepCancelled extends At {
    readonly type: "step_cancelled";
    readonly step_no: number;
    readonly reason: string;
}
export interface EffectStarted extends At {
    readonly type: "effect_started";
    readonly step_no: number;
    readonly owner: string;
    readonly attempt: number;
}
export interface EffectFinished extends At {
    readonly type: "effect_finished";
    readonly step_no: number;
    readonly value?: Json;
    readonly error?: ErrorInfo;
}
export interface TimerFired extends At {
    readonly type: "timer_fired";
    readonly step_no: number;
}
export interface SignalReceived extends At {
    readonly type: "signal_received";
    readonly name: string;
    /** As the schema parsed it. */
    readonly value: Json;
    /** As it was sent, where that differs. */
    readonly sent?: Json;
}
export interface CancelRequested extends At {
    readonly type: "cancel_requested";
    readonly reason: string;
}
/** The program was replaced by another version of it, which does what the log says was done. */
export interface VersionAdopted extends At {
    readonly type: "version_adopted";
    readonly version: string;
    readonly previous: string;
    /** Values parsed anew by the changed schemas, by step number; of the last adoption, all that differ. */
    readonly values?: {
        readonly [stepNo: string]: Json;
    };
    /** The same of signals, by their number in the log, from 1. */
    readonly signal_values?: {
        readonly [signalNo: string]: Json;
    };
    /** Params with what the new version's schema adds to them. */
    readonly params?: Json;
    /** Steps that nothing had answered and that the new version does not ask. */
    readonly withdrawn?: readonly number[];
    /** Calls that only the new version makes, by place (`scope#ordinal`): their params as parsed, or why not. */
    readonly calls?: {
        readonly [place: string]: {
            readonly params: Json;
        } | {
            readonly reason: string;
        };
    };
}
/** Hidden from lists and hooks until it is driven or resumed again. */
export interface Closed extends At {
    readonly type: "closed";
}
/** Shown again after `closed`. */
export interface Reopened extends At {
    readonly type: "reopened";
}
/** The fence: a sync failed; nothing after this line counts. */
export interface StorageFailedEvent extends At {
    readonly type: "storage_failed";
    readonly reason: string;
}
/** Derived. */
export interface Ended extends At {
    readonly type: "ended";
    readonly state: "completed" | "aborted" | "failed" | "cancelled";
    /** completed: what `run` returned. */
    readonly summary?: Json;
    /** aborted, cancelled. */
    readonly reason?: string;
    /** failed; cancelled, where cleanup threw. */
    readonly error?: ErrorInfo;
    /** The program was stuck: it was ended without running it, `finally` blocks included. */
    readonly forced?: true;
    readonly progress?: ProgressHint;
}
export type Event = Started | StepIssued | ReplyAccepted | ReplyRejected | StepFailedEvent | StepCancelled | EffectStarted | EffectFinished | TimerFired | SignalReceived | CancelRequested | VersionAdopted | Closed | Reopened | StorageFailedEvent | Ended;
