/** Another program as part of a run. */
import type { Program } from "./program.js";
import { Step } from "./step.js";
export declare class Call<T = unknown> extends Step<T> {
    readonly kind = "call";
    readonly program: Program<any, T>;
    readonly params: unknown;
    constructor(program: Program<any, T>, params: unknown);
}
/** Thrown at the `yield*` of a called program that failed or aborted. */
export declare class CallFailed extends Error {
    /** Names from the called program to the one that failed: `["review", "lint"]`. */
    readonly path: readonly string[];
    /** The called program threw `Abort`; not caught, it aborts the whole run. */
    readonly aborted: boolean;
    constructor(path: readonly string[], reason: string, aborted: boolean, options?: ErrorOptions);
}
