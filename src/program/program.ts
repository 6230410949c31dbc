/** `defineProgram`: what a program file default-exports. */

import { Call } from "./call.ts";
import { type InputOf, isStandardSchema, type OutputOf, type Schema } from "./schema.ts";
import type { Step } from "./step.ts";

const PROGRAM = Symbol.for("agent-sequencer.program");

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
  readonly signals?: { readonly [name: string]: Schema };
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

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

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
export function defineProgram<P extends Schema, Result>(
  definition: ProgramDefinition<P, Result>,
): Program<P, Result> {
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError("defineProgram takes an object: { name, description, params?, run }");
  }
  const { name, description, params, run } = definition;
  if (typeof name !== "string" || !NAME.test(name) || name.length > 64) {
    throw new TypeError(
      `defineProgram: name must be kebab-case (lower-case letters, digits, single hyphens; at most 64 characters), got ${JSON.stringify(name)}`,
    );
  }
  if (typeof description !== "string" || description.trim() === "") {
    throw new TypeError(`defineProgram: program '${name}' needs a description, one sentence`);
  }
  if (
    params !== undefined &&
    ((typeof params !== "object" && typeof params !== "function") || params === null)
  ) {
    throw new TypeError(`defineProgram: params of '${name}' must be a zod schema or a JSON Schema object`);
  }
  if (typeof run !== "function") {
    throw new TypeError(
      `defineProgram: program '${name}' needs run, an async generator method: async *run({ params }) { ... }`,
    );
  }
  requireSignals(definition);
  requireLimits(definition);
  const program: Program<P, Result> = Object.freeze({
    ...definition,
    [PROGRAM]: true as const,
    call: (given?: InputOf<P>) => new Call<Result>(program, given ?? {}),
  });
  return program;
}

function requireSignals({ name, signals }: ProgramDefinition<any, unknown>): void {
  if (signals === undefined) return;
  for (const [signal, schema] of Object.entries(signals)) {
    if (isStandardSchema(schema) || (typeof schema === "object" && schema !== null)) continue;
    throw new TypeError(
      `defineProgram: signal '${signal}' of '${name}' needs a zod schema or a JSON Schema object`,
    );
  }
}

function requireLimits({ name, limits }: ProgramDefinition<any, unknown>): void {
  for (const [limit, value] of Object.entries(limits ?? {})) {
    if (!["steps", "minutes", "invalidReplies"].includes(limit)) {
      throw new TypeError(
        `defineProgram: '${name}' has an unknown limit '${limit}'; there are steps, minutes, invalidReplies`,
      );
    }
    if (!(typeof value === "number" && value > 0)) {
      throw new TypeError(
        `defineProgram: limit ${limit} of '${name}' must be a number above 0, got ${String(value)}`,
      );
    }
  }
}

export function isProgram(value: unknown): value is Program {
  return typeof value === "object" && value !== null && PROGRAM in value;
}
