/**
 * The timers of a living server: whatever is due is fired, also when nobody calls.
 *
 * D1. Timers need no owner: every server may fire one, the log decides who was first, and a server that
 *     was not alive fires it on the next load.
 */

/** `setTimeout` counts in 31 bits; longer waits are taken in turns. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export class Timers {
  private readonly pending = new Map<string, NodeJS.Timeout>();
  private readonly fire: (id: string) => void;

  constructor(fire: (id: string) => void) {
    this.fire = fire;
  }

  /** Replaces what was watched of the instance; `undefined`: it waits for no clock. */
  watch(id: string, waitMs: number | undefined): void {
    clearTimeout(this.pending.get(id));
    this.pending.delete(id);
    if (waitMs === undefined) return;
    const timer = setTimeout(
      () => {
        this.pending.delete(id);
        this.fire(id);
      },
      Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS),
    );
    // The transport keeps the server alive; a timer alone must not.
    timer.unref();
    this.pending.set(id, timer);
  }

  dispose(): void {
    for (const timer of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
  }
}
