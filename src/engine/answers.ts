/**
 * What comes from outside to the steps that wait: replies, failures, timers, effects, signals.
 *
 * A1. An answer settles its step, or has it issued anew; what was decided when it came is not decided again.
 * A2. What happened to an orphan of history does not concern the program.
 */

import type { EarlySignals } from "./early-signals.ts";
import type { Ending } from "./ending.ts";
import type { EffectFinished, Event, ReplyRejected, SignalReceived } from "./event.ts";
import type { History } from "./history.ts";
import { reissuedContent } from "./issue.ts";
import type { LimitUse } from "./limits.ts";
import type { PendingSteps } from "./pending.ts";
import { stepError } from "./step-error.ts";
import type { Steps } from "./steps.ts";

/** The parts of an execution that answers concern. */
export interface AnswerParts {
  readonly history: History;
  readonly pending: PendingSteps;
  readonly signals: EarlySignals;
  readonly limits: LimitUse;
  readonly ending: Ending;
  readonly steps: Steps;
}

/** @returns whether the event was for an orphan */
export function passOverOrphan(event: Event, { history, limits }: AnswerParts): boolean {
  if (!("step_no" in event && history.isOrphan(event.step_no))) return false;
  if (event.type === "reply_rejected") limits.countInvalidReply();
  history.passOver(event);
  return true;
}

/** Does nothing about an event that answers nothing. */
export function answer(event: Event, parts: AnswerParts): void {
  const { pending, history } = parts;
  switch (event.type) {
    case "reply_accepted":
      pending.settle(event.step_no, { kind: "value", value: history.valueOf(event) });
      break;
    case "reply_rejected":
      reject(event, parts);
      break;
    case "step_failed":
      pending.fail(event.step_no, event);
      break;
    case "timer_fired": {
      const issued = pending.at(event.step_no)?.issued;
      if (issued?.kind === "sleep") pending.settle(event.step_no, { kind: "value", value: undefined });
      else
        pending.fail(event.step_no, {
          code: "timeout",
          reason: `nothing came before ${issued?.timeout_at}`,
        });
      break;
    }
    case "effect_finished":
      finishEffect(event, pending);
      break;
    case "signal_received":
      receive(event, parts);
      break;
    default:
      break;
  }
}

/** An invalid reply: the same step is issued anew, or it fails, or the run aborts, as was decided. */
function reject(event: ReplyRejected, { pending, limits, steps, ending }: AnswerParts): void {
  const { leaf, issued } = pending.take(event.step_no);
  limits.countInvalidReply();
  if (event.then === "retry") {
    steps.reissue(leaf, () => ({
      ...reissuedContent(issued),
      scope: leaf.scope,
      ordinal: leaf.ordinal,
      attempt: (issued.attempt ?? 1) + 1,
      validation_error: { step_no: event.step_no, problems: event.problems },
    }));
    return;
  }
  const first = event.problems[0];
  const why = `${event.problems.length} problem${event.problems.length === 1 ? "" : "s"} in the reply to step ${event.step_no}${first === undefined ? "" : `, first: ${first.path} ${first.message}`}`;
  if (event.then === "fail") {
    const reason = `${issued.attempt ?? 1} invalid replies; ${why}`;
    const failed = { code: "invalid_replies", reason, step_no: event.step_no } as const;
    leaf.settle({ kind: "error", error: stepError(failed, leaf.step) });
    return;
  }
  ending.abort(leaf, `invalid reply: ${why}`);
}

function finishEffect(event: EffectFinished, pending: PendingSteps): void {
  // A question that its form did not answer waits on: the agent asks its user.
  if (pending.at(event.step_no)?.issued.kind === "ask") return;
  if (event.error === undefined) {
    pending.settle(event.step_no, { kind: "value", value: event.value });
    return;
  }
  const { type, message } = event.error;
  pending.fail(event.step_no, { code: "effect", reason: `${type}: ${message}` });
}

/** To whoever has waited longest; kept in order while nobody waits. */
function receive(event: SignalReceived, { history, pending, signals }: AnswerParts): void {
  const value = history.valueOfSignal(event);
  const waiting = pending.waitingForSignal(event.name);
  if (waiting === undefined) signals.keep(event.name, value);
  else pending.settle(waiting.issued.step_no, { kind: "value", value });
}
