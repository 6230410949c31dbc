/**
 * What a program is thrown for a step that did not succeed. The same in replay as it was when it
 * happened, and with the place where the author made the step instead of one inside the engine.
 */

import { ERROR_FIXES, type ErrorCode, SequencerError } from "../errors.ts";
import { StepFailed } from "../program/outcome.ts";
import type { Step } from "../program/step.ts";
import type { StepFailedEvent } from "./event.ts";

/** The error of a step that failed, as its event says. */
export function stepError(
  event: Pick<StepFailedEvent, "code" | "reason" | "step_no" | "error">,
  step: Step<unknown>,
): Error {
  const { code, reason, step_no, error } = event;
  // A schema that cannot judge is the program's own fault, not a step that went wrong.
  if (code === "invalid_schema") return madeAt(step, new SequencerError(errorCode(error), reason));
  return madeAt(step, new StepFailed(code, reason, step_no));
}

function errorCode(recorded: string | undefined): ErrorCode {
  return recorded !== undefined && Object.hasOwn(ERROR_FIXES, recorded)
    ? (recorded as ErrorCode)
    : "InvalidSchema";
}

function madeAt<E extends Error>(step: Step<unknown>, error: E): E {
  const made = step.trace.made?.stack;
  if (made === undefined) return error;
  const frames = made.indexOf("\n");
  if (frames !== -1) error.stack = `${error.name}: ${error.message}${made.slice(frames)}`;
  return error;
}
