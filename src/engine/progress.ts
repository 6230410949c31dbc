/**
 * How far the program says it is.
 *
 * P1. A hint stands in the first step that is issued after it, and in the event that ends the run.
 */

import type { ProgressHint } from "./event.ts";

export class Progress {
  private latest: ProgressHint | undefined;
  private shown: ProgressHint | undefined;

  /** What the program calls. */
  tell(current: number, of: number, label = ""): void {
    if (!Number.isFinite(current) || !Number.isFinite(of)) {
      throw new TypeError(`progress(current, of, label?) takes two numbers, got ${current} and ${of}`);
    }
    this.latest = { current, of, label: String(label) };
  }

  /** For the step that is issued next. */
  get news(): { readonly progress?: ProgressHint | undefined } {
    return this.latest === this.shown ? {} : { progress: this.latest };
  }

  /** For the end. */
  get last(): { readonly progress?: ProgressHint } {
    return this.latest === undefined ? {} : { progress: this.latest };
  }

  /** A step that tells it stands in the log, or will. */
  markShown(): void {
    this.shown = this.latest;
  }
}
