/** Waiting for the clock, and for word from outside. */

import { type Duration, parseDuration } from "./duration.ts";
import { Step } from "./step.ts";

export class Sleep extends Step<void> {
  readonly kind = "sleep";
  readonly milliseconds: number;

  constructor(duration: Duration) {
    const milliseconds = parseDuration(duration);
    super();
    this.milliseconds = milliseconds;
  }
}

/**
 * Waits for the clock; also across restarts of the server.
 *
 * @example yield* sleep("90s");
 */
export function sleep(duration: Duration): Sleep {
  return new Sleep(duration);
}

export class Signal<T = unknown> extends Step<T> {
  readonly kind = "signal";
  readonly name: string;
  readonly timeout: Duration | undefined;

  constructor(name: string, options: { readonly timeout?: Duration } = {}) {
    if (typeof name !== "string" || name === "")
      throw new TypeError("signal(name) takes the name of a declared signal");
    if (options.timeout !== undefined) parseDuration(options.timeout);
    super();
    this.name = name;
    this.timeout = options.timeout;
  }
}

/**
 * Waits for the next `sequencer_signal` of that name, or takes the oldest that came before anybody waited.
 * The name and its schema are declared in `defineProgram({ signals })`.
 *
 * @throws StepFailed of code `timeout`
 * @example const { approved } = yield* signal<{ approved: boolean }>("approval", { timeout: "2d" });
 */
export function signal<T = unknown>(name: string, options?: { readonly timeout?: Duration }): Signal<T> {
  return new Signal<T>(name, options);
}
