/** Another program as part of a run. */

import type { Program } from "./program.ts";
import { Step } from "./step.ts";

export class Call<T = unknown> extends Step<T> {
  readonly kind = "call";
  readonly program: Program<any, T>;
  readonly params: unknown;

  constructor(program: Program<any, T>, params: unknown) {
    super();
    this.program = program;
    this.params = params;
  }
}

/** Thrown at the `yield*` of a called program that failed or aborted. */
export class CallFailed extends Error {
  /** Names from the called program to the one that failed: `["review", "lint"]`. */
  readonly path: readonly string[];
  /** The called program threw `Abort`; not caught, it aborts the whole run. */
  readonly aborted: boolean;

  constructor(path: readonly string[], reason: string, aborted: boolean, options?: ErrorOptions) {
    super(`${path.join(" > ")}: ${reason}`, options);
    this.name = "CallFailed";
    this.path = path;
    this.aborted = aborted;
  }
}
