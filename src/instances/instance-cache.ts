/**
 * The instances in memory: loaded when needed, one turn at a time each, the idle ones evicted.
 *
 * K1. The turns of an instance are serialised; those of different instances run side by side.
 * K2. An instance that anything went wrong with is dropped; it comes back from its log.
 * K3. An instance whose program got stuck is not run again until `release`.
 */

import { SequencerError } from "../errors.ts";
import { HostRestarted } from "../host/program-host.ts";
import type { Stall } from "./describe.ts";
import { type Instance, MAX_RESTARTS } from "./instance.ts";
import { Mutex } from "./mutex.ts";

/** Instances whose execution and open log stay in memory. */
export const DEFAULT_CAPACITY = 64;

export interface CacheOptions {
  readonly open: (id: string) => Instance;
  /** True while something runs for the instance here: it stays in memory. */
  readonly isBusy: (id: string) => boolean;
  readonly capacity?: number;
}

export class InstanceCache {
  private readonly open: (id: string) => Instance;
  private readonly isBusy: (id: string) => boolean;
  private readonly capacity: number;
  /** Least recently used first. */
  private readonly instances = new Map<string, Instance>();
  private readonly turns = new Map<string, Mutex>();
  private readonly stalls = new Map<string, Stall>();

  constructor({ open, isBusy, capacity = DEFAULT_CAPACITY }: CacheOptions) {
    this.open = open;
    this.isBusy = isBusy;
    this.capacity = capacity;
  }

  stallOf(id: string): Stall | undefined {
    return this.stalls.get(id);
  }

  /** Runs the instance again, on somebody's word that its program is mended. */
  release(id: string): void {
    this.stalls.delete(id);
  }

  /** Serialised with every other turn of `id`, loaded and caught up or not. */
  exclusive<T>(id: string, work: () => Promise<T>): Promise<T> {
    let mutex = this.turns.get(id);
    if (mutex === undefined) {
      mutex = new Mutex();
      this.turns.set(id, mutex);
    }
    const held = mutex;
    return held.run(work).finally(() => {
      queueMicrotask(() => {
        if (held.idle && this.turns.get(id) === held) this.turns.delete(id);
      });
    });
  }

  /**
   * One turn: `work` gets the instance caught up, its last turn complete.
   *
   * @param work `seenBefore`: how many events it had seen before it caught up; all, if it was not in memory
   */
  turn<T>(id: string, work: (instance: Instance, seenBefore: number) => Promise<T>): Promise<T> {
    return this.exclusive(id, async () => {
      for (let restarts = 0; ; restarts++) {
        try {
          const known = this.instances.get(id);
          const instance = known ?? this.open(id);
          this.touch(id, instance);
          const seenBefore = known?.seen;
          await instance.catchUp();
          return await work(instance, seenBefore ?? instance.seen);
        } catch (error) {
          if (!isRefusal(error)) await this.drop(id);
          if (error instanceof HostRestarted && restarts < MAX_RESTARTS) continue;
          if (error instanceof SequencerError && error.code === "ProgramStalled") {
            this.stalls.set(id, { message: error.message, fix: error.fix });
          }
          throw error;
        }
      }
    });
  }

  /** Takes over an instance that was made elsewhere. */
  adopt(instance: Instance): void {
    this.touch(instance.id, instance);
  }

  /** Lets go of an instance; the caller holds its turn. */
  async drop(id: string): Promise<void> {
    const instance = this.instances.get(id);
    this.instances.delete(id);
    await instance?.dispose();
  }

  async dispose(): Promise<void> {
    for (const id of [...this.instances.keys()]) await this.drop(id);
  }

  private touch(id: string, instance: Instance): void {
    this.instances.delete(id);
    this.instances.set(id, instance);
    if (this.instances.size <= this.capacity) return;
    for (const [oldest, idle] of this.instances) {
      if (this.instances.size <= this.capacity) break;
      if (this.turns.has(oldest) || !idle.evictable || this.isBusy(oldest)) continue;
      this.instances.delete(oldest);
      void idle.dispose();
    }
  }
}

/** Errors that say no to the caller and leave the instance as good as it was. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof SequencerError &&
    ["OutOfSync", "InstanceEnded", "ReplyTooLarge", "ReplyTooDeep"].includes(error.code)
  );
}
