/** A question to a person. */
import { type Duration } from "./duration.js";
import type { OutputOf, Schema } from "./schema.js";
import { Step } from "./step.js";
export interface AskOptions<S extends Schema = Schema> {
    /** What the answer must look like. Without it: a text, or one of `choices`. */
    readonly reply?: S;
    /** The person picks one of these. */
    readonly choices?: readonly string[];
    /** Names the step, so that its wording may change while runs are in flight. */
    readonly id?: string;
    readonly timeout?: Duration;
}
export declare class Ask<T = unknown> extends Step<T> {
    readonly kind = "ask";
    readonly question: string;
    readonly options: AskOptions;
    constructor(question: string, options?: AskOptions);
}
/**
 * Asks a person: through the client's own form where it has one, otherwise the agent asks its user.
 *
 * @throws StepFailed when nobody answers in time, or the agent reports that the person will not
 * @example const answer = yield* ask("Which branch?", { choices: ["main", "next"] });
 */
export declare function ask<const C extends readonly string[]>(question: string, options: AskOptions & {
    readonly choices: C;
}): Ask<C[number]>;
export declare function ask<S extends Schema>(question: string, options: AskOptions<S> & {
    readonly reply: S;
}): Ask<OutputOf<S>>;
export declare function ask(question: string, options?: AskOptions): Ask<string>;
