/** Where a run began and where it is replayed: what of it programs can see, besides clock and chance. */

import type { Started } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";

/** `error` with what is different here, if it says that the program diverged. */
export function explainDivergence(error: unknown, started: Started | undefined): unknown {
  if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged" || started === undefined)
    return error;
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const node = Number(process.versions.node.split(".", 1)[0]);
  const differences = [
    ...(timeZone === started.time_zone ? [] : [`time zone ${started.time_zone}, now ${timeZone}`]),
    ...(locale === started.locale ? [] : [`locale ${started.locale}, now ${locale}`]),
    ...(node === started.node ? [] : [`Node ${started.node}, now ${node}`]),
  ];
  if (differences.length === 0) return error;
  return new SequencerError(
    error.code,
    `${error.message} The run began elsewhere (${differences.join("; ")}), which the program may depend on.`,
    error.fix,
    { cause: error, details: error.details },
  );
}
