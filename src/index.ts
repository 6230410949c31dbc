/** What program authors import: `import { defineProgram, instruct } from "agent-sequencer"`. */

export type { Duration } from "./program/duration.ts";
export { Instruction, type InstructOptions, instruct, type ToolRules } from "./program/instruction.ts";
export { Abort, StepFailed } from "./program/outcome.ts";
export { type Context, defineProgram, type Program, type ProgramDefinition } from "./program/program.ts";
export type { Json, JsonSchema, Schema } from "./program/schema.ts";
