/** What the probe does with a program. */

import type { Event } from "../engine/event.ts";
import { firstDeviation } from "../testing/deviation.ts";
import type { Source } from "../testing/source.ts";
import { hostSurroundings } from "../testing/surroundings.ts";
import { dryRun } from "./dry-run.ts";
import type { ProbeJob, ProbeResults } from "./probe-messages.ts";

/** @param onTurn told before every turn */
export async function doJob(
  job: ProbeJob,
  source: Source,
  onTurn: () => void,
): Promise<ProbeResults[keyof ProbeResults]> {
  switch (job.kind) {
    case "dry-run":
      return dryRun(source, { ...job.options, onTurn });
    case "rerun": {
      for (const [run, events] of job.runs.entries()) {
        const surroundings = hostSurroundings(source, seedOf(events));
        const deviation = await firstDeviation(surroundings, events, (event) => {
          onTurn();
          return job.reverseKeys ? withValuesReversed(event) : event;
        });
        if (deviation !== undefined) return { deviation: { ...deviation, run } };
      }
      return {};
    }
  }
}

function seedOf([started]: readonly Event[]): string {
  return started?.type === "started" ? started.seed : "";
}

/** What programs are given of an event: replies, values, params. */
function withValuesReversed<E extends Event>(event: E): E {
  const given = event as { reply?: unknown; value?: unknown; params?: unknown };
  return {
    ...event,
    ...("reply" in given && { reply: reversed(given.reply) }),
    ...("value" in given && { value: reversed(given.value) }),
    ...("params" in given && { params: reversed(given.params) }),
  };
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
