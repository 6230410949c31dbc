/**
 * Looks after the instances that have an effect under way, here or elsewhere, when nobody calls.
 *
 * A1. A turn is asked for when something has come: a result of ours, a line of somebody else's, a deadline,
 *     the death of an owner. One at a time for each instance; what comes meanwhile leads to another one.
 * A2. A turn that failed is asked for again, later; a stalled program is left alone until it is resumed.
 */

import { SequencerError } from "../../errors.ts";

export const POLL_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** After these nothing can be recorded any more. */
const FINAL = new Set(["UnknownInstance", "StorageFailed", "CorruptedLog", "LogFromNewerVersion"]);

export interface AttentionOptions {
  /** One turn of the instance. */
  readonly tend: (id: string) => Promise<unknown>;
  /** Instances to look at. */
  readonly ids: () => Iterable<string>;
  /** True if a turn is due for a reason that the log does not show. May take steps of its own first. */
  readonly isDue: (id: string) => Promise<boolean>;
  /** A length that changes when somebody appends to its log; `undefined`: it was removed. */
  readonly lengthOf: (id: string) => Promise<number | undefined>;
  /** Somebody has written to the log of a program that is not run here any more. */
  readonly followStalled: (id: string) => Promise<void>;
  /** Nothing can be recorded for it any more. */
  readonly abandon: (id: string) => Promise<void>;
  /** True while something runs here: the process must not end meanwhile. */
  readonly isAtWork: () => boolean;
  readonly pollMs?: number;
}

interface Watched {
  length: number | undefined;
  stalled: boolean;
  failures: number;
  notBeforeMs: number;
}

export class Attention {
  private readonly options: AttentionOptions;
  private readonly watched = new Map<string, Watched>();
  private readonly tending = new Set<string>();
  private readonly again = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  constructor(options: AttentionOptions) {
    this.options = options;
  }

  start(): void {
    this.timer ??= setInterval(() => void this.look(), this.options.pollMs ?? POLL_MS);
    if (this.options.isAtWork()) this.timer.ref();
    else this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.watched.clear();
    this.again.clear();
  }

  /** The instance has had a turn: its program runs. */
  turned(id: string): void {
    const watched = this.watched.get(id);
    if (watched !== undefined) watched.stalled = false;
  }

  /** Something has come. */
  wake(id: string): void {
    if (this.watched.get(id)?.stalled) return;
    if (this.tending.has(id)) this.again.add(id);
    else void this.tend(id);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const ids = new Set(this.options.ids());
      for (const id of this.watched.keys()) if (!ids.has(id)) this.watched.delete(id);
      if (ids.size === 0) this.stop();
      else this.start();
      // What cannot be looked at now is looked at again soon.
      for (const id of ids) await this.lookAt(id).catch(() => {});
    } finally {
      this.looking = false;
    }
  }

  private async lookAt(id: string): Promise<void> {
    const length = await this.options.lengthOf(id);
    if (length === undefined) {
      await this.options.abandon(id);
      return;
    }
    const watched = this.watchedOf(id);
    const grown = watched.length !== length;
    watched.length = length;
    if (watched.stalled) {
      if (grown) await this.options.followStalled(id);
      return;
    }
    if (performance.now() < watched.notBeforeMs) return;
    if (grown || (await this.options.isDue(id))) this.wake(id);
  }

  private async tend(id: string): Promise<void> {
    this.tending.add(id);
    try {
      await this.options.tend(id);
      this.watchedOf(id).failures = 0;
    } catch (error) {
      await this.failed(id, error);
    } finally {
      this.tending.delete(id);
      if (this.again.delete(id)) this.wake(id);
    }
  }

  /** Whoever calls about the instance meets the same error and is told; here it only matters what is next. */
  private async failed(id: string, error: unknown): Promise<void> {
    const code = error instanceof SequencerError ? error.code : "";
    if (FINAL.has(code)) {
      await this.options.abandon(id);
      return;
    }
    const watched = this.watchedOf(id);
    watched.stalled = code === "ProgramStalled";
    watched.failures++;
    watched.notBeforeMs =
      performance.now() + Math.min(POLL_MS * 2 ** Math.min(watched.failures, 20), LONGEST_PAUSE_MS);
  }

  private watchedOf(id: string): Watched {
    let watched = this.watched.get(id);
    if (watched === undefined) {
      watched = { length: undefined, stalled: false, failures: 0, notBeforeMs: 0 };
      this.watched.set(id, watched);
    }
    return watched;
  }
}
