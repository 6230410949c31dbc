/** Steps that our own code does: functions that touch the world, and processes. Their results are events. */
import { type Duration } from "./duration.js";
import { Step } from "./step.js";
/** What happens to an effect that a crash interrupted: run it again, or fail with `interrupted`. */
export type OnInterrupted = "rerun" | "fail";
export interface RetryPolicy {
    /** How often it is tried, the first time included. */
    readonly attempts: number;
    /** Pause before the second try; doubled for each further one. Default `"1s"`. */
    readonly backoff?: Duration;
}
export interface EffectOptions {
    readonly retry?: RetryPolicy;
    readonly onInterrupted?: OnInterrupted;
    /** When the step fails with `StepFailed` of code `timeout`; the signal is aborted. */
    readonly timeout?: Duration;
}
export type EffectFunction<T> = (context: {
    readonly signal: AbortSignal;
    readonly attempt: number;
}) => T | Promise<T>;
export declare class SideEffect<T = unknown> extends Step<T> {
    readonly kind = "effect";
    readonly label: string;
    readonly fn: EffectFunction<T>;
    readonly options: EffectOptions;
    constructor(label: string, fn: EffectFunction<T>, options?: EffectOptions);
}
/**
 * Runs `fn` once and records what it returns; replay takes the recorded value. Inside it the real clock,
 * the network and all of Node are at hand. The result must be JSON, at most 1 MB.
 *
 * @throws StepFailed of code `effect` with the error's name and message, `timeout` or `interrupted`
 * @example const text = yield* sideEffect("read the report", () => readFile(path, "utf8"));
 */
export declare function sideEffect<T>(label: string, fn: EffectFunction<T>, options?: EffectOptions): SideEffect<Awaited<T>>;
export interface CommandOptions {
    /** Absolute, or relative to the project folder, which is the default. */
    readonly cwd?: string;
    /** When its whole process tree is ended and the step fails with `timeout`. */
    readonly timeout?: Duration;
    /** Text for its standard input. Default: none, and the input is closed. */
    readonly input?: string;
    /** Added to the server's own environment. */
    readonly env?: {
        readonly [name: string]: string;
    };
    readonly onInterrupted?: OnInterrupted;
}
export interface CommandResult {
    /** `null` if a signal ended it. */
    readonly exit_code: number | null;
    readonly signal: string | null;
    readonly stdout: string;
    readonly stderr: string;
    /** Files that hold the whole output, where it was more than the log takes. */
    readonly stdout_file?: string;
    readonly stderr_file?: string;
}
export declare class Command extends Step<CommandResult> {
    readonly kind = "command";
    readonly file: string;
    readonly args: readonly string[];
    readonly options: CommandOptions;
    constructor(file: string, args?: readonly string[], options?: CommandOptions);
}
/**
 * Runs a process without a shell and waits for its end, whatever its exit code.
 *
 * @throws StepFailed of code `effect` if it cannot be started, `timeout` or `interrupted`
 * @example const tests = yield* command("npm", ["test"], { timeout: "10m" });
 */
export declare function command(file: string, args?: readonly string[], options?: CommandOptions): Command;
