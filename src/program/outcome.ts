/** How a program ends early, and how a step that did not succeed arrives in it. */

/** Why a step did not succeed. */
export type StepFailureCode = "agent_failure" | "invalid_replies" | "timeout" | "effect" | "interrupted";

/**
 * Thrown by a program to end its run as `aborted`, from any depth.
 *
 * @example throw new Abort("the repository has no tests");
 */
export class Abort extends Error {
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    if (typeof reason !== "string") throw new TypeError("new Abort(reason) takes the reason, a text");
    super(reason, options);
    this.name = "Abort";
    this.reason = reason;
  }
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
export class StepFailed extends Error {
  readonly code: StepFailureCode;
  /** The agent's own words, or what went wrong. */
  readonly reason: string;
  readonly stepNo: number;

  constructor(code: StepFailureCode, reason: string, stepNo: number, options?: ErrorOptions) {
    super(`step ${stepNo} failed (${code}): ${reason}`, options);
    this.name = "StepFailed";
    this.code = code;
    this.reason = reason;
    this.stepNo = stepNo;
  }
}
