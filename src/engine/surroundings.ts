/**
 * What the engine may not do itself: the host's clock and chance, and the author's places in stacks.
 *
 * S1. Every `enter` is followed by its `leave`; what runs between them is the author's code.
 * S2. Judging is a scope of its own, so that it never shifts what a branch draws.
 */

import type { ErrorInfo } from "./event.ts";

export interface Surroundings {
  /** Program code of `scope` runs next; `atMs` is the time of the event being handled. */
  enter(scope: string, atMs: number): void;
  leave(): void;
  describeError(error: unknown): ErrorInfo;
  /** "hello.ts:12:5", the innermost place of the author's in a stack. */
  placeOf(stack: string | undefined): string | undefined;
}

/** Judging has chance of its own: it happens live only, and must not shift what a branch draws. No branch is called so. */
const JUDGING = "(judging)";

/** The author's schemas run in here. */
export async function judging<T>(
  surroundings: Surroundings,
  atMs: number,
  judge: () => Promise<T>,
): Promise<T> {
  surroundings.enter(JUDGING, atMs);
  try {
    return await judge();
  } finally {
    surroundings.leave();
  }
}
