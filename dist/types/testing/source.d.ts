/**
 * What a run in a test executes: a program that the test imported, or a program file.
 *
 * O1. `evaluate` of a file gives fresh module state each time, as the server does for each instance; an
 *     imported program is the one object that the test holds, with the module state that it has.
 */
import type { ErrorInfo } from "../engine/event.js";
import type { Program } from "../program/program.js";
export interface Source {
    readonly name: string;
    /** What `instance.version` is to the program. */
    readonly version: string;
    /** @throws SequencerError `ProgramNotLoadable` */
    evaluate(): Program;
    describeError(error: unknown): ErrorInfo;
    /** "hello.ts:12:5", the innermost place of the author's in a stack. */
    placeOf(stack: string | undefined): string | undefined;
}
