/** The steps of a run in a test, as the test sees them. */
import type { Problem, StepIssued } from "../engine/event.js";
import type { JsonSchema } from "../program/schema.js";
import type { StepKind } from "../program/step.js";
/** A step that the program waits for. */
export interface PendingStep {
    readonly stepNo: number;
    readonly kind: StepKind;
    /** Of an instruction what to do, of an `ask` the question, of a `command` its line; else `""`. */
    readonly text: string;
    /** The JSON Schema that the reply, or the value of the signal, is judged by; `undefined`: any JSON. */
    readonly schema: JsonSchema | undefined;
    /** As the author named it. */
    readonly id: string | undefined;
    /** Of a side effect its label, of a signal its name, of a command the file. */
    readonly label: string | undefined;
    /** Of a command. */
    readonly args: readonly string[];
    readonly choices: readonly string[] | undefined;
    readonly tools: StepIssued["tools"];
    /** From 1; grows with each invalid reply, and with each try of a side effect. */
    readonly attempt: number;
    readonly maxAttempts: number;
    /** What was wrong with the reply before, where the step is asked again. */
    readonly problems: readonly Problem[];
    /** ISO 8601: when its timeout ends it, or the sleep is over. */
    readonly timeoutAt: string | undefined;
    /** The branch or called program that waits for it; `""`: the program itself. */
    readonly scope: string;
}
