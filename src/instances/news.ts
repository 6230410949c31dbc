/** Word within this process that an instance has moved on, for those who wait for it. */

import { EventEmitter } from "node:events";

export class News {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  changed(id: string): void {
    this.emitter.emit(id);
  }

  /**
   * Listens from now on, so that nothing is missed between a look and the wait.
   *
   * @returns a wait until the instance has moved on, at most `milliseconds`; it must be called, once
   */
  listen(id: string): (milliseconds: number) => Promise<void> {
    let heard = false;
    let wake = () => {};
    const onChange = () => {
      heard = true;
      wake();
    };
    this.emitter.on(id, onChange);
    return (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake(), milliseconds);
        wake = () => {
          clearTimeout(timer);
          this.emitter.off(id, onChange);
          resolve();
        };
        if (heard || milliseconds <= 0) wake();
      });
  }
}
