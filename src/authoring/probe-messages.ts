/** What goes between a command and the process in which it runs a program: data only. */

import type { ProgramVersion } from "../catalog/version.ts";
import type { Event } from "../engine/event.ts";
import type { ErrorAnswer } from "../errors.ts";
import type { Deviation } from "../testing/deviation.ts";
import type { DryRun, DryRunOptions } from "./dry-run.ts";

export type ProbeJob =
  | {
      readonly kind: "dry-run";
      readonly version: ProgramVersion;
      readonly options: Omit<DryRunOptions, "onTurn">;
    }
  /** Runs the program again over what happened in each run, and tells where it first does something else. */
  | {
      readonly kind: "rerun";
      readonly version: ProgramVersion;
      readonly runs: readonly (readonly Event[])[];
      /** Everything from outside is told with the keys of its objects in the other order. */
      readonly reverseKeys: boolean;
    };

export interface ProbeResults {
  "dry-run": DryRun;
  rerun: { readonly deviation?: Deviation & { readonly run: number } };
}

export type ProbeAnswer =
  | { readonly result: ProbeResults[keyof ProbeResults] }
  | { readonly failure: ErrorAnswer; readonly place?: string }
  /** A turn did not end. */
  | { readonly stalled: true };
