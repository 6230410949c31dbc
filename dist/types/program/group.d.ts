/** Several steps, or whole branches of a program, at once. */
import { Step } from "./step.js";
/** What `all`, `allSettled` and `race` take: a step, or a generator that yields steps. */
export type Branch<T> = Step<T> | AsyncGenerator<Step<any>, T, any> | Generator<Step<any>, T, any>;
export type Settled<T> = {
    readonly status: "fulfilled";
    readonly value: T;
} | {
    readonly status: "rejected";
    readonly reason: unknown;
};
export type GroupMode = "all" | "allSettled" | "race";
export interface GroupOptions {
    /** How many branches run at a time. Default: all of them. */
    readonly concurrency?: number;
}
type ResultOf<B> = B extends Branch<infer T> ? T : never;
/** @throws TypeError that names the branch or the option that is wrong */
export declare class Group<T = unknown> extends Step<T> {
    readonly kind = "group";
    readonly mode: GroupMode;
    readonly branches: readonly Branch<unknown>[];
    readonly concurrency: number;
    constructor(mode: GroupMode, branches: readonly Branch<unknown>[], options?: GroupOptions);
}
/**
 * Waits for all branches; the first that fails cancels the others and fails the whole.
 *
 * @returns the results in the order of the branches
 * @example const [a, b] = yield* all([instruct("A", { reply: A }), reviewBranch("b.ts")]);
 */
export declare function all<const B extends readonly Branch<any>[]>(branches: B, options?: GroupOptions): Group<{
    -readonly [I in keyof B]: ResultOf<B[I]>;
}>;
/**
 * Waits for all branches, failed or not.
 *
 * @returns `{ status, value | reason }` in the order of the branches
 * @example const reviews = yield* allSettled(files.map((file) => reviewBranch(file)), { concurrency: 5 });
 */
export declare function allSettled<const B extends readonly Branch<any>[]>(branches: B, options?: GroupOptions): Group<{
    -readonly [I in keyof B]: Settled<ResultOf<B[I]>>;
}>;
/**
 * The first branch to end, well or not, decides; the others are cancelled, and cleaned up before it goes on.
 *
 * @returns the result of the branch that ended first
 * @example const answer = yield* race([instruct("Research it.", { reply: Answer }), sleep("30m")]);
 */
export declare function race<const B extends readonly Branch<any>[]>(branches: B, options?: GroupOptions): Group<ResultOf<B[number]>>;
