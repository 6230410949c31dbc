/**
 * A step: anything a program can wait for, as a plain value that yields itself.
 *
 * S1. A step does nothing by itself. The engine carries out what a program yields, and only that.
 * S2. Every step reports its making, so that one which is never yielded is found (`StepNotYielded`).
 */
/** What a step waits for; the wire name of each. */
export type StepKind = "instruction" | "ask" | "effect" | "command" | "signal" | "sleep" | "call";
/** How far a step came on its way to the engine. */
export interface StepTrace {
    /** Handed to the engine, by itself or inside a composite. */
    yielded: boolean;
    /** Where it was made; the stack is only formatted when it is read. Absent where nobody asked for it. */
    readonly made: {
        stack?: string;
    } | undefined;
}
/**
 * @typeParam T what `yield*` gives back.
 */
export declare abstract class Step<T> {
    #private;
    abstract readonly kind: StepKind | "group";
    /** A subclass checks its arguments before it calls this: a step that could not be made was not made. */
    constructor();
    get trace(): StepTrace;
    [Symbol.iterator](): Generator<Step<T>, T, any>;
}
