/** `drive`: a run of a program without a server, a worker or files. */
import type { Program } from "../program/program.js";
import type { InputOf, Schema } from "../program/schema.js";
import { Run } from "./run.js";
import type { StageOptions } from "./stage.js";
export interface DriveOptions extends StageOptions {
    /** When the run begins. Default: midnight of 1 January 2026, UTC. */
    readonly now?: string | number | Date;
    /** Of the chance that the program sees. Default `"test"`. */
    readonly seed?: string;
    /** `instance.projectDir`, and where commands are run. Default: the working folder. */
    readonly projectDir?: string;
    /** `instance.id`. */
    readonly instanceId?: string;
}
/**
 * Starts a run of a program, and comes back when it waits for its first step, or has ended.
 *
 * The clock stands still and chance is seeded, so a test gives the same every time. Side effects and commands
 * are answered by the test, unless `effects` or `run` says otherwise.
 *
 * @param program its default export; or the path or URL of its file, which is then loaded as the server does
 * @throws SequencerError `InvalidParams`, `ProgramNotLoadable`, `ProgramStalled`
 * @example
 * const run = await drive(hello, { names: ["Ada"] });
 * await run.reply({ message: "Hello, Ada!" });
 */
export declare function drive<P extends Schema, Result>(program: Program<P, Result>, params?: InputOf<P>, options?: DriveOptions): Promise<Run<Result>>;
export declare function drive(file: string | {
    readonly href: string;
}, params?: unknown, options?: DriveOptions): Promise<Run<any>>;
