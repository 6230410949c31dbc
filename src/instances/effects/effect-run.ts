/** A `sideEffect` under way in the program host. */

import type { EffectOrder } from "../../host/effect-messages.ts";
import type { EffectEnd } from "../../host/effect-table.ts";
import type { ProgramHost } from "../../host/program-host.ts";
import type { Run, RunOutcome } from "./run.ts";

export function runEffect(host: ProgramHost, order: EffectOrder): Run {
  const { number, end } = host.startEffect(order);
  return {
    outcome: end.then(outcomeOf),
    // Code that does not listen to its signal cannot be ended; what it still returns is not heard.
    stop: async () => host.cancelEffect(number),
  };
}

function outcomeOf(end: EffectEnd): RunOutcome | undefined {
  switch (end.how) {
    case "value":
      return { kind: "finished", value: end.value };
    case "error":
      return { kind: "failed", error: end.error };
    case "cancelled":
      return undefined;
    default:
      return { kind: end.how };
  }
}
