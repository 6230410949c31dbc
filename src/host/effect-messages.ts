/**
 * Side effects between the main thread and the program host: an order starts one, its end comes as a
 * notice of its own, whatever the host does meanwhile.
 */

import type { ErrorInfo } from "../engine/event.ts";
import type { Json } from "../program/schema.ts";

export interface EffectOrder {
  readonly instance: string;
  readonly stepNo: number;
  /** Of `effect_started`. */
  readonly attempt: number;
}

/** A function that the author gave to `sideEffect` has ended. */
export interface EffectNotice {
  /** Names one run of one effect within this server process. */
  readonly effect: number;
  readonly value?: Json;
  readonly error?: ErrorInfo;
}

/** What both threads see at once: which request the host began last, and which effect's code it entered. */
export interface HostProgress {
  readonly memory: SharedArrayBuffer;
}

export const PROGRESS_BYTES = 8;
/** Index of the request that the host began last. */
export const BEGUN_REQUEST = 0;
/** Index of the effect whose function was called and has not come back yet; 0: none. */
export const ENTERED_EFFECT = 1;
