/**
 * How a group of branches decides, and what it does to the branches that run on.
 *
 * B1. Branches start in their order, as many at a time as `concurrency` allows.
 * B2. Once decided, the branches that still run are cancelled, lowest first, and all of them are waited for.
 * B3. What cleanup throws replaces a good result; a failure that decided the group stands.
 */

import type { Group } from "../program/group.ts";
import type { Outcome, Settle, Wait } from "./scheduler.ts";

/** @param start begins to wait for a branch; it may settle at once */
export function waitForGroup(
  { mode, branches, concurrency }: Group,
  start: (index: number, settle: Settle) => Wait,
  settle: Settle,
): Wait {
  const active = new Map<number, Wait>();
  const results: unknown[] = new Array(branches.length);
  let nextBranch = 0;
  let verdict: Outcome | undefined;
  let cleanupError: Outcome | undefined;
  let starting = false;
  let finished = false;

  const decide = (outcome: Outcome, reason: string) => {
    verdict = outcome;
    for (const wait of [...active.values()]) wait.cancel(reason);
  };

  const onSettled = (index: number, outcome: Outcome) => {
    active.delete(index);
    if (verdict !== undefined) {
      if (outcome.kind === "error") cleanupError ??= outcome;
    } else if (outcome.kind === "cancelled") {
      decide(outcome, outcome.reason);
    } else if (mode === "race") {
      decide(outcome, "another branch of the race ended first");
    } else if (mode === "all" && outcome.kind === "error") {
      decide(outcome, "a sibling branch failed");
    } else {
      results[index] = mode === "all" ? (outcome as { value: unknown }).value : settled(outcome);
    }
    proceed();
  };

  const proceed = () => {
    if (starting) return;
    starting = true;
    while (verdict === undefined && active.size < concurrency && nextBranch < branches.length) {
      const index = nextBranch++;
      let settledAlready = false;
      const wait = start(index, (outcome) => {
        settledAlready = true;
        onSettled(index, outcome);
      });
      if (!settledAlready) active.set(index, wait);
    }
    starting = false;
    if (active.size > 0 || finished) return;
    finished = true;
    if (verdict === undefined) settle({ kind: "value", value: results });
    else settle(verdict.kind === "error" ? verdict : (cleanupError ?? verdict));
  };

  proceed();
  return {
    cancel: (reason) => {
      if (verdict === undefined) decide({ kind: "cancelled", reason }, reason);
      else verdict = { kind: "cancelled", reason };
    },
  };
}

function settled(outcome: Outcome): unknown {
  if (outcome.kind === "value") return { status: "fulfilled", value: outcome.value };
  return { status: "rejected", reason: outcome.kind === "error" ? outcome.error : undefined };
}
