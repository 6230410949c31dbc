/** Turns of one instance are serialised: first come, first served. */

export class Mutex {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  get idle(): boolean {
    return this.waiting === 0;
  }

  /** Runs `work` after everything that was asked for before it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.waiting++;
    const result = this.last.then(work);
    this.last = result
      .catch(() => {})
      .finally(() => {
        this.waiting--;
      });
    return result;
  }
}
