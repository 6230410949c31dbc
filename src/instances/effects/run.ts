/** Something that this process carries out for a step: a function in the program host, or a command. */

import type { ErrorInfo } from "../../engine/event.ts";
import type { Json } from "../../program/schema.ts";

export type RunOutcome =
  | { readonly kind: "finished"; readonly value: Json }
  | { readonly kind: "failed"; readonly error: ErrorInfo }
  /** Nobody knows how far it came. */
  | { readonly kind: "interrupted" }
  /** As `interrupted`, and it held the thread of the program host. */
  | { readonly kind: "blocked" };

export interface Run {
  /** `undefined`: it was stopped. Never rejects. */
  readonly outcome: Promise<RunOutcome | undefined>;
  /** Ends it; when this resolves, nothing of it runs any more that can be ended. Never rejects. */
  stop(): Promise<void>;
}
