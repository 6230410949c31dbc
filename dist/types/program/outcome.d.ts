/** How a program ends early, and how a step that did not succeed arrives in it. */
/** Why a step did not succeed. */
export type StepFailureCode = "agent_failure" | "invalid_replies" | "timeout" | "effect" | "interrupted";
/**
 * Thrown by a program to end its run as `aborted`, from any depth.
 *
 * @example throw new Abort("the repository has no tests");
 */
export declare class Abort extends Error {
    readonly reason: string;
    constructor(reason: string, options?: ErrorOptions);
}
/**
 * Thrown at the `yield*` of a step that did not succeed; a program may catch it and go on.
 *
 * @example
 * try {
 *   yield* instruct("Deploy.");
 * } catch (error) {
 *   if (!(error instanceof StepFailed && error.code === "agent_failure")) throw error;
 *   yield* instruct(`Tell the user why nothing was deployed: ${error.reason}`);
 * }
 */
export declare class StepFailed extends Error {
    readonly code: StepFailureCode;
    /** The agent's own words, or what went wrong. */
    readonly reason: string;
    readonly stepNo: number;
    constructor(code: StepFailureCode, reason: string, stepNo: number, options?: ErrorOptions);
}
