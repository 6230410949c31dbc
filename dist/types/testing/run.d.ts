/**
 * A run in a unit test: what it waits for, and the ways to answer it.
 *
 * N1. Nothing happens but what the test says: time stands still until `advance`, and effects are done by
 *     the test, by stand-ins, or, only where it says so, for real.
 * N2. When a method resolves, the program waits again or has ended.
 * N3. A call that does not fit what the program waits for throws, and changes nothing.
 */
import type { ErrorInfo, Event, Problem, ProgressHint, Started } from "../engine/event.js";
import { type Duration } from "../program/duration.js";
import type { Program } from "../program/program.js";
import type { Schema } from "../program/schema.js";
import { type PendingStep } from "./pending.js";
import type { Source } from "./source.js";
import { type StageOptions } from "./stage.js";
/** A program, or the path or URL of its file. */
export type ProgramOrFile<P extends Schema = Schema, Result = unknown> = Program<P, Result> | string | {
    readonly href: string;
};
/** `waiting`: for a clock, a signal, an effect; `awaiting_result`: for the agent or a person. */
export type RunState = "awaiting_result" | "waiting" | "completed" | "aborted" | "failed" | "cancelled";
export declare class Run<Result = unknown> {
    private readonly source;
    private readonly options;
    private readonly stage;
    private constructor();
    /** Tests call `drive`. */
    static begin<Result>(source: Source, history: readonly [Started, ...Event[]], options: StageOptions): Promise<Run<Result>>;
    /**
     * The step that the program waits for; with several the first that the agent or a person must answer.
     *
     * @throws Error if nothing is pending, with how the run ended
     */
    get step(): PendingStep;
    /** All steps that the program waits for, in the order in which it asked; none when it has ended. */
    get steps(): readonly PendingStep[];
    /** What it waits for, or how it ended. */
    get state(): RunState;
    /**
     * What the program returned.
     *
     * @throws Error if it has not completed, with what it does instead
     */
    get summary(): Result;
    /** Why a `failed` run failed. */
    get error(): ErrorInfo | undefined;
    /** Why a run was `aborted` or `cancelled`. */
    get reason(): string | undefined;
    /** What was wrong with the last reply, where the step is asked again; none otherwise. */
    get problems(): readonly Problem[];
    /** The last `progress(...)` that came with a step. */
    get progress(): ProgressHint | null;
    /** What would stand in the log. */
    get events(): readonly Event[];
    /** The time that the program sees, ISO 8601. */
    get now(): string;
    /**
     * Answers the pending instruction or question, as the agent would: an invalid reply is asked again.
     *
     * @param stepNo needed where several are pending
     * @example await run.reply({ message: "Hello!" });
     */
    reply(json: unknown): Promise<void>;
    reply(stepNo: number, json: unknown): Promise<void>;
    /**
     * Reports that the agent cannot do the pending step: `StepFailed` at its `yield*`.
     *
     * @example await run.fail("no access to the repository");
     */
    fail(reason: string): Promise<void>;
    fail(stepNo: number, reason: string): Promise<void>;
    /**
     * Gives the result of the pending side effect or command; an `Error`: this try of it fails with that.
     *
     * @example await run.effect({ exit_code: 1, stdout: "2 tests failed" });
     */
    effect(result: unknown): Promise<void>;
    effect(stepNo: number, result: unknown): Promise<void>;
    /**
     * Sends a signal; it is kept where nobody waits for it yet.
     *
     * @throws SequencerError `UnknownSignal`, `InvalidSignal`
     * @example await run.signal("approval", { approved: true });
     */
    signal(name: string, value?: unknown): Promise<void>;
    /**
     * Lets time pass: sleeps that are over and timeouts that have come fire, each at its time.
     *
     * @example await run.advance("90s");
     */
    advance(duration: Duration): Promise<void>;
    /**
     * Cancels the run, as `sequencer_cancel` does: `finally` blocks run, and may ask for steps.
     *
     * @example await run.cancel("not needed any more");
     */
    cancel(reason: string): Promise<void>;
    /**
     * Runs the program again over what happened, as a restarted server does, and compares what it does. The run
     * itself stays as it is.
     *
     * @param program a changed program: would a run in flight fit it?
     * @throws SequencerError `ProgramDiverged` with the first difference
     */
    replay(program?: ProgramOrFile): Promise<void>;
    /**
     * A new run that begins with what happened before a step was asked, for which it then waits. The last step
     * plus one is allowed: all that happened, and the program goes on from there.
     *
     * @param program a changed program, which must do the same up to there
     * @example const again = await run.fork(3);
     */
    fork(beforeStepNo: number, program?: ProgramOrFile): Promise<Run<Result>>;
    /** The step that is meant: the one that was named, or the only one of its sort. */
    private choose;
    private get seed();
    private get tape();
    private requireRunning;
    private misused;
    private described;
}
