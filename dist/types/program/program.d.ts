/** `defineProgram`: what a program file default-exports. */
import { Call } from "./call.js";
import { type InputOf, type OutputOf, type Schema } from "./schema.js";
import type { Step } from "./step.js";
declare const PROGRAM: unique symbol;
/** What `run` receives. */
export interface Context<Params = unknown> {
    readonly params: Params;
    /** Tells the agent and the user how far the run is; shown with the next step. */
    readonly progress: (current: number, of: number, label?: string) => void;
    readonly instance: {
        readonly id: string;
        readonly program: string;
        readonly version: string;
        readonly startedAt: Date;
        /** Absolute path of the project that the run works on. */
        readonly projectDir: string;
    };
}
export type ProgramRun<Result> = AsyncGenerator<Step<any>, Result, any> | Generator<Step<any>, Result, any>;
export interface ProgramDefinition<P extends Schema, Result> {
    /** kebab-case, and the name of its file: `review-rounds` in `review-rounds.ts`. */
    readonly name: string;
    /** One sentence: what it does, for the agent that looks for a program. */
    readonly description: string;
    /** Schema of the parameters, an object; defaults are applied. */
    readonly params?: P;
    /** Signals that the program may wait for: name -> schema of the value. */
    readonly signals?: {
        readonly [name: string]: Schema;
    };
    /** Bounds that end the run as aborted, `finally` blocks included. */
    readonly limits?: Limits;
    readonly run: (context: Context<OutputOf<P>>) => ProgramRun<Result>;
}
/** Each is checked before a step is issued; those of the program that was started count, not of called ones. */
export interface Limits {
    /** Steps in all; asking again after an invalid reply is no further step. */
    readonly steps?: number;
    /** Minutes since the start. */
    readonly minutes?: number;
    /** Invalid replies in all. */
    readonly invalidReplies?: number;
}
export interface Program<P extends Schema = Schema, Result = unknown> extends ProgramDefinition<P, Result> {
    readonly [PROGRAM]: true;
    /**
     * This program as a step of another one; its steps stand in the same log.
     *
     * @throws CallFailed at the `yield*` when it fails or aborts, or its params are not valid
     * @example const { findings } = yield* review.call({ target: "src" });
     */
    readonly call: (params?: InputOf<P>) => Call<Result>;
}
/**
 * Declares a program. Its module default-exports the result.
 *
 * @throws TypeError that says which part of the definition is wrong
 * @example
 * export default defineProgram({
 *   name: "hello",
 *   description: "Greet someone.",
 *   params: z.object({ name: z.string().default("world") }),
 *   async *run({ params }) {
 *     return yield* instruct(`Greet ${params.name}.`);
 *   },
 * });
 */
export declare function defineProgram<P extends Schema, Result>(definition: ProgramDefinition<P, Result>): Program<P, Result>;
