/**
 * The time of the event being handled: the only time that an execution knows.
 *
 * T1. `ms` never goes back, also where the clocks of those who append do; `at` is what the log says.
 */

import type { Event } from "./event.ts";

export class LogTime {
  at = "";
  ms = 0;

  goOn(event: Event): void {
    if (event.at === this.at) return;
    this.at = event.at;
    this.ms = Math.max(this.ms, Date.parse(event.at));
  }
}
