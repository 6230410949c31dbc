/** Steps that our own code does: functions that touch the world, and processes. Their results are events. */

import { type Duration, parseDuration } from "./duration.ts";
import { Step } from "./step.ts";

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

export class SideEffect<T = unknown> extends Step<T> {
  readonly kind = "effect";
  readonly label: string;
  readonly fn: EffectFunction<T>;
  readonly options: EffectOptions;

  constructor(label: string, fn: EffectFunction<T>, options: EffectOptions = {}) {
    requireText(label, "sideEffect(label, fn)", "a label");
    if (typeof fn !== "function") throw new TypeError("sideEffect(label, fn) takes the function to run");
    requireOptions(options);
    super();
    this.label = label;
    this.fn = fn;
    this.options = options;
  }
}

/**
 * Runs `fn` once and records what it returns; replay takes the recorded value. Inside it the real clock,
 * the network and all of Node are at hand. The result must be JSON, at most 1 MB.
 *
 * @throws StepFailed of code `effect` with the error's name and message, `timeout` or `interrupted`
 * @example const text = yield* sideEffect("read the report", () => readFile(path, "utf8"));
 */
export function sideEffect<T>(
  label: string,
  fn: EffectFunction<T>,
  options?: EffectOptions,
): SideEffect<Awaited<T>> {
  return new SideEffect(label, fn, options) as SideEffect<Awaited<T>>;
}

export interface CommandOptions {
  /** Absolute, or relative to the project folder, which is the default. */
  readonly cwd?: string;
  /** When its whole process tree is ended and the step fails with `timeout`. */
  readonly timeout?: Duration;
  /** Text for its standard input. Default: none, and the input is closed. */
  readonly input?: string;
  /** Added to the server's own environment. */
  readonly env?: { readonly [name: string]: string };
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

export class Command extends Step<CommandResult> {
  readonly kind = "command";
  readonly file: string;
  readonly args: readonly string[];
  readonly options: CommandOptions;

  constructor(file: string, args: readonly string[] = [], options: CommandOptions = {}) {
    requireText(file, "command(file, args)", "the file to run");
    if (!Array.isArray(args) || !args.every((arg) => typeof arg === "string")) {
      throw new TypeError("command(file, args) takes the arguments as an array of texts; there is no shell");
    }
    if (file.includes("\0") || args.some((arg) => arg.includes("\0"))) {
      throw new TypeError("command(file, args): a NUL character cannot be passed to a process");
    }
    requireOptions(options);
    super();
    this.file = file;
    this.args = [...args];
    this.options = options;
  }
}

/**
 * Runs a process without a shell and waits for its end, whatever its exit code.
 *
 * @throws StepFailed of code `effect` if it cannot be started, `timeout` or `interrupted`
 * @example const tests = yield* command("npm", ["test"], { timeout: "10m" });
 */
export function command(file: string, args?: readonly string[], options?: CommandOptions): Command {
  return new Command(file, args, options);
}

function requireText(value: unknown, call: string, what: string): void {
  if (typeof value !== "string" || value.trim() === "")
    throw new TypeError(`${call} takes ${what}, a text that is not empty`);
}

function requireOptions({ retry, onInterrupted, timeout }: EffectOptions): void {
  if (timeout !== undefined) parseDuration(timeout);
  if (onInterrupted !== undefined && onInterrupted !== "rerun" && onInterrupted !== "fail") {
    throw new TypeError(`onInterrupted must be "rerun" or "fail", got ${String(onInterrupted)}`);
  }
  if (retry === undefined) return;
  if (!(Number.isInteger(retry.attempts) && retry.attempts >= 1)) {
    throw new TypeError(`retry.attempts must be a whole number from 1, got ${String(retry.attempts)}`);
  }
  if (retry.backoff !== undefined) parseDuration(retry.backoff);
}
