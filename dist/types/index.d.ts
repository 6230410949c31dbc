/** What program authors import: `import { defineProgram, instruct } from "agent-sequencer"`. */
export { type AskOptions, ask } from "./program/ask.js";
export { CallFailed } from "./program/call.js";
export type { Duration } from "./program/duration.js";
export { type CommandOptions, type CommandResult, command, type EffectOptions, type RetryPolicy, sideEffect, } from "./program/effect.js";
export { all, allSettled, type Branch, type GroupOptions, race, type Settled } from "./program/group.js";
export { Instruction, type InstructOptions, instruct, type ToolRules } from "./program/instruction.js";
export { Abort, StepFailed } from "./program/outcome.js";
export { type Context, defineProgram, type Limits, type Program, type ProgramDefinition, } from "./program/program.js";
export type { Json, JsonSchema, Schema } from "./program/schema.js";
export { signal, sleep } from "./program/wait.js";
