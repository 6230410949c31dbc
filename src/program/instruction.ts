/** The step that the driving agent carries out. */

import { type Duration, parseDuration } from "./duration.ts";
import type { OutputOf, Schema } from "./schema.ts";
import { Step } from "./step.ts";

export interface ToolRules {
  /** Only these tools may be used, in Claude Code's pattern syntax: `"Read"`, `"Bash(git diff:*)"`. */
  readonly allow?: readonly string[];
  /** These may not. */
  readonly deny?: readonly string[];
}

export interface InstructOptions<S extends Schema = Schema> {
  /** What the reply must look like: a zod schema or a JSON Schema. Without it any JSON is accepted. */
  readonly reply?: S;
  /** Names the step, so that its wording may change while runs are in flight. */
  readonly id?: string;
  /** How often an invalid reply is asked for again, the first time included. Default 5. */
  readonly maxAttempts?: number;
  /** `"retry"` (default) asks again; `"abort"` ends the run at the first invalid reply. */
  readonly onInvalid?: "retry" | "abort";
  /** How long the work may take; advice for the agent, `"60m"`. */
  readonly expected?: Duration;
  /** When the step fails with `StepFailed` of code `timeout`. */
  readonly timeout?: Duration;
  /** Which of its tools the agent may use for this step. */
  readonly tools?: ToolRules;
}

/**
 * A text for the agent, and the schema of its reply.
 *
 * @throws TypeError that names the argument that is wrong
 * @example const reply = yield new Instruction("Count the files.", { reply: z.object({ count: z.int() }) });
 */
export class Instruction<T = unknown> extends Step<T> {
  readonly kind = "instruction";
  readonly text: string;
  readonly options: InstructOptions;

  constructor(text: string, options: InstructOptions = {}) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new TypeError(
        "instruct(text, ...) takes the text of the instruction: a string that is not empty",
      );
    }
    checkOptions(options);
    super();
    this.text = text;
    this.options = options;
  }
}

const OPTIONS: { readonly [name in keyof InstructOptions]-?: true } = {
  reply: true,
  id: true,
  maxAttempts: true,
  onInvalid: true,
  expected: true,
  timeout: true,
  tools: true,
};

/** Programs run without a type check: an option that is not one would silently do nothing. */
function checkOptions(options: InstructOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("instruct(text, options): options must be an object, such as { reply: schema }");
  }
  for (const name in options) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new TypeError(
        `instruct has no option ${JSON.stringify(name)}; it takes ${Object.keys(OPTIONS).join(", ")}`,
      );
    }
  }
  const { id, maxAttempts, onInvalid, expected, timeout, tools } = options;
  if (id !== undefined && (typeof id !== "string" || id === "")) {
    throw new TypeError(`id must be a text that names the step, got ${String(id)}`);
  }
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
    throw new TypeError(`maxAttempts must be a whole number from 1, got ${String(maxAttempts)}`);
  }
  if (onInvalid !== undefined && onInvalid !== "retry" && onInvalid !== "abort") {
    throw new TypeError(`onInvalid must be "retry" or "abort", got ${String(onInvalid)}`);
  }
  if (expected !== undefined) parseDuration(expected);
  if (timeout !== undefined) parseDuration(timeout);
  if (tools !== undefined) checkTools(tools);
}

function checkTools(tools: ToolRules): void {
  const isRules = (rules: unknown) =>
    rules === undefined || (Array.isArray(rules) && rules.every((rule) => typeof rule === "string"));
  if (typeof tools !== "object" || tools === null || !isRules(tools.allow) || !isRules(tools.deny)) {
    throw new TypeError('tools must be { allow?: [...], deny?: [...] }, lists of names such as "Read"');
  }
}

/**
 * Asks the driving agent to do something, and waits for its reply.
 *
 * @returns what the `reply` schema parses the agent's JSON to
 * @throws StepFailed at the `yield*`, when the agent reports that it cannot, or its replies stay invalid
 * @example
 * const { message } = yield* instruct("Write a greeting.", { reply: z.object({ message: z.string() }) });
 */
export function instruct<S extends Schema>(
  text: string,
  options: InstructOptions<S> & { readonly reply: S },
): Instruction<OutputOf<S>>;
export function instruct(text: string, options?: InstructOptions): Instruction<unknown>;
export function instruct(text: string, options?: InstructOptions): Instruction<unknown> {
  return new Instruction(text, options);
}
