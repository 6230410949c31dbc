/** A question to a person. */

import { type Duration, parseDuration } from "./duration.ts";
import type { OutputOf, Schema } from "./schema.ts";
import { Step } from "./step.ts";

export interface AskOptions<S extends Schema = Schema> {
  /** What the answer must look like. Without it: a text, or one of `choices`. */
  readonly reply?: S;
  /** The person picks one of these. */
  readonly choices?: readonly string[];
  /** Names the step, so that its wording may change while runs are in flight. */
  readonly id?: string;
  readonly timeout?: Duration;
}

export class Ask<T = unknown> extends Step<T> {
  readonly kind = "ask";
  readonly question: string;
  readonly options: AskOptions;

  constructor(question: string, options: AskOptions = {}) {
    if (typeof question !== "string" || question.trim() === "") {
      throw new TypeError("ask(question, ...) takes the question: a text that is not empty");
    }
    const { choices } = options;
    if (
      choices !== undefined &&
      (!Array.isArray(choices) ||
        choices.length === 0 ||
        !choices.every((choice) => typeof choice === "string"))
    ) {
      throw new TypeError("choices must be an array of texts, at least one");
    }
    if (choices !== undefined && options.reply !== undefined) {
      throw new TypeError("ask takes choices or a reply schema, not both");
    }
    if (options.timeout !== undefined) parseDuration(options.timeout);
    super();
    this.question = question;
    this.options = options;
  }
}

/**
 * Asks a person: through the client's own form where it has one, otherwise the agent asks its user.
 *
 * @throws StepFailed when nobody answers in time, or the agent reports that the person will not
 * @example const answer = yield* ask("Which branch?", { choices: ["main", "next"] });
 */
export function ask<const C extends readonly string[]>(
  question: string,
  options: AskOptions & { readonly choices: C },
): Ask<C[number]>;
export function ask<S extends Schema>(
  question: string,
  options: AskOptions<S> & { readonly reply: S },
): Ask<OutputOf<S>>;
export function ask(question: string, options?: AskOptions): Ask<string>;
export function ask(question: string, options?: AskOptions): Ask<unknown> {
  return new Ask(question, options);
}
