/**
 * Runs the functions of side effects in the program host, beside the turns of programs.
 *
 * R1. An effect begins after the request that ordered it is answered, and never inside a turn.
 * R2. Its result is JSON within a limit, or the effect has failed: what is reported can be recorded.
 * R3. One notice for each effect, also for one that was cancelled: whoever waits knows the code has ended.
 */

import { setImmediate } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorInfo } from "../engine/event.ts";
import { toJson } from "../engine/json.ts";
import { attempt, describeThrown, tame } from "../engine/thrown.ts";
import { parseDuration } from "../program/duration.ts";
import type { SideEffect } from "../program/effect.ts";
import { effectScope } from "./determinism/turn.ts";
import { type EffectNotice, type EffectOrder, ENTERED_EFFECT } from "./effect-messages.ts";

/** Bytes of JSON that the result of an effect may have. */
export const MAX_RESULT_BYTES = 1_000_000;
const MAX_MESSAGE_LENGTH = 10_000;
const MAX_CAUSES = 3;
const DEFAULT_BACKOFF = "1s";

export interface RunnableEffect {
  readonly effect: number;
  readonly order: EffectOrder;
  readonly step: SideEffect;
  /** The error in the author's lines. */
  readonly describeError: (error: unknown) => ErrorInfo;
}

export interface EffectRunner {
  start(runnable: RunnableEffect): void;
  /** Aborts the signal of the effect's function. */
  cancel(effect: number): void;
}

/**
 * @param notify hands a notice to the main thread
 * @param progress shared with the main thread
 */
export function createEffectRunner(
  notify: (notice: EffectNotice) => void,
  progress: Int32Array,
): EffectRunner {
  const running = new Map<number, AbortController>();

  async function run({ effect, order, step, describeError }: RunnableEffect, signal: AbortSignal) {
    const { attempts = 1, backoff = DEFAULT_BACKOFF } = step.options.retry ?? {};
    const firstPause = parseDuration(backoff);
    for (let tries = 1; ; tries++) {
      try {
        const value = await enter(effect, step, { signal, attempt: order.attempt + tries - 1 });
        return asResult(step.label, value);
      } catch (thrown) {
        const error = tame(thrown);
        const isLast = tries >= attempts || signal.aborted;
        if (isLast || !(await waited(firstPause * 2 ** (tries - 1), signal))) {
          return { error: withCauses(describeError(error), error) };
        }
      }
    }
  }

  /** Calls the function; while it has not come back, it is known whose code holds the thread. */
  function enter(effect: number, step: SideEffect, context: Parameters<SideEffect["fn"]>[0]): unknown {
    Atomics.store(progress, ENTERED_EFFECT, effect);
    try {
      return effectScope.run({ label: step.label }, () => step.fn(context));
    } finally {
      Atomics.store(progress, ENTERED_EFFECT, 0);
    }
  }

  return {
    start(runnable) {
      const { effect } = runnable;
      const controller = new AbortController();
      running.set(effect, controller);
      setImmediate(() => {
        void run(runnable, controller.signal).then((end) => {
          running.delete(effect);
          notify({ effect, ...end });
        });
      });
    },
    cancel(effect) {
      running.get(effect)?.abort();
    },
  };
}

/** False if the signal was aborted meanwhile. */
async function waited(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

type End = Pick<EffectNotice, "value" | "error">;

function asResult(label: string, value: unknown): End {
  const result = toJson(value === undefined ? null : value);
  if (!("json" in result)) {
    const message = `the result of '${label}' is not JSON: ${result.path} ${result.reason}; return plain data`;
    return { error: { type: "ResultNotJson", message } };
  }
  const bytes = Buffer.byteLength(JSON.stringify(result.json));
  if (bytes <= MAX_RESULT_BYTES) return { value: result.json };
  const message = `the result of '${label}' is ${bytes} bytes of JSON, more than ${MAX_RESULT_BYTES}; write it to a file and return its path`;
  return { error: { type: "ResultTooLarge", message } };
}

/** `fetch failed` says nothing without its cause. */
function withCauses(info: ErrorInfo, error: unknown): ErrorInfo {
  const causes: string[] = [];
  let cause = causeOf(error);
  while (cause !== undefined && cause !== null && causes.length < MAX_CAUSES) {
    const { type, message } = describeThrown(cause);
    causes.push(cause instanceof Error ? `${type}: ${message}` : message);
    cause = causeOf(cause);
  }
  const message = [info.message, ...causes].join("; cause: ");
  return {
    ...info,
    message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message,
  };
}

function causeOf(error: unknown): unknown {
  return attempt(() => tame((error as { cause?: unknown } | null | undefined)?.cause), undefined);
}
