/**
 * What an author's code throws or gives, looked at without trusting it.
 *
 * T1. Anything can be thrown: a proxy whose traps throw, an error whose `message` is a getter that throws or no
 *     text at all, a text of megabytes. None of it reaches further than here.
 * T2. What is no trouble stays what it is, so that a program that catches it gets the very thing.
 */

import { cut } from "../errors.ts";

const MAX_TYPE = 200;
const UNREADABLE = "something that throws when it is looked at";

/** What `look` gives, or `otherwise` if it throws. */
export function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

/** The same thing, unless it would make trouble later: then an error that says so. */
export function tame(thrown: unknown): unknown {
  const isTame = attempt(() => !(thrown instanceof Error) || isPlainError(thrown), false);
  if (isTame) return thrown;
  const { type, message } = describeThrown(thrown);
  return new Error(type === "Error" ? message : `${type}: ${message}`);
}

/** Class name and message of an error; of anything else what it is, and as text what it holds. */
export function describeThrown(thrown: unknown): { type: string; message: string } {
  if (!attempt(() => thrown instanceof Error, false)) {
    return { type: typeof thrown, message: cut(textOf(thrown)) };
  }
  const error = thrown as Error;
  const name = attempt(() => error.name, "");
  const message = attempt(() => error.message, UNREADABLE);
  return {
    type: typeof name === "string" && name !== "" ? cut(name, MAX_TYPE) : "Error",
    message: cut(typeof message === "string" ? message : textOf(message)),
  };
}

/** `String(value)`, where that can be had. */
export function textOf(value: unknown): string {
  return attempt(() => String(value), UNREADABLE);
}

function isPlainError({ name, message, stack }: Error): boolean {
  return (
    typeof name === "string" &&
    typeof message === "string" &&
    (stack === undefined || typeof stack === "string")
  );
}
