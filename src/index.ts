/** What program authors import: `import { defineProgram, instruct } from "agent-sequencer"`. */

export { type AskOptions, ask } from "./program/ask.ts";
export { CallFailed } from "./program/call.ts";
export type { Duration } from "./program/duration.ts";
export {
  type CommandOptions,
  type CommandResult,
  command,
  type EffectOptions,
  type RetryPolicy,
  sideEffect,
} from "./program/effect.ts";
export { all, allSettled, type Branch, type GroupOptions, race, type Settled } from "./program/group.ts";
export { Instruction, type InstructOptions, instruct, type ToolRules } from "./program/instruction.ts";
export { Abort, StepFailed } from "./program/outcome.ts";
export {
  type Context,
  defineProgram,
  type Limits,
  type Program,
  type ProgramDefinition,
} from "./program/program.ts";
export type { Json, JsonSchema, Schema } from "./program/schema.ts";
export { signal, sleep } from "./program/wait.ts";
