/** The step that the driving agent carries out. */
import { type Duration } from "./duration.js";
import type { OutputOf, Schema } from "./schema.js";
import { Step } from "./step.js";
export interface ToolRules {
    /** Only these tools may be used, in Claude Code's pattern syntax: `"Read"`, `"Bash(git diff:*)"`. */
    readonly allow?: readonly string[];
    /** These may not. */
    readonly deny?: readonly string[];
}
export interface InstructOptions<S extends Schema = Schema> {
    /** What the reply must look like: a zod schema or a JSON Schema. Without it any JSON is accepted. */
    readonly reply?: S;
    /** Names the step, so that its wording may change while runs are in flight. */
    readonly id?: string;
    /** How often an invalid reply is asked for again, the first time included. Default 5. */
    readonly maxAttempts?: number;
    /** `"retry"` (default) asks again; `"abort"` ends the run at the first invalid reply. */
    readonly onInvalid?: "retry" | "abort";
    /** How long the work may take; advice for the agent, `"60m"`. */
    readonly expected?: Duration;
    /** When the step fails with `StepFailed` of code `timeout`. */
    readonly timeout?: Duration;
    /** Which of its tools the agent may use for this step. */
    readonly tools?: ToolRules;
}
/**
 * A text for the agent, and the schema of its reply.
 *
 * @throws TypeError that names the argument that is wrong
 * @example const reply = yield new Instruction("Count the files.", { reply: z.object({ count: z.int() }) });
 */
export declare class Instruction<T = unknown> extends Step<T> {
    readonly kind = "instruction";
    readonly text: string;
    readonly options: InstructOptions;
    constructor(text: string, options?: InstructOptions);
}
/**
 * Asks the driving agent to do something, and waits for its reply.
 *
 * @returns what the `reply` schema parses the agent's JSON to
 * @throws StepFailed at the `yield*`, when the agent reports that it cannot, or its replies stay invalid
 * @example
 * const { message } = yield* instruct("Write a greeting.", { reply: z.object({ message: z.string() }) });
 */
export declare function instruct<S extends Schema>(text: string, options: InstructOptions<S> & {
    readonly reply: S;
}): Instruction<OutputOf<S>>;
export declare function instruct(text: string, options?: InstructOptions): Instruction<unknown>;
