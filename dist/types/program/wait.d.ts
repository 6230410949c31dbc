/** Waiting for the clock, and for word from outside. */
import { type Duration } from "./duration.js";
import { Step } from "./step.js";
export declare class Sleep extends Step<void> {
    readonly kind = "sleep";
    readonly milliseconds: number;
    constructor(duration: Duration);
}
/**
 * Waits for the clock; also across restarts of the server.
 *
 * @example yield* sleep("90s");
 */
export declare function sleep(duration: Duration): Sleep;
export declare class Signal<T = unknown> extends Step<T> {
    readonly kind = "signal";
    readonly name: string;
    readonly timeout: Duration | undefined;
    constructor(name: string, options?: {
        readonly timeout?: Duration;
    });
}
/**
 * Waits for the next `sequencer_signal` of that name, or takes the oldest that came before anybody waited.
 * The name and its schema are declared in `defineProgram({ signals })`.
 *
 * @throws StepFailed of code `timeout`
 * @example const { approved } = yield* signal<{ approved: boolean }>("approval", { timeout: "2d" });
 */
export declare function signal<T = unknown>(name: string, options?: {
    readonly timeout?: Duration;
}): Signal<T>;
