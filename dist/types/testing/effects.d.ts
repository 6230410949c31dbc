/**
 * Who does the side effects and commands of a run in a test: stand-ins that the test gives, or the real
 * thing where it says so. What neither does waits for `run.effect(...)`.
 */
/** What a stand-in is called with. */
export interface EffectCall {
    /** Of a `sideEffect` its label, of a `command` the file. */
    readonly label: string;
    /** Of a `command`. */
    readonly args: readonly string[];
    readonly stepNo: number;
    /** From 1; grows where the effect has a retry policy. */
    readonly attempt: number;
}
/**
 * By the label of the side effect, or by the command: `"npm test"`, or `"npm"` for all of its commands. The
 * result itself; an `Error`, which is thrown; or a function that gives or throws it. Of a command's result
 * only what matters: `{ exit_code: 1 }`.
 */
export interface EffectStandIns {
    readonly [label: string]: unknown;
}
