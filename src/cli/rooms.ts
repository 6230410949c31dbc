/** What the commands need of the rooms below. `cli.ts` wires them; tests hand in their own. */

import type { Workshop } from "../authoring/workshop.ts";
import type { Sequencer } from "../instances/answer.ts";
import type { History } from "./history.ts";
import type { Places } from "./places.ts";

/** The stored program versions, for pruning. */
export interface VersionShelf {
  storedVersions(): readonly { readonly version: string; readonly storedAtMs: number }[];
  removeVersion(version: string): void;
  /** Removes compiled code that was made longer ago than that; it is made again when needed. */
  pruneCompiled(maxAgeMs: number): number;
}

export interface Rooms {
  /** Where things lie; nothing is opened to know it. */
  places(): Places;
  /** @param programFile a program to be found before all others */
  openSequencer(programFile?: string): Promise<Sequencer>;
  /** The same programs, but a state folder of its own. */
  openSequencerIn(stateDir: string): Promise<Sequencer>;
  openHistory(): Promise<History>;
  openVersions(): Promise<VersionShelf>;
  openWorkshop(): Promise<Workshop>;
}
